"""Errors on the command line: what was wrong, what was probably meant, and in JSON when that was asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from service.commands.hints import country_meant, day_meant, facts_meant
from service.render.problems import near_codes
from tests.process.services import Service, strata

pytestmark = [pytest.mark.process, pytest.mark.slow]

TOYS = ("rate", "US", "9503.00.00.73", "CN")
NOWHERE = "postgresql://someone:secret@127.0.0.1:1/nothing"


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("rate", "US", "9503.00.00.73", "Germany"), 2, "did you mean DE (Germany)?"),
        (("rate", "US", "9503.00.00.73", "UK"), 1, "did you mean GB (United Kingdom)?"),
        (("rate", "us", "9503.00.00.73", "CN"), 2, "write US"),
        (("rate", "US", "CN", "9503.00.00.73"), 2, "the order is IMPORTER CODE ORIGIN"),
        (("rate", "DE", "9503.00.00.73", "CN"), 2, "known are"),
        ((*TOYS, "--date", "28.7.2025"), 2, "did you mean 2025-07-28?"),
        ((*TOYS, "--declare", "content=1"), 2, "did you mean us_content, steel_content or"),
        ((*TOYS, "--declare", "zzz=1"), 2, "the facts are preference, claims"),
        ((*TOYS, "--view", "laws"), 2, "did you mean law?"),
        (("rate", "US", "9503.00.00.73", "JP", "--date", "2025-07-28"), 1, "strata coverage tells"),
        ((*TOYS, "--release", "99"), 1, "strata releases lists"),
        (("rate", "US", "8507", "CN"), 1, "  8507.60.00  2018-01-01 until further notice"),
        (("rate", "US", "850760", "CN"), 1, "  8507.60.00  2018-01-01 until further notice"),
        (("headline", "US", "Chnia"), 2, "did you mean CN (China)?"),
        (("goods", "--importer", "Canada", "8507"), 2, "did you mean CA (Canada)?"),
        (("law", "history", "us/ieepa/recip"), 1, "did you mean us/ieepa/reciprocal?"),
        (("coverage", "DE"), 2, "known are"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, tuple) else "",
)
def test_an_error_says_what_was_probably_meant(arguments: tuple[str, ...], status: int, said: str):
    done = strata(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rat",), "Did you mean 'rate'?"),
        (("zzz",), "There are serve, rate,"),
        (("law", "chek"), "Did you mean 'check'?"),
        ((*TOYS, "--dat", "2025-01-01"), "Did you mean '--date'?"),
        (("db", "upgrade", "--chek"), "'--check'"),
        (("hts", "import", "/nonexistent.json"), "does not exist"),
        (("law", "diff", "x"), "not a valid integer"),
        (("releases", "--limit", "0"), "range"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, tuple) else "",
)
def test_a_command_that_is_not_understood_is_told_the_nearest(arguments: tuple[str, ...], said: str):
    done = strata(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


@pytest.mark.parametrize("command", [("releases",), TOYS, ("law", "diff"), ("db", "upgrade"), ("db", "status")])
def test_a_database_that_is_away_is_told_with_the_setting_that_names_it(command: tuple[str, ...]):
    done = strata(*command, DATABASE_URL=NOWHERE)
    assert (done.returncode, done.stdout) == (1, "")
    assert "DATABASE_URL is postgresql://someone:***@127.0.0.1:1/nothing" in done.stderr
    assert "secret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_a_setting_that_cannot_be_used():
    done = strata("releases", DATABASE_URL="mysql://x")
    assert done.returncode == 2
    assert "DATABASE_URL is 'mysql://x'; it should be" in done.stderr
    assert "did you mean STRATA_LAW_DIR?" in strata("law", "check", STRATA_LAWDIR="/x").stderr


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        (("rate", "US", "8507", "CN"), "/v1/rates?importer=US&code=8507&origin=CN"),
        (("rate", "US", "9503.00.00.73", "ZZ"), "/v1/rates?importer=US&code=9503.00.00.73&origin=ZZ"),
        (("rate", "US", "x", "CN"), "/v1/rates?importer=US&code=x&origin=CN"),
        (("headline", "US", "CN", "--date", "x"), "/v1/headline?importer=US&origin=CN&date=x"),
        (("goods", "--prefix", "x"), "/v1/goods?prefix=x"),
        (("coverage", "DE"), "/v1/coverage?importer=DE"),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, tuple) else "",
)
def test_with_json_an_error_is_the_problem_of_the_api(arguments: tuple[str, ...], url: str, service: Service):
    done = strata(*arguments, "--json")
    answered = service.get(url)
    told = answered.json()
    told.pop("instance")
    assert done.stdout == ""
    assert json.loads(done.stderr) == told
    assert done.returncode == (2 if answered.status_code == 400 else 1)


@pytest.mark.parametrize(
    ("arguments", "kind", "status"),
    [
        (("rate", "US", "--json"), "invalid-parameter", 2),
        (("law", "history", "us/nope", "--json"), "not-found", 1),
    ],
)
def test_with_json_every_error_is_a_problem(arguments: tuple[str, ...], kind: str, status: int):
    done = strata(*arguments)
    assert done.returncode == status
    assert json.loads(done.stderr)["type"] == f"/problems/{kind}"
    away = strata("releases", "--json", DATABASE_URL=NOWHERE)
    assert json.loads(away.stderr)["type"] == "/problems/unavailable"


def test_law_files_that_cannot_be_right(law_dir: Path):
    (law_dir / "us" / "programs" / "mfn.yaml").write_text("program: us/mfn\nmeasures: 3\n")
    here = {"STRATA_LAW_DIR": str(law_dir)}
    done = strata("law", "check", **here)
    assert done.returncode == 1
    assert "us/programs/mfn.yaml:2: error: measures: " in done.stdout
    assert "errors" in done.stderr
    checked = json.loads(strata("law", "check", "--json", **here).stdout)
    assert checked["errors"] == len([it for it in checked["findings"] if it["severity"] == "error"]) > 0
    told = strata("law", "history", "us/mfn", **here)
    assert (told.returncode, told.stdout) == (1, "")
    assert "us/programs/mfn.yaml:2" in told.stderr


def test_law_files_that_are_no_text(law_dir: Path):
    (law_dir / "us" / "acts.yaml").write_bytes(b"\xff\xfe")
    done = strata("law", "check", STRATA_LAW_DIR=str(law_dir))
    assert done.returncode == 1
    assert "us/acts.yaml: not UTF-8" in done.stderr


# --- what was meant ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Germany", "DE"),
        ("germny", "DE"),
        ("chn", "CN"),
        ("UK", "GB"),
        ("Viet Nam", "VN"),
        ("Korea", "KR"),
        ("ZZ", None),
        ("", None),
        ("x" * 1000, None),
    ],
)
def test_the_country_that_is_meant(typed: str, code: str | None):
    assert country_meant(typed) == code


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2025-7-28", "2025-07-28"),
        ("2025/07/28", "2025-07-28"),
        ("20250728", "2025-07-28"),
        ("28.7.2025", "2025-07-28"),
        ("7/28/2025", None),
        ("2025-13-01", None),
        ("tomorrow", None),
    ],
)
def test_the_day_that_is_meant(typed: str, day: str | None):
    meant = day_meant(typed)
    assert (None if meant is None else str(meant)) == day


def test_the_facts_that_are_meant():
    facts = ["us_content", "steel_content", "donation"]
    assert facts_meant("us_contnet", facts) == "; did you mean us_content?"
    assert facts_meant("content", facts) == "; did you mean us_content or steel_content?"
    assert facts_meant("zz", facts) == "; the facts are us_content, steel_content, donation"


def test_near_codes_are_told_with_the_end_of_their_texts():
    from service.engine.refusals import Near  # noqa: PLC0415

    texts = {"8507.60.00": "Electric storage batteries: Lithium-ion batteries " + "and so on " * 20}
    (below,) = near_codes([Near("8507.60.00", "below", None, None)], texts.get)
    assert below.startswith("  8507.60.00  always  Lithium-ion batteries and so on")
    assert len(below) <= 80
    (other,) = near_codes([Near("8507.10.00", "successor", None, None)], texts.get)
    assert other == "  8507.10.00  always  successor"
