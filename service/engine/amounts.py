"""Charges: linear forms kept symbolic, summed, and evaluated when an entry declares value and quantities."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypeVar

import msgspec

from service.engine.answers import PartShare, PerQuantity, SpecificAmount, Total
from service.law.facts import Facts
from service.law.rates import (
    Bounded,
    ByReference,
    Form,
    GreaterOf,
    LesserOf,
    PartPercent,
    Rate,
    Sliding,
    Specific,
    Unresolved,
)

V = TypeVar("V")

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


def plain(number: Decimal) -> Decimal:
    """Return the number in its one normal form: no exponent, no trailing zeros, no negative zero."""
    if not number:
        return ZERO
    number = number.normalize()
    return number.quantize(ONE) if number.as_tuple().exponent > 0 else number  # type: ignore[operator]


class Charge(msgspec.Struct, frozen=True, gc=False):
    """A duty as a linear form over the whole customs value.

    ``open``: part of it cannot be stated (by reference, unresolved, or a comparison without figures), so no
    percentage may stand for it. ``bounds`` are the alternatives of such a comparison, whole charges from the least
    to the dearest. ``see`` says where to look.
    """

    percent: Decimal = ZERO
    specific: tuple[Specific, ...] = ()
    parts: tuple[PartPercent, ...] = ()
    open: bool = False
    see: tuple[str, ...] = ()
    bounds: tuple[Charge, ...] = ()

    def __add__(self, other: Charge) -> Charge:
        """Add two charges: percentages add, nothing compounds; equal units add up and cancel."""
        if other is NOTHING:
            return self
        if self is NOTHING:
            return other
        return Charge(
            plain(self.percent + other.percent),
            _sum_specific(self.specific, other.specific),
            _sum_parts(self.parts, other.parts),
            self.open or other.open,
            self.see + other.see,
            _sum_bounds(self, other),
        )

    def times(self, share: Decimal) -> Charge:
        """Charge only ``share`` of the value; amounts per unit fall pro rata."""
        if share == ONE:
            return self
        if not share:
            return NOTHING
        return Charge(
            plain(self.percent * share),
            tuple(msgspec.structs.replace(s, amount=plain(s.amount * share)) for s in self.specific),
            tuple(PartPercent(plain(p.percent * share), p.part) for p in self.parts),
            self.open,
            self.see,
            tuple(b.times(share) for b in self.bounds),
        )

    @property
    def ad_valorem(self) -> bool:
        """Whether the percentage is the whole of it."""
        return not (self.open or self.specific or self.parts)


NOTHING = Charge()


def _sum_specific(left: tuple[Specific, ...], right: tuple[Specific, ...]) -> tuple[Specific, ...]:
    if not right:
        return left
    if not left:
        return right
    sums: dict[tuple[object, ...], Specific] = {}
    for item in left + right:
        key = (item.currency, item.per, item.on)
        seen = sums.get(key)
        amount = item.amount if seen is None else seen.amount + item.amount
        sums[key] = msgspec.structs.replace(item, amount=plain(amount))
    return tuple(s for s in sums.values() if s.amount)


def _sum_parts(left: tuple[PartPercent, ...], right: tuple[PartPercent, ...]) -> tuple[PartPercent, ...]:
    if not right:
        return left
    if not left:
        return right
    sums: dict[str, Decimal] = {}
    for item in left + right:
        sums[item.part] = sums.get(item.part, ZERO) + item.percent
    return tuple(PartPercent(plain(p), part) for part, p in sums.items() if p)


def _sum_bounds(left: Charge, right: Charge) -> tuple[Charge, ...]:
    if not left.bounds and not right.bounds:
        return ()
    bare_left = left.bounds or (_closed(left),)
    bare_right = right.bounds or (_closed(right),)
    return tuple(a + b for a in bare_left for b in bare_right)


def _closed(charge: Charge) -> Charge:
    return msgspec.structs.replace(charge, bounds=())


class Figures(msgspec.Struct, frozen=True, gc=False):
    """What an entry declares that lets a charge be evaluated: value, quantities by unit, values of parts.

    ``currency``: that of the amounts declared, None where it is not stated: then it is the importer's own.
    """

    value: Decimal | None = None
    quantities: Mapping[str, Decimal] = {}
    part_values: Mapping[str, Decimal] = {}
    places: int = 6
    currency: str | None = None

    @property
    def any(self) -> bool:
        """Whether anything at all is declared."""
        return self.value is not None


NO_FIGURES = Figures()


def figures(facts: Facts, places: int) -> Figures:
    """Collect the figures among the declared facts."""
    value = facts.get("value")
    if not isinstance(value, Decimal) or value <= 0:
        return NO_FIGURES
    quantities = facts.get("quantities", ())
    parts = facts.get("part_values", ())
    currency = facts.get("currency")
    return Figures(
        value,
        dict(quantities),  # type: ignore[arg-type]
        dict(parts),  # type: ignore[arg-type]
        places,
        currency if isinstance(currency, str) else None,
    )


def quantity_key(unit: str, on: str | None) -> str:
    """Return the key under which ``quantities`` must give the quantity: the unit, or what it is counted on."""
    return unit if on is None else on.replace(" ", "_")


def equivalent(charge: Charge, given: Figures) -> Decimal | None:
    """Evaluate a charge as a percentage of the customs value, or None where figures are missing.

    An amount per unit is no percentage of a value in another currency: rates of exchange are not known here.
    """
    if charge.open:
        return None
    if charge.ad_valorem:
        return charge.percent
    if given.value is None:
        return None
    amount = ZERO
    for item in charge.specific:
        quantity = given.quantities.get(quantity_key(item.per.unit, item.on))
        if quantity is None or given.currency not in (None, item.currency):
            return None
        amount += item.amount * quantity / item.per.quantity
    for part in charge.parts:
        value = given.part_values.get(part.part.replace(" ", "_"))
        if value is None:
            return None
        amount += part.percent * value / HUNDRED
    return rounded(charge.percent + amount / given.value * HUNDRED, given.places)


def rounded(number: Decimal, places: int) -> Decimal:
    """Round to ``places`` decimals, half to even, and normalise."""
    return plain(number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN))


def charge_of(rate: Rate, given: Figures) -> Charge:
    """Turn the rate of a form into a charge; comparisons are decided when the figures allow.

    Rates that need more than figures (totals, references to the schedule) are the composer's.
    """
    match rate:
        case Form():
            return Charge(plain(rate.percent), rate.specific, rate.parts)
        case Sliding():
            return _sliding(rate, given)
        case Bounded():
            low = [rate.minimum] if rate.minimum is not None else []
            high = [rate.maximum] if rate.maximum is not None else []
            charge = charge_of(rate.rate, given)
            if low:
                charge = _compare([charge, *(charge_of(r, given) for r in low)], given, highest=True)
            if high:
                charge = _compare([charge, *(charge_of(r, given) for r in high)], given, highest=False)
            return charge
        case GreaterOf():
            return _compare([charge_of(r, given) for r in rate.rates], given, highest=True)
        case LesserOf():
            return _compare([charge_of(r, given) for r in rate.rates], given, highest=False)
        case ByReference():
            bounds = () if rate.at_most is None else (NOTHING, charge_of(rate.at_most, given))
            return Charge(open=True, see=rate.see or (rate.text,), bounds=bounds)
        case Unresolved():
            return Charge(open=True, see=(rate.text,))
        case _:
            raise TypeError(f"{type(rate).__name__} is not a charge by itself")


def _compare(options: list[Charge], given: Figures, *, highest: bool) -> Charge:
    """Choose between charges once they can be evaluated; otherwise the choice stays open between bounds.

    An amount per unit may come to less or to more than any percentage. So the best that can be said of the higher of
    ``1%`` and ``2 USD/kg`` is: not less than 1%, not more than 2 USD/kg or else 1%; of the lower the other way round.
    """
    values = [equivalent(c, given) for c in options]
    if all(v is not None for v in values):
        ranked = sorted(range(len(options)), key=lambda i: values[i] or ZERO)
        return options[ranked[-1 if highest else 0]]
    lows = [c.bounds[0] if c.bounds else c for c in options]
    highs = [c.bounds[-1] if c.bounds else c for c in options]
    pick = max if highest else min
    see = tuple(s for c in options for s in c.see)
    return Charge(open=True, see=see, bounds=(pick(lows, key=_least_known), pick(highs, key=dearness)))


def _sliding(rate: Sliding, given: Figures) -> Charge:
    degrees = given.quantities.get(rate.degree.replace(" ", "_"))
    floor = Charge(specific=(Specific(rate.floor, rate.currency, rate.per),))
    if degrees is None:
        top = Charge(specific=(Specific(rate.amount, rate.currency, rate.per),))
        return Charge(open=True, bounds=(floor, top))
    amount = max(rate.amount - rate.less * max(rate.under - degrees, ZERO), rate.floor)
    return Charge(specific=(Specific(plain(amount), rate.currency, rate.per),))


def specific_amounts(items: tuple[Specific, ...]) -> tuple[SpecificAmount, ...]:
    """Write specific amounts as answers show them."""
    return tuple(
        SpecificAmount(f"{s.amount:f}", s.currency, PerQuantity(s.per.quantity, s.per.unit), s.on) for s in items
    )


def part_shares(items: tuple[PartPercent, ...]) -> tuple[PartShare, ...]:
    """Write percentages of parts as answers show them."""
    return tuple(PartShare(p.percent, p.part) for p in items)


def charge_text(charge: Charge) -> str:
    """Write a charge in one line: ``0.014 USD/kg + 20%``."""
    if charge.bounds:
        # What is referred to lies anywhere between its ends; a comparison is one of its alternatives.
        first, last = charge.bounds[0], charge.bounds[-1]
        referred = [s for s in charge.see if s not in first.see]
        if referred:
            return f"{charge_text(first)} to {charge_text(last)}, see " + "; ".join(referred)
        return " or ".join(dict.fromkeys(charge_text(b) for b in charge.bounds))
    pieces = [_specific_text(s) for s in charge.specific]
    if charge.percent or not (pieces or charge.parts or charge.open):
        pieces.append(f"{charge.percent:f}%")
    pieces += [f"{p.percent:f}% on {p.part}" for p in charge.parts]
    if charge.open:
        pieces.append("see " + "; ".join(charge.see) if charge.see else "a part that is not computed")
    return " + ".join(pieces)


def _specific_text(item: Specific) -> str:
    size = "" if item.per.quantity == 1 else f"{item.per.quantity:f} "
    on = f" on {item.on}" if item.on else ""
    return f"{item.amount:f} {item.currency}/{size}{item.per.unit}{on}"


def total_of(charge: Charge, given: Figures = NO_FIGURES) -> Total:
    """State a charge as a total; ``percent`` only if it is the whole of it."""
    return Total(
        equivalent(charge, given),
        charge.percent,
        specific_amounts(charge.specific),
        part_shares(charge.parts),
        charge_text(charge),
    )


def dearness(charge: Charge) -> tuple[int, Decimal, Decimal]:
    """Order charges for minimum and maximum.

    Amounts per unit know no limit while value and quantities are not declared, so more of them is dearer; percentages
    decide between equal amounts.
    """
    percent, amounts = _weights(charge)
    return (int(charge.open and not charge.bounds), amounts, percent)


def _least_known(charge: Charge) -> tuple[int, Decimal, Decimal]:
    """Order charges by what they come to at least: their percentages; amounts may come to nothing."""
    percent, amounts = _weights(charge)
    return (int(charge.open and not charge.bounds), percent, amounts)


def _weights(charge: Charge) -> tuple[Decimal, Decimal]:
    amounts = sum((s.amount / s.per.quantity for s in charge.specific), ZERO)
    parts = sum((p.percent for p in charge.parts), ZERO)
    return charge.percent + parts, amounts


def extremes(charges: list[Charge]) -> tuple[Charge, Charge]:
    """Return the least and the dearest of some charges, open comparisons standing for their bounds."""
    lows = [c.bounds[0] if c.bounds else c for c in charges]
    highs = [c.bounds[-1] if c.bounds else c for c in charges]
    return min(lows, key=dearness), max(highs, key=dearness)


def bounds_of(spread: list[tuple[Decimal, Charge]]) -> tuple[Charge, Charge]:
    """Return the ends of some (share of the base kept, whole charge); in order where the base is kept whole."""
    charges = [charge for _, charge in spread]
    if all(kept == ONE for kept, _ in spread):
        return extremes(charges[:1])[0], extremes(charges[-1:])[1]
    return extremes(charges)


def ends(options: list[tuple[V, Charge]], now: Charge) -> list[tuple[V, Charge]]:
    """Return the option with the least charge, and the dearest if it is another and dearer than ``now``."""
    ranked = sorted(options, key=lambda o: dearness(o[1]))
    low, high = ranked[0], ranked[-1]
    return [low, high] if high[1] != low[1] and dearness(high[1]) > dearness(now) else [low]
