"""Asking the law of the invented importer, and reading answers in as few words as possible."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from service.engine.answers import Answer, Question, ReleaseRef, Timeline, Total
from service.engine.schedule import Schedule, compile_schedule
from service.law.decode import decode_law
from service.law.decode_facts import parse_fact
from service.law.facts import Facts
from service.law.importer import ImporterLaw
from service.law.terms import View

LAW = Path(__file__).parent.parent / "invented"
COUNTRIES = frozenset(("ZZ", "XA", "XB", "XC", "XD", "XE", "XF", "XH"))
KNOWN = "2025-06-30"
DAY = "2021-05-01"


def documents() -> dict[str, str]:
    """The law files of the invented importer, by path."""
    return {str(p.relative_to(LAW)): p.read_text() for p in sorted(LAW.rglob("*")) if p.is_file()}


@cache
def law() -> ImporterLaw:
    return decode_law(documents())["ZZ"]


def fresh() -> Schedule:
    """A schedule that has not been asked anything yet."""
    return compile_schedule(law(), ReleaseRef(1, "zed"), COUNTRIES)


@cache
def schedule() -> Schedule:
    return fresh()


def declared(**facts: str) -> Facts:
    """Facts from their written form, as a query would state them."""
    return {name: parse_fact(law().facts[name], value) for name, value in facts.items()}


def question(code: str, origin: str = "XA", day: str = DAY, known: str = KNOWN, **facts: str) -> Question:
    """A question; the keywords are facts in their written form, but for ``view``."""
    view: View = "law" if facts.pop("view", "collected") == "law" else "collected"
    digits = law().importer.codes.digits(code)
    first, second = date.fromisoformat(day), date.fromisoformat(known)
    return Question("ZZ", digits, origin, first, second, view, declared(**facts))


def ask(code: str, origin: str = "XA", day: str = DAY, known: str = KNOWN, **facts: str) -> Answer:
    """The answer to a question."""
    return schedule().answer(question(code, origin, day, known, **facts))


def timeline(code: str, origin: str, start: str, until: str | None, known: str = KNOWN, **facts: str) -> Timeline:
    end = date.fromisoformat(until) if until is not None else None
    asked = question(code, origin, start, known, **facts)
    return schedule().timeline(asked, date.fromisoformat(start), end)


def number(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def percent(answer: Answer) -> str | None:
    """The whole duty in percent, None where it is not a percentage."""
    return number(answer.total.percent)


def layers(answer: Answer) -> list[tuple[str, str | None, str]]:
    """(heading, percent, share) of every layer, in order."""
    return [(x.heading, number(x.percent), f"{x.share:f}") for x in answer.layers]


def reasons(answer: Answer) -> list[tuple[str, str, str | None]]:
    """(heading, kind, by) of every measure that does not apply, in order."""
    return [(x.heading, x.reason.kind, x.reason.by) for x in answer.not_applied]


def span(answer: Answer) -> tuple[str | None, str | None]:
    """The bounds of the total, as texts."""
    return (_text(answer.range.min), _text(answer.range.max))


def _text(total: Total | None) -> str | None:
    return None if total is None else total.text


def could(answer: Answer) -> list[tuple[str, str, str]]:
    """(fact, value, total) of what an exceptional fact would change."""
    return [(x.fact, plain(x.value), x.total.text) for x in answer.could_change]


def assumed(answer: Answer) -> dict[str, str]:
    return {x.fact: plain(x.assumed) for x in answer.assumptions}


def plain(value: object) -> str:
    """A fact's value in one word."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dict):
        return ",".join(f"{word}:{plain(share)}" for word, share in value.items())
    if isinstance(value, tuple):
        return ",".join(":".join(map(plain, x)) if isinstance(x, tuple) else plain(x) for x in value)
    return str(value)


def kinds(answer: Answer) -> list[str]:
    """The kinds of the warnings."""
    return [w.kind for w in answer.warnings]


def constant(answer: Answer) -> tuple[str | None, str | None]:
    start, until = answer.constant.from_, answer.constant.until
    return (start.isoformat() if start else None, until.isoformat() if until else None)
