"""Examples in Markdown: what a reader would type, and what the page says comes out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from service.countries import countries
from service.engine.answers import ReleaseRef
from service.engine.schedule import compile_schedule
from service.law.decode import decode_law
from tests.law import cases

SHELLS = ("console", "bash", "sh", "shell")
RUN = (*SHELLS, "python", "yaml")
_BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^>]+) -->\n)?```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_EXPORT = re.compile(r"export (\w+)=(\S+)")
REST = "..."
"""Stands for anything: lines, the rest of a line, other members of an object or a list."""


class Block(NamedTuple):
    """A fenced block: its language, its text, its first line, and why it is not run if it is not."""

    kind: str
    text: str
    line: int
    not_run: str | None


class Step(NamedTuple):
    """One command and what it should print."""

    command: str
    expected: str


def blocks(path: Path) -> list[Block]:
    """Return the fenced blocks of a page that can be run: of a shell, of Python, of law cases."""
    page = path.read_text("utf-8")
    return [
        Block(found["kind"], found["text"], page.count("\n", 0, found.start("text")) + 1, found["why"])
        for found in _BLOCK.finditer(page)
        if found["kind"] in RUN
    ]


def steps(text: str) -> Iterator[Step]:
    """Take a block apart: ``$`` begins a command, ``>`` goes on with it, all else is what it prints."""
    command: list[str] = []
    printed: list[str] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            if command:
                yield Step("\n".join(command), "\n".join(printed))
            command, printed = [line[2:]], []
        elif command and not printed and (line == ">" or line.startswith("> ")):
            command.append(line[2:])
        else:
            printed.append(line)
    assert command, "a console block begins with a command"
    yield Step("\n".join(command), "\n".join(printed))


class Reader:
    """A reader who types the commands of one page, one after the other."""

    def __init__(self, directory: Path, environ: Mapping[str, str], names: Mapping[str, str]) -> None:
        """``names`` says what stands here for the addresses and paths that the pages use."""
        self._directory = directory
        self._environ = dict(environ)
        self._names = names

    @property
    def law(self) -> Path:
        """The law files that the reader works on: the shipped ones until told otherwise."""
        return Path(self._environ.get("STRATA_LAW_DIR", self._directory / "db" / "law"))

    def run(self, program: str) -> str | None:
        """Run a Python program with the generated client at hand; return what went wrong, or nothing."""
        for shown, real in self._names.items():
            program = program.replace(shown, real)
        environ = {**self._environ, "PYTHONPATH": f"{self._directory / 'clients' / 'python'}:{self._directory}"}
        done = subprocess.run(
            [sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        return None if done.returncode == 0 else done.stderr

    def type(self, command: str) -> str:
        """Run a command and return what it prints, errors included; an ``export`` holds for what follows."""
        for shown, real in self._names.items():
            command = command.replace(shown, real)
        if exported := _EXPORT.fullmatch(command):
            self._environ[exported[1]] = exported[2]
            return ""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self._directory,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return done.stdout.replace("\r\n", "\n")


def _read(item: dict[str, Any]) -> Iterator[cases.Case]:
    """Read a case, a calendar or a table as they stand in the files of cases"""
    if "rates" in item:
        return cases._rates("us-of-the-page", item)
    if "beside" in item:
        return cases._beside("us-of-the-page", item)
    return (
        cases._calendar("us-of-the-page", item) if "steps" in item else iter((cases._case("us-of-the-page", item),))
    )


def refuted(block: str, law: Path) -> list[str]:
    """Ask the law cases of a block of YAML of the law files in ``law``; return what differs from what they expect."""
    documents = {str(it.relative_to(law)): it.read_text("utf-8") for it in sorted(law.rglob("*")) if it.is_file()}
    compiled = {
        importer: compile_schedule(stated, ReleaseRef(1, "us-of-the-page"), countries())
        for importer, stated in decode_law(documents).items()
    }
    found = []
    for item in yaml.load(block, yaml.BaseLoader):  # noqa: S506 -- builds text, lists and maps only
        for case in _read(item):
            found += [
                f"{case.name}: {it}"
                for it in cases.differences(case, cases.asked(case, compiled[case.question.importer]))
            ]
    return found


def disagreement(expected: str, printed: str) -> str | None:
    """Return what of the expected is not printed, or nothing."""
    if expected.startswith(("{", "[")):
        try:
            return _missing(json.loads(expected), json.loads(printed), "$")
        except json.JSONDecodeError as error:
            return f"{error} in {printed[:500]}"
    parts = [re.escape(line).replace(re.escape(REST), "[^\n]*") for line in expected.strip().split("\n")]
    pattern = "".join(r"(?:[^\n]*\n)*?" if part == "[^\n]*" else part + r"\n" for part in parts)
    shown = re.sub(r"[ \t]+(?=\n)", "", printed).strip() + "\n"
    return None if re.fullmatch(pattern, shown) else f"printed was:\n{printed}"


def _missing(expected: Any, printed: Any, place: str) -> str | None:
    if isinstance(expected, dict) and isinstance(printed, dict):
        wanted = {name: value for name, value in expected.items() if name != REST}
        if REST not in expected and wanted.keys() != printed.keys():
            return f"{place} has the members {', '.join(printed)}"
        for name, value in wanted.items():
            if name not in printed:
                return f"{place} has no {name}"
            if found := _missing(value, printed[name], f"{place}.{name}"):
                return found
        return None
    if isinstance(expected, list) and isinstance(printed, list):
        if expected[-1:] == [REST]:
            expected, printed = expected[:-1], printed[: len(expected) - 1]
        if len(expected) != len(printed):
            return f"{place} has {len(printed)} elements"
        elements = (
            _missing(*pair, f"{place}[{number}]") for number, pair in enumerate(zip(expected, printed, strict=True))
        )
        return next(filter(None, elements), None)
    return None if expected == printed else f"{place} is {printed!r}"
