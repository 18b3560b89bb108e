"""Reading a special-column cell: segments of a rate and the program symbols it is for.

A cell of the Harmonized Tariff Schedule runs ``Free (AU,BH,CL) 1.7% (KR) See 9822.04.05 (P+)``, with or
without spaces between, and with slips: doubled commas, full stops for commas, a missing or doubled bracket, a
footnote mark, a rate that is absent.
"""

from __future__ import annotations

import re
from typing import Final

from service.law.rate_terms import parse_rate
from service.law.rate_words import clean
from service.law.rates import Rate, Unresolved

_SYMBOL: Final = r"[A-Z]{1,2}[+*]?"
_LIST: Final = re.compile(rf"\(([\s,.]*{_SYMBOL}(?:[\s,.]+{_SYMBOL})*[\s,.]*)(?:\)+|$)")
_NAME: Final = re.compile(_SYMBOL)
_DOUBLED: Final = re.compile(rf"\(({_SYMBOL}) \(\1\)")
_FOOTNOTE: Final = re.compile(r"(?<=\))\s*\([a-z]\)")
_STRAY: Final = re.compile(r"\bSee\) (?=See )")

MISSING: Final = "no rate stated"
"""Text of the ``Unresolved`` that stands for symbols printed without a rate."""


def special_segments(text: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Split a special cell into (symbols, cleaned rate text) in the order printed; a blank cell gives ().

    Symbols are empty for a rate without a list (chapters 98 and 99); the text is empty where none is printed.
    """
    said = _DOUBLED.sub(r"(\1)", _STRAY.sub("", _FOOTNOTE.sub("", clean(text))))
    segments: list[tuple[tuple[str, ...], str]] = []
    at = 0
    for match in _LIST.finditer(said):
        symbols = tuple(dict.fromkeys(_NAME.findall(match[1])))
        segments.append((symbols, clean(said[at : match.start()])))
        at = match.end()
    if rest := clean(said[at:]):
        segments.append(((), rest))
    return tuple(segments)


def parse_special(text: str, *, currency: str = "USD") -> tuple[tuple[tuple[str, ...], Rate], ...]:
    """Read a special cell as ((symbols, rate), ...) in the order printed; a blank cell gives ().

    A list without a rate gives ``Unresolved``: the goods of those programs are not free by default.
    """
    return tuple(
        (symbols, parse_rate(said, currency=currency) if said else Unresolved(MISSING))
        for symbols, said in special_segments(text)
    )


def clean_special(text: str) -> str:
    """Return the cell in one normal spelling: ``RATE (SYM,SYM) RATE (SYM)``."""
    return " ".join(
        f"{said} ({','.join(symbols)})".strip() if symbols else said for symbols, said in special_segments(text)
    )
