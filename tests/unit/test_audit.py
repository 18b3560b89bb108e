"""Auditing the shipped law against what an edition prints."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service.audit.exceptions import BadExceptionsError, read_exceptions
from service.audit.printed import Charge, charge_of, state_of
from service.audit.report import Report, audit
from service.cli import main
from service.commands.audit import EXCEPTIONS
from tests.shipped import laws

DAY = date(2026, 6, 8)
PLUS = "The duty provided in the applicable subheading + {}%"


def record(number: str, general: str = "", *, text: str = "Articles", notes: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "htsno": number, "description": text, "units": [], "general": general, "special": "", "other": "",
        "footnotes": [{"value": note} for note in notes],
    }  # fmt: skip


def audited(tmp_path: Path, *records: dict[str, Any], day: date = DAY) -> Report:
    path = tmp_path / "edition.json"
    path.write_text(json.dumps(records))
    return audit(path, laws()["US"], day, read_exceptions(EXCEPTIONS))


def verdicts(report: Report) -> dict[str, str]:
    return {it.heading: it.verdict for it in report.differences}


def test_a_heading_with_the_rate_of_the_day_is_the_same(tmp_path: Path):
    report = audited(tmp_path, record("9903.88.01", PLUS.format(25)), record("9903.88.15", PLUS.format("7.5")))
    assert (report.differences, report.blocks[0].same, report.blocks[0].counted) == ((), 2, 2)


def test_another_rate_an_unknown_heading_and_other_days_are_told_apart(tmp_path: Path):
    report = audited(
        tmp_path,
        record("9903.88.01", PLUS.format(24)),
        record("9903.77.77", PLUS.format(10)),
        record("9903.03.01", PLUS.format(10), text="Articles [Compiler's note: provision terminated.]"),
    )
    assert verdicts(report) == {"9903.88.01": "other rate", "9903.77.77": "unknown", "9903.03.01": "other days"}
    assert report.unexplained == 3


def test_the_same_heading_is_judged_by_its_own_day(tmp_path: Path):
    printed = record("9903.01.24", PLUS.format(20))
    assert verdicts(audited(tmp_path, printed, day=date(2025, 11, 3))) == {}
    assert verdicts(audited(tmp_path, printed, day=date(2025, 11, 10))) == {"9903.01.24": "other rate"}


def test_a_heading_that_begins_later_counts_as_known(tmp_path: Path):
    printed = record("9903.81.87", PLUS.format(25))
    assert verdicts(audited(tmp_path, printed, day=date(2025, 3, 11))) == {}


def test_headings_that_add_nothing_are_not_counted(tmp_path: Path):
    report = audited(
        tmp_path,
        record("9903.88.05", "The duty provided in the applicable subheading"),
        record("9903.82.01", "No change"),
        record("9903.52.01", ""),
    )
    assert report.blocks == ()


def test_dormant_headings_are_left_out_and_understood_ones_have_a_reason(tmp_path: Path):
    report = audited(tmp_path, record("9903.27.01", "100%"), record("9903.88.09", PLUS.format(10)))
    assert (report.dormant, report.unexplained) == (1, 0)
    assert report.differences[0].reason is not None
    assert (report.blocks[0].counted, report.blocks[0].same, report.blocks[0].explained) == (1, 0, 1)


def test_a_footnote_that_our_list_does_not_follow_is_told(tmp_path: Path):
    lines = (
        record("8471.30.01", "Free", notes=("See 9903.88.15. ",)),
        record("6307.90.98.70", "", notes=("See 9903.88.15. ",)),
        record("8471.41.01", "Free", notes=("See 9903.88.02.",)),
    )
    report = audited(tmp_path, *lines, day=date(2026, 1, 16))
    assert ("84714101", "9903.88.02") in report.missed
    assert report.footnotes == 3


@pytest.mark.parametrize(
    ("text", "charge"),
    [
        ("The duty provided in the applicable subheading plus 25%", Charge("adds", Decimal(25))),
        ("The duty provided inthe applicable subheading+ 7.5%", Charge("adds", Decimal("7.5"))),
        (
            "The duty provided in the applicable subheading + a duty of 25% upon the value",
            Charge("adds", Decimal(25)),
        ),
        ("15%", Charge("stands", Decimal(15))),
        ("Free", Charge("stands", Decimal(0))),
        ("The duty provided in the applicable subheading", None),
        ("No change", None),
    ],
)
def test_rate_columns_are_read(text: str, charge: Charge | None):
    assert charge_of(text) == charge


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Articles of China [Compiler's note: provision terminated as of February 7, 2026.]", "over"),
        ("Articles [Compiler's note: provision suspended. See 90 Fed. Reg. 50729.]", "suspended"),
        ("Articles, effective with respect to entries on or after June 30, 2025", "open"),
        ("The provisions of this heading and referenced note have expired", "over"),
    ],
)
def test_notes_are_read(text: str, state: str):
    assert state_of(text) == state


@pytest.mark.parametrize(
    "row",
    ["9903.1,dormant,,,x", "9903.88.01,asleep,,,x", "9903.88.01,dormant,,,", "9903.88.01,dormant,2020-13-01,,x"],
)
def test_a_row_without_a_reason_or_with_a_slip_is_refused_with_its_line(tmp_path: Path, row: str):
    path = tmp_path / "table.csv"
    path.write_text(f"headings,kind,from,until,reason\n{row}\n")
    with pytest.raises(BadExceptionsError, match=r"table.csv:2: "):
        read_exceptions(path)


def test_the_command_tells_what_differs_and_ends_with_status_1(tmp_path: Path):
    path = tmp_path / "edition.json"
    path.write_text(json.dumps([record("9903.77.77", PLUS.format(10)), record("9903.88.01", PLUS.format(25))]))
    done = CliRunner().invoke(main, ["law", "audit", "--release", str(path), "--date", "2026-06-08"])
    assert done.exit_code == 1
    rows = [" ".join(line.split()) for line in done.output.splitlines()]
    assert "9903 1 2 0" in rows
    assert any(row.startswith("9903.77.77 unknown; printed: + 10%") for row in rows)
    assert max(map(len, done.output.splitlines())) <= 80
    as_json = CliRunner().invoke(main, ["law", "audit", "--release", str(path), "--date", "2026-06-08", "--json"])
    assert json.loads(as_json.stdout)["differences"][0]["heading"] == "9903.77.77"


def test_a_file_that_is_no_edition_is_named(tmp_path: Path):
    path = tmp_path / "edition.json"
    path.write_text("{}")
    done = CliRunner().invoke(main, ["law", "audit", "--release", str(path), "--date", "2026-06-08"])
    assert done.exit_code == 1
    assert "edition.json" in done.output
