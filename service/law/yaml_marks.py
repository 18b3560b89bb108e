"""A strict reader of YAML: every scalar stays text, and every node knows its line.

YAML would turn ``NO`` into false, ``01012100`` into an octal number, ``9903.01`` into a float and ``12:01`` into
minutes. Here nothing is typed; the decoder does it. Duplicate keys, anchors, aliases, tags and more than one
document are errors.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import yaml

from service.law.errors import Faults

_DEEPEST = 40


class Text(msgspec.Struct, frozen=True):
    """A scalar as it is written. ``plain``: without quotes, so that ``null`` may mean "nothing"."""

    text: str
    line: int
    plain: bool = True


class Mapping(msgspec.Struct, frozen=True):
    """A mapping: key -> node, in file order, and the line of each key."""

    entries: dict[str, Node]
    lines: dict[str, int]
    line: int


class Sequence(msgspec.Struct, frozen=True):
    """A sequence of nodes."""

    items: tuple[Node, ...]
    line: int


Node = Text | Mapping | Sequence


class _Broken(Exception):  # noqa: N818
    def __init__(self, line: int, key: str, message: str) -> None:
        super().__init__(message)
        self.line, self.key, self.message = line, key, message


def read_yaml(file: str, text: str, faults: Faults) -> Node | None:
    """Read one document. Errors go to ``faults``; None when there is nothing to go on with."""
    try:
        return _Reader(file, text, faults).document()
    except _Broken as broken:
        faults.add(file, broken.line, broken.key, broken.message)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not YAML"
        faults.add(file, mark.line + 1 if mark else 0, "yaml", f"not readable as YAML: {problem}")
    except yaml.YAMLError as error:
        faults.add(file, 0, "yaml", f"not readable as YAML: {str(error).splitlines()[0]}")
    return None


class _Reader:
    """Builds nodes from the event stream; recursion is bounded by ``_DEEPEST``."""

    def __init__(self, file: str, text: str, faults: Faults) -> None:
        self.file = file
        self.faults = faults
        self.events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)

    def document(self) -> Node:
        next(self.events)  # the start of the stream
        start = next(self.events)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise _Broken(1, "yaml", "the file is empty")
        if start.version or start.tags:
            raise _Broken(_line(start), "yaml", "directives are not used in law files; leave the line with % out")
        node = self.node(next(self.events), 0)
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Broken(_line(after), "---", "one file holds one document; split it into two files")
        return node

    def node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        if isinstance(event, yaml.AliasEvent):
            raise _Broken(line, f"*{event.anchor}", "aliases are not used in law files; write the value out")
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)  # noqa: S101 - what else opens a node
        if event.anchor is not None:
            raise _Broken(line, f"&{event.anchor}", "anchors are not used in law files; write the value out")
        if event.tag is not None:
            raise _Broken(line, str(event.tag), "tags are not used in law files; write the plain value")
        if isinstance(event, yaml.ScalarEvent):
            return Text(event.value, line, event.implicit[0])
        if depth >= _DEEPEST:
            raise _Broken(line, "yaml", f"nested deeper than {_DEEPEST} levels")
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(line, depth)
        return self.mapping(line, depth)

    def sequence(self, line: int, depth: int) -> Sequence:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, depth + 1))
        return Sequence(tuple(items), line)

    def mapping(self, line: int, depth: int) -> Mapping:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.node(event, depth + 1)
            if not isinstance(key, Text):
                raise _Broken(key.line, "yaml", "a key must be a word, not a list or a mapping")
            value = self.node(next(self.events), depth + 1)
            if key.text in entries:
                self.faults.add(
                    self.file,
                    key.line,
                    key.text,
                    f"the key stands twice; it was first given on line {lines[key.text]}",
                )
                continue
            entries[key.text] = value
            lines[key.text] = key.line
        return Mapping(entries, lines, line)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 0
