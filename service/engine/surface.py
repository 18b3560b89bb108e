"""Outcomes with their range and what could change them, cached by the entries that made them.

Questions about different codes and days mostly meet the same entries; what is composed once for a set of entries
serves all of them.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import msgspec

from service.engine.answers import Assumption, Layer, Refundable
from service.engine.bounded import Bounded
from service.engine.compose import Composer
from service.engine.index import Index
from service.engine.ledger import combine
from service.engine.outcome import Outcome
from service.engine.parts import DECLARED, Parts
from service.engine.reach import Reach, Setting, stated
from service.engine.trials import Could, Over, Trials, could_change, spread
from service.law.facts import Facts
from service.law.terms import Act


class Surface(msgspec.Struct, gc=False):
    """An outcome ready for answers.

    ``spread``: what may lie over the base, over all ordinary undeclared facts. ``signature``: what must stay the same
    for an answer to count as constant. ``could`` is found when first asked for (``Surfaces.could``).
    """

    serial: int
    outcome: Outcome
    layers: tuple[Layer, ...]
    spread: tuple[Over, ...]
    assumptions: tuple[Assumption, ...]
    signature: tuple[object, ...]
    could: Could | None = None


class Meeting(msgspec.Struct, gc=False):
    """The entries over the base duty that meet on some goods and day.

    ``mask``: those asked about; ``law``: those of the view of the law, from which refunds follow, equal when that
    view is asked; ``reach``: what they depend on. ``by_column``: the surface of a question that declares nothing that
    matters, by the column of the base duty; used where nothing else of the setting matters (``plain``).
    """

    mask: int
    law: int
    reach: Reach
    plain: bool
    by_column: dict[str, Surface]


class Surfaces:
    """Composes and keeps surfaces; ``size`` bounds how many."""

    def __init__(self, index: Index, composer: Composer, acts: dict[str, Act], size: int) -> None:
        self.index = index
        self.composer = composer
        self.acts = acts
        self.parts = Parts(index, composer, size)
        self.meetings: Bounded[Meeting] = Bounded(size)
        self.settled: Bounded[Surface] = Bounded(size)
        self.declared: Bounded[Surface] = Bounded(size // DECLARED)
        self._serial = count(1)

    def meeting(self, mask: int, law: int) -> Meeting:
        """Return the meeting of some entries; ``law`` as in ``Meeting``."""
        key = (mask, law)
        found = self.meetings.get(key)
        if found is None:
            reach = self.parts.reach(mask)
            plain = not (reach.base or reach.origin or reach.metal)
            found = self.meetings.put(key, Meeting(mask, law, reach, plain, {}))
        return found

    def surface(self, meeting: Meeting, setting: Setting, facts: Facts) -> Surface:
        """Return the surface of a meeting over a base duty."""
        reach = meeting.reach
        declared = reach.relevant(facts)
        if declared:
            key: tuple[object, ...] = (meeting.mask, meeting.law, stated(declared), *reach.matters(setting))
            found = self.declared.get(key)
            return found if found is not None else self.declared.put(key, self._build(meeting, setting, declared))
        if meeting.plain:
            column = setting.base.column
            found = meeting.by_column.get(column)
            if found is None:
                found = meeting.by_column[column] = self._build(meeting, setting, declared)
            return found
        key = (meeting.mask, meeting.law, *reach.matters(setting))
        found = self.settled.get(key)
        return found if found is not None else self.settled.put(key, self._build(meeting, setting, declared))

    def could(self, surface: Surface, meeting: Meeting, setting: Setting, facts: Facts) -> Could:
        """Return what each exceptional undeclared fact would change; found once per surface.

        ``meeting``, ``setting`` and ``facts`` are those the surface was made of.
        """
        if surface.could is None:
            trials = Trials(self.parts, meeting.mask, setting, meeting.reach.relevant(facts))
            surface.could = could_change(trials)
        return surface.could

    def _build(self, meeting: Meeting, setting: Setting, facts: Facts) -> Surface:
        mask, law = meeting.mask, meeting.law
        claims = facts.get("claims")
        claimed = [c for c in claims if isinstance(c, str)] if isinstance(claims, tuple) else []
        trials = Trials(self.parts, mask, setting, facts)
        outcome = combine(trials.parts, self.index.gaps(mask), claimed, self.composer.present)
        bounds = spread(trials)
        layers = outcome.layers
        if law != mask:
            owed = {(x.program, x.measure) for c in self.parts.all(law, setting, facts) for _, x in c.part.layers}
            layers = tuple(self._refundable(layer, owed, law) for layer in layers)
        assumptions = tuple(self.composer.present.assumption(c) for c in outcome.consulted)
        return Surface(next(self._serial), outcome, layers, bounds, assumptions, _signature(outcome, bounds))

    def _refundable(self, layer: Layer, owed: set[tuple[str, str]], law: int) -> Layer:
        """Mark a layer that the law view does not have, with the act that emptied it there."""
        if not (layer.ad_valorem_percent or layer.specific or layer.parts):
            return layer
        if (layer.program, layer.measure) in owed:
            return layer
        for entry in self.index.measures(law):
            if entry.program.id == layer.program and entry.measure.id == layer.measure:
                act = self.acts[entry.version.acts[0]]
                return msgspec.structs.replace(layer, refundable=Refundable(act.id, act.announced))
        return layer


def _signature(outcome: Outcome, bounds: tuple[tuple[Decimal, object], ...]) -> tuple[object, ...]:
    layers = tuple(layer_signature(x) for x in outcome.layers)
    # An answer that meets a program not covered shows no bounds, so they cannot change it.
    shown = () if outcome.incomplete else bounds
    return (layers, outcome.base_kept, outcome.charge, shown, outcome.prohibited, outcome.quota)


def layer_signature(layer: Layer) -> tuple[object, ...]:
    """Return what of a layer must stay the same for an answer to count as constant."""
    return (
        layer.program,
        layer.measure,
        layer.percent,
        layer.ad_valorem_percent,
        layer.specific,
        layer.share,
    )
