"""What the OpenAPI document says of browsing: one row for each operation."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from service.api.browsing import parameters, shapes
from service.api.parameters import Table

Json = dict[str, Any]

_LIST: Final = ("invalid-parameter", "not-found", "not-acceptable", "conflict", "outside-coverage")
_FILTERED: Final = (*_LIST, "unknown-code", "unknown-origin")


class PathPart(msgspec.Struct, frozen=True):
    """A parameter in the path."""

    name: str
    example: str
    description: str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation: where, by which name, with which parameters, answered by which shape, and what is said of it."""

    path: str
    id: str
    tag: str
    table: Table
    answer: type[msgspec.Struct]
    summary: str
    description: str
    problems: tuple[str, ...] = _LIST
    parts: tuple[PathPart, ...] = ()


TAG: Final = ("browsing", "The release itself: goods, programs, measures, acts, goods lists, origins, relations.")

_PAGED: Final = "Pages follow each other by next and cursor, all from one release."
_MATCHING: Final = (
    "With authority, origin, code or date only those are listed that have a measure saying something for it, as "
    "known on the day and in the view asked for."
)

OPERATIONS: Final = (
    Operation(
        path="/v1/goods",
        id="listGoods",
        tag=TAG[0],
        table=parameters.GOODS,
        answer=shapes.GoodsList,
        summary="Goods by words or by prefix",
        description=(
            "Words are looked for in the descriptions of an imported edition: rare words count for more, and a code "
            "that says little else ranks first; at most 300 codes are ranked. Misspelled words are taken for those "
            "they look like, and the answer says as which. Without imported descriptions only prefixes find codes, "
            f"and the answer says so. {_PAGED}"
        ),
    ),
    Operation(
        path="/v1/goods/{importer}/{code}",
        id="getGoods",
        tag=TAG[0],
        table=parameters.ONE_GOODS,
        answer=shapes.GoodsDetail,
        summary="One code: the tree around it, its validity, what came before and after",
        description=(
            "A heading, a subheading, a rate line or a statistical number. A code that does not exist on the day, "
            "but does on another, is answered with its days, predecessors and successors."
        ),
        problems=(*_LIST, "unknown-code"),
        parts=(
            PathPart("importer", "US", "The customs territory whose nomenclature it is: ISO 3166-1 alpha-2."),
            PathPart("code", "8517.12.00", "The code, of 4 digits or more, dots allowed."),
        ),
    ),
    Operation(
        path="/v1/programs",
        id="listPrograms",
        tag=TAG[0],
        table=parameters.PROGRAMS,
        answer=shapes.ProgramList,
        summary="Programs: tariff actions, each an ordered list of measures",
        description=f"{_MATCHING} {_PAGED}",
        problems=_FILTERED,
    ),
    Operation(
        path="/v1/programs/{id}",
        id="getProgram",
        tag=TAG[0],
        table=parameters.ONE_PROGRAM,
        answer=shapes.ProgramDetail,
        summary="One program with its acts, measures and announcements",
        description="Measures stand in the order in which they are tried; the first whose conditions hold decides.",
        parts=(PathPart("id", "us/ieepa/reciprocal", "Id of the program; its slashes may be escaped or not."),),
    ),
    Operation(
        path="/v1/measures",
        id="listMeasures",
        tag=TAG[0],
        table=parameters.MEASURES,
        answer=shapes.MeasureList,
        summary="Measures: the headings of programs with their terms",
        description=f"{_MATCHING} The terms shown are those of the day asked for, or of today. {_PAGED}",
        problems=_FILTERED,
    ),
    Operation(
        path="/v1/measures/{id}",
        id="getMeasure",
        tag=TAG[0],
        table=parameters.ONE_MEASURE,
        answer=shapes.MeasureDetail,
        summary="One measure with all its amendments",
        description=(
            "Amendments stand in the order of announcement, whatever the known day; versions are what they come to, "
            "over days of entry and known days, in both views."
        ),
        parts=(
            PathPart(
                "id",
                "us/ieepa/reciprocal/china",
                "Id of the program, a slash, and the id of the measure; slashes may be escaped or not.",
            ),
        ),
    ),
    Operation(
        path="/v1/acts",
        id="listActs",
        tag=TAG[0],
        table=parameters.ACTS,
        answer=shapes.ActList,
        summary="Legal acts in the order of announcement",
        description=(
            "Those announced by the known day; with authority, origin, code or date those behind the terms of a "
            f"measure that says something for it. {_PAGED}"
        ),
        problems=_FILTERED,
    ),
    Operation(
        path="/v1/acts/{id}",
        id="getAct",
        tag=TAG[0],
        table=parameters.ONE_ACT,
        answer=shapes.ActDetail,
        summary="One act and all it did",
        description="Every amendment of a measure and every change of a goods list that cites it.",
        parts=(PathPart("id", "eo-14257", "Id of the act."),),
    ),
    Operation(
        path="/v1/lists",
        id="listLists",
        tag=TAG[0],
        table=parameters.LISTS,
        answer=shapes.ListList,
        summary="Goods lists and the measures that use them",
        description=(
            f"With authority, origin or code those are listed that a measure saying something for it uses. {_PAGED}"
        ),
        problems=_FILTERED,
    ),
    Operation(
        path="/v1/lists/{id}",
        id="getList",
        tag=TAG[0],
        table=parameters.ONE_LIST,
        answer=shapes.ListDetail,
        summary="One goods list: its rows on a day, and all its versions",
        description=f"The longest code of the list that goods begin with decides. {_PAGED}",
        parts=(PathPart("id", "s301-list3", "Name of the list; slashes in it may be escaped or not."),),
    ),
    Operation(
        path="/v1/origins",
        id="listOrigins",
        tag=TAG[0],
        table=parameters.ORIGINS,
        answer=shapes.OriginList,
        summary="Countries, and the groups of countries that laws name",
        description=f"With a date only memberships that stand on it. {_PAGED}",
    ),
    Operation(
        path="/v1/origins/{id}",
        id="getOrigin",
        tag=TAG[0],
        table=parameters.ONE_ORIGIN,
        answer=shapes.OriginDetail,
        summary="One country, or one group with its members",
        description="With every membership and its days.",
        problems=("invalid-parameter", "not-found", "not-acceptable", "conflict", "unknown-origin"),
        parts=(PathPart("id", "RU", "ISO 3166-1 alpha-2 code of a country, or the name of a group."),),
    ),
    Operation(
        path="/v1/stacking",
        id="getStacking",
        tag=TAG[0],
        table=parameters.STACKING,
        answer=shapes.Stacking,
        summary="What yields to what on a day",
        description=(
            "One item for each measure in force and each other program that its condition looks at, with the "
            f"heading, the condition and the acts. {_PAGED}"
        ),
    ),
)
