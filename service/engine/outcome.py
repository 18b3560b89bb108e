"""What composing yields: the base duty, and everything laid over it."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from service.engine.amounts import NOTHING, Charge
from service.engine.answers import Announced, Layer, NotApplied, Notice, Prohibition, QuotaState
from service.engine.facts import Consulted, merge

ONE = Decimal(1)
ZERO = Decimal(0)


class BaseOutcome(msgspec.Struct, frozen=True, gc=False):
    """The base duty of one line: the column used, its charge, and the charge of the first column.

    ``equivalent`` and ``general_equivalent`` are the ad valorem equivalents that a top-up counts, None where they
    cannot be told. ``applied`` is the charge on the whole value, ``share`` the part of it that a claimed chapter 98
    heading leaves; ``charge`` is their product. ``reads``: the columns whose texts decide it.
    """

    column: str
    charge: Charge
    general: Charge
    equivalent: Decimal | None
    general_equivalent: Decimal | None
    layers: tuple[Layer, ...]
    not_applied: tuple[NotApplied, ...]
    consulted: tuple[Consulted, ...]
    applied: Charge
    share: Decimal
    reads: frozenset[str] = frozenset()


class Based(msgspec.Struct, frozen=True, gc=False):
    """A base outcome with the number that identifies it in caches."""

    serial: int
    outcome: BaseOutcome


class Part(msgspec.Struct, frozen=True, gc=False):
    """What some programs lay over the base duty, by themselves; layers and skipped measures with their place (bit).

    ``replaced``: the share of the value on which a measure stands in place of the base duty; ``instead``: the charge
    that stands in place of every layer.
    """

    layers: tuple[tuple[int, Layer], ...]
    skipped: tuple[tuple[int, NotApplied], ...]
    charge: Charge
    replaced: Decimal
    replaced_by: str | None
    instead: Charge | None
    consulted: tuple[Consulted, ...]
    announced: tuple[Announced, ...]
    prohibited: Prohibition | None
    quota: QuotaState | None


def join(parts: list[Part], *, told: bool = True) -> Part:
    """Put together what programs that refer to each other lay over the base duty; without ``told`` sums alone."""
    if len(parts) == 1:
        return parts[0]
    shown = parts if told else ()
    charge, replaced, instead = _summed(parts)
    # What stands in place of every duty goes before what stands in place of the base.
    standing = [p.replaced_by for p in parts if instead is None or p.instead is not None]
    return Part(
        tuple(x for p in shown for x in p.layers),
        tuple(x for p in shown for x in p.skipped),
        charge,
        replaced,
        next((by for by in reversed(standing) if by is not None), None),
        instead,
        merge([c for p in parts for c in p.consulted]),
        tuple(x for p in shown for x in p.announced),
        next((p.prohibited for p in reversed(parts) if p.prohibited is not None), None),
        next((p.quota for p in reversed(parts) if p.quota is not None), None),
    )


class Tally(msgspec.Struct, frozen=True, gc=False):
    """The sum of some parts: the share of the value on which the base is kept, the charge, the facts asked for."""

    base_kept: Decimal
    charge: Charge
    consulted: tuple[Consulted, ...]

    def with_base(self, base: Charge) -> Charge:
        """Return the whole charge: what is left of the base duty, and the layers."""
        return laid_over(base, self.base_kept, self.charge)


def laid_over(base: Charge, kept: Decimal, charge: Charge) -> Charge:
    """Return ``charge`` over what is kept of the base duty."""
    if not kept:
        return charge
    return (base if kept == ONE else base.times(kept)) + charge


def _summed(parts: list[Part]) -> tuple[Charge, Decimal, Charge | None]:
    """Return the charge of some parts, the share of the base they replace, and the charge in place of every layer."""
    charge, replaced = NOTHING, ZERO
    instead: Charge | None = None
    for part in parts:
        if part.charge is not NOTHING:
            charge = part.charge if charge is NOTHING else charge + part.charge
        if part.replaced:
            replaced += part.replaced
        if part.instead is not None:
            instead = part.instead if instead is None else instead + part.instead
    return charge, replaced, instead


def tally(parts: list[Part]) -> Tally:
    """Add up parts."""
    charge, replaced, instead = _summed(parts)
    asked = merge([c for p in parts for c in p.consulted])
    if instead is not None:
        return Tally(ZERO, instead, asked)
    return Tally(ONE - replaced if replaced else ONE, charge, asked)


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """Everything laid over the base duty.

    ``base_kept``: the share of the value on which the base duty is still owed; ``replaced_by``: the heading that
    stands in its place on the rest. ``incomplete``: a program that is not covered may hit the goods, so the charge
    is not the whole. With ``prohibited`` the layers are what admitted goods would owe.
    """

    layers: tuple[Layer, ...] = ()
    charge: Charge = NOTHING
    base_kept: Decimal = ONE
    replaced_by: str | None = None
    not_applied: tuple[NotApplied, ...] = ()
    consulted: tuple[Consulted, ...] = ()
    warnings: tuple[Notice, ...] = ()
    announced: tuple[Announced, ...] = ()
    incomplete: tuple[str, ...] = ()
    prohibited: Prohibition | None = None
    quota: QuotaState | None = None

    def with_base(self, base: Charge) -> Charge:
        """Return the whole charge: what is left of the base duty, and the layers."""
        return laid_over(base, self.base_kept, self.charge)
