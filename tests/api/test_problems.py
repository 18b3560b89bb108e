"""Every bad request gets the problem that fits it, in one shape, at every endpoint."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from litestar import Litestar, get
from litestar.datastructures import State

from service.api.desk import Desk
from service.api.errors import on_error
from service.api.problems import PROBLEM_TYPES, Problem
from service.snapshot import SnapshotHolder
from tests.api.fakes import FakeSource

TOYS = "importer=US&code=9503.00.00.73&origin=CN"
JSON = {"content-type": "application/json"}


def said(response: httpx.Response, slug: str) -> dict[str, Any]:
    """Check the shape of a problem and return it."""
    kind = PROBLEM_TYPES[slug]
    problem: dict[str, Any] = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert (problem["type"], problem["status"], response.status_code) == (kind.uri, kind.status, kind.status)
    assert problem["title"] == kind.title
    assert problem["detail"]
    assert problem["instance"].startswith("/")
    assert response.headers["strata-version"]
    for error in problem.get("errors", []):
        assert error.keys() == {"field", "message"}
    return problem


BAD_QUERIES = {
    "letters in the code": ("importer=US&code=toys&origin=CN", "invalid-parameter", "code"),
    "three digits": ("importer=US&code=950&origin=CN", "invalid-parameter", "code"),
    "seven digits": ("importer=US&code=9503000&origin=CN", "code-too-short", "code"),
    "four digits": ("importer=US&code=9503&origin=CN", "code-too-short", "code"),
    "nine digits": ("importer=US&code=950300007&origin=CN", "invalid-parameter", "code"),
    "unknown code": ("importer=US&code=8471.30.01.00&origin=CN", "unknown-code", "code"),
    "code that died in 2022": ("importer=US&code=8473.30.10&origin=CN&date=2022-01-27", "unknown-code", "code"),
    "chapter 99": ("importer=US&code=9903.88.03&origin=CN", "not-dutiable", "code"),
    "day that does not exist": (f"{TOYS}&date=2025-02-30", "invalid-parameter", "date"),
    "only a year": (f"{TOYS}&date=1999", "invalid-parameter", "date"),
    "day before the coverage": (f"{TOYS}&date=1999-12-31", "outside-coverage", "date"),
    "known day before the coverage": (f"{TOYS}&known_on=2017-12-31", "outside-coverage", "known_on"),
    "known day in the future": (f"{TOYS}&known_on=2026-11-23", "invalid-parameter", "known_on"),
    "origin that is no country": ("importer=US&code=95030000&origin=ZZ", "unknown-origin", "origin"),
    "origin in small letters": ("importer=US&code=95030000&origin=cn", "invalid-parameter", "origin"),
    "origin that is the importer": ("importer=US&code=95030000&origin=US", "not-dutiable", "code"),
    "origin not covered": ("importer=US&code=95030000&origin=KP", "outside-coverage", "origin"),
    "importer that is none": ("importer=FR&code=95030000&origin=CN", "invalid-parameter", "importer"),
    "view that is none": (f"{TOYS}&view=both", "invalid-parameter", "view"),
    "share above 1": (f"{TOYS}&us_content=1.2", "invalid-parameter", "us_content"),
    "shares above 1 in one map": (f"{TOYS}&steel_melt_pour=US:0.7,CN:0.6", "invalid-parameter", "steel_melt_pour"),
    "shares above 1 over two facts": (
        f"{TOYS}&steel_content=0.7&aluminum_content=0.6",
        "invalid-parameter",
        "steel_content",
    ),
    "country of a map that is none": (f"{TOYS}&steel_melt_pour=ZZ:1", "invalid-parameter", "steel_melt_pour"),
    "not a number": (f"{TOYS}&us_content=NaN", "invalid-parameter", "us_content"),
    "exponent": (f"{TOYS}&value=1e999999", "invalid-parameter", "value"),
    "infinity": (f"{TOYS}&value=Infinity", "invalid-parameter", "value"),
    "underscore": (f"{TOYS}&value=1_000", "invalid-parameter", "value"),
    "word of an enum": (f"{TOYS}&transport=ship", "invalid-parameter", "transport"),
    "heading of another chapter": (f"{TOYS}&claims=8471.30", "invalid-parameter", "claims"),
    "unknown parameter": (f"{TOYS}&know_on=2025-01-01", "invalid-parameter", "know_on"),
    "repeated parameter": (f"{TOYS}&origin=CN", "invalid-parameter", "origin"),
    "empty parameter": (f"{TOYS}&date=", "invalid-parameter", "date"),
    "nothing asked": ("", "invalid-parameter", "importer"),
    "release that is none": (f"{TOYS}&release=9", "not-found", None),
    "release zero": (f"{TOYS}&release=0", "invalid-parameter", "release"),
    "query that is too long": (f"{TOYS}&currency={'A' * 9000}", "invalid-parameter", ""),
    "broken escape": (f"{TOYS}&currency=%ZZ", "invalid-parameter", "'currency'"),
}


@pytest.mark.parametrize(("query", "slug", "field"), BAD_QUERIES.values(), ids=BAD_QUERIES)
async def test_a_bad_query_gets_its_problem(client: httpx.AsyncClient, query: str, slug: str, field: str | None):
    problem = said(await client.get(f"/v1/rates?{query}"), slug)
    if field is not None:
        assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize("query", [query for query, _, _ in BAD_QUERIES.values()], ids=BAD_QUERIES)
async def test_no_bad_query_is_answered_by_a_fault(client: httpx.AsyncClient, query: str):
    """The other questions are read by the same tables: whatever they say, it is not a fault of the service."""
    for path in ("/v1/rates/timeline", "/v1/headline", "/v1/coverage", "/v1/releases", "/v1/releases/1"):
        response = await client.get(f"{path}?{query}")
        assert response.status_code < 500


async def test_near_codes_stand_in_the_problem(client: httpx.AsyncClient):
    problem = said(await client.get("/v1/rates?importer=US&code=9503&origin=CN"), "code-too-short")
    assert problem["near"] == [{"code": "9503.00.00", "relation": "below", "from": "2018-01-01", "until": None}]


def body(content: str | bytes, **headers: str) -> dict[str, Any]:
    return {"method": "POST", "url": "/v1/rates", "content": content, "headers": JSON | headers}


REQUESTS: dict[str, dict[str, Any]] = {
    "invalid-parameter": {"method": "GET", "url": "/v1/rates"},
    "invalid-body": body('{"questions": ['),
    "not-found": {"method": "GET", "url": "/v2/rates"},
    "unknown-code": {"method": "GET", "url": "/v1/rates?importer=US&code=84713001&origin=CN"},
    "unknown-origin": {"method": "GET", "url": "/v1/rates?importer=US&code=95030000&origin=ZZ"},
    "method-not-allowed": {"method": "DELETE", "url": "/v1/rates"},
    "not-acceptable": {"method": "GET", "url": f"/v1/rates?{TOYS}", "headers": {"accept": "text/html"}},
    "too-large": body('{"questions": [' + ",".join(["{}"] * 1001) + "]}"),
    "unsupported-media-type": body("{}", **{"content-type": "text/plain"}),
    "code-too-short": {"method": "GET", "url": "/v1/rates?importer=US&code=9503&origin=CN"},
    "not-dutiable": {"method": "GET", "url": "/v1/rates?importer=US&code=95030000&origin=US"},
    "outside-coverage": {"method": "GET", "url": f"/v1/rates?{TOYS}&date=2017-12-31"},
    "internal-error": {"method": "GET", "url": f"/v1/rates?{TOYS}&model_year=1999"},
}
OTHERWISE = {"unauthorized", "forbidden", "conflict", "rate-limited", "timeout", "unavailable"}
"""Types that no request of a test can provoke by itself."""


def test_every_type_of_problem_is_provoked():
    assert REQUESTS.keys() | OTHERWISE == PROBLEM_TYPES.keys()
    assert not REQUESTS.keys() & OTHERWISE


@pytest.mark.parametrize(("slug", "request_"), REQUESTS.items(), ids=REQUESTS)
async def test_the_problem_has_its_shape(client: httpx.AsyncClient, slug: str, request_: dict[str, Any]):
    said(await client.request(**request_), slug)


@pytest.mark.parametrize("slug", PROBLEM_TYPES)
async def test_a_raised_problem_has_its_shape_and_is_explained(client: httpx.AsyncClient, slug: str):
    @get("/raise")
    async def fail() -> None:
        raise Problem(slug, "for a test", headers=(("retry-after", "3"),))

    desk = Desk(SnapshotHolder(FakeSource()))
    app = Litestar([fail], exception_handlers={Exception: on_error}, state=State({"desk": desk}), openapi_config=None)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://strata") as raising:  # type: ignore[arg-type]
        response = await raising.get("/raise")
    assert said(response, slug)["detail"] == "for a test"
    assert response.headers["retry-after"] == "3"

    explained = await client.get(PROBLEM_TYPES[slug].uri)
    assert explained.json()["explanation"] == PROBLEM_TYPES[slug].explanation
    page = await client.get(PROBLEM_TYPES[slug].uri, headers={"accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    assert "http" not in page.text.replace("https://", "http")


async def test_a_lost_database_is_told_with_a_time_to_try_again(client: httpx.AsyncClient, source: FakeSource):
    source.away = True
    for url in ("/v1/releases", "/v1/releases/1", f"/v1/rates?{TOYS}&release=1"):
        response = await client.get(url)
        said(response, "unavailable")
        assert int(response.headers["retry-after"]) > 0
    assert (await client.get(f"/v1/rates?{TOYS}")).status_code == 200


async def test_without_a_release_questions_are_unavailable(clock: Any):
    from service.app import application  # noqa: PLC0415

    desk = Desk(SnapshotHolder(FakeSource(newest=0)), clock=clock)
    transport = httpx.ASGITransport(application(desk))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
        for url in (f"/v1/rates?{TOYS}", "/v1/coverage", "/health/ready", "/v1/headline?importer=US&origin=CN"):
            said(await client.get(url), "unavailable")
        assert (await client.get("/health/live")).status_code == 200


async def test_the_fault_is_logged_and_not_shown(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture):
    problem = said(await client.get(f"/v1/rates?{TOYS}&model_year=1999"), "internal-error")
    assert "a fault of ours" not in str(problem)
    assert "a fault of ours" in caplog.text


async def test_405_names_the_methods(client: httpx.AsyncClient):
    response = await client.put("/v1/rates")
    assert response.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await client.options("/v1/rates")).headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert (await client.options("/v1/headline")).headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "application/json;q=0", "image/*, text/*"])
async def test_406_when_json_is_excluded(client: httpx.AsyncClient, accept: str):
    for _ in range(2):  # the second time the answer is ready
        said(await client.get(f"/v1/rates?{TOYS}", headers={"accept": accept}), "not-acceptable")
        assert (await client.get(f"/v1/rates?{TOYS}")).status_code == 200


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*;q=0.5", "text/html, */*;q=0.1"])
async def test_json_is_given_to_who_takes_it(client: httpx.AsyncClient, accept: str):
    assert (await client.get(f"/v1/rates?{TOYS}", headers={"accept": accept})).status_code == 200
