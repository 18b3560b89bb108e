"""What the commands print: tables that fit, colours on terminals alone, JSON as the API gives it."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios
import time
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from service.api.parameters import read_fields, tables_of
from service.api.questions import resolve, resolve_headline, resolve_over
from service.coverage import coverage_answer
from service.engine.answers import Announced, Goods, Notice, Prohibition, QuotaState
from service.law.check import Finding
from service.releases import read_snapshot
from service.render import answers
from service.render.law import changed, differences, findings
from service.render.page import table
from service.render.words import fact_value, percents
from service.snapshot import Snapshot
from tests.process.services import STRATA, Service, strata

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.usefixtures("service")]

TOYS = ("rate", "US", "9503.00.00.73", "CN", "--date", "2025-07-28", "--known-on", "2026-11-01")
ESCAPE = "\x1b"
QUESTIONS = [
    {"code": "9503.00.00.73"},  # simple layers, refundable
    {"code": "0402.10.50"},  # an amount by the value per unit: a long total and brackets
    {"code": "7208.10.15"},  # metals
    {"code": "7616.99.51.90", "aluminum_content": "0.4"},  # shares of the value
    {"code": "8541.43.00.10"},  # safeguards
    {"code": "8708.29.51"},  # eight digits where the number matters
    {"code": "9503.00.00.73", "view": "law"},
    {"code": "9503.00.00.73", "transport": "mail", "shipment_value": "100"},
    {"code": "8471.30.01.00", "date": "2026-10-01"},
    {"code": "2203.00.00.30", "date": "2019-07-01"},
    {"code": "9503.00.00.73", "origin": "KP"},
    {"code": "7317.00.30.00", "date": "2026-06-01", "steel_melt_pour": "US:0.5,CN:0.5"},
    {"code": "9401.61.60.11", "date": "2025-11-20"},
]


@pytest.fixture(scope="module")
def snapshot(service: Service) -> Snapshot:  # noqa: ARG001 - its database is asked
    address = json.loads(strata("db", "status", "--json").stdout)["address"]
    return asyncio.run(read_snapshot(address))


def widest(text: str) -> int:
    return max(map(len, re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("asked", QUESTIONS, ids=lambda asked: ",".join(asked.values()))
def test_an_answer_fits_and_loses_nothing(
    asked: dict[str, str], snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
):
    given = {"importer": "US", "origin": "CN", "date": "2025-07-28", **asked}
    resolved = resolve(read_fields(given, tables_of(snapshot.facts).rates), snapshot, time.time())
    found = resolved.territory.answer(resolved.question)
    answers.answer(found)
    printed = capsys.readouterr().out
    assert widest(printed) <= 80
    assert ESCAPE not in printed
    assert all(line == line.rstrip() for line in printed.splitlines())
    together = squeezed(printed)
    assert squeezed(found.total.text) in together
    for layer in (*found.layers, *found.if_admitted):
        assert layer.heading in printed
        assert all((act.citation or act.id).split()[0] in printed for act in layer.acts)
    for item in found.not_applied:
        assert item.heading in printed
    for change in found.could_change:
        assert f"{change.fact}=" in printed
    for assumption in found.assumptions:
        assert assumption.fact in printed
    for warning in found.warnings:
        assert squeezed(warning.text) in together
    assert f"{found.constant.from_}" in printed
    assert "Decimal(" not in printed


def test_a_refusal_a_quota_and_what_is_announced_are_told(snapshot: Snapshot, capsys: pytest.CaptureFixture[str]):
    given = {"importer": "US", "origin": "CN", "date": "2025-07-28", "code": "9503.00.00.73"}
    asked = resolve(read_fields(given, tables_of(snapshot.facts).rates), snapshot, time.time())
    found = asked.territory.answer(asked.question)
    long = "goods of this kind, made wholly or in part from what the act names, " * 4
    told = replace(
        found,
        goods=Goods("9503.00.00.73", f"Toys: {long}", ("No.",)),
        layers=(),
        prohibited=Prohibition("us/embargo", "9903.99.99", None, long),
        if_admitted=found.layers,
        quota=QuotaState("beef-other", "full", Decimal(65005), "t"),
        see=tuple(f"9904.04.{number}" for number in range(22, 40)),
        warnings=(Notice("not-covered", long),),
        announced=(Announced("us/x", "x", date(2025, 7, 1), long, None, None, None),),
    )
    answers.answer(told)
    printed = capsys.readouterr().out
    assert widest(printed) <= 80
    assert squeezed(printed).count(squeezed(long)) == 4
    assert "If admitted" in printed
    assert "Quota beef-other: full, limit 65005 t" in printed
    assert all(heading in printed for heading in told.see)


def test_the_longest_timelines_headlines_and_coverage_fit(snapshot: Snapshot, capsys: pytest.CaptureFixture[str]):
    tables = tables_of(snapshot.facts)
    for code in ("7616.99.51.90", "0402.10.50", "9503.00.00.73"):
        given = {"importer": "US", "code": code, "origin": "CN"}
        over = resolve_over(read_fields(given, tables.timeline), snapshot, time.time())
        found = over.asked.territory.timeline(over.asked.question, over.start, over.until)
        answers.timeline(found)
        printed = capsys.readouterr().out
        assert widest(printed) <= 80
        assert all(f"{row.from_}" in printed for row in found.intervals)
    for origin, day in (("CN", "2025-07-28"), ("CN", "2018-01-01"), ("KP", "2026-10-01")):
        given = {"importer": "US", "origin": origin, "date": day}
        asked = resolve_headline(read_fields(given, tables.headline), snapshot, time.time())
        answers.headline(asked.territory.schedule.headline(asked.origin, asked.day, asked.known_on, asked.view))
        assert widest(capsys.readouterr().out) <= 80
    for everything in (False, True):
        items = [territory.coverage for territory in snapshot.territories.values()]
        answers.coverage(coverage_answer(items, snapshot.release), everything=everything)
        assert widest(capsys.readouterr().out) <= 80


@pytest.mark.parametrize(
    "command",
    [
        ("law", "history", "us/section-301/china"),
        ("coverage", "US"),
        ("releases",),
        ("db", "status"),
        ("goods", "8507", "--importer", "US", "--limit", "40"),
    ],
    ids=" ".join,
)
def test_the_other_tables_fit(command: tuple[str, ...]):
    done = strata(*command)
    assert done.returncode == 0, done.stderr
    assert widest(done.stdout) <= 80
    assert ESCAPE not in done.stdout


def test_figures_stand_below_each_other():
    assert percents([Decimal("50.5"), None, Decimal(7), Decimal("0.001377")]) == [
        "50.500000%",
        "-",
        "7.000000%",
        "0.001377%",
    ]
    made = table([["a", "7%"], ["b", "145%"]], "name", "duty")
    assert [column.justify for column in made.columns] == ["left", "right"]
    mixed = table([["a", "7%"], ["b", "no answer"]], "name", "duty")
    assert [column.justify for column in mixed.columns] == ["left", "left"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"US": 1}, "US:1"),
        ({"US": 0.5, "CN": 0.5}, "US:0.5,CN:0.5"),
        (("a", "b"), "a,b"),
        (True, "true"),
        (None, "-"),
        (date(2025, 4, 4), "2025-04-04"),
    ],
)
def test_the_value_of_a_fact_is_written_as_it_is_declared(value: Any, written: str):
    assert fact_value(value) == written


# --- terminals --------------------------------------------------------------------------------------------


def on_terminal(*arguments: str, columns: int, **environ: str) -> str:
    """Run a command on a terminal of some width and return what it shows there."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    known = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "COLUMNS"}}
    process = subprocess.Popen(
        [STRATA, *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=known | {"TERM": "xterm-256color"} | environ,
    )
    os.close(theirs)
    shown = b"".join(_read(ours))
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> Iterator[bytes]:
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # the other side is closed
            return
        if not part:
            return
        yield part


def test_a_terminal_has_colours_and_its_own_width():
    wide = on_terminal(*TOYS, columns=130)
    assert f"{ESCAPE}[" in wide
    assert 80 < widest(wide) <= 130
    assert widest(on_terminal(*TOYS, columns=60)) <= 60


@pytest.mark.parametrize(
    ("arguments", "environ"),
    [
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        (("--no-color",), {}),
    ],
)
def test_colours_can_be_refused(arguments: tuple[str, ...], environ: dict[str, str]):
    shown = on_terminal(*TOYS, *arguments, columns=80, **environ)
    assert ESCAPE not in shown
    assert "Duty: 30%" in shown


def test_no_color_may_stand_before_the_command():
    assert ESCAPE not in on_terminal("--no-color", *TOYS, columns=80)


# --- pipes and locales ------------------------------------------------------------------------------------


def test_a_pipe_that_is_closed_early_is_no_failure_to_talk_about():
    ended = subprocess.run(
        ["bash", "-c", f"'{STRATA}' law history us/section-301/china | head -1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.stdout.startswith("us/section-301/china:")
    assert ended.stderr == ""


NOTES = "dès 2027 – \x1b[31mça change"


@pytest.fixture(scope="module")
def noted(module_database: str) -> str:
    """A database with a release whose notes hold letters of their own, and a command for terminals."""
    published = strata("law", "publish", "--notes", NOTES, DATABASE_URL=module_database)
    assert published.returncode == 0, published.stderr
    return module_database


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONIOENCODING": "ascii:strict"},
        {"LC_ALL": "POSIX"},
    ],
    ids=["C", "ascii", "POSIX"],
)
def test_what_a_locale_cannot_write_is_written_as_an_escape(locale: dict[str, str], noted: str):
    done = strata("releases", DATABASE_URL=noted, **locale)
    assert done.returncode == 0, done.stderr
    assert "2027" in done.stdout
    as_json = strata("releases", "--json", DATABASE_URL=noted, **locale)
    assert json.loads(as_json.stdout)["items"][0]["notes"] == NOTES


def test_nothing_that_is_printed_can_command_a_terminal(noted: str):
    done = strata("releases", DATABASE_URL=noted)
    assert ESCAPE not in done.stdout
    assert r"dès 2027 – \x1b[31mça" in done.stdout


# --- JSON -------------------------------------------------------------------------------------------------

ENTRY = "importer=US&code=9503.00.00.73&origin=CN&known_on=2026-11-01"


@pytest.mark.parametrize(
    ("command", "url"),
    [
        (TOYS, f"/v1/rates?{ENTRY}&date=2025-07-28"),
        (
            ("timeline", "US", "9503.00.00.73", "CN", "--from", "2025-01-01", "--known-on", "2026-11-01"),
            f"/v1/rates/timeline?{ENTRY}&from=2025-01-01",
        ),
        (("headline", "US", "CN", "--date", "2025-07-28"), "/v1/headline?importer=US&origin=CN&date=2025-07-28"),
        (("coverage",), "/v1/coverage"),
        (("coverage", "US"), "/v1/coverage?importer=US"),
        (("goods", "8507.60", "--importer", "US"), "/v1/goods?q=8507.60&importer=US&limit=20"),
        (("releases",), "/v1/releases"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, tuple) else "",
)
def test_json_is_to_the_byte_what_the_api_answers(command: tuple[str, ...], url: str, service: Service):
    done = strata(*command, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    if command[0] == "goods":  # the cursor is of the question as it was asked
        assert json.loads(done.stdout)["items"] == service.get(url).json()["items"]
    else:
        assert done.stdout.rstrip("\n") == service.get(url).text


@pytest.mark.parametrize("program", ["us/ieepa/reciprocal", "us/section-301/china"])
def test_the_history_has_the_amendments_that_the_api_tells(program: str, service: Service):
    told = json.loads(strata("law", "history", program, "--json").stdout)
    assert told["id"] == program
    for measure in told["measures"]:
        assert measure["amendments"] == service.get(f"/v1/measures/{measure['id']}").json()["amendments"]


def test_what_the_api_has_no_form_for_is_json_too():
    checked = json.loads(strata("law", "check", "--json").stdout)
    assert checked["errors"] == 0
    assert checked["warnings"] == len(checked["findings"])
    again = json.loads(strata("law", "publish", "--json").stdout)
    assert (again["new"], again["number"]) == (False, 1)
    assert json.loads(strata("law", "diff", "--json").stdout) == {"files": []}
    assert json.loads(strata("db", "upgrade", "--json").stdout) == {"applied": []}
    assert json.loads(strata("db", "upgrade", "--check", "--json").stdout) == {"pending": []}
    state = json.loads(strata("db", "status", "--json").stdout)
    assert (state["pending"], state["release"]["number"], state["law"]) == ([], 1, "same")


def test_the_state_of_a_database_without_tables(empty_database: str):
    done = strata("db", "status", DATABASE_URL=empty_database)
    assert done.returncode == 0
    assert "to apply" in done.stdout
    state = json.loads(strata("db", "status", "--json", DATABASE_URL=empty_database).stdout)
    assert (state["applied"], state["release"], state["law"]) == ([], None, "none")
    assert state["pending"]
    assert strata("db", "upgrade", "--check", DATABASE_URL=empty_database).returncode == 1


def test_an_edition_that_is_there_already_is_told_in_json(tmp_path: Path):
    edition = tmp_path / "hts_2025_basic_edition.csv"
    edition.write_text(
        "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,"
        "Column 2 Rate of Duty,Quota Quantity,Additional Duties\n"
        '0101.21.00,2,Purebred breeding animals,"[""No.""]",Free,,Free,,\n'
    )
    done = strata("hts", "import", str(edition), "--check", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "release": "2025-basic",
        "edition": "2025-basic",
        "changed": None,
        "files": [],
        "descriptions": None,
        "written": False,
    }
    assert strata("hts", "import", str(edition), "--check").stdout == "2025-basic: in the schedule already\n"


def test_a_difference_is_a_patch_whose_lines_are_whole(capsys: pytest.CaptureFixture[str]):
    long = "  - {act: example-2, from: 2027-01-01, when: " + "x" * 100 + ", rate: 7%}"
    found = changed("us/programs/example.yaml", "measures:\n  - a\n", f"measures:\n  - a\n{long}\n")
    assert (found.change, changed("a", None, "x").change, changed("a", "x", None).change) == (
        "changed",
        "added",
        "removed",
    )
    differences([found], names=False)
    assert capsys.readouterr().out == found.diff
    assert f"+{long}\n" in found.diff
    differences([found], names=True)
    assert capsys.readouterr().out == "~ us/programs/example.yaml\n"


def test_findings_are_whole_lines_for_editors(capsys: pytest.CaptureFixture[str]):
    said = "matches no goods, " * 10 + "at all"
    findings([Finding("us/programs/example.yaml", 7, said, "warning")])
    assert capsys.readouterr().out == f"us/programs/example.yaml:7: warning: {said}\n"
