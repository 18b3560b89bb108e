"""What was probably meant: countries by their names, facts by near names, days in other forms."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Final

from service.api.problems import InvalidFields, Problem
from service.countries import names

ALIASES: Final[Mapping[str, str]] = {"UK": "GB", "EL": "GR", "KOREA": "KR", "SOUTH KOREA": "KR", "USA": "US"}
"""What people write for a country and ISO 3166 does not list."""

LONGEST: Final = 60
_YEAR_FIRST = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", re.ASCII)
_COUNTRY_FIELDS: Final = ("importer", "origin")
_DAY_FIELDS: Final = ("date", "known_on", "from", "until")


def explained(problem: Problem, given: Mapping[str, str]) -> list[str]:
    """Return the lines that tell a problem on the command line, with what was probably meant; ``given``: as typed."""
    if isinstance(problem, InvalidFields):
        lines = [f"{it.field}: {it.message}" if it.field else it.message for it in problem.errors]
    else:
        lines = [problem.detail]
    return lines + list(_hints(problem, given))


def _hints(problem: Problem, given: Mapping[str, str]) -> Iterator[str]:
    fields = {error.field for error in problem.errors}
    if problem.type.slug == "outside-coverage":
        yield "strata coverage tells for which origins and days the data are complete"
    if "code" in fields and "origin" in fields and re.fullmatch(r"[A-Z]{2}", given.get("code", "")):
        yield "the order is IMPORTER CODE ORIGIN, as in: strata rate US 9503.00.00.73 CN"
        return
    for field in _COUNTRY_FIELDS:
        if field in fields and (meant := country_meant(given.get(field, ""))):
            yield f"did you mean {meant} ({names()[meant]})?"
    for field in _DAY_FIELDS:
        if field in fields and (day := day_meant(given.get(field, ""))):
            yield f"did you mean {day}?"
    if problem.type.slug == "unknown-code" and not problem.near:
        yield "strata goods finds codes by words and by their first digits"


def country_meant(text: str) -> str | None:
    """Return the code of the country that a name, a code of three letters or one in use elsewhere stands for.

    >>> country_meant("Germany"), country_meant("chn"), country_meant("UK"), country_meant("ZZ")
    ('DE', 'CN', 'GB', None)
    """
    wanted = text.strip().upper()
    if not wanted or len(wanted) > LONGEST:
        return None
    if wanted in ALIASES:
        return ALIASES[wanted]
    if len(wanted) == 3 and (code := _by_three_letters(wanted)):
        return code
    by_name = {name.upper(): code for code, name in names().items()}
    if wanted in by_name:
        return by_name[wanted]
    near = get_close_matches(wanted, by_name, n=1, cutoff=0.75) if len(wanted) > 3 else []
    within = [code for name, code in by_name.items() if wanted in name] if len(wanted) > 3 else []
    return by_name[near[0]] if near else within[0] if within else None


def _by_three_letters(code: str) -> str | None:
    import pycountry  # noqa: PLC0415

    found = pycountry.countries.get(alpha_3=code)
    return None if found is None or found.alpha_2 not in names() else str(found.alpha_2)


def day_meant(text: str) -> date | None:
    """Return the day that a text writes in another form, if only one can be meant.

    >>> day_meant("2025-7-28"), day_meant("28.7.2025"), day_meant("7/28/2025")
    (datetime.date(2025, 7, 28), datetime.date(2025, 7, 28), None)
    """
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def facts_meant(name: str, facts: Collection[str]) -> str:
    """Return ``; did you mean A, B or C?`` for the facts near a name, or all facts when none is near."""
    if len(name) > LONGEST:
        return ""
    near = get_close_matches(name, facts, n=1, cutoff=0.85)
    if not near:
        within = [it for it in facts if len(name) > 3 and name.casefold() in it]
        near = list(dict.fromkeys(get_close_matches(name, facts, n=3, cutoff=0.6) + within))[:3]
    if not near:
        return f"; the facts are {', '.join(facts)}"
    *others, last = near
    return f"; did you mean {', '.join(others)}{' or ' if others else ''}{last}?"
