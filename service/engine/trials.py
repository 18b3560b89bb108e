"""Trials: what lies over the base duty if one more fact were declared."""

from __future__ import annotations

from decimal import Decimal

from service.engine.amounts import Charge, extremes
from service.engine.outcome import Part, Tally, join, tally
from service.engine.parts import Composition, Parts
from service.engine.reach import CLAIMED, Setting
from service.engine.refusals import ImpossibleFacts
from service.law.facts import Facts, FactValue

ONE = Decimal(1)
BRANCHES = 256

Over = tuple[Decimal, Charge]
"""What lies over the base: the share of the value on which the base is kept, and the charge."""

Could = tuple[tuple[str, tuple[tuple[FactValue, Over], ...]], ...]
"""Per exceptional fact, the values that change something and what they would lay over the base."""


class Trials:
    """Tries facts on the entries of a mask; programs that do not ask for what is tried stay as they are."""

    def __init__(self, parts: Parts, mask: int, setting: Setting, facts: Facts) -> None:
        self._parts = parts
        self._setting = setting
        self._facts = facts
        self._now = [(c, parts.reach(c), parts.composition(c, setting, facts)) for c in parts.index.components(mask)]
        self._apart: dict[frozenset[str], tuple[list[tuple[int, Composition]], list[Part]]] = {}
        self.first = tally(self.parts)

    def __call__(self, more: Facts) -> Tally:
        """Add up what the entries come to with some more facts declared. Raises ``ImpossibleFacts``."""
        names = frozenset(more)
        if "chapter_98" in self._facts:  # every program may be charged on another part of the value
            names |= CLAIMED
        found = self._apart.get(names)
        if found is None:
            found = self._apart[names] = self._divide(names)
        changed = [self._parts.tried(c, self._setting, self._facts, more, names, now) for c, now in found[0]]
        return tally(found[1] + changed)

    @property
    def parts(self) -> list[Part]:
        """What the programs come to with nothing tried."""
        return [now.part for _, _, now in self._now]

    def _divide(self, names: frozenset[str]) -> tuple[list[tuple[int, Composition]], list[Part]]:
        """Return the programs that some facts concern, and the sum of the others."""
        touched = [(c, now) for c, reach, now in self._now if not names.isdisjoint(reach.facts)]
        still = [now.part for _, reach, now in self._now if names.isdisjoint(reach.facts)]
        return touched, [join(still, told=False)] if still else []


def could_change(trials: Trials) -> Could:
    """Try each exceptional fact by itself, with each value worth trying."""
    now = over(trials.first)
    found = []
    for item in trials.first.consulted:
        if item.class_ != "exceptional":
            continue
        differing = []
        for value in item.probes:
            try:
                changed = over(trials({item.fact: value}))
            except ImpossibleFacts:
                continue
            if changed != now:
                differing.append((value, changed))
        if differing:
            found.append((item.fact, tuple(differing)))
    return tuple(found)


def spread(trials: Trials) -> tuple[Over, ...]:
    """Return what bounds the total over the ordinary undeclared facts.

    Two ends where the base is kept whole, else every way that differs.
    """
    ways = [over(way) for way in branches(trials)]
    if all(kept == ONE for kept, _ in ways):
        low, high = extremes([charge for _, charge in ways])
        return ((ONE, low), (ONE, high))
    return tuple(dict.fromkeys(ways))


def branches(trials: Trials) -> list[Tally]:
    """Return the outcomes over all values worth trying of the ordinary undeclared facts that were consulted.

    Branches only where a fact was asked for; at most ``BRANCHES`` outcomes.
    """
    outcomes = [trials.first]
    waiting: list[tuple[Facts, Tally]] = [({}, trials.first)]
    while waiting and len(outcomes) < BRANCHES:
        tried, outcome = waiting.pop()
        item = next((c for c in outcome.consulted if c.class_ == "ordinary" and c.fact not in tried), None)
        if item is None:
            continue
        for value in item.probes:
            changed = {**tried, item.fact: value}
            try:
                result = trials(changed)
            except ImpossibleFacts:
                continue
            outcomes.append(result)
            waiting.append((changed, result))
    return outcomes


def over(outcome: Tally) -> Over:
    """Return what of a sum lies over the base."""
    return (outcome.base_kept, outcome.charge)
