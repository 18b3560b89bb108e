"""The OpenAPI 3.1 document, made from the tables that also read the requests.

Parameters come from ``service.api.parameters``, problems from ``service.api.problems``, the shapes of answers from
their structs. The same facts give the same bytes, so that a stored document shows every change of the contract.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from service.api import openapi_texts as texts
from service.api.batch import MAX_QUESTIONS, Results
from service.api.browsing import documented
from service.api.openapi_headers import HEADERS, headers
from service.api.openapi_recorded import PROBLEMS, recorded
from service.api.parameters import COVERAGE, NOTHING, RELEASES, Parameter, Table, Tables, tables_of
from service.api.problems import MEDIA_TYPE, PROBLEM_TYPES, ProblemDocument, ProblemType, example
from service.api.replies import JSON, VERSION, encode
from service.api.schemas import REF, components, public_name
from service.api.shapes import Live, Ready
from service.coverage import Coverage
from service.engine.answers import Answer, Headline, Timeline
from service.law.facts import FactDefinition
from service.snapshot import ReleaseDetail, ReleaseList

Json = dict[str, Any]

_STRUCTS: Final[tuple[type[msgspec.Struct], ...]] = (
    Answer,
    Coverage,
    Headline,
    Live,
    ProblemDocument,
    ProblemType,
    Ready,
    ReleaseDetail,
    ReleaseList,
    Results,
    Timeline,
    *(operation.answer for operation in documented.OPERATIONS),
)
_IN_PLACE: Final = frozenset({"limit", "cursor"})
_LIMITS: Final = ("unauthorized", "rate-limited")
_FAULTS: Final = ("internal-error", "unavailable")
_QUESTION: Final = (
    "invalid-parameter",
    "not-found",
    "unknown-code",
    "unknown-origin",
    "not-acceptable",
    "code-too-short",
    "not-dutiable",
    "outside-coverage",
)


def document_bytes(facts: Mapping[str, FactDefinition]) -> bytes:
    """Return the document as it is served and stored: indented JSON that ends with a line feed."""
    return msgspec.json.format(encode(document(facts)), indent=2) + b"\n"


def document(facts: Mapping[str, FactDefinition]) -> Json:
    """Return the OpenAPI document for the facts of a release."""
    tables = tables_of(facts)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Strata",
            "version": VERSION,
            "summary": texts.SUMMARY,
            "description": texts.DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"key": []}],
        "tags": [{"name": name, "description": text} for name, text in (texts.TAGS | dict([documented.TAG])).items()],
        "paths": _paths(tables),
        "components": {
            "schemas": _schemas(tables.item),
            "parameters": _shared(tables),
            "headers": HEADERS,
            "examples": _examples(),
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": texts.KEY}},
        },
    }


def _paths(tables: Tables) -> Json:
    rate, timeline, headline = (_ref(name) for name in ("Answer", "Timeline", "Headline"))
    asked = {"examples": texts.QUERY_EXAMPLES}
    return {
        "/v1/rates": {
            "get": _get("getRate", "rates", tables.rates, rate, problems=_QUESTION, cached=True),
            "post": _post_rates(asked),
        },
        "/v1/rates/timeline": {
            "get": _get("getTimeline", "rates", tables.timeline, timeline, problems=_QUESTION, cached=True)
        },
        "/v1/headline": {
            "get": _get(
                "getHeadline",
                "rates",
                tables.headline,
                headline,
                problems=tuple(slug for slug in _QUESTION if slug not in {"unknown-code", "code-too-short"}),
                cached=True,
            )
        },
        "/v1/coverage": {
            "get": _get(
                "getCoverage",
                "law",
                COVERAGE,
                _ref("Coverage"),
                problems=("invalid-parameter", "not-found", "not-acceptable"),
                cached=True,
            )
        },
        "/v1/releases": {
            "get": _get(
                "listReleases", "law", RELEASES, _ref("ReleaseList"), problems=("invalid-parameter", "not-acceptable")
            )
        },
        "/v1/releases/{number}": {
            "get": _get(
                "getRelease",
                "law",
                NOTHING,
                _ref("ReleaseDetail"),
                problems=("invalid-parameter", "not-found", "not-acceptable"),
                path=_path_parameter("number", {"type": "integer", "minimum": 1}, 1, "Number of the release."),
            )
        },
        **{operation.path: {"get": _browsing(operation)} for operation in documented.OPERATIONS},
        "/health/live": {"get": _free("getLiveness", _ref("Live"))},
        "/health/ready": {"get": _free("getReadiness", _ref("Ready"))},
        "/metrics": {"get": _free("getMetrics", {"type": "string"}, media_type="text/plain")},
        "/openapi.json": {"get": _get("getOpenApi", "reference", NOTHING, {"type": "object"}, cached=True)},
        "/problems": {
            "get": _get("listProblemTypes", "reference", NOTHING, {"type": "array", "items": _ref("ProblemType")})
        },
        "/problems/{slug}": {
            "get": _get(
                "getProblemType",
                "reference",
                NOTHING,
                _ref("ProblemType"),
                problems=("not-found",),
                path=_path_parameter(
                    "slug", {"type": "string", "enum": list(PROBLEM_TYPES)}, "unknown-code", "Last part of a type."
                ),
            )
        },
    }


def _ref(name: str) -> Json:
    return {"$ref": REF.format(name)}


def _browsing(operation: documented.Operation) -> Json:
    """Return an operation of browsing; its parameters say something of their own, and are written in place."""
    return {
        **_get(
            operation.id,
            operation.tag,
            NOTHING,
            _ref(public_name(operation.answer)),
            problems=operation.problems,
            cached=True,
            said=(operation.summary, operation.description),
        ),
        "parameters": [
            *(_path_parameter(it.name, {"type": "string"}, it.example, it.description) for it in operation.parts),
            *(_parameter(parameter) for parameter in operation.table.values()),
        ],
    }


def _free(operation: str, schema: Json, media_type: str = JSON) -> Json:
    """Return an operation for who runs the service: no key is looked at and nothing counted."""
    described = _get(operation, "operations", NOTHING, schema, media_type=media_type, limited=False)
    return {**described, "security": []}


def _get(
    operation: str,
    tag: str,
    table: Table,
    schema: Json,
    *,
    problems: tuple[str, ...] = (),
    cached: bool = False,
    path: Json | None = None,
    media_type: str = JSON,
    said: tuple[str, str] | None = None,
    limited: bool = True,
) -> Json:
    summary, description = said or texts.OPERATIONS[operation]
    parameters = [*([path] if path else []), *(_reference(parameter) for parameter in table.values())]
    unchanged: Json = {
        "description": "The client's copy, named by If-None-Match, is still good.",
        "headers": headers(304, limited=limited, tagged=True),
    }
    return {
        "operationId": operation,
        "tags": [tag],
        "summary": summary,
        "description": description,
        **({"parameters": parameters} if parameters else {}),
        "responses": {
            "200": _answer(operation, summary, schema, media_type, limited=limited, cached=cached),
            **({"304": unchanged} if cached else {}),
            **_problems(problems, limited=limited),
        },
    }


def _answer(operation: str, summary: str, schema: Json, media_type: str, *, limited: bool, cached: bool) -> Json:
    shown = {name: found.example() for name, found in recorded(operation).items()}
    return {
        "description": summary,
        "headers": headers(200, limited=limited, tagged=cached),
        "content": {media_type: {"schema": schema, **({"examples": shown} if shown else {})}},
    }


def _post_rates(asked: Json) -> Json:
    summary, description = texts.OPERATIONS["postRates"]
    body = {
        "type": "object",
        "additionalProperties": False,
        "required": ["questions"],
        "properties": {
            "questions": {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_QUESTIONS,
                "items": _ref("Question"),
                "description": "The questions; each is answered or refused by itself.",
            },
            "release": {
                "type": "integer",
                "minimum": 1,
                "description": "The release that all answers come from. If absent: the current one.",
            },
        },
    }
    slugs = (
        "invalid-parameter",
        "invalid-body",
        "not-found",
        "not-acceptable",
        "timeout",
        "too-large",
        "unsupported-media-type",
    )
    return {
        "operationId": "postRates",
        "tags": ["rates"],
        "summary": summary,
        "description": description,
        "requestBody": {"required": True, "content": {JSON: {"schema": body, **asked}}},
        "responses": {
            "200": _answer("postRates", summary, _ref("Results"), JSON, limited=True, cached=False),
            **_problems(slugs, limited=True),
        },
    }


def _problems(slugs: tuple[str, ...], *, limited: bool) -> Json:
    """Return the responses of the problems that an operation can meet, by status."""
    by_status: dict[int, list[str]] = {}
    for slug in (*slugs, *(_LIMITS if limited else ()), *_FAULTS):
        by_status.setdefault(PROBLEM_TYPES[slug].status, []).append(slug)
    return {
        str(status): {
            "description": "; ".join(PROBLEM_TYPES[slug].title for slug in named) + ".",
            "headers": headers(status, limited=limited),
            "content": {
                MEDIA_TYPE: {
                    "schema": _ref("Problem"),
                    "examples": {slug: {"$ref": f"#/components/examples/{slug}"} for slug in named},
                }
            },
        }
        for status, named in sorted(by_status.items())
    }


def _examples() -> Json:
    """Return one problem of each type: as recorded, or, of a type that no operation meets today, as it would look."""
    found = recorded(PROBLEMS)
    return {
        slug: found[slug].example()
        if slug in found
        else {"summary": kind.title, "value": example(slug, detail=kind.explanation)}
        for slug, kind in PROBLEM_TYPES.items()
    }


def _path_parameter(name: str, schema: Json, value: object, description: str) -> Json:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": value,
    }


def _shared(tables: Tables) -> Json:
    """Return the parameters that several questions take, once, by name."""
    return {parameter.name: _parameter(parameter) for parameter in (tables.timeline | tables.rates).values()}


def _reference(parameter: Parameter) -> Json:
    """Refer to a shared parameter; those that only one operation takes are written in place."""
    if parameter.name in _IN_PLACE or (parameter.name == "importer" and not parameter.required):
        return _parameter(parameter)
    return {"$ref": f"#/components/parameters/{parameter.name}"}


def _parameter(parameter: Parameter) -> Json:
    """Return a parameter of the query string; maps are text there, since OpenAPI has no style ``a:1,b:2``."""
    shape: Json
    if parameter.form == "list":
        shape = {"schema": {"type": "array", "items": dict(parameter.schema)}, "style": "form", "explode": False}
        shape["example"] = parameter.example
    elif parameter.form == "map":
        shape = {"schema": {"type": "string", "pattern": "^[^:,]+:[0-9.]+(,[^:,]+:[0-9.]+)*$"}}
        shape["example"] = parameter.query_example()
    else:
        shape = {"schema": dict(parameter.schema), "example": parameter.example}
    required = {"required": True} if parameter.required else {}
    return {"name": parameter.name, "in": "query", **required, "description": _said(parameter), **shape}


def _said(parameter: Parameter) -> str:
    """Return the description of a parameter, which tells what happens when it is not given."""
    return parameter.description + (" If absent: refused, as nothing is guessed." if parameter.required else "")


def _property(parameter: Parameter) -> Json:
    """Return a key of a question in a body."""
    if parameter.form == "list":
        shape: Json = {"type": "array", "items": dict(parameter.schema), "minItems": 1}
    elif parameter.form == "map":
        shape = {"type": "object", "additionalProperties": dict(parameter.schema), "minProperties": 1}
    else:
        shape = dict(parameter.schema)
    return {**shape, "description": _said(parameter), "examples": [parameter.example]}


def _schemas(item: Table) -> Json:
    question = {
        "title": "Question",
        "description": "One question of a body, by the same names as in a query string.",
        "type": "object",
        "additionalProperties": False,
        "required": [parameter.name for parameter in item.values() if parameter.required],
        "properties": {parameter.name: _property(parameter) for parameter in item.values()},
    }
    schemas = components(_STRUCTS)
    schemas["Result"] |= {"minProperties": 1, "maxProperties": 1}
    return dict(sorted({**schemas, "Question": question}.items()))
