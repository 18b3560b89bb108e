"""Rate texts in both directions: reading official and our own texts, and writing the short text of answers.

Reading is in ``rate_terms`` (one rate) and ``rate_special`` (a special cell); this module writes, and the
rest of the program imports all of it from here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from service.law.rate_special import clean_special, parse_special, special_segments
from service.law.rate_terms import parse_rate
from service.law.rate_words import clean
from service.law.rates import (
    Bounded,
    ByReference,
    Exempt,
    Form,
    FromList,
    FromSchedule,
    GreaterOf,
    InLieuOfAll,
    InLieuOfColumn2,
    LesserOf,
    NoChange,
    NonUsPart,
    Per,
    Prohibited,
    QuotaLimit,
    Rate,
    Silent,
    Sliding,
    Specific,
    Total,
    Unresolved,
    Unspecified,
)

__all__ = [
    "clean",
    "clean_special",
    "number_text",
    "parse_rate",
    "parse_special",
    "rate_text",
    "special_segments",
]

_THIRD: Final = Decimal("0.333333333333")
_TWO_THIRDS: Final = Decimal("0.666666666667")


def rate_text(rate: Rate) -> str:
    """Write a rate shortly: ``Free``, ``6.8%``, ``0.014 USD/kg + 20%``, ``20% on strap``, ``15% less base``.

    For a ``Form``, :func:`parse_rate` reads the text back to an equal form.
    """
    match rate:
        case Form():
            return _form_text(rate)
        case Sliding():
            return _sliding_text(rate)
        case Bounded():
            return _bounded_text(rate)
        case GreaterOf():
            return "the higher of " + " and ".join(map(rate_text, rate.rates))
        case LesserOf():
            return "the lower of " + " and ".join(map(rate_text, rate.rates))
        case Total():
            return f"{number_text(rate.percent)}% " + ("in place of base" if rate.replace else "less base")
        case InLieuOfColumn2():
            return f"{_form_text(rate.rate)} in place of column 2"
        case InLieuOfAll():
            return f"{_form_text(rate.rate)} in place of all duties"
        case NonUsPart():
            return _non_us_text(rate)
        case _:
            return _word(rate)


def _word(rate: Rate) -> str:
    match rate:
        case Exempt():
            return "exempt"
        case Silent():
            return "suspended" if rate.suspended else "none"
        case NoChange():
            return "no change"
        case FromList():
            return f"{rate.column} of the goods list"
        case FromSchedule():
            return f"{rate.column} rate of the schedule"
        case ByReference() | Unresolved():
            return rate.text
        case Prohibited():
            return f"prohibited: {rate.text}"
        case Unspecified():
            return "rate not stated"
        case QuotaLimit():
            return f"quota {rate.quota}: {number_text(rate.limit)} {rate.unit}"
        case _:
            raise TypeError(f"{type(rate).__name__} is not a rate")


def number_text(value: Decimal) -> str:
    """Write a number in plain notation without trailing zeros; thirds as ``33 1/3``."""
    # Thirds stand in percentages; a number of more digits than a division can hold has none to be found.
    whole, rest = divmod(value, 1) if value.adjusted() < 12 else (value, Decimal(0))
    if rest in (_THIRD, _TWO_THIRDS):
        share = "1/3" if rest == _THIRD else "2/3"
        return f"{whole:f} {share}" if whole else share
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _form_text(form: Form) -> str:
    terms = [_specific_text(term) for term in form.specific]
    if form.percent:
        terms.append(f"{number_text(form.percent)}%")
    terms += [f"{number_text(part.percent)}% on {part.part}" for part in form.parts]
    return " + ".join(terms) or "Free"


def _specific_text(term: Specific) -> str:
    on = f" on {term.on}" if term.on else ""
    return f"{_money_text(term.amount, term.currency, term.per)}{on}"


def _money_text(amount: Decimal, currency: str, per: Per) -> str:
    quantity = "" if per.quantity == 1 else f"{number_text(per.quantity)} "
    return f"{_plain(amount)} {currency}/{quantity}{per.unit}"


def _plain(value: Decimal) -> str:
    """Amounts of money never use fractions."""
    plain = f"{value:f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain) or "0"


def _sliding_text(rate: Sliding) -> str:
    amount, less, floor = (
        _money_text(value, rate.currency, rate.per) for value in (rate.amount, rate.less, rate.floor)
    )
    under = number_text(rate.under)
    return f"{amount} less {less} for each degree of {rate.degree} under {under}, at least {floor}"


def _bounded_text(rate: Bounded) -> str:
    low = f", at least {_form_text(rate.minimum)}" if rate.minimum is not None else ""
    high = f", at most {_form_text(rate.maximum)}" if rate.maximum is not None else ""
    return f"{rate_text(rate.rate)}{low}{high}"


def _non_us_text(rate: NonUsPart) -> str:
    cap = "" if rate.cap == 1 else f" (at most {number_text(rate.cap * 100)}% of the value counts as US)"
    return f"{number_text(rate.percent)}% on non-US content{cap}"
