"""From an official file to an answer: imported on the command line, published, asked over HTTP.

A tiny US law: the shipped facts and base duty, and an invented schedule of a few lines.
"""

from __future__ import annotations

import asyncio
import csv
import gzip
import io
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from service.app import create_app
from service.cli import main
from service.settings import Settings
from tests.shipped import LAW

PATIENCE = 15.0
CSV_HEAD = (
    "HTS Number",
    "Indent",
    "Description",
    "Unit of Quantity",
    "General Rate of Duty",
    "Special Rate of Duty",
    "Column 2 Rate of Duty",
    "Quota Quantity",
    "Additional Duties",
)
IMPORTER = """\
importer: US
title: United States
time_zone: America/New_York
currency: USD
codes: {lengths: [4, 6, 8, 10], line: 8, groups: [4, 2, 2, 2], reserved: [98, 99]}
base: us/mfn
chapter_98: {98: none}
full_for_60: 9802.00.60
groups: {column-2: [KP]}
coverage: [{origins: all, from: 2018-01-01, verified: 2026-10-10}]
excludes: [fees]
percent_places: 6
amount_places: 2
"""
ACTS = """\
acts:
  pl-100-418: {title: Omnibus Trade and Competitiveness Act of 1988, announced: 1988-08-23}
"""
EDITIONS = """\
columns: [general, special, column2]
editions:
- id: 2025-basic
  published: 2024-12-20
  from: 2025-01-01
  title: "Harmonized Tariff Schedule 2025, Basic Edition"
"""
BASIC = """\
code,from,until,units,general,special,column2,mark
95030000,,,No.,Free,,70%,
9503000073,,,No.,,,,
95040000,,,No.,3%,,35%,
9504000000,,,No.,,,,
"""

Printed = tuple[str, int, str, list[str], str, str]
"""Code, indent, description, units, general and column 2 rate."""

FIRST: Sequence[Printed] = (
    ("9503", 0, "Invented toys", [], "", ""),
    ("9503.00.00", 1, "Toys that roll:", ["No."], "Free", "70%"),
    ("9503.00.00.73", 2, "For children", ["No."], "", ""),
    ("9504.00.00.00", 0, "Invented games", ["No."], "3%", "35%"),
)
SECOND: Sequence[Printed] = (
    ("9503", 0, "Invented <i>toys</i>", [], "", ""),
    ("9503.00.00", 1, "Toys that roll or hop:", ["No."], "2.5%", "70%"),
    ("9503.00.00.73", 2, "For children", ["No.", "kg"], "", ""),
    ("9504.00.00.00", 0, "Invented games", ["No."], "3%", "35%"),
)


def export_json(rows: Sequence[Printed]) -> bytes:
    return json.dumps(
        [
            {
                "htsno": code,
                "indent": str(indent),
                "description": text,
                "units": units,
                "general": general,
                "special": "",
                "other": column2,
            }
            for code, indent, text, units, general, column2 in rows
        ]
    ).encode()


def export_csv(rows: Sequence[Printed]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_HEAD)
    for code, indent, text, units, general, column2 in rows:
        writer.writerow((code, indent, text, json.dumps(units) if units else "", general, "", column2, "", ""))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


WRITERS = {
    "json": export_json,
    "csv": export_csv,
    "json.gz": lambda rows: gzip.compress(export_json(rows)),
    "csv.gz": lambda rows: gzip.compress(export_csv(rows)),
}


async def strata(environ: Mapping[str, str], *arguments: object) -> Result:
    """Run a command, in a thread since it has an event loop of its own."""
    return await asyncio.to_thread(CliRunner().invoke, main, list(map(str, arguments)), env=dict(environ))


@asynccontextmanager
async def serving(environ: Mapping[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    """Give the service over the database, following what is published and imported; entered and left in one task."""
    switching = sys.getswitchinterval()
    app: Any = create_app(Settings.from_env({**environ, "STRATA_POLL_SECONDS": "3600"}))
    transport = httpx.ASGITransport(app)
    async with app.app.lifespan(), httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
        yield client
    sys.setswitchinterval(switching)


class Desk:
    """The command line and the files of one tiny law."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.law = folder / "law"
        self.environ: Mapping[str, str] = {"DATABASE_URL": database, "STRATA_LAW_DIR": str(self.law)}
        for path, text in {
            "facts.yaml": (LAW / "facts.yaml").read_text("utf-8"),
            "us/importer.yaml": IMPORTER,
            "us/acts.yaml": ACTS,
            "us/programs/mfn.yaml": (LAW / "us/programs/mfn.yaml").read_text("utf-8"),
            "us/schedule/editions.yaml": EDITIONS,
            "us/schedule/2025-basic.csv": BASIC,
        }.items():
            target = self.law / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")

    async def strata(self, *arguments: object) -> Result:
        return await strata(self.environ, *arguments)

    def file(self, name: str, data: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted((self.law / "us/schedule").iterdir())}


@pytest.fixture
def desk(tmp_path: Path, database: str) -> Desk:
    return Desk(tmp_path, database)


async def answer(client: httpx.AsyncClient, day: str, code: str = "9503.00.00.73") -> dict[str, Any]:
    response = await client.get(f"/v1/rates?importer=US&code={code}&origin=CN&date={day}")
    found: dict[str, Any] = response.raise_for_status().json()
    return found


async def until(client: httpx.AsyncClient, day: str, **goods: object) -> dict[str, Any]:
    """Ask until the goods are as said; the service is told by the database, in its own time."""
    found: dict[str, Any] = {}
    async with asyncio.timeout(PATIENCE):
        while any(found.get("goods", {}).get(name) != value for name, value in goods.items()):
            found = await answer(client, day)
            await asyncio.sleep(0.02)
    return found


@pytest.mark.parametrize("kind", WRITERS)
async def test_an_edition_goes_from_its_file_to_the_answer(desk: Desk, kind: str):
    done = await desk.strata("law", "publish")
    assert done.exit_code == 0, done.output
    async with serving(desk.environ) as client:
        await go_from_file_to_answer(desk, client, kind)


async def go_from_file_to_answer(desk: Desk, client: httpx.AsyncClient, kind: str) -> None:
    before = await answer(client, "2026-02-01")
    assert before["goods"] == {"code": "9503.00.00.73", "description": None, "units": ["No."], "described_in": None}

    # Of an edition that the schedule has already only the descriptions are taken, while the service runs.
    first = desk.file(f"hts-2025-basic.{kind}", WRITERS[kind](FIRST))
    schedule = desk.files()
    done = await desk.strata("hts", "import", first)
    assert (done.exit_code, desk.files()) == (0, schedule), done.output
    assert "descriptions: 5 of 5 new or different" in done.output
    text = "Invented toys: Toys that roll: For children"
    found = await until(client, "2026-02-01", description=text)
    assert found["goods"]["described_in"] == "2025-basic"
    assert found["release"] == before["release"]
    assert (await answer(client, "2025-06-01", "9504.00.00"))["goods"]["description"] == "Invented games"

    # A new one changes the files; the law as it is in force changes with the publication.
    second = desk.file(f"hts_2026_basic.{kind}", WRITERS[kind](SECOND))
    arguments = ("hts", "import", second, "--published", "2025-12-18", "--from", "2026-01-01")
    done = await desk.strata(*arguments, "--check")
    assert (done.exit_code, desk.files()) == (0, schedule), done.output
    done = await desk.strata(*arguments)
    assert done.exit_code == 0, done.output
    assert "1 rate lines and 1 statistical numbers changed, 0 of them gone, from 2026-01-01" in done.output
    assert desk.files()["2026-basic.csv"].splitlines()[1:] == [
        "95030000,,,No.,2.5%,,70%,",
        "9503000073,,,No.;kg,,,,",
    ]
    assert "published: 2025-12-18" in desk.files()["editions.yaml"]
    new = "Invented toys: Toys that roll or hop: For children"
    found = await until(client, "2026-02-01", description=new)
    assert (found["total"]["percent"], found["goods"]["units"]) == (0, ["No."])

    assert (await desk.strata("law", "publish")).output.startswith("release 2 published")
    found = await until(client, "2026-02-01", units=["No.", "kg"])
    assert (found["release"]["number"], found["total"]["percent"]) == (2, 2.5)
    assert (found["goods"]["description"], found["goods"]["described_in"]) == (new, "2026-basic")
    found = await answer(client, "2025-12-31")
    assert (found["total"]["percent"], found["goods"]["description"]) == (0, text)
    url = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN&date=2026-02-01&known_on="
    assert [(await client.get(f"{url}{day}")).json()["total"]["percent"] for day in ("2025-12-17", "2025-12-18")] == [
        0,
        2.5,
    ]

    shown = await desk.strata("rate", "US", "9503.00.00.73", "CN", "--date", "2026-02-01", "--json")
    assert json.loads(shown.stdout) == await answer(client, "2026-02-01")
    shown = await desk.strata("timeline", "US", "9503.00.00.73", "CN", "--until", "2026-01-01", "--json")
    assert json.loads(shown.stdout)["goods"]["description"] == text
    assert new in " ".join((await desk.strata("rate", "US", "9503.00.00.73", "CN")).output.split())


async def test_the_same_file_twice_changes_nothing_the_second_time(desk: Desk):
    file = desk.file("hts-2026-basic.json", export_json(SECOND))
    arguments = ("hts", "import", file, "--published", "2025-12-18")
    assert (await desk.strata(*arguments)).exit_code == 0
    schedule = desk.files()
    again = await desk.strata(*arguments)
    assert (again.exit_code, desk.files()) == (0, schedule)
    assert "2026-basic: in the schedule already" in again.output
    assert "descriptions: 0 of 5 new or different" in again.output


async def test_an_edition_that_changes_no_rate_is_named_as_unchanged_and_its_texts_are_kept(desk: Desk):
    same = [("9504.00.00.00", 0, "Games, invented", *row[3:]) if "games" in row[2] else row for row in FIRST]
    file = desk.file("hts-2025-rev-1.csv", export_csv(same))
    await desk.strata("hts", "import", desk.file("hts-2025-basic.csv", export_csv(FIRST)))
    done = await desk.strata("hts", "import", file, "--published", "2025-01-27")
    assert "2025-rev-1: nothing changed" in done.output
    assert "descriptions: 2 of 5 new or different" in done.output
    assert "unchanged:\n    - 2025-rev-1" in desk.files()["editions.yaml"]
    again = await desk.strata("hts", "import", file)
    assert (again.exit_code, "descriptions: 0 of 5" in again.output) == (0, True)


BAD: Mapping[str, tuple[str, bytes, str]] = {
    "no JSON": ("hts-2026-basic.json", b"<html>", "not an export"),
    "other JSON": ("hts-2026-basic.json", b'[{"code": "9503"}]', "not an export"),
    "an object": ("hts-2026-basic.json", b'{"error": "busy"}', "not an export"),
    "no rates": ("hts-2026-basic.json", b"[]", "states no rate"),
    "other columns": ("hts-2026-basic.csv", b"code,rate\n9503,Free\n", "not an export"),
    "not UTF-8": ("hts-2026-basic.csv", b"\xff\xfe9503", "not an export"),
    "a cut file": ("hts-2026-basic.json.gz", gzip.compress(export_json(SECOND))[:-20], "cannot be unpacked"),
    "no gzip": ("hts-2026-basic.json.gz", export_json(SECOND), "cannot be unpacked"),
    "another kind": ("hts-2026-basic.pdf", b"%PDF", "neither .json nor .csv"),
    "no release in its name": ("htsdata.csv", export_csv(SECOND), "--release"),
    "an older year": ("hts-2023-rev-11.json", export_json(SECOND), "import in order"),
    "a part only": ("hts-2026-basic.json", export_json(SECOND[3:]), "no whole edition"),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_file_that_cannot_be_right_is_refused_and_leaves_everything_as_it_was(desk: Desk, kind: str):
    name, data, said = BAD[kind]
    schedule = desk.files()
    day = date(2024, 1, 1) if "2023" in name else date(2025, 12, 18)
    done = await desk.strata("hts", "import", desk.file(name, data), "--published", day)
    assert done.exit_code in {1, 2}
    assert said in done.output
    assert "Traceback" not in done.output
    assert desk.files() == schedule
