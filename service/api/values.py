"""Strict readers of single values written as text: in a query string, on the command line, or as a JSON scalar.

Each takes the text and returns the value, or raises ``ValueError`` whose message says which form is accepted.
A value is never trimmed, rounded or replaced.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

from service.countries import is_country
from service.law.goods import CodeSystem

MAX_DIGITS: Final = 15
"""Digits a number may have before the point, and after it: enough for any value, weight or share."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(rf"-?\d{{1,{MAX_DIGITS}}}(\.\d{{1,{MAX_DIGITS}}})?", re.ASCII)
_HEADING = re.compile(r"\d{2,4}(\.\d{2}){0,3}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SYMBOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+*-]{0,19}", re.ASCII)
_UNIT = re.compile(r"[^\W_][\w .²³%/-]{0,31}")
_WHOLE = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_YEAR = re.compile(r"(19|20)\d\d", re.ASCII)
_CODE = re.compile(r"[0-9.]+", re.ASCII)


def shown(text: str, most: int = 60) -> str:
    """Quote a client's text for a message: escaped, and cut after ``most`` characters."""
    return ascii(text if len(text) <= most else text[:most] + "...")


def read_date(text: str) -> date:
    """Read a day written ``2025-07-28``; days that do not exist are refused."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a day; write it as YYYY-MM-DD, for example 2025-07-28")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text} is not a day of the calendar; write a day as YYYY-MM-DD") from None


def read_number(text: str) -> Decimal:
    """Read a decimal number of at most 15 digits before and after the point, without exponent."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(
            f"{shown(text)} is not a number; write plain digits with a decimal point, without exponent, "
            f"at most {MAX_DIGITS} digits before and after the point"
        )
    return Decimal(text)


def read_positive(text: str) -> Decimal:
    """Read a number that is not negative."""
    number = read_number(text)
    if number.is_signed():
        raise ValueError(f"{text} is negative; it must be 0 or more")
    return number


def read_share(text: str) -> Decimal:
    """Read a share of the whole, 0 to 1."""
    share = read_number(text)
    if share.is_signed() or share > 1:
        raise ValueError(f"{text} is not a share; write a number from 0 to 1 (0.25 for 25 percent)")
    return share


def read_bool(text: str) -> bool:
    """Read ``true`` or ``false``."""
    if text not in {"true", "false"}:
        raise ValueError(f"{shown(text)} is neither true nor false")
    return text == "true"


def read_country_form(text: str) -> str:
    """Read something written like a country code; whether the country exists is another question."""
    if len(text) != 2 or not text.isascii() or not text.isalpha() or text != text.upper():
        hint = f"; write {text.upper()}" if len(text) == 2 and text.isascii() and text.isalpha() else ""
        raise ValueError(f"{shown(text)} is not a country code of two capital letters (ISO 3166-1 alpha-2){hint}")
    return text


def read_country(text: str) -> str:
    """Read the code of a country that exists."""
    if not is_country(read_country_form(text)):
        raise ValueError(f"{text} is not the ISO 3166-1 alpha-2 code of a country")
    return text


def read_code_form(text: str) -> str:
    """Read something written like a goods code; ``read_code`` knows the importer's system."""
    if not _CODE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a goods code: digits and dots only")
    if len(text) > 20:
        raise ValueError(f"{shown(text)} is too long for a goods code")
    return text


def read_code(text: str, system: CodeSystem) -> str:
    """Return the digits of a code in the importer's system.

    Shorter codes than a rate line pass, whatever their length: the engine answers them with the lines below.
    """
    code = text.replace(".", "")
    shortest, longest = system.lengths[0], system.lengths[-1]
    short = shortest <= len(code) < system.line
    if not short and (len(code) not in system.lengths or len(code) < system.line):
        whole = [length for length in system.lengths if length >= system.line]
        raise ValueError(
            f"{text} has {len(code)} digits; a rate line has {' or '.join(map(str, whole))}, "
            f"a heading at least {shortest} and nothing more than {longest}"
        )
    if "." in text and text != system.dotted(code):
        raise ValueError(f"{text} is dotted in the wrong places; write {system.dotted(code)} or digits only")
    return code


def read_heading(text: str) -> str:
    """Read a heading written with dots, such as ``9903.88.05``; which chapters may be claimed the importer says."""
    if not _HEADING.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a heading; write it dotted, such as 9903.88.05")
    return text


def read_symbol(text: str) -> str:
    """Read a symbol: ``S``, ``KR``, ``A*``, ``S+`` (a blank stands for a plus that was not escaped), a number."""
    symbol = text.replace(" ", "+")
    if not _SYMBOL.fullmatch(symbol):
        raise ValueError(f"{shown(text)} is not a symbol such as S, KR, A* or S+ (S%2B in a URL)")
    return symbol


def read_currency(text: str) -> str:
    """Read an ISO 4217 code."""
    if not _CURRENCY.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a currency; write three capital letters (ISO 4217), such as USD")
    return text


def read_year(text: str) -> int:
    """Read a year of the twentieth or twenty-first century."""
    if not _YEAR.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a year; write four digits, such as 2019")
    return int(text)


def read_whole(text: str) -> int:
    """Read a whole number above 0."""
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{shown(text)} is not a whole number above 0")
    return int(text)


def read_name(text: str) -> str:
    """Read the name of a unit or of a part: a word, or a few."""
    if not _UNIT.fullmatch(text):
        raise ValueError(f"{shown(text)} is not the name of a unit or part")
    return text
