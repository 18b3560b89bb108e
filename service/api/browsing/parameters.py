"""The parameters of browsing."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from service.api import values
from service.api.browsing.cursors import LONGEST, read_cursor
from service.api.parameters import CODE, DATE, IMPORTER, KNOWN_ON, LIMIT, ORIGIN, RELEASE, VIEW, Parameter, Table

MAX_LIMIT: Final = 1_000
MAX_WORDS: Final = 12
MAX_TEXT: Final = 200
_TEXT: Final = {"type": "string"}


def _limit(text: str) -> int:
    number = values.read_whole(text)
    if number > MAX_LIMIT:
        raise ValueError(f"{number} is too many; at most {MAX_LIMIT} are answered at once")
    return number


def _prefix(text: str) -> str:
    form = values.read_code_form(text)
    digits = form.replace(".", "")
    if not 2 <= len(digits) <= 14:
        raise ValueError(f"{text} has {len(digits)} digits; write 2 to 14, such as 8471.30")
    return digits


def _words(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"has {len(text)} characters; at most {MAX_TEXT} are read")
    if not any(letter.isalnum() for letter in text):
        raise ValueError(f"{values.shown(text)} holds no word")
    if len(text.split()) > MAX_WORDS:
        raise ValueError(f"has {len(text.split())} words; at most {MAX_WORDS} are read")
    return text


def _name(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise ValueError(f"has {len(text)} characters; at most {MAX_TEXT} are read")
    return text


ONE_IMPORTER: Final = replace(
    IMPORTER,
    required=False,
    description=(
        "The customs territory that levies: its ISO 3166-1 alpha-2 code. If absent: every importer of the release."
    ),
)
GOODS_IMPORTER: Final = replace(
    IMPORTER,
    required=False,
    description=(
        "The customs territory whose nomenclature is searched: its ISO 3166-1 alpha-2 code. If absent: every "
        "importer of the release."
    ),
)
Q: Final = Parameter(
    name="q",
    description=(
        "Words for the goods, in English, up to 12; misspelled and everyday words are understood. Digits and dots "
        "are taken as a prefix. If absent: every code, in order."
    ),
    read=_words,
    schema={"type": "string", "maxLength": MAX_TEXT},
    example="lithium battery",
)
PREFIX: Final = Parameter(
    name="prefix",
    description="Only codes that begin so, 2 to 14 digits, dots allowed. If absent: every code.",
    read=_prefix,
    schema=_TEXT,
    example="8507",
)
GOODS_DATE: Final = replace(
    DATE,
    description=(
        "Only goods that exist on this day of entry. If absent: today in the time zone of the importer's customs."
    ),
)
ON_DATE: Final = replace(
    DATE,
    description=(
        "Only what says something for entries of this day, what is suspended among it. If absent: of any day; where "
        "terms are shown, those of today in the time zone of the importer's customs."
    ),
)
THE_DATE: Final = replace(
    DATE, description="The day of entry. If absent: today in the time zone of the importer's customs."
)
KNOWN: Final = replace(
    KNOWN_ON,
    description=(
        "What was known at the end of this day, at most today. If absent: today in the time zone of the importer's "
        "customs."
    ),
)
SEEN_IN: Final = replace(
    VIEW,
    description=(
        "collected: what the importer pays. law: what is owed by the law, no void duty. If absent: collected."
    ),
)
FOR_CODE: Final = replace(
    CODE,
    required=False,
    description=(
        "Only what falls on these goods, or on part of them: a code of 4 digits or more, dots allowed. If absent: on "
        "any goods."
    ),
    example="8507.60.00",
)
FOR_ORIGIN: Final = replace(
    ORIGIN,
    required=False,
    description=(
        "Only what falls on goods of this country (ISO 3166-1 alpha-2), by name, by group or as one of all. If "
        "absent: of any origin."
    ),
)
AUTHORITY: Final = Parameter(
    name="authority",
    description="Only what rests on this power, as programs name it. If absent: on any.",
    read=_name,
    schema=_TEXT,
    example="IEEPA",
)
PROGRAM: Final = Parameter(
    name="program",
    description="Only measures of this program, by its id. If absent: of every program.",
    read=_name,
    schema=_TEXT,
    example="us/ieepa/reciprocal",
)
HEADING: Final = Parameter(
    name="heading",
    description="Only measures of this heading, written with dots. If absent: of every heading.",
    read=values.read_heading,
    schema=_TEXT,
    example="9903.01.25",
)
PAGE_LIMIT: Final = replace(LIMIT, read=_limit)
PAGE_CURSOR: Final = Parameter(
    name="cursor",
    description=(
        "Where to go on: next of the page before, with the same parameters. The list goes on in the release it began "
        "in. If absent: from the first item."
    ),
    read=read_cursor,
    schema={"type": "string", "maxLength": LONGEST},
    example="NWYyYzQ3Y2I",
)

_PAGE: Final = (RELEASE, PAGE_LIMIT, PAGE_CURSOR)
_FILTER: Final = (ONE_IMPORTER, AUTHORITY, FOR_ORIGIN, FOR_CODE, ON_DATE, KNOWN, SEEN_IN)

GOODS: Final = Table(GOODS_IMPORTER, Q, PREFIX, GOODS_DATE, KNOWN, *_PAGE)
ONE_GOODS: Final = Table(THE_DATE, KNOWN, RELEASE)
PROGRAMS: Final = Table(*_FILTER, *_PAGE)
MEASURES: Final = Table(*_FILTER, PROGRAM, HEADING, *_PAGE)
ACTS: Final = Table(*_FILTER, *_PAGE)
LISTS: Final = Table(*_FILTER, *_PAGE)
ORIGINS: Final = Table(ONE_IMPORTER, ON_DATE, *_PAGE)
STACKING: Final = Table(ONE_IMPORTER, THE_DATE, KNOWN, SEEN_IN, *_PAGE)
ONE_PROGRAM: Final = Table(THE_DATE, KNOWN, SEEN_IN, RELEASE)
ONE_MEASURE: Final = Table(THE_DATE, KNOWN, SEEN_IN, RELEASE)
ONE_ACT: Final = Table(ONE_IMPORTER, RELEASE)
ONE_LIST: Final = Table(ONE_IMPORTER, THE_DATE, KNOWN, *_PAGE)
ONE_ORIGIN: Final = Table(RELEASE)
