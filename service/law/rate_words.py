"""The words of official rate texts: cleaning, units, named quantities and named parts.

The Harmonized Tariff Schedule writes one rate in many spellings, and its exports carry markup, line breaks
and slips of the pen that change from one release to the next. :func:`clean` takes the noise off; the tables
fold what remains into the names used in answers.
"""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Final

from service.law.rates import Per

_TAG: Final = re.compile(r"<[^>]*>")
_MARKS: Final = str.maketrans({"²": "2", "³": "3", "\xa0": " ", "–": "-", "’": "'"})

_SLIPS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"(?<=[a-z])- (?=[a-z])", ""),  # a word broken at the end of a printed line
        (r"^\[(.*)\]$", r"\1"),  # square brackets around a whole text
        (r"[\s`/:;,]+$", ""),  # stray marks at the end
        (r"(?<=%)\.$|(?<=subheading)\.$|(?<=content)\.$|(?<=hange)\.$", ""),
        (r"(?: +|(?<![A-Z ]))\+ *(?=[\d$.%a])", " + "),  # a sum; the plus of a symbol (``A+``) is left alone
        (r"(?<=\d) +(?=¢|%)", ""),
        (r"(?<=[¢\d]) +(?=/)", ""),
        (r"/ +", "/"),
        (r"\bpf\. ?(?=liter)", "pf. "),
        (r"/pr\b\.?", "/pr."),
        (r"(?<=/m[23])of\b", " of"),
        (r"\bdrained weght\b", "drained weight"),
        (r"\bthe(?=battery\b)", "the "),
        (r"\bin(?=the applicable\b)", "in "),
        (r"\b(in the )\1", r"\1"),
        (r"\bor(?=alterations\b)", "or "),
        (r"\bnot less (?=[\d$])", "not less than "),
        (r"\b(\d\d)\.(\d\d)\.(\d\d)\.(\d\d)\b", r"\1\2.\3.\4"),  # 99.19.04.14
    )
)


def clean(text: str) -> str:
    """Return a rate text without markup, broken words, doubled spaces and stray marks.

    The wording is kept: two texts that differ only in such noise become equal. Blank or a lone mark gives "".
    """
    said = " ".join(html.unescape(_TAG.sub("", text)).translate(_MARKS).split())
    for pattern, put in _SLIPS:
        said = pattern.sub(put, said)
    return said.strip()


_ONE: Final = Decimal(1)

UNITS: Final[dict[str, Per]] = {
    "kg": Per(_ONE, "kg"),
    "g": Per(_ONE, "g"),
    "t": Per(_ONE, "tonne"),
    "liter": Per(_ONE, "liter"),
    "pf. liter": Per(_ONE, "proof_liter"),
    "bbl": Per(_ONE, "barrel"),
    "m": Per(_ONE, "m"),
    "lin. m": Per(_ONE, "m"),
    "m2": Per(_ONE, "m2"),
    "m3": Per(_ONE, "m3"),
    "each": Per(_ONE, "piece"),
    "article": Per(_ONE, "piece"),
    "head": Per(_ONE, "piece"),
    "pr.": Per(_ONE, "pair"),
    "pack": Per(_ONE, "pack"),
    "jewel": Per(_ONE, "jewel"),
    "doz.": Per(Decimal(12), "piece"),
    "gross": Per(Decimal(144), "piece"),
    "1000": Per(Decimal(1000), "piece"),
    "1,000": Per(Decimal(1000), "piece"),
    "thousand": Per(Decimal(1000), "piece"),
    "1,000 pins": Per(Decimal(1000), "piece"),
    "line/gross": Per(_ONE, "gross_line"),
}
"""Units of official texts. A ``gross_line`` is one line (1/40 inch) of diameter on a gross of buttons."""

CLEAN_KG: Final = "clean kg"
"""Wool: a kilogram of clean content."""

QUANTITIES: Final[dict[str, str]] = {
    "drained weight": "drained weight",
    "entire contents of container": "entire contents of container",
    "contents and container": "contents and container",
    "total sugars": "total sugars",
    "ethyl alcohol content": "ethyl alcohol content",
    "recording surface": "recording surface",
    "immediate containers": "immediate containers",
    "anhydrous morphine content": "anhydrous morphine content",
    "including weight of container": "weight including container",
    **{
        f"{metal} content": f"{metal} content"
        for metal in (
            "copper",
            "lead",
            "magnesium",
            "manganese",
            "molybdenum",
            "nickel",
            "silicon",
            "tungsten",
            "vanadium",
            "zinc",
        )
    },
}
"""Quantities that a specific rate counts instead of the net quantity of the line."""

PARTS: Final[dict[str, str]] = {
    "case": "case",
    "strap, band or bracelet": "strap",
    "strap": "strap",
    "movement": "movement",
    "battery": "battery",
    "apparatus": "apparatus",
    "rifle": "rifle",
    "telescopic sight, if any": "sight",
    "lead content": "lead",
}
"""Parts of an article with a value of their own (chapters 78, 91 and 93)."""

WHOLE: Final = frozenset({"entire set"})
"""Phrases for the whole value."""
