"""The cases of ``tests/law``: read, turned into questions, and compared with what is answered.

A case states the law at one boundary: ``ask`` (facts stand flat beside the question), ``expect``, the act it is
derived from (``source``) and the sum written out (``why``). The importer is the one whose code begins the name of the
file (``cn-soybeans.yaml``), unless the case names it. ``expect.layers`` names every layer in order,
``expect.untold`` headings that are not even told among what does not apply, ``expect.quota`` the limit of the quota.

A calendar (``calendars/*.yaml``) follows one heading for one kind of entry: ``steps`` gives, from a day on, the
percentage charged under ``heading`` (0: reported free), or what else :func:`reported` names. Each step makes two
cases: its first day, and the last day before it with what stood until then. With ``rates`` in place of heading and
steps it is a table of headings of one day, each claimed: ``heading: code percentage``. With ``beside`` in place of
steps it is a table of relations of one day: for each other heading the entry under which it is charged, too; the
heading frees the goods of a duty because of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from service.api.parameters import fact_parameter
from service.engine.answers import Answer, Question
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule
from service.law.facts import FactDefinition
from tests.shipped import TODAY, laws

HERE = Path(__file__).parent
APART = frozenset(("lists", "survivors"))
"""Files beside the cases that hold something else."""

QUESTION = frozenset(("importer", "code", "origin", "date", "known_on", "view"))
CALENDAR = frozenset(("name", "source", "why", "ask", "heading", "steps", "rates", "beside"))
EXPECTED = frozenset(
    ("heading", "total", "layers", "not_applied", "untold", "range", "refundable", "warnings", "quota", "refused")
)


class Case(msgspec.Struct, frozen=True):
    """One case: where it stands, what it asks, what it expects."""

    file: str
    name: str
    question: Question
    expect: dict[str, Any]
    why: str
    source: str


def read_yaml(path: Path) -> Any:
    """Read YAML; every scalar stays text, as in the law files."""
    return yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506 -- builds text, lists and maps only


@cache
def read_cases() -> tuple[Case, ...]:
    """Read all cases in order of file and place."""
    found = []
    for path in sorted(HERE.glob("*.yaml")):
        if path.stem not in APART:
            found += [_case(path.stem, item) for item in read_yaml(path)]
    for path in sorted((HERE / "calendars").glob("*.yaml")):
        for item in read_yaml(path):
            read = _rates if "rates" in item else _beside if "beside" in item else _calendar
            found += read(f"calendars/{path.stem}", item)
    return tuple(found)


def _calendar(file: str, item: dict[str, Any]) -> Iterator[Case]:
    assert set(item) <= CALENDAR, item
    before, last = None, date.min
    for written, value in item["steps"].items():
        day = date.fromisoformat(written)
        eve = day - timedelta(1)
        shown = [(day, value)] if before is None or eve == last else [(eve, before), (day, value)]
        for on, stands in shown:
            expect = {"heading": {"heading": item["heading"], "percent": stands}}
            name = f"{item['name']}: {stands} on {on}"
            yield _case(file, {**item, "name": name, "ask": {**item["ask"], "date": f"{on}"}, "expect": expect})
        before, last = value, day


def _rates(file: str, item: dict[str, Any]) -> Iterator[Case]:
    assert set(item) <= CALENDAR, item
    for heading, stated in item["rates"].items():
        code, percent = stated.split(maxsplit=1)
        ask = {**item["ask"], "code": code, "claims": [heading]}
        expect = {"heading": {"heading": heading, "percent": percent}}
        yield _case(file, {**item, "name": f"{item['name']}: {heading}, {percent}", "ask": ask, "expect": expect})


def _beside(file: str, item: dict[str, Any]) -> Iterator[Case]:
    assert set(item) <= CALENDAR, item
    for other, more in item["beside"].items():
        expect = {"heading": {"heading": item["heading"], "percent": "0", "beside": other}}
        name = f"{item['name']}: beside {other}"
        yield _case(file, {**item, "name": name, "ask": {**item["ask"], **more}, "expect": expect})


def _case(file: str, item: dict[str, Any]) -> Case:
    ask = item["ask"]
    importer = ask.get("importer") or importer_of(file)
    return Case(
        file,
        item["name"],
        Question(
            importer,
            ask["code"].replace(".", ""),
            ask["origin"],
            date.fromisoformat(ask["date"]),
            date.fromisoformat(ask["known_on"]) if "known_on" in ask else TODAY,
            ask.get("view", "collected"),
            _facts(ask, laws()[importer].facts),
        ),
        item["expect"],
        item.get("why", ""),
        item.get("source", ""),
    )


def importer_of(file: str) -> str:
    """Return the importer whose code begins the name of a file of cases."""
    return Path(file).name.partition("-")[0].upper()


def _facts(ask: Mapping[str, Any], definitions: Mapping[str, FactDefinition]) -> dict[str, Any]:
    return {
        name: fact_parameter(definitions[name]).from_text(_text(value))
        for name, value in ask.items()
        if name not in QUESTION
    }


def _text(value: Any) -> str:
    """Write a fact as a query string does: lists with commas, maps as ``a:1,b:2``."""
    if isinstance(value, dict):
        return ",".join(f"{name}:{one}" for name, one in value.items())
    return ",".join(value) if isinstance(value, list) else str(value)


def asked(case: Case, schedule: Schedule) -> Answer | Refusal:
    """Ask the question of a case."""
    try:
        return schedule.answer(case.question)
    except Refusal as refusal:
        return refusal


def differences(case: Case, found: Answer | Refusal) -> Iterator[str]:
    """Yield what differs from what the case expects, one text each."""
    expect = case.expect
    if isinstance(found, Refusal) or "refused" in expect:
        kind = found.kind if isinstance(found, Refusal) else None
        if kind != expect.get("refused"):
            yield f"refused {expect.get('refused')} expected, {kind or 'an answer'} given"
        return
    yield from _compared(expect, found)


def _compared(expect: Mapping[str, Any], answer: Answer) -> Iterator[str]:
    shown: dict[str, tuple[object, object]] = {}
    if "heading" in expect:
        shown |= _stated(expect["heading"], answer)
    else:
        shown["total"] = (expect.get("total", "null"), number(answer.total.percent))
    if "layers" in expect:
        named = [(x["heading"], x["percent"]) for x in expect["layers"]]
        shown["layers"] = (named, [(x.heading, number(x.percent)) for x in answer.layers])
    if "range" in expect:
        low, high = answer.range.min, answer.range.max
        ends = {"min": number(low.percent) if low else "null", "max": number(high.percent) if high else "null"}
        shown["range"] = (expect["range"], ends)
    if "refundable" in expect:
        shown["refundable"] = (expect["refundable"], [x.heading for x in answer.layers if x.refundable])
    if "warnings" in expect:
        late = set() if "after-evidence" in expect["warnings"] else {"after-evidence"}
        shown["warnings"] = (set(expect["warnings"]), {w.kind for w in answer.warnings} - late)
    if "quota" in expect:
        shown["quota"] = (expect["quota"], number(answer.quota.limit if answer.quota is not None else None))
    for key, (wanted, given) in shown.items():
        if wanted != given:
            yield f"{key}: {wanted} expected, {given} given"
    told = {(n.heading, n.reason.kind) for n in answer.not_applied}
    for item in expect.get("not_applied", ()):
        if (item["heading"], item["kind"]) not in told:
            yield f"not_applied: {item['heading']} {item['kind']} is missing"
    for heading in {heading for heading, _ in told}.intersection(expect.get("untold", ())):
        yield f"untold: {heading} is told among what does not apply"


def _stated(stated: Mapping[str, str], answer: Answer) -> dict[str, tuple[object, object]]:
    """Return what differs from what is stated of one heading, and of the one beside it."""
    shown: dict[str, tuple[object, object]] = {}
    ways = reported(answer, stated["heading"])
    if stated["percent"] not in ways:
        shown[stated["heading"]] = (stated["percent"], ways[-1])
    other = stated.get("beside")
    if other is not None and other not in {layer.heading for layer in answer.layers}:
        shown[other] = ("reported", reported(answer, other)[-1])
    return shown


def reported(answer: Answer, heading: str) -> tuple[str, ...]:
    """Return the ways in which a calendar may state what is reported under a heading.

    A percentage where it charges or frees, an amount per unit as it is written (``0.666 USD/kg``); ``suspended``,
    also with the rate suspended (``suspended 15%``); ``none`` where it is told for another reason or not at all,
    ``unreported`` only where it is not told at all.
    """
    for layer in answer.layers:
        if layer.heading == heading:
            return (number(layer.percent), layer.text)
    told = [n for n in answer.not_applied if n.heading == heading]
    hidden = [n.text for n in told if n.reason.kind == "suspended"]
    if hidden:
        return ("suspended", f"suspended {hidden[0]}")
    return ("none",) if told else ("none", "unreported")


def number(percent: object) -> str:
    """Write a percentage as cases do; ``null`` for none."""
    return "null" if percent is None else f"{percent:f}"
