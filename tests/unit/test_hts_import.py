"""Importing an official edition into the schedule files, and reading its descriptions."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from service.hts.build import Releases
from service.hts.descriptions import clean_text, described, read_descriptions
from service.hts.difference import same_rate, same_special, without_symbols
from service.hts.editions import EditionError, EditionTable, read_edition
from service.hts.importing import (
    EDITIONS,
    Imported,
    ImportRefused,
    extended,
    import_edition,
    known_releases,
    read_schedule,
    release_of,
    state_of,
    write,
)
from service.hts.write import editions_yaml
from service.law.periods import FOREVER
from service.law.schedule import LineText, LineVersion, ScheduleFile
from tests.shipped import LAW

SHIPPED = LAW / "us" / "schedule"
LATER = date(2026, 12, 1)


@pytest.fixture(scope="module")
def schedule() -> ScheduleFile:
    return read_schedule(SHIPPED)


@pytest.fixture(scope="module")
def state(schedule: ScheduleFile) -> EditionTable:
    return state_of(schedule)


def imported(schedule: ScheduleFile, table: EditionTable, release: str = "2027-basic") -> Imported:
    return import_edition(schedule, table, release, "hts.json.gz", published=LATER, start=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("hts_2026_rev_11.json.gz", "2026-rev-11"),
        ("hts-2025-basic.csv", "2025-basic"),
        ("hts_2020_revision_18_csv.csv", "2020-rev-18"),
        ("hts_2025_basic_edition.json", "2025-basic"),
        ("htsdata.csv", None),
    ],
)
def test_a_file_name_states_its_release(name: str, release: str | None):
    assert release_of(name) == release


def test_the_shipped_list_of_editions_is_written_as_it_is(schedule: ScheduleFile):
    assert editions_yaml(schedule.editions) == (SHIPPED / EDITIONS).read_text("utf-8")


def test_an_edition_that_states_the_same_is_named_as_unchanged(schedule: ScheduleFile, state: EditionTable):
    done = imported(schedule, state)
    assert (done.rows, list(done.files)) == ((), [EDITIONS])
    assert "2027-basic: nothing changed" in done.summary
    assert known_releases(extended(schedule, done)) == known_releases(schedule) | {"2027-basic"}


def test_an_edition_adds_only_what_changed(schedule: ScheduleFile, state: EditionTable, tmp_path: Path):
    lines, numbers = dict(state.lines), dict(state.numbers)
    _, special, column2 = lines["95030000"].columns
    lines["95030000"] = LineText(lines["95030000"].units, ("2%", special, column2))
    del numbers["9503000090"]
    done = imported(schedule, EditionTable(lines, numbers))
    assert done.summary == (
        "2027-basic: 1 rate lines and 1 statistical numbers changed, 1 of them gone, from 2027-01-01"
    )
    for path in SHIPPED.iterdir():
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    write(tmp_path, done)
    again = read_schedule(tmp_path)
    assert again == extended(schedule, done)
    assert state_of(again) == EditionTable(lines, numbers)
    assert (tmp_path / "2027-basic.csv").read_text("utf-8").count("\n") == 3


def test_an_edition_is_imported_once_and_in_order(schedule: ScheduleFile, state: EditionTable):
    with pytest.raises(ImportRefused, match="2025-rev-1 is in the schedule already"):
        import_edition(schedule, state, "2025-rev-1", "x", published=LATER)
    with pytest.raises(ImportRefused, match="import in order"):
        import_edition(schedule, state, "2026-rev-99", "x", published=date(2025, 1, 1))


# --- descriptions ----------------------------------------------------------------------------------------


def test_a_description_is_read_with_those_above_it():
    lines = [
        ("0101", 0, "Live horses, <i>asses</i>:"),
        ("", 1, "Horses:"),
        ("0101.21.00", 2, "Purebred  breeding animals"),
        ("0101.21.00.10", 3, "Males"),
        ("0101.30.00.00", 1, "Asses"),
        ("9903.01.01", 0, "Not goods"),
    ]
    assert described(lines) == {
        "0101": "Live horses, asses",
        "01012100": "Live horses, asses: Horses: Purebred breeding animals",
        "0101210010": "Live horses, asses: Horses: Purebred breeding animals: Males",
        "0101300000": "Live horses, asses: Asses",
        "01013000": "Live horses, asses: Asses",  # printed with its only number alone
    }
    assert clean_text("A<br> b :") == "A b"


def test_descriptions_of_a_json_and_of_a_csv_read_the_same(tmp_path: Path):
    (tmp_path / "a.json").write_text(json.dumps([{"htsno": "0101", "indent": "0", "description": "Live horses:"}]))
    (tmp_path / "a.csv").write_text('"HTS Number","Indent","Description"\n"0101","0","Live horses:"\n')
    assert read_descriptions(tmp_path / "a.json") == read_descriptions(tmp_path / "a.csv") == {"0101": "Live horses"}
    (tmp_path / "b.json").write_text("[{}]")
    with pytest.raises(EditionError, match=r"b\.json"):
        read_descriptions(tmp_path / "b.json")


# --- every release at hand -------------------------------------------------------------------------------

# Not STRATA_...: the settings of the service are taken out of the environment before tests run.
FOLDER = os.environ.get("HTS_RELEASES")
SLIPS = frozenset((("2025-basic", "44201900"),))
"""Lines that one edition alone leaves out, told in the notes of ``editions.yaml``."""


def differences(release: str, table: EditionTable, held: dict[str, LineText]) -> Iterator[str]:
    for code in sorted(table.lines.keys() | held.keys()):
        one, two = table.lines.get(code), held.get(code)
        if one is not None and release == "2020-rev-18":
            one = without_symbols(one, ("CA", "MX"))  # printed after the USMCA had replaced them
        if one is None or two is None:
            if (release, code) not in SLIPS:
                yield f"{release}: {code}: {'only shipped' if one is None else 'only in the edition'}"
            continue
        general, special, column2 = zip(one.columns, two.columns, strict=True)
        if not (same_rate(*general) and same_special(*special) and same_rate(*column2)):
            yield f"{release}: {code}: {one.columns} in the edition, {two.columns} shipped"


@pytest.mark.skipif(FOLDER is None, reason="HTS_RELEASES names no folder of editions")
def test_every_release_at_hand_states_the_shipped_rates_of_its_day(schedule: ScheduleFile):
    releases = Releases(Path(str(FOLDER)))
    versions, _ = schedule.fold()
    by_code: dict[str, list[LineVersion]] = {}
    for version in versions:
        by_code.setdefault(version.code, []).append(version)
    starts = {
        name: max(edition.start, releases.published[name])
        for edition in schedule.editions
        for name in (edition.id, *edition.unchanged)
        if name in releases.published
    }
    found: list[str] = []
    for name, file in releases.files.items():
        day = starts.get(name, releases.published[name]).toordinal()
        held = {
            code: version.text
            for code, mine in by_code.items()
            for version in mine
            if day in version.valid and version.known.until == FOREVER
        }
        found += differences(name, read_edition(releases.source / file), held)
    assert len(releases.files) > 1
    assert found == []


@pytest.mark.skipif(FOLDER is None, reason="HTS_RELEASES names no folder of editions")
def test_importing_the_running_releases_in_order_makes_the_shipped_tables(schedule: ScheduleFile):
    """From 2024 Revision 10 on every release is at hand; slips of one edition are taken out as when shipped."""
    releases = Releases(Path(str(FOLDER)))
    tables = releases.tables()
    first = next(at for at, edition in enumerate(schedule.editions) if edition.id == "2024-rev-10")
    early = (*schedule.editions[: first - 1], replace(schedule.editions[first - 1], unchanged=()))
    kept = {edition.id for edition in early}
    grown = replace(schedule, editions=early, rows=tuple(r for r in schedule.rows if r.edition in kept))
    for name, table in tables.items():
        if name not in kept and releases.published[name] > early[-1].published:
            done = import_edition(grown, table, name, releases.files[name], published=releases.published[name])
            grown = extended(grown, done)
    assert grown.editions == schedule.editions
    assert sorted(map(repr, grown.rows)) == sorted(map(repr, schedule.rows))
