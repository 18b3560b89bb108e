"""The shipped law, decoded and compiled once for all tests that ask it."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from service.countries import countries
from service.engine.answers import Answer, Question, ReleaseRef
from service.engine.schedule import Schedule, compile_schedule
from service.law.decode import decode_law
from service.law.facts import Facts
from service.law.importer import ImporterLaw

LAW = Path(__file__).parents[1] / "db" / "law"
TODAY = date(2026, 11, 24)
"""The day on which the cases are asked when they name no known day."""


@cache
def documents() -> dict[str, str]:
    """Return the law files by path below ``db/law``."""
    return {str(p.relative_to(LAW)): p.read_text("utf-8") for p in sorted(LAW.rglob("*")) if p.is_file()}


@cache
def laws() -> dict[str, ImporterLaw]:
    """Return the shipped law by importer."""
    return decode_law(documents())


def importers() -> tuple[str, ...]:
    """Return the importers that have a folder in ``db/law``."""
    return tuple(sorted(path.parent.name.upper() for path in LAW.glob("*/importer.yaml")))


@cache
def principal(importer: str) -> str:
    """Return the origin whose goods an importer's law is mainly about: the first country that it covers."""
    named = (name for item in laws()[importer].importer.coverage for name in item.origins.include)
    return next(name for name in named if name in countries())


@cache
def schedule(importer: str = "US") -> Schedule:
    """Return the compiled schedule of an importer."""
    return compile_schedule(laws()[importer], ReleaseRef(1, "shipped"), countries())


def ask(
    code: str,
    day: date,
    *,
    origin: str | None = None,
    known_on: date = TODAY,
    view: str = "collected",
    importer: str = "US",
    facts: Facts | None = None,
) -> Answer:
    """Ask the shipped law; unless an origin is given, about goods of the importer's principal one."""
    digits, country = code.replace(".", ""), origin or principal(importer)
    return schedule(importer).answer(Question(importer, digits, country, day, known_on, view, facts or {}))  # type: ignore[arg-type]
