"""From the texts of the law files to the law: decoded, cross-checked and folded into versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from posixpath import basename

import msgspec

from service.law.decode_facts import decode_facts
from service.law.decode_fields import Fields
from service.law.decode_goods import Setting
from service.law.decode_importer import decode_importer, with_lists
from service.law.decode_lists import ListDecoder, check_rates
from service.law.decode_program import ProgramDecoder, decode_acts, lists_read
from service.law.errors import Faults
from service.law.facts import FactDefinition
from service.law.fold import fold_list, fold_measure
from service.law.importer import Importer, ImporterLaw
from service.law.schedule import ScheduleError, ScheduleFile, decode_schedule
from service.law.terms import Act, GoodsListSource, Program
from service.law.yaml_marks import Mapping as MappingNode
from service.law.yaml_marks import Node, read_yaml

FACTS = "facts.yaml"
_EMPTY = ScheduleFile((), (), ())


def decode_law(documents: Mapping[str, str]) -> dict[str, ImporterLaw]:
    """Decode law files, keyed by path below ``db/law`` (``us/importer.yaml``), into the law of each importer by code.

    Files that end in ``.md`` are for people and ignored. Raises ``LawErrors`` with everything that is wrong in any
    file. What cannot be right although it can be read is found by ``service.law.check``.
    """
    faults = Faults()
    facts = _facts(documents, faults)
    folders: dict[str, dict[str, str]] = {}
    for path, text in sorted(documents.items()):
        folder, slash, _ = path.partition("/")
        if path.endswith(".md") or path == FACTS:
            continue
        if not slash:
            faults.add(
                path, 0, path, f"the file is not part of the law; here stand {FACTS} and a folder per importer"
            )
            continue
        folders.setdefault(folder, {})[path] = text
    laws = [_Importer(folder, files, facts, faults).law() for folder, files in folders.items()]
    if not folders:
        faults.add("", 0, "importer.yaml", "there is no importer: no folder with an importer.yaml")
    faults.raise_any()
    return {law.importer.code: law for law in laws if law is not None}


def _facts(documents: Mapping[str, str], faults: Faults) -> dict[str, FactDefinition]:
    if FACTS not in documents:
        faults.add(FACTS, 0, "facts", "the file is missing")
        return {}
    root = read_yaml(FACTS, documents[FACTS], faults)
    return decode_facts(FACTS, faults, root) if root is not None else {}


class _Importer:
    """The files of one importer, decoded in the order in which they refer to each other."""

    def __init__(
        self, folder: str, files: Mapping[str, str], facts: Mapping[str, FactDefinition], faults: Faults
    ) -> None:
        self.folder = folder
        self.files = files
        self.facts = facts
        self.faults = faults

    def law(self) -> ImporterLaw | None:
        """Decode all files and fold them; None when ``importer.yaml`` cannot be read."""
        self._strangers()
        read = self._importer()
        roots = self._programs()
        acts = self._acts(roots)
        if read is None:
            return None
        importer, fields = read
        schedule = self._schedule(importer.codes.line)
        setting = Setting(
            self.folder,
            importer.codes,
            importer.currency,
            schedule.columns,
            frozenset(importer.groups),
            self.facts,
            acts,
        )
        decoder = ListDecoder(setting, self.faults)
        lists = {
            name: decoder.decode(path, name, self.files[path]) for path, name in self._named("lists/", ".csv").items()
        }
        setting = msgspec.structs.replace(setting, lists=lists)
        importer = with_lists(importer, fields, setting)
        programs = self._decoded(roots, setting)
        self._cross(importer, fields, programs, setting)
        if self.faults.errors:
            return None
        return _folded(importer, self.facts, acts, programs, lists, schedule)

    def _strangers(self) -> None:
        known = {f"{self.folder}/importer.yaml", f"{self.folder}/acts.yaml"}
        known |= self._named("programs/", ".yaml").keys() | self._named("lists/", ".csv").keys()
        for path in self.files:
            if path not in known and not path.startswith(f"{self.folder}/schedule/"):
                self.faults.add(
                    path, 0, basename(path),
                    "not part of the law: importer.yaml, acts.yaml, programs/**.yaml, lists/*.csv, schedule/",
                )  # fmt: skip

    def _named(self, under: str, end: str) -> dict[str, str]:
        """Return the files below a folder: path -> name, which is the path within it without its ending."""
        start = f"{self.folder}/{under}"
        return {
            path: path[len(start) : -len(end)]
            for path in self.files
            if path.startswith(start) and path.endswith(end)
        }  # fmt: skip

    def _importer(self) -> tuple[Importer, Fields] | None:
        file = f"{self.folder}/importer.yaml"
        if file not in self.files:
            self.faults.add(file, 0, "importer", "the file is missing")
            return None
        root = read_yaml(file, self.files[file], self.faults)
        return decode_importer(file, self.faults, root, self.folder) if root is not None else None

    def _programs(self) -> dict[str, Node]:
        """Read the program files into nodes, by path."""
        roots = {path: read_yaml(path, self.files[path], self.faults) for path in self._named("programs/", ".yaml")}
        return {path: root for path, root in roots.items() if root is not None}

    def _acts(self, roots: Mapping[str, Node]) -> dict[str, Act]:
        """Collect the acts of all files; an id is given once."""
        nodes: list[tuple[str, Node]] = []
        file = f"{self.folder}/acts.yaml"
        if file in self.files and (root := read_yaml(file, self.files[file], self.faults)) is not None:
            nodes.append((file, _unwrapped(root)))
        for path, root in roots.items():
            if isinstance(root, MappingNode) and "acts" in root.entries:
                nodes.append((path, root.entries["acts"]))
        acts: dict[str, Act] = {}
        where: dict[str, str] = {}
        for path, node in nodes:
            for name, (act, line) in decode_acts(path, self.faults, node).items():
                if name in acts:
                    self.faults.add(path, line, name, f"the act {name!r} is given already, in {where[name]}")
                    continue
                acts[name] = act
                where[name] = f"{path} on line {line}"
        return acts

    def _schedule(self, line: int) -> ScheduleFile:
        start = f"{self.folder}/schedule/"
        tables = {path[len(start) :]: text for path, text in self.files.items() if path.startswith(start)}
        editions = tables.pop("editions.yaml", None)
        if editions is None:
            self.faults.add(
                f"{start}editions.yaml", 0, "editions", "the importer has no base schedule: the file is missing"
            )
            return _EMPTY
        try:
            return decode_schedule(editions, tables, line=line)
        except ScheduleError as error:
            self.faults.add(f"{start}{error.file}", error.line, "schedule", error.message)
            return _EMPTY

    def _decoded(self, roots: Mapping[str, Node], setting: Setting) -> tuple[Program, ...]:
        decoder = ProgramDecoder(setting, self.faults)
        found: dict[str, Program] = {}
        for path, root in roots.items():
            program = decoder.decode(path, root)
            if program is None:
                continue
            if program.id in found:
                line = root.lines.get("program", 0) if isinstance(root, MappingNode) else 0
                self.faults.add(
                    path, line, "program", f"the program {program.id!r} is given already, in {found[program.id].path}"
                )
                continue
            found[program.id] = program
        return tuple(sorted(found.values(), key=lambda program: (program.order, program.id)))

    def _cross(self, importer: Importer, fields: Fields, programs: Iterable[Program], setting: Setting) -> None:
        """Check what can only be seen with all files read."""
        if importer.base and importer.base not in {program.id for program in programs}:
            fields.complain("base", f"there is no program {importer.base!r}")
        for name, columns in sorted(lists_read(programs).items()):
            for column in sorted(columns):
                if name in setting.lists:
                    check_rates(setting.lists[name], column, setting, self.faults)


def _unwrapped(root: Node) -> Node:
    """Return the mapping of acts: the whole of ``acts.yaml``, or what stands there under the one key ``acts``."""
    if isinstance(root, MappingNode) and tuple(root.entries) == ("acts",):
        return root.entries["acts"]
    return root


def _folded(
    importer: Importer,
    facts: Mapping[str, FactDefinition],
    acts: Mapping[str, Act],
    programs: tuple[Program, ...],
    lists: Mapping[str, GoodsListSource],
    schedule: ScheduleFile,
) -> ImporterLaw:
    lines, statistical = schedule.fold()
    return ImporterLaw(
        importer=importer,
        facts=facts,
        acts=acts,
        programs=programs,
        lists=lists,
        editions=schedule.editions,
        versions=tuple(
            version
            for program in programs
            for measure in program.measures
            for version in fold_measure(program.id, measure, acts)
        ),
        list_versions=tuple(version for source in lists.values() for version in fold_list(source, acts)),
        lines=tuple(lines),
        statistical=tuple(statistical),
    )
