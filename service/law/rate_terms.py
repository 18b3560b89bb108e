"""Reading a rate text: from words to a :data:`~service.law.rates.Rate`.

Covers the forms of general, special and column 2 cells of chapters 1 to 97 of the Harmonized Tariff Schedule,
the plain forms of chapters 98 and 99, and the texts that people write in the law files (``21 USD/kg + 5%``).
What is not understood is kept as ``Unresolved``; it never becomes a free or a zero rate.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from service.law.rate_words import CLEAN_KG, PARTS, QUANTITIES, UNITS, WHOLE, clean
from service.law.rates import (
    FREE,
    ByReference,
    Form,
    NoChange,
    NonUsPart,
    PartPercent,
    Per,
    Rate,
    Sliding,
    Specific,
    Unresolved,
)

_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_MONEY: Final = rf"(?:\$(?:{_NUMBER})|(?:{_NUMBER})¢|(?:{_NUMBER}) [A-Z]{{3}})"
_AMOUNT: Final = re.compile(
    rf"(?P<money>{_MONEY})(?: (?P<each>each)|/(?P<per>.+)|(?P<other> for each other piece or part))"
)
_PERCENT: Final = re.compile(
    rf"(?P<number>{_NUMBER})(?: (?P<over>\d{{1,3}})/(?P<under>[1-9]\d{{0,2}}))?%(?: on (?P<part>.+))?"
)
_OFFICIAL_PER: Final = re.compile(
    "(?P<unit>"
    + "|".join(re.escape(unit) for unit in sorted((CLEAN_KG, *UNITS), key=len, reverse=True))
    + r")(?:(?: on | of |, )(?P<on>.+)| over (?P<over>\d+))?"
)
_PLAIN_PER: Final = re.compile(
    r"(?:(?P<quantity>\d+(?:\.\d+)?) )?(?P<unit>[A-Za-z]\w*\.?)(?: on (?P<on>[a-z][\w -]*))?"
)
_PLAIN_PART: Final = re.compile(r"(?!the |a |an )[a-z]\w*(?: (?!of )[a-z]\w*){0,2}")
_ARTICLE: Final = re.compile(r"^(?:the )?(?:value of )?(?:the )?")

_FREE: Final = re.compile(r"Free(?:,? under bond\b.*|,? under the terms of .*| \(see .*\))?", re.IGNORECASE)
_NO_CHANGE: Final = re.compile(r"no change", re.IGNORECASE)
_REFERENCE: Final = re.compile(r"See |The rate (?:of duty )?(?:applicable|provided)\b")
_HEADING: Final = re.compile(r"\b\d{4}(?:\.\d{1,4}){0,3}(?:-\d{4}(?:\.\d{1,4}){1,3})?(?!\d)")
_NOTE: Final = re.compile(r"(?:[Aa]dditional )?U\.S\. [Nn]ote \d+(?:\([a-z]\))*")
_ADDITIONAL: Final = re.compile(
    r"The duty provided (?:for )?in (?P<where>the applicable subheading|subheadings? [\d., or]*\d)"
    r"(?: (?:\+|plus) (?:a duty of )?(?P<form>[^ ].*?)"
    r"(?: upon the value of the (?P<content>[\w.-]+) content)?)?"
)
_SLIDING: Final = re.compile(
    rf"(?P<amount>{_MONEY})/kg less (?P<less>{_MONEY})/kg for each degree under (?P<under>\d+) degrees "
    rf"\(and fractions of a degree in proportion\) but not less than (?P<floor>{_MONEY})/kg"
)
_THIRDS: Final = Decimal("0.000000000001")
_CENT: Final = Decimal("0.01")


def parse_rate(text: str, *, currency: str = "USD") -> Rate:
    """Read one rate text: a general or column 2 cell, or the rate of one special segment.

    ``currency`` is what ``$`` and ``¢`` mean. Percentages are in percent (``6.8%`` is ``Decimal("6.8")``);
    ``33 1/3%`` is cut to twelve decimals. A percentage on several parts gives one entry per part. Text that
    is not understood gives ``Unresolved`` with the cleaned text.

    Raises ``ValueError`` when the text is blank: an empty cell says nothing, and the caller must judge why.
    """
    said = clean(text)
    if not said:
        raise ValueError("a blank rate text states no rate")
    if _FREE.fullmatch(said):
        return FREE
    if _NO_CHANGE.fullmatch(said):
        return NoChange()
    return (
        _reference(said)
        or _additional(said, currency)
        or _sliding(said, currency)
        or _form(said, currency)
        or Unresolved(said)
    )


def _reference(said: str) -> ByReference | None:
    if not _REFERENCE.match(said):
        return None
    return ByReference(_headings(said) or tuple(_NOTE.findall(said)), said)


def _additional(said: str, currency: str) -> Rate | None:
    """Read a chapter 99 cell: the duty of the line, alone or with a percentage on top."""
    match = _ADDITIONAL.fullmatch(said)
    if match is None:
        return None
    if match["form"] is None:
        if match["where"] == "the applicable subheading":
            return NoChange()
        return ByReference(_headings(said), said)
    form, content = _form(match["form"], currency), match["content"]
    if form is None or content is None:
        return form
    if form != Form(percent=form.percent):
        return None
    if content == "non-U.S.":
        return NonUsPart(form.percent)
    return Form(parts=(PartPercent(form.percent, f"{content} content"),))


def _headings(said: str) -> tuple[str, ...]:
    return tuple(match.group() for match in _HEADING.finditer(said))


def _sliding(said: str, currency: str) -> Sliding | None:
    match = _SLIDING.fullmatch(said)
    if match is None:
        return None
    amount, money = _money(match["amount"], currency)
    less, floor = _money(match["less"], currency), _money(match["floor"], currency)
    if less[1] != money or floor[1] != money:
        return None
    return Sliding(amount, less[0], "polarization", Decimal(match["under"]), floor[0], money, UNITS["kg"])


def _form(said: str, currency: str) -> Form | None:
    """Read a sum of terms; None as soon as one of them is not understood."""
    percents: list[Decimal] = []
    specific: list[Specific] = []
    parts: list[PartPercent] = []
    for term in said.split(" + "):
        if amount := _AMOUNT.fullmatch(term):
            counted = _specific(amount, currency)
            if counted is None:
                return None
            specific.append(counted)
        elif percent := _PERCENT.fullmatch(term):
            names = _parts(percent["part"])
            if names is None:
                return None
            value = _percent(percent)
            parts.extend(PartPercent(value, name) for name in names)
            if not names:
                percents.append(value)
        else:
            return None
    if len(percents) > 1:  # two percentages of the whole value are not a rate that the schedule writes
        return None
    return Form(percents[0] if percents else Decimal(0), tuple(specific), tuple(parts))


def _money(text: str, currency: str) -> tuple[Decimal, str]:
    """Return the amount in whole units of its currency, and the currency."""
    bare = text.replace(",", "")
    if bare.startswith("$"):
        return Decimal(bare[1:]), currency
    if bare.endswith("¢"):
        return Decimal(bare[:-1]) * _CENT, currency
    number, name = bare.split()
    return Decimal(number), name


def _specific(match: re.Match[str], currency: str) -> Specific | None:
    amount, money = _money(match["money"], currency)
    if match["each"]:
        return Specific(amount, money, UNITS["each"])
    if match["other"]:
        return Specific(amount, money, UNITS["each"], "other pieces or parts")
    counted = _official_per(match["per"])
    if counted is None and match["money"][-1].isupper():
        counted = _plain_per(match["per"])
    return None if counted is None else Specific(amount, money, *counted)


def _official_per(text: str) -> tuple[Per, str | None] | None:
    match = _OFFICIAL_PER.fullmatch(text)
    if match is None:
        return None
    unit, on, over = match["unit"], match["on"], match["over"]
    if unit == CLEAN_KG:
        return None if on or over else (UNITS["kg"], "clean content")
    if over:
        return (UNITS[unit], f"jewels over {over}") if unit == "jewel" else None
    if on is None:
        return UNITS[unit], None
    return (UNITS[unit], QUANTITIES[on]) if on in QUANTITIES else None


def _plain_per(text: str) -> tuple[Per, str | None] | None:
    """Read the unit of our own notation, which may name any unit and any quantity."""
    match = _PLAIN_PER.fullmatch(text)
    if match is None:
        return None
    base = UNITS.get(match["unit"], Per(Decimal(1), match["unit"]))
    return Per(base.quantity * Decimal(match["quantity"] or 1), base.unit), match["on"]


def _percent(match: re.Match[str]) -> Decimal:
    value = Decimal(match["number"].replace(",", ""))
    if match["over"]:
        value += (Decimal(match["over"]) / Decimal(match["under"])).quantize(_THIRDS)
    return value


def _parts(phrase: str | None) -> tuple[str, ...] | None:
    """Name the parts a percentage is taken of: () for the whole value, None when not understood."""
    if phrase is None:
        return ()
    bare = _ARTICLE.sub("", phrase)
    if bare in WHOLE:
        return ()
    names = [PARTS.get(name) for name in bare.split(" and ")]
    known = tuple(name for name in names if name is not None)
    if len(known) == len(names):
        return known
    return (phrase,) if _PLAIN_PART.fullmatch(phrase) else None
