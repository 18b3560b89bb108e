"""The pins: complete, hashed, and free of anything that belongs to one machine."""

from __future__ import annotations

import re
import tomllib

import pytest

from service.settings import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: str) -> dict[str, str]:
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", (CHECKOUT / lock).read_text(), re.MULTILINE)
    return {normal(name): version for name, version in found}


def wanted(requirements: list[str | dict[str, str]]) -> set[str]:
    names: set[str] = set()
    for requirement in requirements:
        if isinstance(requirement, dict):
            names |= wanted(PROJECT["dependency-groups"][requirement["include-group"]])
        elif match := re.match(r"[A-Za-z0-9._-]+", requirement):
            names.add(normal(match[0]))
    return names


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_only_pins_and_hashes(lock: str) -> None:
    pin = re.compile(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+( ; [^/\\]+)? \\")
    digest = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")
    for line in (CHECKOUT / lock).read_text().splitlines():
        assert pin.fullmatch(line) or digest.fullmatch(line), line


def test_the_locks_cover_what_the_project_asks_for() -> None:
    runtime = wanted(PROJECT["project"]["dependencies"]) | wanted(PROJECT["build-system"]["requires"])
    assert runtime <= set(pins("requirements.lock"))
    assert runtime | wanted(PROJECT["dependency-groups"]["dev"]) <= set(pins("requirements-dev.lock"))


def test_development_runs_on_the_pins_of_the_service() -> None:
    development = pins("requirements-dev.lock")
    assert {name: development.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")
