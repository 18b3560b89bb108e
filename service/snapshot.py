"""What a process answers from: the compiled schedules of a release, and the one that is current.

Nothing here knows where releases are kept: a ``ReleaseSource`` brings them (``service.releases`` reads Postgres).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from service.coverage import ImporterCoverage
from service.descriptions import NONE, Descriptions
from service.engine.answers import Answer, Goods, Headline, Question, ReleaseRef, Timeline
from service.law.facts import FactDefinition
from service.law.importer import Importer
from service.law.terms import View

log = logging.getLogger(__name__)

KEPT: Final = 2
"""Earlier releases kept compiled beside the current one; each needs as much memory as the current one."""

FIRST_DAY: Final = date(2018, 1, 1)
"""The first day of entry, and the first known day, that can be asked about."""


class Schedule(Protocol):
    """All law of one importer and release, compiled. Every method raises ``Refusal`` for what has no answer."""

    def answer(self, question: Question) -> Answer:
        """Return the duty on one entry."""
        ...

    def timeline(self, question: Question, start: date, until: date | None) -> Timeline:
        """Return the duty over ``start <= day < until``."""
        ...

    def headline(self, origin: str, day: date, known_on: date, view: View) -> Headline:
        """Return the country-level statement."""
        ...


class Territory(msgspec.Struct, frozen=True):
    """An importer as this process knows it: particulars, compiled schedule, coverage, time zone, descriptions."""

    importer: Importer
    schedule: Schedule
    coverage: ImporterCoverage
    zone: ZoneInfo
    descriptions: Descriptions = NONE

    def answer(self, question: Question) -> Answer:
        """Return the duty on one entry, with the goods described; raises ``Refusal``."""
        found = self.schedule.answer(question)
        goods = self._described(found.goods, question, question.date)
        return found if goods is found.goods else replace(found, goods=goods)

    def timeline(self, question: Question, start: date, until: date | None) -> Timeline:
        """Return the duty over ``start <= day < until``, the goods described as on its last day."""
        found = self.schedule.timeline(question, start, until)
        last = date.max if until is None else until - timedelta(days=1)
        goods = self._described(found.goods, question, last)
        return found if goods is found.goods else replace(found, goods=goods)

    def _described(self, goods: Goods, question: Question, day: date) -> Goods:
        """Add what is printed for the code or, for a number that no edition imported has, for its line."""
        code, line = question.code, self.importer.codes.line
        said = self.descriptions.of(code, day)
        if said is None and len(code) > line:
            said = self.descriptions.of(code[:line], day)
        return goods if said is None else Goods(goods.code, said.text, goods.units, said.edition)

    def today(self, now: float) -> date:
        """Return the day in the time zone of its customs at ``now``, in seconds since the epoch."""
        return datetime.fromtimestamp(now, self.zone).date()


class Snapshot(msgspec.Struct, frozen=True):
    """One release, ready to answer. ``loaded`` is when it was made, in seconds since the epoch."""

    release: ReleaseRef
    territories: Mapping[str, Territory]
    facts: Mapping[str, FactDefinition]
    loaded: float


def described(snapshot: Snapshot, descriptions: Mapping[str, Descriptions]) -> Snapshot:
    """Return the snapshot with these descriptions; itself when they are those that it has."""
    territories = {
        code: territory
        if territory.descriptions.digest == (found := descriptions.get(code, NONE)).digest
        else replace(territory, descriptions=found)
        for code, territory in snapshot.territories.items()
    }
    if all(territories[code] is territory for code, territory in snapshot.territories.items()):
        return snapshot
    return replace(snapshot, territories=territories)


def _sharing(snapshot: Snapshot, other: Snapshot) -> Snapshot:
    """Return the snapshot with the other's descriptions wherever they are equal, so that they are kept once."""
    territories = {
        code: replace(territory, descriptions=known.descriptions)
        if (known := other.territories.get(code)) and known.descriptions.digest == territory.descriptions.digest
        else territory
        for code, territory in snapshot.territories.items()
    }
    return replace(snapshot, territories=territories)


class UnknownRelease(LookupError):  # noqa: N818 - a fact about the database, not a fault of the program
    """There is no release of this number."""


class SourceUnavailable(RuntimeError):  # noqa: N818 - a state of the database
    """The database that keeps the releases does not answer."""


class ReleaseInfo(msgspec.Struct, frozen=True):
    """A published state of the law data. ``published_at`` is in UTC; ``notes`` say why it was published."""

    number: int
    digest: str
    published_at: datetime
    service_version: str
    notes: str


class ReleaseDocument(msgspec.Struct, frozen=True):
    """A law file that a release was made from."""

    path: str
    sha256: str
    bytes: int


class ReleaseDetail(ReleaseInfo, frozen=True):
    """A release with the law files that it was made from; ``digest`` is that of their digests and paths."""

    documents: tuple[ReleaseDocument, ...]


class ReleaseList(msgspec.Struct, frozen=True):
    """Releases, newest first; ``next`` is the cursor of the page after, null on the last."""

    items: tuple[ReleaseInfo, ...]
    next: str | None


class ReleaseSource(Protocol):
    """Where releases come from. Every method raises ``SourceUnavailable`` when it cannot be reached."""

    async def current(self) -> int | None:
        """Return the number of the newest release; None when nothing was published yet."""
        ...

    async def load(self, number: int) -> Snapshot:
        """Load and compile a release; raises ``UnknownRelease``."""
        ...

    async def descriptions(self) -> Mapping[str, Descriptions]:
        """Return the descriptions of goods imported until now, by importer."""
        ...

    async def infos(self, below: int | None, limit: int) -> tuple[ReleaseInfo, ...]:
        """Return at most ``limit`` releases with numbers less than ``below``, newest first."""
        ...

    async def info(self, number: int) -> ReleaseDetail:
        """Return one release; raises ``UnknownRelease``."""
        ...


class SnapshotHolder:
    """The current snapshot, swapped whole, and a few earlier ones.

    Readers take ``current`` once and use it to the end of their request, so an answer comes from one release.
    """

    def __init__(self, source: ReleaseSource, *, kept: int = KEPT) -> None:
        self.source: Final = source
        self.current: Snapshot | None = None
        self._kept: Final = kept
        self._earlier: OrderedDict[int, Snapshot] = OrderedDict()
        self._loading = asyncio.Lock()
        self._listeners: list[Callable[[Snapshot], None]] = []
        self.prepare: Callable[[Snapshot], Callable[[], None]] | None = None
        """Called in a thread with a snapshot about to become current; what it returns is called when it is."""

    def on_swap(self, listener: Callable[[Snapshot], None]) -> None:
        """Call ``listener`` with each snapshot that becomes current."""
        self._listeners.append(listener)

    def swap(self, snapshot: Snapshot) -> None:
        """Make ``snapshot`` the current one."""
        self.current = snapshot
        self._earlier.pop(snapshot.release.number, None)
        for listener in self._listeners:
            listener(snapshot)

    async def refresh(self) -> bool:
        """Take over the newest release if it is not the current one; tell whether it was taken.

        Raises ``SourceUnavailable``; the current snapshot then stays.
        """
        newest = await self.source.current()
        return newest is not None and await self.take(newest)

    async def describe(self) -> bool:
        """Take over the descriptions imported until now, for every release here; tell whether they were others.

        Raises ``SourceUnavailable``; those here then stay.
        """
        async with self._loading:
            found = await self.source.descriptions()
            earlier = {number: described(it, found) for number, it in self._earlier.items()}
            current = None if self.current is None else described(self.current, found)
            if current is self.current and all(self._earlier[number] is it for number, it in earlier.items()):
                return False
            self._earlier.update(earlier)
            if current is not None:
                self.swap(current)
            return True

    def holds(self, snapshot: Snapshot) -> bool:
        """Tell whether this very snapshot is the current one or one of the earlier ones kept."""
        return snapshot is self.current or snapshot is self._earlier.get(snapshot.release.number)

    async def take(self, number: int) -> bool:
        """Make a release the current one if it is not; tell whether it was taken. Raises as ``of``."""
        if self.current is not None and self.current.release.number == number:
            return False
        started = time.perf_counter()
        snapshot = await self.of(number)
        finish = None
        if self.prepare is not None and self.current is not None:
            finish = await asyncio.to_thread(self.prepare, snapshot)
        self.swap(snapshot)
        if finish is not None:
            finish()
        log.info("release %d is current, taken over in %.1f s", number, time.perf_counter() - started)
        return True

    async def of(self, number: int) -> Snapshot:
        """Return the snapshot of a release, loading it if needed.

        Raises ``UnknownRelease`` and ``SourceUnavailable``.
        """
        if (found := self._find(number)) is not None:
            return found
        async with self._loading:
            if (found := self._find(number)) is not None:
                return found
            snapshot = await self.source.load(number)
            if self.current is not None:
                snapshot = _sharing(snapshot, self.current)
            self._earlier[number] = snapshot
            while len(self._earlier) > self._kept:
                self._earlier.popitem(last=False)
            return snapshot

    def _find(self, number: int) -> Snapshot | None:
        if self.current is not None and self.current.release.number == number:
            return self.current
        if (found := self._earlier.get(number)) is not None:
            self._earlier.move_to_end(number)
        return found
