"""The law files read anew: with ``csv`` and plain YAML, by none of the service's code.

What the wide tests expect is derived from these readings. They know only the law as announced up to today.
"""

from __future__ import annotations

import csv
import re
import sys
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

import yaml

from tests.shipped import LAW

US = LAW / "us"


def read_yaml(text: str) -> Any:
    """Read YAML; every scalar stays text."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 -- builds text, lists and maps only


@cache
def acts() -> dict[str, tuple[date, int]]:
    """Return (announced, sequence) of every act, by id."""
    found = dict(read_yaml((US / "acts.yaml").read_text("utf-8"))["acts"])
    for path in US.glob("programs/**/*.yaml"):
        found |= read_yaml(path.read_text("utf-8")).get("acts") or {}
    return {name: (date.fromisoformat(act["announced"]), int(act.get("sequence", 0))) for name, act in found.items()}


@cache
def editions() -> tuple[dict[str, Any], ...]:
    """Return the editions of the schedule in order of publication."""
    return tuple(read_yaml((US / "schedule" / "editions.yaml").read_text("utf-8"))["editions"])


@cache
def news() -> tuple[date, ...]:
    """Return every day on which something became known, ascending.

    Acts, editions of the schedule, and what was said and taken back without being law.
    """
    found = {announced for announced, _ in acts().values()}
    found |= {date.fromisoformat(e["published"]) for e in editions()}
    for path in US.glob("programs/**/*.yaml"):
        for said in read_yaml(path.read_text("utf-8")).get("announcements") or ():
            found |= {date.fromisoformat(said[key]) for key in ("announced", "withdrawn") if key in said}
    return tuple(sorted(found))


# -- the base schedule ----------------------------------------------------------------------------------------


class Printed(NamedTuple):
    """A row of an edition: what it prints for a code from a day on."""

    first: date
    until: date
    general: str
    gone: bool


@cache
def printed() -> dict[str, tuple[Printed, ...]]:
    """Return the rows of every code, in order of publication."""
    found: dict[str, list[Printed]] = {}
    for edition in editions():
        with (US / "schedule" / f"{edition['id']}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                first = date.fromisoformat(row["from"] or edition["from"])
                until = date.fromisoformat(row["until"]) if row["until"] else date.max
                said = Printed(first, until, row["general"], row["mark"] == "gone")
                found.setdefault(row["code"], []).append(said)
    return {code: tuple(rows) for code, rows in found.items()}


def general(code: str, day: date) -> str | None:
    """Return the general rate text of a code on a day, None where it does not exist (numbers: an empty text)."""
    last = None
    for row in printed().get(code, ()):
        if row.first <= day < row.until:
            last = row
    return None if last is None or last.gone else last.general


@cache
def lines(day: date) -> tuple[str, ...]:
    """Return the rate lines of a day."""
    return tuple(sorted(c for c in printed() if len(c) == 8 and general(c, day) is not None))


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
    """A row of a goods list."""

    first: date
    until: date
    change: str
    order: tuple[date, int, int]


@cache
def goods_list(name: str) -> dict[str, tuple[Listed, ...]]:
    """Return the rows of a list by code, in order of announcement."""
    found: dict[str, list[Listed]] = {}
    with (US / "lists" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        for at, row in enumerate(csv.DictReader(file)):
            first = date.fromisoformat(row["from"])
            until = date.fromisoformat(row["until"]) if row["until"] else date.max
            said = Listed(first, until, row["change"], (*acts()[row["act"]], at))
            found.setdefault(row["code"].replace(".", ""), []).append(said)
    return {code: tuple(sorted(rows, key=lambda r: r.order)) for code, rows in found.items()}


def on_list(name: str, code: str, day: date) -> bool:
    """Tell whether the longest prefix of a code that has a row that day is included."""
    rows = goods_list(name)
    for size in range(len(code), 1, -1):
        last = None
        for row in rows.get(code[:size], ()):
            if row.first <= day < row.until:
                last = row
        if last is not None and last.change != "off":
            return last.change == "include"
    return False


def report(line: str) -> None:
    """Show a line of counts to whoever runs the tests with ``-s``."""
    sys.stdout.write(f"\n{line}")
