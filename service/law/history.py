"""The story of a program: what became public when, and what it changed, in order of announcement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal

import msgspec
from msgspec import UNSET

from service.law.condition_text import condition_text
from service.law.fold import in_order, named
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.rate_text import rate_text
from service.law.terms import (
    FIELDS,
    Act,
    AllGoods,
    Announcement,
    Basis,
    Concerns,
    Goods,
    GoodsList,
    ListRow,
    Measure,
    Origins,
    Program,
)


class Change(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What an act did to a measure, or to a goods list that a measure uses, over some days of entry.

    ``until`` is exclusive, None when open. ``says``: one text per field it set (``rate: 25%``).
    """

    subject: str
    heading: str | None
    from_: date | None
    until: date | None
    concerns: Concerns
    says: tuple[str, ...]


class Event(msgspec.Struct, frozen=True):
    """Something that became public on ``date``: an act with its changes, or an announcement that is not law."""

    date: date
    kind: Literal["act", "announcement", "withdrawal"]
    id: str
    title: str
    citation: str | None = None
    url: str | None = None
    changes: tuple[Change, ...] = ()


def history(law: ImporterLaw, program_id: str) -> list[Event]:
    """Tell the story of a program: its acts and announcements in order of announcement.

    Acts of one day stand in their sequence, announcements of a day after its acts. Raises ``KeyError`` when there
    is no such program.
    """
    program = next((p for p in law.programs if p.id == program_id), None)
    if program is None:
        raise KeyError(program_id)
    changes: dict[str, list[Change]] = {}
    for measure in program.measures:
        for act, change in _of_measure(law, measure):
            changes.setdefault(act, []).append(change)
    for name in _lists_of(program):
        for act, change in _of_list(name, law.lists[name].rows):
            changes.setdefault(act, []).append(change)
    acts = [((*law.acts[act].rank, 0), _of_act(law.acts[act], changes[act])) for act in changes]
    said = [
        ((event.date.toordinal(), 0, 1), event)
        for announcement in program.announcements
        for event in _of_announcement(announcement)
    ]
    return [event for _, event in sorted(acts + said, key=lambda item: (item[0][0], item[0][2], item[0][1]))]


def _of_act(act: Act, changes: Iterable[Change]) -> Event:
    return Event(act.announced, "act", act.id, act.title, act.citation, act.url, tuple(changes))


def _of_announcement(said: Announcement) -> Iterator[Event]:
    yield Event(said.announced, "announcement", said.id, said.text, url=said.url)
    if said.withdrawn is not None:
        yield Event(said.withdrawn, "withdrawal", said.id, said.text, url=said.url)


def _of_measure(law: ImporterLaw, measure: Measure) -> Iterator[tuple[str, Change]]:
    """Yield the changes of each amendment; the first to be announced also tells the constants of the measure."""
    constants = {f: value for f in FIELDS[1:] if (value := getattr(measure.patch, f)) is not UNSET}
    for _, place, amendment in in_order(measure, law.acts):
        fields = constants | named(measure, place)
        constants = {}
        says = tuple(f"{field}: {_text(fields[field])}" for field in FIELDS if field in fields)
        yield amendment.act, _change(measure.id, measure.heading, amendment.valid, amendment.concerns, says)


def _of_list(name: str, rows: Iterable[ListRow]) -> Iterator[tuple[str, Change]]:
    counts: dict[tuple[str, Period], dict[str, int]] = {}
    for row in rows:
        count = counts.setdefault((row.act, row.valid), {})
        count[row.change] = count.get(row.change, 0) + 1
    for (act, valid), count in counts.items():
        says = tuple(f"{change}: {number} codes" for change, number in count.items())
        yield act, _change(f"lists/{name}", None, valid, "both", says)


def _change(subject: str, heading: str | None, valid: Period, concerns: Concerns, says: tuple[str, ...]) -> Change:
    return Change(subject, heading, valid.first, valid.end, concerns, says)


def _lists_of(program: Program) -> list[str]:
    patches = (
        patch for m in program.measures for patch in (m.patch, *(amendment.patch for amendment in m.amendments))
    )
    return list(dict.fromkeys(patch.goods.name for patch in patches if isinstance(patch.goods, GoodsList)))


def _text(value: Any) -> str:
    match value:
        case None:
            return "always"
        case str():
            return value
        case Origins():
            return origins_text(value)
        case Basis():
            by_code = "".join(f", {cells} for {code}" for code, cells in value.by_code)
            return value.default + by_code
        case tuple():
            return ", ".join(f"{column} {rate_text(rate)}" for column, rate in value)
        case _ if isinstance(value, Goods):
            return goods_text(value)
        case _ if isinstance(value, msgspec.Struct) and type(value).__module__ == "service.law.rates":
            return rate_text(value)  # type: ignore[arg-type]
        case _:
            return condition_text(value)


def origins_text(origins: Origins) -> str:
    """Write origins shortly: ``CN, HK``, ``all``, ``all but CA, MX``."""
    include = "all" if origins.include == ("*",) else ", ".join(origins.include)
    return include + (f" but {', '.join(origins.exclude)}" if origins.exclude else "")


def goods_text(goods: Goods) -> str:
    """Write goods shortly: ``all``, ``lists/NAME``, ``72, 73 but 7301``."""
    if isinstance(goods, AllGoods):
        return "all"
    if isinstance(goods, GoodsList):
        return f"lists/{goods.name}"
    return ", ".join(goods.include) + (f" but {', '.join(goods.exclude)}" if goods.exclude else "")
