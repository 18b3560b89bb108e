"""A small sample of ``make fuzz``, the same on every run, and the fuzzers themselves."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz import http, parsers
from tests.process.services import Service, serving


@pytest.fixture(scope="module")
def service(scratch: Path) -> Iterator[Service]:
    with serving(scratch / "fuzzed.log") as running:
        yield running


@pytest.mark.slow
def test_readers_refuse_noise_with_their_own_errors():
    assert parsers.fuzz(10, seed=9503) == []


@pytest.mark.slow
@pytest.mark.process
def test_the_service_does_what_its_description_says(service: Service, capfd: pytest.CaptureFixture[str]):
    status = http.ask(service.url, 3, 9503)
    assert status == 0, capfd.readouterr().out


FOUND = {
    "rates": "15.4¢/kg + 5333333333333333333333333333333333333333333333333333%",
}
"""Inputs that once met a fault, by the reader that met it."""


@pytest.mark.parametrize(("name", "text"), FOUND.items())
def test_what_was_found_before_is_refused_or_read(name: str, text: str):
    target = next(target for target in parsers.targets() if target.name == name)
    assert parsers.tried(target, text) is None


def test_a_fault_and_a_slow_reader_are_found():
    def fails(text: str) -> None:
        raise ZeroDivisionError(text)

    assert "ZeroDivisionError" in str(parsers.tried(parsers.Target("x", ("a",), fails, (ValueError,)), "a"))
    assert parsers.tried(parsers.Target("x", ("a",), fails, (ZeroDivisionError,)), "a") is None


def test_the_same_seed_spoils_the_same_way():
    def noise() -> list[str]:
        chance = random.Random(1)  # noqa: S311 - no secret
        return [parsers.spoilt("9503.00.00", chance) for _ in range(50)]

    assert noise() == noise()
