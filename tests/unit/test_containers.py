"""The container files name only what exists: they are read here, and built elsewhere."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from service.settings import CHECKOUT, SETTINGS

DOCKERFILE = (CHECKOUT / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


def instructions() -> list[tuple[str, str]]:
    lines = re.sub(r"\\\n\s*", " ", DOCKERFILE).splitlines()
    found = [line.split(None, 1) for line in lines if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, rest in found]


def arguments(word: str) -> list[str]:
    return [rest for found, rest in instructions() if found == word]


def environment() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in arguments("ENV") for pair in shlex.split(line))


def copied() -> list[str]:
    lines = [line.split() for line in arguments("COPY") if not line.startswith("--from")]
    return [source for *sources, _ in lines for source in sources]


def strata_commands(words: list[str]) -> list[list[str]]:
    """Return the ``strata ...`` commands in a container's command, those inside ``sh -c`` among them."""
    if words[:2] == ["sh", "-c"]:
        words = shlex.split(words[2])
    commands: list[list[str]] = []
    for word in words:
        if word == "strata":
            commands.append([])
        elif word not in {"&&", ";"} and commands:
            commands[-1].append(word)
    return commands


def has_command(words: list[str]) -> bool:
    from service.cli import main  # noqa: PLC0415 - the other tests here need no application

    command: click.Command | None = main
    context = click.Context(main)
    for word in words:
        if word.startswith("-"):
            break
        command = command.get_command(context, word) if isinstance(command, click.Group) else None
    return command is not None and not isinstance(command, click.Group)


@pytest.mark.parametrize("source", copied())
def test_what_the_image_copies_exists_and_is_not_ignored(source: str) -> None:
    assert (CHECKOUT / source).exists()
    ignored = (CHECKOUT / ".dockerignore").read_text().splitlines()
    assert "*" in ignored
    assert f"!{Path(source).parts[0]}" in ignored


def test_the_image_installs_the_pins_with_their_hashes() -> None:
    installs = [line for line in arguments("RUN") if "pip install" in line]
    assert any("--require-hashes -r requirements.lock" in line for line in installs)
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)


def test_the_image_has_a_pinned_base_of_a_supported_python() -> None:
    bases = {line.split()[0] for line in arguments("FROM")}
    assert len(bases) == 1
    found = re.fullmatch(r"python:(\d+)\.(\d+)-slim-[a-z]+", bases.pop())
    assert found
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    assert (int(found[1]), int(found[2])) >= (3, 11)
    assert f"Programming Language :: Python :: {found[1]}.{found[2]}" in project["classifiers"]


def test_the_service_does_not_run_as_root() -> None:
    words = [word for word, _ in instructions()]
    assert arguments("USER") == ["strata"]
    assert words.index("USER") < words.index("CMD")
    assert any("useradd" in line and line.endswith(" strata") for line in arguments("RUN"))


def test_the_image_starts_a_command_that_exists_on_the_port_it_exposes() -> None:
    (command,) = strata_commands(json.loads(arguments("CMD")[0]))
    assert has_command(command)
    assert arguments("EXPOSE") == [environment()["PORT"]]
    assert environment()["STRATA_HOST"] == "0.0.0.0"  # noqa: S104


def test_the_health_check_asks_a_path_that_is_served() -> None:
    (check,) = arguments("HEALTHCHECK")
    program = json.loads(check.split("CMD", 1)[1])[2]
    compile(program, "HEALTHCHECK", "exec")
    path = re.findall(r"/health/\w+", program)
    assert path == ["/health/ready"]
    assert any(path[0] in file.read_text() for file in (CHECKOUT / "service" / "api").rglob("*.py"))


@pytest.mark.parametrize("name", OURS)
def test_composed_commands_exist(name: str) -> None:
    commands = strata_commands(SERVICES[name]["command"])
    assert commands
    for command in commands:
        assert has_command(command), command


@pytest.mark.parametrize("name", OURS)
def test_composed_settings_exist(name: str) -> None:
    known = {setting.name for setting in SETTINGS}
    assert set(SERVICES[name]["environment"]) <= known
    assert {key for key in environment() if key.startswith("STRATA_")} <= known


def test_the_composed_database_is_the_one_that_is_asked() -> None:
    database = SERVICES["postgres"]["environment"]
    expected = (
        f"postgresql://{database['POSTGRES_USER']}:{database['POSTGRES_PASSWORD']}@postgres:5432/"
        f"{database['POSTGRES_DB']}"
    )
    assert {SERVICES[name]["environment"]["DATABASE_URL"] for name in OURS} == {expected}
    assert re.fullmatch(r"postgres:1[5-8]", SERVICES["postgres"]["image"])
    assert "ports" not in SERVICES["postgres"]


def test_the_law_is_published_before_the_service_starts() -> None:
    waits = SERVICES["strata"]["depends_on"]
    assert waits["postgres"] == {"condition": "service_healthy"}
    assert waits["publish"] == {"condition": "service_completed_successfully"}
    assert "test" in SERVICES["postgres"]["healthcheck"]


def test_volumes_and_ports_fit_together() -> None:
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"]
    (port,) = SERVICES["strata"]["ports"]
    assert port.endswith(f":{SERVICES['strata']['environment']['PORT']}")
