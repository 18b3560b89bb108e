"""POST: many questions, each by itself."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

TOYS = {"importer": "US", "code": "9503.00.00.73", "origin": "CN", "date": "2025-07-28"}


async def post(client: httpx.AsyncClient, questions: list[Any], **more: Any) -> httpx.Response:
    return await client.post("/v1/rates", json={"questions": questions, **more})


async def test_each_question_is_answered_or_a_problem_by_itself(client: httpx.AsyncClient):
    response = await post(
        client, [TOYS, TOYS | {"code": "9503"}, TOYS | {"date": "x"}, 3, TOYS | {"model_year": 1999}]
    )
    assert response.status_code == 200
    results = response.json()["results"]
    assert [list(result) for result in results] == [["answer"], ["problem"], ["problem"], ["problem"], ["problem"]]
    problems = [result["problem"] for result in results[1:]]
    assert [problem["type"] for problem in problems] == [
        "/problems/code-too-short",
        "/problems/invalid-body",
        "/problems/invalid-body",
        "/problems/internal-error",
    ]
    assert [problem["instance"] for problem in problems] == [f"/v1/rates#/questions/{n}" for n in range(1, 5)]
    assert problems[1]["errors"] == [
        {"field": "date", "message": "'x' is not a day; write it as YYYY-MM-DD, for example 2025-07-28"}
    ]


async def test_an_answer_is_the_same_as_by_get(client: httpx.AsyncClient):
    one = await client.get("/v1/rates?importer=US&code=9503.00.00.73&origin=CN&date=2025-07-28&us_content=0.2")
    many = await post(client, [TOYS | {"us_content": 0.2}])
    assert many.json()["results"][0]["answer"] == one.json()
    assert one.content in many.content


async def test_all_answers_come_from_the_release_asked(client: httpx.AsyncClient):
    response = await post(client, [TOYS, TOYS | {"date": "2025-01-01"}], release=1)
    assert {result["answer"]["release"]["number"] for result in response.json()["results"]} == {1}
    assert response.json()["release"]["number"] == 1
    assert response.headers["strata-release"] == "1"
    assert (await post(client, [TOYS], release=9)).status_code == 404
    assert (await post(client, [TOYS], release="1")).status_code == 200
    assert (await post(client, [TOYS], release=0)).status_code == 400
    one = (await post(client, [TOYS | {"release": 1}])).json()["results"][0]["problem"]
    assert "all answers come from one release" in one["detail"]


async def test_a_misspelt_key_is_told_with_the_near_name(client: httpx.AsyncClient):
    problem = (await post(client, [TOYS | {"know_on": "2025-01-01"}])).json()["results"][0]["problem"]
    assert problem["errors"] == [{"field": "know_on", "message": "is not known; did you mean known_on?"}]
    response = await client.post("/v1/rates", json={"question": [TOYS]})
    assert "did you mean questions?" in response.json()["detail"]


async def test_a_thousand_questions_are_answered_and_one_more_is_not(client: httpx.AsyncClient):
    assert len((await post(client, [TOYS] * 1000)).json()["results"]) == 1000
    response = await post(client, [TOYS] * 1001)
    assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")


async def test_a_body_beyond_the_limit_is_refused(client: httpx.AsyncClient):
    response = await client.post("/v1/rates", content=b" " * 1_048_577, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        "{}",
        '{"questions": {}}',
        '{"questions": []}',
        '{"questions": [{}], "questions": [{}]}',
        '{"questions": [{"importer": "US", "importer": "US"}]}',
        '{"questions": [{"us_content": NaN}]}',
        '{"questions": [{}], "release": -1}',
        '{"questions": [{}], "release": 1.5}',
        '{"questions": [{}], "relase": 1}',
    ],
)
async def test_a_body_that_cannot_be_used_is_refused_whole(client: httpx.AsyncClient, content: str):
    response = await client.post("/v1/rates", content=content, headers={"content-type": "application/json"})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-body")


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "application/xml", ""],
)
async def test_another_media_type_is_refused(client: httpx.AsyncClient, media_type: str):
    response = await client.post("/v1/rates", content='{"questions": []}', headers={"content-type": media_type})
    assert (response.status_code, response.json()["type"]) == (415, "/problems/unsupported-media-type")


async def test_a_charset_of_utf8_is_taken(client: httpx.AsyncClient):
    headers = {"content-type": "application/json; charset=UTF-8"}
    response = await client.post("/v1/rates", content='{"questions": [{}]}', headers=headers)
    assert response.status_code == 200


async def test_the_query_string_of_a_post_is_empty(client: httpx.AsyncClient):
    response = await client.post("/v1/rates?release=1", json={"questions": [TOYS]})
    assert (response.status_code, response.json()["type"]) == (400, "/problems/invalid-parameter")
