"""Decoding programs: acts, measures in order, amendments, announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, cast

import msgspec
from msgspec import UNSET

from service.law.decode_conditions import Conditions
from service.law.decode_facts import assumed, classes
from service.law.decode_fields import Fields, day, each, is_null, items, mapping, name, one_of, text, whole
from service.law.decode_goods import Places, Setting, heading
from service.law.decode_importer import program_id
from service.law.decode_rates import Rates
from service.law.errors import Fault, Faults, nearest
from service.law.rates import SILENT, SUSPENDED, FromList, GreaterOf, LesserOf, Rate
from service.law.terms import (
    FIELDS,
    Act,
    Amendment,
    Announcement,
    Chapter98,
    Concerns,
    GoodsList,
    Measure,
    Patch,
    Program,
)
from service.law.yaml_marks import Mapping as MappingNode
from service.law.yaml_marks import Node, Text

_PROGRAM = (
    "program", "title", "authority", "order", "chapter_98", "notes", "acts", "measures", "announcements",
)  # fmt: skip
_ACT = ("title", "citation", "announced", "sequence", "url", "notes")
_MEASURE = ("id", "heading", "title", "assume", "classes", "notes", "amendments", *FIELDS)
_AMENDMENT = ("act", "from", "until", "concerns", *FIELDS)
_ANNOUNCEMENT = ("id", "announced", "withdrawn", "origins", "from", "until", "text", "url")


def decode_acts(file: str, faults: Faults, node: Node, key: str = "acts") -> dict[str, tuple[Act, int]]:
    """Decode a mapping of acts by id, with the line each stands on."""
    found: dict[str, tuple[Act, int]] = {}
    try:
        entries = mapping(node, key)
    except Fault as fault:
        faults.add(file, fault.line, fault.key, fault.message)
        return found
    for word, value in entries.entries.items():
        line = entries.lines[word]
        try:
            name(Text(word, line), word)
            fields = Fields(file, faults, value, f"act {word}", _ACT)
        except Fault as fault:
            faults.add(file, fault.line, fault.key, fault.message)
            continue
        act = Act(
            id=word,
            title=fields.need("title", text, ""),
            announced=fields.need("announced", day, date.min, "the day its text became public"),
            citation=fields.get("citation", text, None),
            url=fields.get("url", text, None),
            sequence=fields.get("sequence", whole, 0),
            notes=fields.get("notes", text, None),
        )
        found[word] = (act, line)
    return found


class ProgramDecoder:
    """Decodes the programs of one importer."""

    def __init__(self, setting: Setting, faults: Faults) -> None:
        self.setting = setting
        self.faults = faults
        places, rates = Places(setting), Rates(setting)
        self._places = places
        self._assumed = assumed(setting.facts)
        self._classes = classes(setting.facts)
        condition = Conditions(setting).condition
        self._readers: dict[str, Callable[[Node, str], Any]] = {
            "rate": rates.rate,
            "goods": places.goods,
            "origins": places.origins,
            "when": lambda node, key: None if is_null(node) else condition(node, key),
            "basis": places.basis,
            "counted": one_of("general", "applied"),
            "columns": rates.columns,
        }

    def decode(self, file: str, root: Node) -> Program | None:
        """Decode one program; None when the file is not a mapping."""
        try:
            fields = Fields(file, self.faults, root, "the program", _PROGRAM)
        except Fault as fault:
            self.faults.add(file, fault.line, fault.key, fault.message)
            return None
        identity = fields.need("program", program_id, "")
        if identity and not identity.startswith(f"{self.setting.folder}/"):
            fields.complain("program", f"{identity!r} must start with the importer's folder: {self.setting.folder}/")
        program = Program(
            id=identity,
            title=fields.need("title", text, ""),
            authority=fields.need("authority", text, ""),
            order=fields.need("order", whole, 0, "its place in the declaration order"),
            measures=fields.need("measures", self._each(file, self._measure), ()),
            chapter_98=cast(
                "Chapter98",
                fields.get("chapter_98", one_of("standard", "standard_but_60_full", "not_affected"), "standard"),
            ),
            announcements=fields.get("announcements", self._each(file, self._announcement), ()),
            acts=tuple(fields.get("acts", lambda node, key: tuple(mapping(node, key).entries), ())),
            notes=fields.get("notes", items(text), ()),
            path=file,
        )
        self._unique(file, "measure", ((m.id, m.line) for m in program.measures))
        if not program.measures and "measures" in fields and not self.faults.errors:
            fields.complain("measures", "a program needs at least one measure")
        return program

    def _each(self, file: str, read: Callable[[str, Node, str], Any]) -> Callable[[Node, str], tuple[Any, ...]]:
        return lambda node, key: each(file, self.faults, node, key, lambda item, at: read(file, item, at))

    def _unique(self, file: str, what: str, ids: Iterable[tuple[str, int]]) -> None:
        seen: dict[str, int] = {}
        for identity, line in ids:
            if identity and identity in seen:
                self.faults.add(file, line, "id", f"there is a {what} {identity!r} already, on line {seen[identity]}")
            seen.setdefault(identity, line)

    def _patch(self, fields: Fields) -> Patch:
        return Patch(**{
            field: fields.get(field, self._readers[field], UNSET) for field in FIELDS if field in fields
        })  # fmt: skip

    def _measure(self, file: str, node: Node, _: str) -> Measure:
        fields = Fields(file, self.faults, node, _called(node), _MEASURE)
        measure = Measure(
            id=fields.need("id", name, ""),
            heading=fields.need("heading", heading, ""),
            patch=self._patch(fields),
            amendments=fields.need(
                "amendments", self._each(file, self._amendment), (), "a figure without an act is not law"
            ),
            title=fields.get("title", text, None),
            assume=fields.get("assume", self._assumed, {}),
            classes=fields.get("classes", self._classes, {}),  # type: ignore[arg-type]
            notes=fields.get("notes", text, None),
            line=fields.line,
        )
        self._gets_a_rate(fields, measure)
        self._reads_its_list(fields, measure)
        return measure

    def _gets_a_rate(self, fields: Fields, measure: Measure) -> None:
        """A rate comes from the amendments; one that names nothing enacts the rate of the measure."""
        own = "rate" in fields
        for amendment in measure.amendments:
            if amendment.patch == Patch() and not own:
                self.faults.add(
                    fields.file, amendment.line, "rate",
                    "the amendment names nothing and the measure has no rate it could enact",
                )  # fmt: skip
        if measure.amendments and not own and all(a.patch.rate is UNSET for a in measure.amendments):
            fields.complain("rate", "no amendment gives the measure a rate, so it is never in force")

    def _reads_its_list(self, fields: Fields, measure: Measure) -> None:
        patches = [measure.patch, *(amendment.patch for amendment in measure.amendments)]
        if not list_columns(patches):
            return
        goods = [patch.goods for patch in patches if patch.goods is not UNSET]
        if not goods or not all(isinstance(one, GoodsList) for one in goods):
            fields.complain("rate", "from_list needs goods that are a list: goods: lists/NAME")

    def _amendment(self, file: str, node: Node, _: str) -> Amendment:
        fields = Fields(file, self.faults, node, "amendment", _AMENDMENT)
        act = fields.need("act", text, "", "a figure without an act is not law")
        if act and act not in self.setting.acts:
            fields.complain("act", f"there is no act {act!r}{nearest(act, self.setting.acts)}")
        patch = self._patch(fields)
        if patch.rate == SILENT and "until" in fields:
            patch = msgspec.structs.replace(patch, rate=SUSPENDED)
        return Amendment(
            act=act,
            valid=fields.period(),
            patch=patch,
            concerns=cast("Concerns", fields.get("concerns", one_of("law", "collection", "both"), "both")),
            line=fields.line,
        )

    def _announcement(self, file: str, node: Node, _: str) -> Announcement:
        fields = Fields(file, self.faults, node, "announcement", _ANNOUNCEMENT)
        announced = fields.need("announced", day, date.min)
        withdrawn = fields.get("withdrawn", day, None)
        if withdrawn is not None and withdrawn < announced:
            fields.complain("withdrawn", f"withdrawn on {withdrawn}, before it was announced on {announced}")
        return Announcement(
            id=fields.need("id", name, ""),
            announced=announced,
            text=fields.need("text", text, ""),
            origins=fields.get("origins", self._places.origins, None),
            valid=fields.period() if "from" in fields or "until" in fields else None,
            withdrawn=withdrawn,
            url=fields.get("url", text, None),
        )


def _called(node: Node) -> str:
    """Name a measure in messages: its id, when it has one."""
    given = node.entries.get("id") if isinstance(node, MappingNode) else None
    return f"measure {given.text}" if isinstance(given, Text) else "measure"


def list_columns(patches: Iterable[Patch]) -> set[str]:
    """Return the columns of goods lists from which the rates of the patches are read."""
    found: set[str] = set()
    for patch in patches:
        rates = [] if patch.rate is UNSET else [patch.rate]
        if patch.columns is not UNSET:
            rates += [rate for _, rate in patch.columns]
        for rate in rates:
            found |= _columns_of(rate)
    return found


def _columns_of(rate: Rate) -> set[str]:
    match rate:
        case FromList(column):
            return {column}
        case GreaterOf(rates) | LesserOf(rates):
            return set().union(*map(_columns_of, rates))
        case _:
            return set()


def lists_read(programs: Iterable[Program]) -> Mapping[str, set[str]]:
    """Return, for every goods list that gives rates, the columns they are read from."""
    found: dict[str, set[str]] = {}
    for program in programs:
        for measure in program.measures:
            patches = [measure.patch, *(amendment.patch for amendment in measure.amendments)]
            columns = list_columns(patches)
            if not columns:
                continue
            for patch in patches:
                if isinstance(patch.goods, GoodsList):
                    found.setdefault(patch.goods.name, set()).update(columns)
    return found
