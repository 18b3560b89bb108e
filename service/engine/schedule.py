"""The schedule: one release of one importer's law, compiled for answering.

Immutable to its users; the caches inside are bounded. ``compile_schedule`` builds it, ``Schedule.answer``,
``.timeline`` and ``.headline`` ask it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from itertools import count

import msgspec

from service.engine import headline as headlines
from service.engine import timeline as timelines
from service.engine.amounts import NO_FIGURES, Figures, figures
from service.engine.answers import (
    Announced,
    Answer,
    Headline,
    Interval,
    Notice,
    Question,
    Range,
    ReleaseRef,
    Timeline,
    Total,
)
from service.engine.bounded import Bounded
from service.engine.cells import check_shares
from service.engine.compose import Composer, columns_named
from service.engine.conditions import facts_named, symbols_named
from service.engine.draft import Draft, Settled, assemble, settle
from service.engine.index import Entry, Index
from service.engine.lifetimes import Lifetimes
from service.engine.lines import LineRates, Lines, Run
from service.engine.outcome import Based
from service.engine.pace import Pace, each
from service.engine.reach import CLAIMED, FIGURES, Setting
from service.engine.refusals import NotDutiable, OutsideCoverage, UnknownCode, UnknownOrigin
from service.engine.surface import Surfaces
from service.law.facts import Facts
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.rates import FromSchedule
from service.law.terms import Origins, View

ONE = Decimal(1)
BASE_FACTS = FIGURES | CLAIMED | {"preference"}
"""Facts the base duty may depend on, beside those its conditions name."""

LIFETIMES = 4_000
SURFACES = 10_000
BASES = 10_000
TOTALS = 12_000
INTERVALS = 20_000
ANNOUNCED = 10_000


class Schedule:
    """The law of one importer in one release."""

    def __init__(self, law: ImporterLaw, release: ReleaseRef, countries: Collection[str], pace: Pace = each) -> None:
        self.importer = law.importer
        self.release = release
        self.facts = law.facts
        self.programs = law.programs
        self.countries = frozenset(countries)
        self.lines = Lines(
            law.importer.codes, law.importer.columns, law.importer.currency, law.lines, law.statistical, pace
        )
        self.index = Index(
            self.lines.sorted,
            law.programs,
            law.versions,
            law.list_versions,
            law.importer.groups,
            law.importer.not_covered,
            law.importer.currency,
            pace,
        )
        self.composer = Composer(law.importer, law.facts, law.acts)
        self.surfaces = Surfaces(self.index, self.composer, dict(law.acts), SURFACES)
        base = law.importer.base
        measures = [e for e in self.index.entries if isinstance(e, Entry)]
        self.base_bits = sum(1 << e.bit for e in measures if e.program.id == base)
        self.lifetimes = Lifetimes(self.index, self.surfaces, self.base_bits, LIFETIMES)
        ranks = {p.id: (p.order, p.id) for p in law.programs}
        self.before_base = frozenset(p for p, rank in ranks.items() if rank < ranks[base])
        self.verified = max((c.verified for c in law.importer.coverage), default=date.min)
        self._line_masks = self._shared_masks(pace)
        spans = [s for c in self.lines.sorted for s in self.lines.spans(c)]
        self.line_days = sorted({d for s in spans for d in (s.start, s.until)})
        self._bases: Bounded[Based] = Bounded(BASES)
        conditions = [e.version.terms.when for e in measures if e.program.id == base]
        self.base_facts = BASE_FACTS.union(*(facts_named(c) for c in conditions))
        self._ordinary: dict[int, tuple[tuple[str, frozenset[str]], ...]] = {}
        self._profiles: dict[int, tuple[tuple[int, ...], tuple[tuple[int, frozenset[str]], ...]]] = {}
        self._serial = count(1)
        self._settled: Bounded[Settled] = Bounded(TOTALS)
        self.totals: Bounded[Total] = Bounded(TOTALS)
        self.ranges: Bounded[Range] = Bounded(TOTALS)
        self._spans: Bounded[Interval] = Bounded(INTERVALS)
        self.steps: Bounded[timelines.Steps] = Bounded(INTERVALS)
        self._headlines: Bounded[Headline] = Bounded(256)
        self._coverage: dict[str, tuple[Period, ...]] = {}
        self._announcements = self._all_announcements()
        self._announced_cuts = sorted(self._days_of_announcements())
        self._announced: Bounded[tuple[Announced, ...]] = Bounded(ANNOUNCED)

    # -- users ------------------------------------------------------------------------------------------------

    def answer(self, question: Question) -> Answer:
        """Answer a question.

        Raises a ``Refusal``: unknown origin or code, a code too short, goods that are not dutiable, a question
        outside the coverage, facts that contradict each other.
        """
        draft = self.draft(question)
        return assemble(self, question, draft, timelines.constant(self, question, draft))

    def timeline(self, question: Question, start: date, until: date | None) -> Timeline:
        """Answer over time: the maximal constant intervals of [start, until), gapless and without overlap."""
        return timelines.timeline(self, question, start, until)

    def headline(self, origin: str, day: date, known_on: date, view: View) -> Headline:
        """State what all goods of an origin pay: the universal layers and the distribution over all rate lines."""
        self.admit(origin, day.toordinal())
        span = headlines.constant(self, origin, day, known_on, view)
        known = self.index.known(known_on.toordinal())
        key = (origin, span.from_, span.until, known, self.editions_known(known_on.toordinal()), view)
        found = self._headlines.get(key)
        if found is None:
            found = self._headlines.put(key, headlines.headline(self, origin, day, known_on, view, span))
        announced = self.announced(origin, day, known_on)
        return msgspec.structs.replace(
            found, date=day, known_on=known_on, announced=announced, warnings=self.late(found.warnings, day)
        )

    # -- parts of an answer -----------------------------------------------------------------------------------

    def draft(self, question: Question) -> Draft:
        """Compose an answer without its constant interval."""
        day, known = question.date.toordinal(), question.known_on.toordinal()
        covered = self.admit(question.origin, day)
        code = question.code
        if code[:2] in self.importer.codes.reserved:
            chapters = " and ".join(self.importer.codes.reserved)
            raise NotDutiable(f"{self.lines.dotted(code)}: numbers of chapters {chapters} are claimed, not goods")
        if question.facts:
            check_shares(question.facts)
        run = self.lines.require(code, day, known)
        size = self.lines.size
        if len(code) > size:
            return self._draft(
                question, self.index.goods[code], run, self.lines.require(code[:size], day, known), covered
            )
        named = question.facts.get("statistical_number")
        if isinstance(named, str):
            asked = msgspec.structs.replace(question, code=self._number(named, code), facts=_without(question.facts))
            return self.draft(asked)
        mask = self._line_masks.get(code)
        if mask is not None:
            return self._draft(question, mask, run, run, covered)
        return self._line_draft(question, run, covered)

    def _number(self, named: str, line: str) -> str:
        digits = named.replace(".", "")
        if not digits.startswith(line):
            raise UnknownCode(f"{named} is not a statistical number of {self.lines.dotted(line)}")
        return digits

    def _line_draft(self, question: Question, line: Run, covered: Period) -> Draft:
        """Answer for a whole line: where its statistical numbers differ, the dearest, and the range over them."""
        code, day, known = question.code, question.date.toordinal(), question.known_on.toordinal()
        options: dict[int, list[str]] = {}
        reachable = self.index.origin(question.origin) & self.index.day(day) & self.index.known(known)
        for number in self.lines.children(code, day, known) or [code]:
            options.setdefault(self.index.goods[number] & reachable, []).append(number)
        drafts = [
            (self._draft(question, self.index.goods[numbers[0]], line, line, covered), numbers)
            for numbers in options.values()
        ]
        if len(drafts) == 1:
            return drafts[0][0]
        return Draft.dearest(drafts, self.lines.codes, self.facts.get("statistical_number"))

    def _draft(self, question: Question, goods: int, number: Run, line: Run, covered: Period) -> Draft:
        origin, facts = question.origin, question.facts
        lifetime = self.lifetimes.lifetime(goods, origin, question.known_on.toordinal(), question.view)
        cell = lifetime.at(question.date.toordinal())
        based = self.base(cell.base, line.stated, facts, origin)
        own = self.importer.metal_chapters.get(question.code[:2])
        setting = Setting(origin, own, based.outcome, based.serial)
        surface = self.surfaces.surface(cell.over, setting, facts)
        return Draft(question, covered, lifetime, cell.over, number, line, setting, surface)

    def base(self, mask: int, rates: LineRates, facts: Facts, origin: str) -> Based:
        """Return the base outcome of a line's texts; lines whose texts say the same share one."""
        if facts:
            facts = {k: v for k, v in facts.items() if k in self.base_facts}
        if not facts:
            kept = rates.based.get(mask)
            if kept is None:
                kept = rates.based[mask] = self._base(mask, rates, facts, origin)
            return kept
        return self._base(mask, rates, facts, origin)

    def _base(self, mask: int, rates: LineRates, facts: Facts, origin: str) -> Based:
        profile = self._profiles.get(mask)
        if profile is None:
            profile = self._profiles[mask] = self._profile(mask)
        columns, preferences = profile
        said = tuple(rates.columns[at] for at in columns)
        offers = rates.texts.preferences
        offered = tuple(
            tuple((s, rate) for s, rate in offers(rates.columns[at]).items() if s in open_to)
            for at, open_to in preferences
        )
        key: tuple[object, ...] = (mask, said, offered)
        if facts:
            key += (origin, tuple(sorted(facts.items())), *(rates.columns[at] for at, _ in preferences))
        found = self._bases.get(key)
        if found is None:
            entries = self.index.measures(mask)
            if not entries:
                raise OutsideCoverage("no base duty is known for this day")
            found = self._bases.put(key, Based(next(self._serial), self.composer.base(entries, rates, facts, origin)))
        return found

    def _profile(self, mask: int) -> tuple[tuple[int, ...], tuple[tuple[int, frozenset[str]], ...]]:
        """Return what of a line's texts the base entries of a mask look at: columns, and preferences offered."""
        names = self.importer.columns
        columns: set[int] = {0}
        preferences: dict[int, frozenset[str]] = {}
        for entry in self.index.measures(mask):
            for rate in (entry.rate, *(r for _, r in entry.version.terms.columns)):
                if isinstance(rate, FromSchedule) and rate.by_preference:
                    at = names.index(rate.column)
                    preferences[at] = preferences.get(at, frozenset()) | symbols_named(entry.version.terms.when)
                else:
                    columns.update(names.index(c) for c in columns_named(rate))
        return tuple(sorted(columns)), tuple(sorted(preferences.items(), key=lambda p: p[0]))

    def settled(self, draft: Draft) -> Settled:
        """Settle a draft; kept per pair of base and surface, which hold the declared facts that matter to them."""
        if draft.others or draft.question.facts:
            return settle(self, draft)
        key = (draft.setting.serial, draft.surface.serial)
        found = self._settled.get(key)
        return found if found is not None else self._settled.put(key, settle(self, draft))

    def interval(self, start: int, until: int) -> Interval:
        """Return an interval of days."""
        key = (start, until)
        found = self._spans.get(key)
        if found is None:
            period = Period(start, until)
            found = self._spans.put(key, Interval(period.first, period.end))
        return found

    def ordinary_preferences(self, mask: int) -> tuple[tuple[str, frozenset[str]], ...]:
        """Return the columns and symbols of preferences that open the range of answers while not declared."""
        found = self._ordinary.get(mask)
        if found is None:
            definition = self.facts.get("preference")
            common = definition.class_ if definition is not None else "exceptional"
            found = self._ordinary[mask] = tuple(
                (e.rate.column, symbols_named(e.version.terms.when))
                for e in self.index.measures(mask)
                if isinstance(e.rate, FromSchedule)
                and e.rate.by_preference
                and e.measure.classes.get("preference", common) == "ordinary"
            )
        return found

    def given(self, facts: Facts) -> Figures:
        """Return the figures declared."""
        return figures(facts, self.importer.percent_places) if facts else NO_FIGURES

    # -- limits -----------------------------------------------------------------------------------------------

    def admit(self, origin: str, day: int) -> Period:
        """Return the covered period around a day; refuse an origin or a day the law data do not cover."""
        if origin == self.importer.code:
            raise NotDutiable(f"goods of {origin} are not dutiable in {origin}: no measure here levies on own goods")
        covered = self._coverage.get(origin)
        if covered is None:
            if origin not in self.countries:
                raise UnknownOrigin(f"{origin!r} is not a country of ISO 3166-1; write two capital letters")
            covered = self._coverage[origin] = tuple(self._covered(origin))
        for period in covered:
            if day in period:
                return period
        where = date.fromordinal(day).isoformat()
        raise OutsideCoverage(
            f"the law of {self.importer.code} on goods of {origin} on {where} is not covered; see /v1/coverage"
        )

    def late(self, warnings: tuple[Notice, ...], day: date) -> tuple[Notice, ...]:
        """Add the warning that the law data were last verified before the day asked."""
        if day <= self.verified:
            return warnings
        text = f"the law data were last verified on {self.verified.isoformat()}; later acts are not in them"
        return (Notice("after-evidence", text, from_=self.verified), *warnings)

    def _covered(self, origin: str) -> list[Period]:
        """Return the periods over which an origin is covered, joined where they adjoin."""
        found: list[Period] = []
        for item in sorted(self.importer.coverage, key=lambda c: c.valid):
            for part in self.index.memberships(item.origins, item.valid):
                if not self.index.includes(item.origins, origin, part.start):
                    continue
                if found and part.start <= found[-1].until:
                    found[-1] = Period(found[-1].start, max(found[-1].until, part.until))
                else:
                    found.append(part)
        return found

    def announced(self, origin: str, day: date, known_on: date) -> tuple[Announced, ...]:
        """Return the announcements that stood on the known day and concern the origin and the day.

        One that names no days concerns all days from its own on.
        """
        known, ordinal = known_on.toordinal(), day.toordinal()
        cuts = self._announced_cuts
        key = (origin, bisect_right(cuts, known), bisect_right(cuts, ordinal))
        found = self._announced.get(key)
        return found if found is not None else self._announced.put(key, self._standing(origin, ordinal, known))

    def _standing(self, origin: str, ordinal: int, known: int) -> tuple[Announced, ...]:
        standing = [a for a in self._announcements if a[0] <= known < a[1]]
        return tuple(
            shown
            for since, _, origins, valid, shown in standing
            if (ordinal >= since if valid is None else ordinal in valid)
            and (origins is None or self.index.includes(origins, origin, ordinal))
        )

    def _all_announcements(self) -> list[tuple[int, int, Origins | None, Period | None, Announced]]:
        found = []
        for program in self.programs:
            for item in program.announcements:
                until = item.withdrawn.toordinal() if item.withdrawn is not None else date.max.toordinal()
                first = item.valid.first if item.valid is not None else None
                end = item.valid.end if item.valid is not None else None
                shown = Announced(program.id, item.id, item.announced, item.text, first, end, item.url)
                found.append((item.announced.toordinal(), until, item.origins, item.valid, shown))
        return found

    def _days_of_announcements(self) -> set[int]:
        """Return the days on which an announcement begins or ceases to stand, or to concern a day of entry."""
        days = {day for since, until, *_ in self._announcements for day in (since, until)}
        for _, _, origins, valid, _ in self._announcements:
            days.update((valid.start, valid.until) if valid is not None else ())
            for name in origins.include + origins.exclude if origins is not None else ():
                for member in self.importer.groups.get(name, ()):
                    days.update((member.valid.start, member.valid.until))
        return days

    def editions_known(self, known: int) -> int:
        """Return what identifies the state of the base schedule known on a day."""
        return bisect_right(self.lines.known_days, known)

    # -- building ---------------------------------------------------------------------------------------------

    def _shared_masks(self, pace: Pace) -> dict[str, int]:
        """Return, per rate line, the mask that all its statistical numbers share; none where they differ."""
        goods = self.index.goods
        size = self.lines.size
        masks: dict[str, int] = {}
        mixed: set[str] = set()
        for code in pace(self.lines.sorted):
            if len(code) <= size:
                continue
            line = code[:size]
            if masks.setdefault(line, goods[code]) != goods[code]:
                mixed.add(line)
        for line in mixed:
            del masks[line]
        for code in self.lines.rate_lines:
            if code not in masks and code not in mixed:
                masks[code] = goods[code]
        return masks

    def shared_mask(self, line: str) -> int | None:
        """Return the mask that all statistical numbers of a line share, None where they differ."""
        return self._line_masks.get(line)


def _without(facts: Facts) -> Facts:
    return {k: v for k, v in facts.items() if k != "statistical_number"}


def compile_schedule(
    law: ImporterLaw, release: ReleaseRef, countries: Collection[str], pace: Pace = each
) -> Schedule:
    """Compile the law of one importer.

    ``countries``: the ISO 3166-1 alpha-2 codes that may be origins; ``pace``: how to work through many items.
    """
    return Schedule(law, release, countries, pace)
