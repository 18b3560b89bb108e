"""A tariff of China from its file to an answer: imported on the command line, published, asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.shipped import LAW

IMPORTER = """\
importer: CN
title: China
time_zone: Asia/Shanghai
currency: CNY
codes: {lengths: [4, 6, 8, 10], line: 8, groups: [4, 2, 2, 2]}
base: cn/mfn
coverage: [{origins: [US], from: 2018-01-01, verified: 2026-10-10}]
excludes: [vat]
"""
PROGRAM = """\
program: cn/mfn
title: Base duty
authority: MFN
order: 10
acts:
  order-392: {title: Regulations on Import and Export Duties, announced: 2003-11-23}
measures:
  - id: mfn
    heading: 1-97
    title: The rate applied
    rate: {schedule: applied}
    amendments:
      - {act: order-392, from: 2004-01-01}
"""
EDITIONS = """\
columns: [applied, mfn, provisional]
editions:
- id: 2018
  published: 2017-12-15
  from: 2018-01-01
  title: "Tariff adjustment plan of 2018"
"""
TABLE = """\
code,from,until,units,applied,mfn,provisional,mark
22083000,,,,5%,,,approximate
87032341,,,,15%,15%,,approximate
"""
TARIFF = "code,mfn,provisional\n2208.30.00,10,4\n8703.23.41,15%,\n0207.14.11,,\n"


class Desk:
    """The command line and the files of one tiny law."""

    def __init__(self, folder: Path, database: str) -> None:
        self.folder = folder
        self.schedule = folder / "law/cn/schedule"
        self.environ: Mapping[str, str] = {"DATABASE_URL": database, "STRATA_LAW_DIR": str(folder / "law")}
        for path, text in {
            "facts.yaml": (LAW / "facts.yaml").read_text("utf-8"),
            "cn/importer.yaml": IMPORTER,
            "cn/programs/mfn.yaml": PROGRAM,
            "cn/schedule/editions.yaml": EDITIONS,
            "cn/schedule/2018.csv": TABLE,
        }.items():
            target = folder / "law" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")

    async def strata(self, *arguments: object) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, main, list(map(str, arguments)), env=dict(self.environ))

    async def rate(self, code: str, day: str, *more: str) -> Any:
        done = await self.strata("rate", "CN", code, "US", "--date", day, "--json", *more)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def files(self) -> dict[str, str]:
        return {path.name: path.read_text("utf-8") for path in sorted(self.schedule.iterdir())}


@pytest.fixture
def desk(tmp_path: Path, database: str) -> Desk:
    return Desk(tmp_path, database)


async def test_a_tariff_changes_the_answer_from_its_day_and_once_it_is_published(desk: Desk):
    schedule = desk.files()
    arguments = ("cn", "import", desk.file("t.csv", TARIFF), "--published", "2025-12-30", "--from", "2026-01-01")
    done = await desk.strata(*arguments, "--check")
    assert (done.exit_code, desk.files()) == (0, schedule), done.output
    done = await desk.strata(*arguments)
    assert done.exit_code == 0, done.output
    assert "3 rate lines changed, 0 of them gone, from 2026-01-01; 1 without a rate" in done.output
    assert desk.files()["2025-12-30.csv"].splitlines()[1:3] == [
        '02071411,,,,"the tariff, a specific duty whose amount is not known here",,,',
        "22083000,,,,4%,10%,4%,",
    ]
    again = await desk.strata(*arguments)
    assert (again.exit_code, "in the schedule already" in again.output) == (0, True)
    assert (await desk.strata("law", "publish")).exit_code == 0

    after = await desk.rate("2208.30.00", "2026-01-01")
    assert (after["total"]["percent"], after["layers"][0]["text"]) == (4, "4%")
    assert "approximate-base" not in {warning["kind"] for warning in after["warnings"]}
    before = await desk.rate("2208.30.00", "2025-12-31")
    assert before["total"]["percent"] == 5
    assert "approximate-base" in {warning["kind"] for warning in before["warnings"]}
    assert (await desk.rate("2208.30.00", "2026-01-01", "--known-on", "2025-12-29"))["total"]["percent"] == 5
    assert (await desk.rate("2208.30.00", "2026-01-01", "--known-on", "2025-12-30"))["total"]["percent"] == 4
    chicken = await desk.rate("0207.14.11", "2026-01-01")
    assert chicken["total"]["percent"] is None
    assert "not known" in chicken["total"]["text"]


BAD: Mapping[str, tuple[str, str]] = {
    "a bad row among good ones": (TARIFF + "0207.14.12,ten,\n", "line 5: mfn: 'ten' is not a rate"),
    "no column": ("code,mfn\n22083000,10\n", "no column named provisional"),
    "a part only": ("code,mfn,provisional\n87032341,15,\n", "not the whole tariff"),
    "no rates": (
        TARIFF + "".join(f"01010{n},,\n" for n in range(100, 200)),
        "states no rate for 101 of its 103 lines",
    ),
}


@pytest.mark.parametrize("kind", BAD)
async def test_a_file_that_cannot_be_right_leaves_everything_as_it_was(desk: Desk, kind: str):
    text, said = BAD[kind]
    schedule = desk.files()
    done = await desk.strata("cn", "import", desk.file("t.csv", text), "--published", "2025-12-30")
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output
    assert desk.files() == schedule


async def test_the_day_of_publication_is_needed(desk: Desk):
    done = await desk.strata("cn", "import", desk.file("t.csv", TARIFF))
    assert done.exit_code == 2
    assert "--published" in done.output
