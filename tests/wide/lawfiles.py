"""The law files read anew: with ``csv`` and plain YAML, by none of the service's code.

What the wide tests expect is derived from these readings. They know only the law as announced up to today; that
of the United States unless told otherwise.
"""

from __future__ import annotations

import csv
import re
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.shipped import LAW


def folder(importer: str) -> Path:
    """Return the folder of an importer's law files."""
    return LAW / importer.lower()


def read_yaml(text: str) -> Any:
    """Read YAML; every scalar stays text."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 -- builds text, lists and maps only


@cache
def acts(importer: str = "US") -> dict[str, tuple[date, int]]:
    """Return (announced, sequence) of every act, by id."""
    found: dict[str, Any] = {}
    if (common := folder(importer) / "acts.yaml").exists():
        found |= read_yaml(common.read_text("utf-8"))["acts"]
    for path in folder(importer).glob("programs/**/*.yaml"):
        found |= read_yaml(path.read_text("utf-8")).get("acts") or {}
    return {name: (date.fromisoformat(act["announced"]), int(act.get("sequence", 0))) for name, act in found.items()}


@cache
def _schedule(importer: str) -> dict[str, Any]:
    found: dict[str, Any] = read_yaml((folder(importer) / "schedule" / "editions.yaml").read_text("utf-8"))
    return found


def editions(importer: str = "US") -> tuple[dict[str, Any], ...]:
    """Return the editions of the schedule in order of publication."""
    return tuple(_schedule(importer)["editions"])


@cache
def line_length(importer: str) -> int:
    """Return how many digits a rate line has."""
    return int(read_yaml((folder(importer) / "importer.yaml").read_text("utf-8"))["codes"]["line"])


@cache
def news(importer: str = "US") -> tuple[date, ...]:
    """Return every day on which something became known, ascending.

    Acts, editions of the schedule, and what was said and taken back without being law.
    """
    found = {announced for announced, _ in acts(importer).values()}
    found |= {date.fromisoformat(e["published"]) for e in editions(importer)}
    for path in folder(importer).glob("programs/**/*.yaml"):
        for said in read_yaml(path.read_text("utf-8")).get("announcements") or ():
            found |= {date.fromisoformat(said[key]) for key in ("announced", "withdrawn") if key in said}
    return tuple(sorted(found))


# -- the base schedule ----------------------------------------------------------------------------------------


class Printed(NamedTuple):
    """A row of an edition: what it prints for a code from a day on, in the first column (the general one)."""

    first: date
    until: date
    general: str
    gone: bool


@cache
def printed(importer: str = "US") -> dict[str, tuple[Printed, ...]]:
    """Return the rows of every code, in order of publication."""
    found: dict[str, list[Printed]] = {}
    column = _schedule(importer)["columns"][0]
    for edition in editions(importer):
        with (folder(importer) / "schedule" / f"{edition['id']}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                first = date.fromisoformat(row["from"] or edition["from"])
                until = date.fromisoformat(row["until"]) if row["until"] else date.max
                said = Printed(first, until, row[column], row["mark"] == "gone")
                found.setdefault(row["code"], []).append(said)
    return {code: tuple(rows) for code, rows in found.items()}


def general(code: str, day: date, importer: str = "US") -> str | None:
    """Return the general rate text of a code on a day, None where it does not exist (numbers: an empty text)."""
    last = None
    for row in printed(importer).get(code, ()):
        if row.first <= day < row.until:
            last = row
    return None if last is None or last.gone else last.general


@cache
def lines(day: date, importer: str = "US") -> tuple[str, ...]:
    """Return the rate lines of a day."""
    size = line_length(importer)
    return tuple(sorted(c for c in printed(importer) if len(c) == size and general(c, day, importer) is not None))


@cache
def _numbers_by_line() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in sorted(printed()):
        if len(code) == 10:
            found.setdefault(code[:8], []).append(code)
    return found


def numbers(line: str, day: date) -> list[str]:
    """Return the statistical numbers of a line on a day."""
    return [c for c in _numbers_by_line().get(line, ()) if general(c, day) is not None]


def plain_percent(text: str) -> Decimal | None:
    """Read ``Free`` and ``N%``; None for every other text."""
    if text == "Free":
        return Decimal(0)
    found = re.fullmatch(r"(\d+(?:\.\d+)?)%", text)
    return Decimal(found[1]) if found else None


# -- goods lists ----------------------------------------------------------------------------------------------


class Listed(NamedTuple):
    """A row of a goods list; ``said``: all its columns."""

    first: date
    until: date
    change: str
    order: tuple[date, int, int]
    said: dict[str, str]


@cache
def goods_list(name: str, importer: str = "US") -> dict[str, tuple[Listed, ...]]:
    """Return the rows of a list by code, in order of announcement."""
    found: dict[str, list[Listed]] = {}
    with (folder(importer) / "lists" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for at, row in enumerate(csv.DictReader(file)):
            first = date.fromisoformat(row["from"])
            until = date.fromisoformat(row["until"]) if row["until"] else date.max
            said = Listed(first, until, row["change"], (*acts(importer)[row["act"]], at), row)
            found.setdefault(row["code"].replace(".", ""), []).append(said)
    return {code: tuple(sorted(rows, key=lambda r: r.order)) for code, rows in found.items()}


@cache
def list_names(importer: str) -> tuple[str, ...]:
    """Return the names of all goods lists."""
    lists = folder(importer) / "lists"
    return tuple(sorted(path.relative_to(lists).with_suffix("").as_posix() for path in lists.rglob("*.csv")))


def on_list(name: str, code: str, day: date, importer: str = "US") -> bool:
    """Tell whether the longest prefix of a code that has a row that day is included."""
    return listed(name, code, day, importer) is not None


def listed(name: str, code: str, day: date, importer: str = "US") -> dict[str, str] | None:
    """Return the columns of the row by which a list takes a code in on a day; None where none does."""
    rows = goods_list(name, importer)
    for size in range(len(code), 1, -1):
        last = None
        for row in rows.get(code[:size], ()):
            if row.first <= day < row.until:
                last = row
        if last is not None and last.change != "off":
            return last.said if last.change == "include" else None
    return None


def report(line: str) -> None:
    """Show a line of counts to whoever runs the tests with ``-s``."""
    sys.stdout.write(f"\n{line}")
