"""From the fields of a request to the question that the engine answers: defaults, limits and the two clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec

from service.api import values
from service.api.problems import FieldError, InvalidFields, Problem
from service.engine.answers import Question
from service.law.facts import Facts
from service.law.terms import View
from service.snapshot import FIRST_DAY, Snapshot, Territory

_QUESTION: Final = frozenset({"importer", "code", "origin", "date", "known_on", "view", "release", "from", "until"})


class Asked(msgspec.Struct, frozen=True):
    """A resolved question and who answers it. ``pinned``: date and known day were given, none was today."""

    question: Question
    territory: Territory
    pinned: bool


class AskedOver(msgspec.Struct, frozen=True):
    """A resolved question over ``start <= day < until``."""

    asked: Asked
    start: date
    until: date | None


def territory_of(fields: Mapping[str, Any], snapshot: Snapshot) -> Territory:
    """Return the importer asked about; raises ``InvalidFields`` when this release has no law of it."""
    territory = snapshot.territories.get(fields["importer"])
    if territory is None:
        known = ", ".join(sorted(snapshot.territories))
        message = f"{fields['importer']} is not an importer of this service; known are {known}"
        raise InvalidFields([FieldError("importer", message)])
    return territory


def resolve(fields: Mapping[str, Any], snapshot: Snapshot, now: float) -> Asked:
    """Return the question that ``fields`` ask at ``now`` (seconds since the epoch).

    Raises:
        InvalidFields: The importer is unknown, the code not of its system, or ``known_on`` lies in the future.
        Problem: ``outside-coverage`` for days before the first.
    """
    territory = territory_of(fields, snapshot)
    today = territory.today(now)
    day, known_on = fields.get("date", today), _known_on(fields, today)
    check_covered(day, "date")
    question = Question(
        importer=territory.importer.code,
        code=_code(fields, territory),
        origin=fields["origin"],
        date=day,
        known_on=known_on,
        view=fields.get("view", "collected"),
        facts=_facts(fields, snapshot, territory),
    )
    return Asked(question, territory, pinned="date" in fields and "known_on" in fields)


def resolve_over(fields: Mapping[str, Any], snapshot: Snapshot, now: float) -> AskedOver:
    """Return the question over a span of days; raises as ``resolve``, and when ``until`` is not after ``from``."""
    start: date = fields.get("from", FIRST_DAY)
    until: date | None = fields.get("until")
    check_covered(start, "from")
    if until is not None and until <= start:
        raise InvalidFields([FieldError("until", f"{until} is not after {start}, the first day; until is exclusive")])
    asked = resolve({**fields, "date": start}, snapshot, now)
    return AskedOver(Asked(asked.question, asked.territory, pinned="known_on" in fields), start, until)


class AskedHeadline(msgspec.Struct, frozen=True):
    """A resolved question for the country-level statement."""

    territory: Territory
    origin: str
    day: date
    known_on: date
    view: View
    pinned: bool


def resolve_headline(fields: Mapping[str, Any], snapshot: Snapshot, now: float) -> AskedHeadline:
    """Return the country-level question; raises as ``resolve``."""
    territory = territory_of(fields, snapshot)
    today = territory.today(now)
    day, known_on = fields.get("date", today), _known_on(fields, today)
    check_covered(day, "date")
    return AskedHeadline(
        territory=territory,
        origin=fields["origin"],
        day=day,
        known_on=known_on,
        view=fields.get("view", "collected"),
        pinned="date" in fields and "known_on" in fields,
    )


def _known_on(fields: Mapping[str, Any], today: date) -> date:
    known_on: date = fields.get("known_on", today)
    check_known(known_on, today)
    check_covered(known_on, "known_on")
    return known_on


def check_known(known_on: date, today: date) -> None:
    """Raise ``InvalidFields`` for a known day in the future."""
    if known_on > today:
        message = f"{known_on} lies in the future: what will be known is not known; at most {today}"
        raise InvalidFields([FieldError("known_on", message)])


def check_covered(day: date, field: str) -> None:
    """Raise the problem ``outside-coverage`` for a day before the first that can be asked about."""
    if day < FIRST_DAY:
        detail = f"{field} {day} lies before {FIRST_DAY}, the first day that the law data cover."
        raise Problem("outside-coverage", detail, errors=(FieldError(field, detail),))


def _code(fields: Mapping[str, Any], territory: Territory) -> str:
    try:
        return values.read_code(fields["code"], territory.importer.codes)
    except ValueError as error:
        raise InvalidFields([FieldError("code", str(error))]) from None


def _facts(fields: Mapping[str, Any], snapshot: Snapshot, territory: Territory) -> Facts:
    """Return the declared facts in the order of their names; headings must be of chapters that can be claimed."""
    facts = {name: value for name, value in sorted(fields.items()) if name not in _QUESTION}
    reserved = territory.importer.codes.reserved
    errors = []
    for name, value in facts.items():
        if snapshot.facts[name].type not in {"heading", "headings"}:
            continue
        wrong = [it for it in ((value,) if isinstance(value, str) else value) if not it.startswith(reserved)]
        if wrong:
            chapters = " or ".join(reserved) or "none"
            errors.append(FieldError(name, f"{wrong[0]} cannot be claimed; headings of chapter {chapters} can"))
    if errors:
        raise InvalidFields(errors)
    return facts
