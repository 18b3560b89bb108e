"""The recorded answers of the OpenAPI document: the real service answers so still, with the headers documented."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from service.api.openapi_headers import SECURITY
from service.api.openapi_recorded import recorded
from tests.docs.document import DOCUMENT
from tests.docs.record import COMMAND
from tests.docs.recordings import ALL, FAULT, SERVER_ITSELF, UNCHANGED, Asked, Key, answers, body_of, lasting
from tests.servers import NEWEST, Server

pytestmark = [pytest.mark.process, pytest.mark.slow]

OF_HTTP = {"connection", "content-encoding", "content-length", "content-type", "date", "server", "transfer-encoding"}
"""Headers that HTTP itself explains."""

NOT_ALWAYS = {"vary"}
"""Depends on the length of the body, as its description says."""


@pytest.fixture(scope="module")
def found(scratch: Path, servers: dict[str, Server]) -> dict[Key, httpx.Response]:
    return answers(scratch, servers[NEWEST])


def described(asked: Asked, status: int) -> dict[str, Any] | None:
    """Return what the document says of a response."""
    for path, methods in DOCUMENT["paths"].items():
        pattern = re.sub(r"\\\{id\\\}", ".+", re.escape(path))
        if re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", pattern), asked.path) and asked.method.lower() in methods:
            response: dict[str, Any] = methods[asked.method.lower()]["responses"][str(status)]
            return response
    return None


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: "-".join(asked.key))
def test_the_service_answers_as_recorded(found: dict[Key, httpx.Response], asked: Asked):
    kept = recorded(asked.of)[asked.name]
    assert (kept.summary, kept.asked) == (asked.summary, asked.shown), f"write it anew: {COMMAND}"
    assert lasting(body_of(asked, found[asked.key])) == lasting(kept.body), (
        f"{asked.shown} is answered otherwise than service/api/recorded/{asked.of}.json says. "
        f"If that is meant, record it anew: {COMMAND}"
    )


@pytest.mark.parametrize("asked", ALL, ids=lambda asked: "-".join(asked.key))
def test_the_answer_and_what_is_shown_of_it_are_as_their_schema_says(found: dict[Key, httpx.Response], asked: Asked):
    response = found[asked.key]
    expected = described(asked, response.status_code)
    media_type = response.headers["content-type"].partition(";")[0]
    if expected is None:  # a method that no operation has
        schema = {"$ref": "#/components/schemas/Problem"}
    else:
        schema = expected["content"][media_type]["schema"]
    validator = jsonschema_rs.Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, validate_formats=True
    )
    body = response.json() if "json" in media_type else response.text
    validator.validate(body)
    if expected is not None:
        shown = expected["content"][media_type]["examples"]
        example = shown[asked.name]
        if "$ref" in example:
            example = DOCUMENT["components"]["examples"][asked.name]
        validator.validate(example["value"])


@pytest.mark.parametrize("asked", [*ALL, *UNCHANGED], ids=lambda asked: "-".join(asked.key))
def test_the_headers_sent_are_those_documented(found: dict[Key, httpx.Response], asked: Asked):
    response = found[asked.key]
    expected = described(asked, response.status_code)
    sent = set(response.headers) - OF_HTTP
    browsers = {name.lower() for name in SECURITY}
    assert browsers <= sent
    if expected is None:
        assert sent - browsers >= {"allow", "strata-version"}
        return
    documented = {name.lower() for name in expected["headers"]}
    missing = documented - sent - NOT_ALWAYS
    if asked is FAULT:  # asked of a service without limits
        missing -= {"ratelimit", "ratelimit-policy"}
    assert (sent - browsers - documented, missing) == (set(), set())


def test_the_values_of_headers_are_as_described(found: dict[Key, httpx.Response]):
    limited, away = found["problems", "rate-limited"], found["problems", "unavailable"]
    assert limited.headers["ratelimit-policy"] == '"key";q=2;w=3600'
    assert limited.headers["ratelimit"].startswith('"key";r=0;t=')
    assert int(limited.headers["retry-after"]) > 3_500
    assert int(away.headers["retry-after"]) > 0
    assert found["problems", "unauthorized"].headers["www-authenticate"] == "Bearer"
    assert [found["unchanged", asked.name].status_code for asked in UNCHANGED] == [304] * len(UNCHANGED)


@pytest.mark.parametrize("name", SERVER_ITSELF)
def test_what_the_server_itself_refuses_is_as_the_description_says(found: dict[Key, httpx.Response], name: str):
    response = found["server", name]
    said = " ".join(DOCUMENT["info"]["description"].split())
    assert "gets 400 or 431 from the server itself, without a body and without any of these headers" in said
    assert response.status_code == (400 if name == "not HTTP" else 431)
    assert (response.content, set(response.headers) - OF_HTTP) == (b"", set())
