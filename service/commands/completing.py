"""What a shell may complete: countries, importers, views, facts and their values, programs and measures.

Read from the files of the law, never from a database: completion must be quick, and quiet when something is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from click.shell_completion import CompletionItem

from service.law.terms import VIEWS
from service.settings import Settings, SettingsError

if TYPE_CHECKING:
    from service.law.facts import FactDefinition

Completer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
OPEN: Final = "open"
"""The kind of an item after which one goes on typing, without a blank."""

_PROGRAM: Final = re.compile(r"^program:\s*(\S+)", re.MULTILINE)
_TITLE: Final = re.compile(r"^title:\s*(.+)", re.MULTILINE)


def _quiet(complete: Completer) -> Completer:
    """Complete nothing where the settings or the files of the law cannot be read."""

    @wraps(complete)
    def quietly(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        try:
            return complete(ctx, param, incomplete)
        except (SettingsError, OSError, ValueError):
            return []

    return quietly


def _law() -> Path:
    import os  # noqa: PLC0415

    return Settings.from_env(os.environ).law_dir


def _beginning(incomplete: str, items: Iterable[tuple[str, str]]) -> list[CompletionItem]:
    return [CompletionItem(value, help=_line(told)) for value, told in items if value.startswith(incomplete)]


def _line(text: str) -> str:
    """Write a text in one line, as shells want it."""
    return " ".join(text.split())


def views(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Complete a view."""
    told = {"collected": "what the importer pays that day", "law": "what is owed by law"}
    return _beginning(incomplete, ((view, told.get(view, "")) for view in VIEWS))


def countries(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Complete the code of a country."""
    from service.countries import names  # noqa: PLC0415

    return _beginning(incomplete.upper(), names().items())


@_quiet
def importers(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Complete the code of an importer whose law is here."""
    from service.countries import names  # noqa: PLC0415

    codes = sorted(path.parent.name.upper() for path in _law().glob("*/importer.yaml"))
    return _beginning(incomplete.upper(), ((code, names().get(code, "")) for code in codes))


@_quiet
def facts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Complete the name of a fact and, after the equals sign, its value."""
    known = _facts()
    name, equals, typed = incomplete.partition("=")
    if not equals:
        found = ((f"{fact.name}=", fact.description) for fact in known.values())
        return [
            CompletionItem(value, type=OPEN, help=_line(told))
            for value, told in found
            if value.startswith(incomplete)
        ]
    if name not in known:
        return []
    before, comma, last = typed.rpartition(",")
    return [
        CompletionItem(
            f"{name}={before}{comma}{value}", type=OPEN if value.endswith(":") else "plain", help=_line(told)
        )
        for value, told in _values(known[name])
        if value.startswith(last)
    ]


def _facts() -> Mapping[str, FactDefinition]:
    from service.law.decode_facts import decode_facts  # noqa: PLC0415
    from service.law.errors import Faults  # noqa: PLC0415
    from service.law.yaml_marks import read_yaml  # noqa: PLC0415

    faults = Faults()
    root = read_yaml("facts.yaml", (_law() / "facts.yaml").read_text("utf-8"), faults)
    return {} if root is None else decode_facts("facts.yaml", faults, root)


def _values(fact: FactDefinition) -> Iterator[tuple[str, str]]:
    """Yield the values a fact may have, where they can be listed, each with what it means."""
    if fact.type == "bool":
        yield from (("true", fact.description), ("false", fact.effect))
    elif fact.type == "country_shares":
        from service.countries import names  # noqa: PLC0415

        yield from ((f"{code}:", name) for code, name in names().items())
    else:
        yield from ((value, "") for value in fact.values)


@_quiet
def programs(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Complete the name of a program."""
    return _beginning(incomplete, sorted((name, title) for name, title, _ in _programs()))


@_quiet
def measures(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Complete the name of a measure of the program named before it."""
    import yaml  # noqa: PLC0415

    wanted: Any = ctx.params.get("program")
    for name, _, text in _programs():
        if name == wanted:
            try:
                rows = yaml.load(text, yaml.CSafeLoader)["measures"]
                return _beginning(incomplete, ((str(row["id"]), str(row.get("title", ""))) for row in rows))
            except (yaml.YAMLError, KeyError, TypeError, AttributeError):
                return []
    return []


def _programs() -> Iterator[tuple[str, str, str]]:
    """Yield name, title and text of every program file."""
    for path in sorted(_law().glob("*/programs/**/*.yaml")):
        text = path.read_text("utf-8")
        if found := _PROGRAM.search(text):
            title = _TITLE.search(text)
            yield found[1], title[1].strip("\"'") if title else "", text
