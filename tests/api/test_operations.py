"""Health, metrics, coverage, releases."""

from __future__ import annotations

import httpx

from service.api.desk import Desk

TOYS = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN"


async def test_readiness_tells_release_and_age_and_turns_false_first(client: httpx.AsyncClient, desk: Desk):
    ready = await client.get("/health/ready")
    assert ready.json()["release"]["number"] == 2
    assert ready.json()["age_seconds"] == 60
    desk.draining = True
    leaving = await client.get("/health/ready")
    assert (leaving.status_code, leaving.json()["type"]) == (503, "/problems/unavailable")
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get(TOYS)).status_code == 200


async def test_routes_are_counted_by_their_template(client: httpx.AsyncClient):
    for path in ("/v1/releases/1", "/v1/releases/2", "/nope/a", "/nope/b", TOYS, TOYS):
        await client.get(path)
    text = (await client.get("/metrics")).text
    assert 'strata_requests_total{method="GET",route="/v1/releases/{number}",status="200"} 2.0' in text
    assert 'strata_requests_total{method="GET",route="unmatched",status="404"} 2.0' in text
    assert 'strata_requests_total{method="GET",route="/v1/rates",status="200"} 2.0' in text
    assert 'strata_request_seconds_count{route="/v1/rates"} 2.0' in text
    assert 'strata_problems_total{type="not-found"} 2.0' in text
    assert "strata_release 2.0" in text
    assert "nope" not in text


async def test_an_invented_method_makes_no_label(client: httpx.AsyncClient):
    response = await client.request("BREW", "/v1/rates")
    assert response.status_code == 405
    assert "BREW" not in (await client.get("/metrics")).text


async def test_coverage_says_what_is_complete(client: httpx.AsyncClient):
    answer = (await client.get("/v1/coverage?importer=US")).json()
    assert answer["items"][0]["covered"] == [
        {
            "origins": {"include": ["CN"]},
            "from": "2018-01-01",
            "until": None,
            "verified": "2026-10-10",
            "doubts": ["a doubt"],
        }
    ]
    assert (await client.get("/v1/coverage?importer=FR")).status_code == 400
    tag = (await client.get("/v1/coverage")).headers["etag"]
    assert (await client.get("/v1/coverage", headers={"if-none-match": tag})).status_code == 304


async def test_releases_are_listed_newest_first_in_pages(client: httpx.AsyncClient):
    page = (await client.get("/v1/releases?limit=1")).json()
    assert [item["number"] for item in page["items"]] == [2]
    rest = (await client.get(f"/v1/releases?limit=1&cursor={page['next']}")).json()
    assert [item["number"] for item in rest["items"]] == [1]
    assert rest["next"] is None
    assert (await client.get("/v1/releases?limit=1001")).status_code == 400
    assert (await client.get("/v1/releases?limit=0")).status_code == 400


async def test_a_release_tells_what_it_was_made_from(client: httpx.AsyncClient):
    release = (await client.get("/v1/releases/1")).json()
    assert release["number"] == 1
    assert release["documents"][0]["path"] == "us/importer.yaml"
    for wrong in ("9", "0", "x", "1.0", "-1"):
        assert (await client.get(f"/v1/releases/{wrong}")).status_code == 404
    assert (await client.get("/v1/releases/1?x=1")).status_code == 400
