"""The stored OpenAPI document says everything: each parameter, fact, reason, problem type and setting."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from service.api import openapi_words
from service.api.openapi_headers import SECURITY
from service.api.openapi_recorded import DIRECTORY, PROBLEMS, recorded
from service.api.problems import _BY_STATUS, PROBLEM_TYPES
from service.api.schemas import components
from service.engine.refusals import Refusal
from service.settings import CHECKOUT, SETTINGS
from tests.docs.document import DOCUMENT, OPERATIONS, everything, found, parameters
from tests.docs.recordings import ALL, UNSHOWN
from tests.shipped import laws

SOURCES = {path: ast.parse(path.read_text()) for path in sorted((CHECKOUT / "service").rglob("*.py"))}
FACTS = laws()["US"].facts
NEVER_MET = {"forbidden"}
"""Problem types that nothing answers today, so that there is none to record."""


def calls(name: str) -> Iterator[ast.Call]:
    """Give every call of a function or class in the service."""
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                if name in {getattr(called, "id", None), getattr(called, "attr", None)}:
                    yield node


def words(*expressions: ast.expr) -> set[str]:
    """Return the strings that expressions can be, as they are written; what decides between them is none."""
    possible: set[str] = set()
    for it in expressions:
        if isinstance(it, ast.IfExp):
            possible |= words(it.body, it.orelse)
        else:
            possible |= {
                node.value for node in ast.walk(it) if isinstance(node, ast.Constant) and isinstance(node.value, str)
            }
    return possible


def enumerated(schema: str, name: str) -> set[str]:
    """Return the closed set of a property, each word of which its description explains."""
    described = DOCUMENT["components"]["schemas"][schema]["properties"][name]
    for word in described["enum"]:
        assert word is None or re.search(rf"`{word}`: \w+", described["description"]), word
    return set(described["enum"]) - {None}


# -- parameters -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_parameter_says_what_happens_when_it_is_not_given(operation: str):
    for parameter in parameters(OPERATIONS[operation]):
        assert len(parameter["description"]) > 10, parameter["name"]
        assert "example" in parameter, parameter["name"]
        if parameter["in"] == "path":
            assert parameter["required"], parameter["name"]
        else:
            assert re.search(r"If absent: \S.*[.]$", parameter["description"]), parameter["name"]


def test_every_member_of_a_body_says_what_happens_when_it_is_not_given():
    body = OPERATIONS["postRates"]["requestBody"]["content"]["application/json"]["schema"]
    question = DOCUMENT["components"]["schemas"]["Question"]
    for schema in (body, question):
        for name, described in schema["properties"].items():
            assert name == "questions" or re.search(r"If absent: \S.*[.]$", described["description"]), name


def test_a_question_of_a_body_has_the_parameters_of_one_in_a_query():
    named = {parameter["name"] for parameter in parameters(OPERATIONS["getRate"])}
    assert DOCUMENT["components"]["schemas"]["Question"]["properties"].keys() == named - {"release"}


# -- facts ----------------------------------------------------------------------------------------------------


def test_every_fact_of_the_law_is_described_with_its_effect():
    for name, fact in FACTS.items():
        said = DOCUMENT["components"]["parameters"][name]["description"]
        assert fact.description.strip(), name
        assert fact.effect.strip(), name
        assert fact.description.strip().rstrip(".")[1:] in said, name
        assert f"If absent: {fact.effect.strip().rstrip('.')}." in said, name
    for operation in ("getRate", "getTimeline"):
        assert FACTS.keys() <= {parameter["name"] for parameter in parameters(OPERATIONS[operation])}


def test_every_fact_that_the_engine_asks_for_is_one_of_the_law():
    asked = {
        name
        for path, tree in SOURCES.items()
        if path.parent.name == "engine"
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("facts.get")
        for name in words(*call.args[:1])
    }
    assert len(asked) > 5
    assert asked <= FACTS.keys()


# -- reasons, notices and other words -------------------------------------------------------------------------


def returned(function: str) -> set[str]:
    """Return the strings that a function of the service returns."""
    return {
        word
        for tree in SOURCES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == function
        for it in ast.walk(node)
        if isinstance(it, ast.Return) and it.value is not None
        for word in words(it.value)
    }


def test_every_reason_why_a_measure_does_not_apply_is_explained():
    said = {word for call in calls("Reason") for word in words(*call.args[:1])}
    skipped = {word for call in calls("Skipped") for word in words(*call.args[1:2])} | returned("_beaten_kind")
    assert len(said | skipped) > 3
    assert said | skipped == enumerated("Reason", "kind")


def test_every_kind_of_warning_is_explained():
    assert {word for call in calls("Notice") for word in words(*call.args[:1])} == enumerated("Notice", "kind")


def test_every_relation_of_a_near_code_is_explained():
    said = {word for name in ("Near", "_near") for call in calls(name) for word in words(*call.args[1:2])}
    chosen = {
        word
        for path, tree in SOURCES.items()
        if path.parent.name == "engine"
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "relation"
        for word in words(node.value)
    }
    assert said | chosen == enumerated("Near", "relation")


def test_every_state_of_a_quota_is_explained():
    assert {*FACTS["quota"].values, "unknown"} == enumerated("QuotaState", "state")


def test_every_refusal_of_an_interval_is_explained():
    assert {kind.kind for kind in Refusal.__subclasses__()} == enumerated("TimelineInterval", "refused")


def test_every_closed_set_of_the_answers_is_explained():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for member, described in schema.get("properties", {}).items():
            if name != "Question" and "enum" in described:
                enumerated(name, member)
    for place in openapi_words.WORDS:
        name, _, member = place.partition(".")
        assert member in DOCUMENT["components"]["schemas"][name]["properties"], place


# -- problems -------------------------------------------------------------------------------------------------


def test_every_problem_type_that_the_service_names_is_documented():
    named = {word for call in calls("Problem") for word in words(*call.args[:1])}
    named |= {word for call in calls("InvalidFields") for it in call.keywords for word in words(it.value)}
    named |= set(_BY_STATUS.values())
    assert len(named) > 5
    assert named | {kind.kind for kind in Refusal.__subclasses__()} <= PROBLEM_TYPES.keys()
    assert DOCUMENT["components"]["examples"].keys() == PROBLEM_TYPES.keys()
    (slug,) = parameters(OPERATIONS["getProblemType"])
    assert set(slug["schema"]["enum"]) == PROBLEM_TYPES.keys()
    assert all(len(kind.explanation) > 20 and len(kind.title) > 5 for kind in PROBLEM_TYPES.values())


def test_every_problem_type_stands_at_an_operation_but_those_that_no_documented_request_meets():
    met = {
        name
        for operation in OPERATIONS.values()
        for status, response in operation["responses"].items()
        if int(status) >= 400
        for name in response["content"]["application/problem+json"]["examples"]
    }
    assert met == PROBLEM_TYPES.keys() - {"forbidden", "method-not-allowed"}


# -- settings -------------------------------------------------------------------------------------------------


def test_every_setting_that_the_service_names_is_documented():
    page = (CHECKOUT / "docs" / "settings.md").read_text()
    named = {name for path in SOURCES for name in re.findall(r"\bSTRATA_[A-Z]+(?:_[A-Z]+)*\b", path.read_text())} | {
        "PORT",
        "DATABASE_URL",
    }
    assert named == {setting.name for setting in SETTINGS}
    assert [name for name in named if f"| `{name}` | " not in page] == []
    assert all(len(setting.meaning) > 20 for setting in SETTINGS)


# -- what a generator of clients needs -------------------------------------------------------------------------


def test_every_union_of_objects_has_a_discriminator():
    for schema in everything():
        for options in (schema.get("oneOf"), schema.get("anyOf")):
            if isinstance(options, list) and sum("$ref" in option for option in options) > 1:
                mapped = schema["discriminator"]["mapping"].values()
                assert sorted(mapped) == sorted(option["$ref"] for option in options)


class Cat(msgspec.Struct, tag="cat", tag_field="kind"):
    """A cat."""

    lives: int


class Dog(msgspec.Struct, tag="dog", tag_field="kind"):
    """A dog."""

    tail: str


class Bird(msgspec.Struct):
    """Without a tag."""


class Home(msgspec.Struct):
    """Holds one of two."""

    pet: Cat | Dog


class Cage(msgspec.Struct):
    """Holds what cannot be told apart."""

    pet: Cat | Bird


class Colour(msgspec.Struct):
    """Holds words."""

    mood: str | None = None


def test_a_union_of_structs_is_described_with_the_tag_that_tells_them_apart():
    schemas = components([Home])
    assert schemas["Home"]["properties"]["pet"] == {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {
            "propertyName": "kind",
            "mapping": {"cat": "#/components/schemas/Cat", "dog": "#/components/schemas/Dog"},
        },
    }
    assert schemas["Cat"]["properties"]["kind"] == {"type": "string", "const": "cat"}
    assert schemas["Cat"]["required"] == ["kind", "lives"]


def test_a_union_that_nothing_tells_apart_is_no_document():
    with pytest.raises(TypeError, match="the union of Cat, Bird needs a tag"):
        components([Cage])


def test_a_word_that_nobody_explains_is_no_document():
    from service.engine.answers import Reason  # noqa: PLC0415

    explained = dict(openapi_words.WORDS)
    explained["Reason.kind"] = {k: v for k, v in explained["Reason.kind"].items() if k != "suspended"}
    with pytest.raises(TypeError, match=r"Reason\.kind: suspended"):
        components([Reason], explained)
    schemas = components([Colour], {"Colour.mood": {"good": "fine"}})
    assert schemas["Colour"]["properties"]["mood"]["enum"] == ["good", None]


def test_every_component_is_used_but_the_problems_that_no_documented_request_meets():
    used = {it["$ref"] for it in everything() if isinstance(it.get("$ref"), str)}
    used |= {f"#/components/examples/{slug}" for slug in ("forbidden", "method-not-allowed")}
    used |= {f"#/components/securitySchemes/{name}" for need in DOCUMENT["security"] for name in need}
    there = {f"#/components/{section}/{name}" for section, named in DOCUMENT["components"].items() for name in named}
    assert there == used


def test_every_response_says_which_headers_it_carries():
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            assert {"Strata-Version", "Cache-Control"} <= response["headers"].keys(), (name, status)
            assert all(found(header)["description"] for header in response["headers"].values())
    for header in SECURITY:
        assert header in DOCUMENT["info"]["description"]


# -- recorded answers -----------------------------------------------------------------------------------------


def test_every_operation_and_problem_has_a_recorded_answer():
    for name, operation in OPERATIONS.items():
        (content,) = operation["responses"]["200"]["content"].values()
        assert bool(content.get("examples")) == (name not in UNSHOWN), name
    assert recorded(PROBLEMS).keys() == PROBLEM_TYPES.keys() - NEVER_MET


def test_nothing_is_recorded_that_is_not_asked_again():
    kept: set[tuple[str, Any]] = {
        (path.stem, name) for path in DIRECTORY.glob("*.json") for name in recorded(path.stem)
    }
    assert kept == {asked.key for asked in ALL}
