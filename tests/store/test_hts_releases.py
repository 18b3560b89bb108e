"""Every official release at hand through ``strata hts import``, in order; then published, and asked over HTTP.

Runs when HTS_RELEASES names a folder of releases with its ``releases.csv``; prints what it compared (pytest -s).
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest
from msgspec.structs import replace

from service.hts.descriptions import read_descriptions
from service.hts.difference import same_rate, same_special, without_symbols
from service.hts.editions import EditionTable, read_edition
from service.hts.importing import EDITIONS, read_schedule, state_of
from service.hts.write import editions_yaml
from service.law.periods import FOREVER
from service.law.schedule import LineText, ScheduleFile
from tests.shipped import LAW
from tests.store.test_hts_imported import serving, strata

FOLDER = os.environ.get("HTS_RELEASES")
KEPT = ("2018-basic", "2018-rev-13")
"""Editions of which there is no official file: the schedule that the imports start from."""

EXPLAINED: Mapping[tuple[str, str], str] = {
    ("2025-basic", "44201900"): "left out by this edition alone, kept when shipped",
    ("2025-basic", "4420190000"): "the only number of 4420.19.00",
    ("2025-basic", "9401696031"): "left out by this edition alone, kept when shipped",
    ("2025-rev-16", "9401993030"): "printed by this edition alone, left out when shipped",
    ("2026-rev-2", "7602000035"): "left out by this edition alone, kept when shipped",
}

PERCENT = re.compile(r"\d+(\.\d+)?%")

pytestmark = [pytest.mark.skipif(FOLDER is None, reason="HTS_RELEASES names no folder of releases"), pytest.mark.slow]


class Release(NamedTuple):
    """A file in the order of the releases."""

    name: str
    published: date
    path: Path


def releases(folder: Path) -> Iterator[Release]:
    with (folder / "releases.csv").open(newline="", encoding="utf-8") as listing:
        for row in csv.DictReader(listing):
            for name in filter(None, row["files"].split(";")):
                day = date.fromisoformat(row["published"] or row["current_from"])
                yield Release(row["release"], day, folder / name)


class Shipped:
    """The shipped schedule by day, as known now."""

    def __init__(self, schedule: ScheduleFile) -> None:
        self.lines, self.numbers = schedule.fold()
        self.starts = {
            name: edition.start for edition in schedule.editions for name in (edition.id, *edition.unchanged)
        }

    def on(self, day: date) -> EditionTable:
        at = day.toordinal()
        return EditionTable(
            {it.code: it.text for it in self.lines if at in it.valid and it.known.until == FOREVER},
            {it.code: it.units for it in self.numbers if at in it.valid and it.known.until == FOREVER},
        )


def differences(release: Release, here: EditionTable, shipped: EditionTable) -> Iterator[tuple[str, str]]:
    """Yield the codes that the two tables state differently, with what each says."""
    for code in sorted(here.lines.keys() | shipped.lines.keys()):
        one, two = here.lines.get(code), shipped.lines.get(code)
        if one is not None and release.name == "2020-rev-18":
            one = without_symbols(one, ("CA", "MX"))  # printed after the USMCA had replaced them
        if one is None or two is None or not same(one, two):
            yield code, f"{one and one.columns} imported, {two and two.columns} shipped"
    for code in sorted(here.numbers.keys() | shipped.numbers.keys()):
        first, second = here.numbers.get(code), shipped.numbers.get(code)
        if first != second:
            yield code, f"units {first} imported, {second} shipped"


def same(one: LineText, two: LineText) -> bool:
    general, special, column2 = zip(one.columns, two.columns, strict=True)
    return same_rate(*general) and same_special(*special) and same_rate(*column2) and one.units == two.units


def begin(law: Path) -> None:
    """Copy the shipped law, with the schedule as it stood before the first official file."""
    shutil.copytree(LAW, law)
    folder = law / "us" / "schedule"
    schedule = read_schedule(folder)
    for path in folder.iterdir():
        if path.stem not in KEPT:
            path.unlink()
    kept = [replace(it, files=(), unchanged=()) for it in schedule.editions if it.id in KEPT]
    (folder / EDITIONS).write_text(editions_yaml(kept), "utf-8")


def day_of(release: Release, shipped: Shipped) -> date:
    return max(release.published, shipped.starts.get(release.name, release.published))


async def test_importing_every_release_in_order_reproduces_the_shipped_rates(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shipped, law = Shipped(read_schedule(LAW / "us" / "schedule")), tmp_path / "law"
    begin(law)
    environ = {"DATABASE_URL": database, "STRATA_LAW_DIR": str(law)}
    found = list(releases(Path(str(FOLDER))))
    compared, unexplained = 0, list[str]()
    for release in found:
        start = shipped.starts.get(release.name)
        since = ("--from", str(start)) if start and start > release.published else ()
        done = await strata(environ, "hts", "import", release.path, "--published", release.published, *since)
        assert done.exit_code == 0, done.output
        here, there = state_of(read_schedule(law / "us" / "schedule")), shipped.on(day_of(release, shipped))
        compared += len(there.lines)
        told = list(differences(release, here, there))
        with capsys.disabled():
            sys.stdout.write(f"{release.path.name}: {'; '.join(done.output.splitlines())}; {len(told)} differences\n")
            for code, what in told:
                why = EXPLAINED.get((release.name, code), "UNEXPLAINED")
                sys.stdout.write(f"    {code}: {what}: {why}\n")
        unexplained += [
            f"{release.name} {code}: {what}" for code, what in told if (release.name, code) not in EXPLAINED
        ]
    with capsys.disabled():
        sys.stdout.write(f"{len(found)} files, {compared} rates compared, {len(unexplained)} unexplained\n")
    assert len(found) > 1
    assert unexplained == []

    done = await strata(environ, "law", "publish")
    assert done.exit_code == 0, done.output
    async with serving(environ) as client:
        for release in found:
            await ask_about(client, release, day_of(release, shipped))


async def ask_about(client: httpx.AsyncClient, release: Release, day: date) -> None:
    """Ask for some lines on the first day of a release: every hundredth of the file that has a plain rate."""
    texts, table = read_descriptions(release.path), read_edition(release.path)
    plain = [
        code for code, text in table.lines.items() if text.columns[0] == "Free" or PERCENT.fullmatch(text.columns[0])
    ]
    assert len(plain) > 5_000
    for code in plain[::100]:
        response = await client.get(f"/v1/rates?importer=US&code={code}&origin=CN&date={day}")
        found = response.raise_for_status().json()
        base = next(layer for layer in found["layers"] if layer["program"] == "us/mfn")
        printed = table.lines[code].columns[0]
        assert base["percent"] == (0 if printed == "Free" else float(printed.removesuffix("%"))), (release.name, code)
        assert found["goods"]["description"] == texts[code], (release.name, code)
