"""The command line: answers, exit status, and output that fits."""

from __future__ import annotations

import json
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from service.cli import COMMANDS, main
from tests.process.services import Service, strata

pytestmark = [pytest.mark.process, pytest.mark.slow, pytest.mark.usefixtures("service")]

TOYS = ("rate", "US", "9503.00.00.73", "CN")


def test_a_rate_is_shown_within_80_columns_and_without_colours():
    done = strata(*TOYS, "--date", "2025-07-28")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Duty: 30%" in done.stdout
    assert "9903.01.24" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "\x1b" not in done.stdout
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def test_json_is_the_answer_of_the_api(service: Service):
    done = strata(*TOYS, "--date", "2025-07-28", "--known-on", "2025-07-28", "--declare", "us_content=0.25", "--json")
    url = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN&date=2025-07-28&known_on=2025-07-28&us_content=0.25"
    assert done.stdout.rstrip("\n") == service.get(url).text


def test_the_timeline_and_the_headline():
    done = strata("timeline", "US", "9503.00.00.73", "CN", "--from", "2025-01-01", "--until", "2025-07-01")
    assert done.returncode == 0
    assert "145%" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    done = strata("headline", "US", "CN", "--date", "2025-07-28", "--json")
    assert json.loads(done.stdout)["universal_percent"] == 30
    done = strata("headline", "US", "CN", "--date", "2025-07-28")
    assert "On every ordinary entry: 30%" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("rate", "US", "9503", "CN"), 1, "9503.00.00"),
        (("rate", "US", "0000.00.00", "CN"), 1, "0000.00.00"),
        (("rate", "US", "9503.00.00.73", "US"), 1, "not dutiable"),
        (("rate", "US", "9503.00.00.73", "ZZ"), 1, "ZZ"),
        ((*TOYS, "--date", "2017-01-01"), 1, "2018-01-01"),
        ((*TOYS, "--release", "99"), 1, "no release 99"),
        (("rate", "US", "toys", "CN"), 2, "goods code"),
        ((*TOYS, "--date", "2025-02-30"), 2, "YYYY-MM-DD"),
        ((*TOYS, "--known-on", "2099-01-01"), 2, "future"),
        ((*TOYS, "--declare", "us_contnet=1"), 2, "did you mean us_content?"),
        ((*TOYS, "--declare", "us_content"), 2, "fact=value"),
        ((*TOYS, "--declare", "us_content=0.1", "--declare", "us_content=0.1"), 2, "more than once"),
        ((*TOYS, "--declare", "date=2025-01-01", "--date", "2025-01-01"), 2, "not known"),
        ((*TOYS, "--release", "x"), 2, "not a number"),
        (("rate", "US"), 2, "Missing argument"),
        (("nope",), 2, "No such command"),
        (("law", "history", "us/nope"), 1, "no program us/nope"),
        (("law", "history", "us/mfn", "nope"), 1, "no measure nope"),
        (("law", "diff", "99"), 1, "no release 99"),
    ],
)
def test_the_status_tells_what_has_no_answer_from_what_was_not_understood(
    arguments: tuple[str, ...], status: int, said: str
):
    done = strata(*arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert said in done.stderr


def test_the_law_is_checked_its_history_shown_and_nothing_published_twice():
    assert strata("law", "check").returncode == 0
    done = strata("law", "history", "us/ieepa/reciprocal", "china")
    assert "125%" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "is current already" in strata("law", "publish").stdout
    assert strata("law", "diff").stdout == ""


def test_releases_the_database_and_the_document():
    assert strata("releases").stdout.splitlines()[1].split()[0] == "1"
    assert strata("db", "upgrade").stdout == "The database is up to date.\n"
    assert strata("db", "upgrade", "--check").returncode == 0
    assert strata("openapi", "--check").returncode == 0
    assert json.loads(strata("openapi").stdout)["openapi"] == "3.1.0"


def test_the_list_of_commands():
    done = strata("--help")
    assert done.returncode == 0
    assert all(f"\n  {name} " in done.stdout for name in COMMANDS)


def every_command() -> Iterator[tuple[str, ...]]:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        below = list(command.commands) if isinstance(command, click.Group) else []
        yield from ((name, it) for it in below)
        if not below:
            yield (name,)


@pytest.mark.parametrize("command", list(every_command()), ids=" ".join)
def test_every_command_has_help_with_an_example(command: tuple[str, ...]):
    done = CliRunner().invoke(main, [*command, "--help"])
    assert done.exit_code == 0
    assert done.output.startswith(f"Usage: strata {' '.join(command)}")
    assert "For example:\n  " in done.output
    assert f"  strata {' '.join(command)}" in done.output or command == ("completion",)
    assert "--no-color" in done.output
    assert max(map(len, done.output.splitlines())) <= 80
