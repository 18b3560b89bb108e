"""The API over the shipped law: the questions of the contract, and bad ones."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from service.api.desk import Desk
from service.app import application
from service.releases import build_snapshot
from service.snapshot import Snapshot, SnapshotHolder
from service.store.load import LoadedRelease
from tests.api.fakes import NOW, FakeSource
from tests.shipped import laws

TOYS = {"importer": "US", "code": "9503.00.00.73", "origin": "CN"}


@pytest.fixture(scope="module")
def shipped() -> Snapshot:
    return build_snapshot(LoadedRelease(1, "0" * 64, datetime(2026, 11, 22, tzinfo=UTC), laws()))


@pytest.fixture
async def law(shipped: Snapshot) -> AsyncIterator[httpx.AsyncClient]:
    desk = Desk(SnapshotHolder(FakeSource()), clock=lambda: NOW)
    desk.holder.swap(shipped)
    transport = httpx.ASGITransport(application(desk))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
        yield client


async def ask(client: httpx.AsyncClient, **question: str) -> Any:
    response = await client.get("/v1/rates", params=TOYS | question)
    assert response.status_code == 200, response.text
    return response.json()


async def test_the_example_of_the_contract(law: httpx.AsyncClient):
    answer = await ask(law, date="2025-07-28")
    assert answer["total"]["percent"] == 30
    assert [(layer["heading"], layer["percent"]) for layer in answer["layers"]] == [
        ("9503.00.00", 0),
        ("9903.01.24", 20),
        ("9903.01.25", 10),
    ]
    assert answer["release"] == {"number": 1, "digest": "0" * 64}


async def test_the_same_day_has_two_answers_by_what_was_known(law: httpx.AsyncClient):
    before = await ask(law, date="2025-08-13", known_on="2025-07-28")
    today = await ask(law, date="2025-08-13")
    assert (before["total"]["percent"], today["total"]["percent"]) == (54, 30)


async def test_the_law_view_knows_the_duties_void(law: httpx.AsyncClient):
    assert (await ask(law, date="2025-07-28", view="law"))["total"]["percent"] == 0
    assert (await ask(law, date="2025-07-28", view="law", known_on="2025-07-28"))["total"]["percent"] == 30


async def test_the_timeline_is_gapless(law: httpx.AsyncClient):
    response = await law.get("/v1/rates/timeline", params=TOYS | {"from": "2025-01-01", "until": "2026-01-01"})
    intervals = response.json()["intervals"]
    assert intervals[0]["from"] == "2025-01-01"
    assert intervals[-1]["until"] == "2026-01-01"
    assert all(one["until"] == next_["from"] for one, next_ in itertools.pairwise(intervals))


async def test_the_headline_states_the_universal_layers(law: httpx.AsyncClient):
    response = await law.get("/v1/headline", params={"importer": "US", "origin": "CN", "date": "2025-07-28"})
    headline = response.json()
    assert headline["universal_percent"] == 30
    assert headline["distribution"]["lines"] > 10_000


async def test_get_and_post_agree_to_the_byte(law: httpx.AsyncClient):
    one = await law.get("/v1/rates", params=TOYS | {"date": "2025-07-28", "us_content": "0.25"})
    many = await law.post("/v1/rates", json={"questions": [TOYS | {"date": "2025-07-28", "us_content": 0.25}]})
    assert b'{"answer":' + one.content + b"}" in many.content


async def test_no_number_is_written_with_an_exponent(law: httpx.AsyncClient):
    for code in ("2204.21.50", "0406.90.12", "9101.11.40", "2402.20.80"):
        response = await law.get("/v1/rates", params=TOYS | {"code": code, "date": "2025-07-28"})
        assert "E+" not in response.text
        assert "E-" not in response.text


@pytest.mark.parametrize(
    ("question", "type_"),
    [
        ({"code": "toys"}, "invalid-parameter"),
        ({"code": "950"}, "invalid-parameter"),
        ({"code": "9503"}, "code-too-short"),
        ({"code": "9503000"}, "code-too-short"),
        ({"code": "0000.00.00"}, "unknown-code"),
        ({"code": "8473.30.99"}, "unknown-code"),
        ({"code": "9903.88.03"}, "not-dutiable"),
        ({"code": "9801.00.10"}, "not-dutiable"),
        ({"origin": "ZZ"}, "unknown-origin"),
        ({"origin": "US"}, "not-dutiable"),
        ({"date": "2025-02-30"}, "invalid-parameter"),
        ({"date": "1999"}, "invalid-parameter"),
        ({"date": "1999-01-01"}, "outside-coverage"),
        ({"known_on": "2099-01-01"}, "invalid-parameter"),
        ({"us_content": "1.2"}, "invalid-parameter"),
        ({"steel_melt_pour": "US:0.7,CN:0.6"}, "invalid-parameter"),
        ({"steel_content": "0.7", "aluminum_content": "0.6"}, "invalid-parameter"),
        ({"us_content": "NaN"}, "invalid-parameter"),
        ({"value": "1e999999"}, "invalid-parameter"),
        ({"claims": "8471.30.01"}, "invalid-parameter"),
        ({"know_on": "2025-01-01"}, "invalid-parameter"),
    ],
)
async def test_bad_questions_get_their_problem(law: httpx.AsyncClient, question: dict[str, str], type_: str):
    response = await law.get("/v1/rates", params=TOYS | question)
    assert response.json()["type"] == f"/problems/{type_}", response.text
    assert response.json()["errors"]


async def test_a_code_that_ended_names_its_successors(law: httpx.AsyncClient):
    response = await law.get("/v1/rates", params=TOYS | {"code": "8517.12.00", "date": "2023-01-01"})
    problem = response.json()
    assert problem["type"] == "/problems/unknown-code"
    assert problem["near"]
    assert (await ask(law, code="8517.12.00", date="2021-12-31"))["goods"]["code"]


async def test_the_lines_below_a_heading_are_listed(law: httpx.AsyncClient):
    problem = (await law.get("/v1/rates", params=TOYS | {"code": "8471.30"})).json()
    assert {near["relation"] for near in problem["near"]} == {"below"}
    assert all(near["code"].startswith("8471.30") for near in problem["near"])


async def test_every_fact_can_be_declared_with_its_example(law: httpx.AsyncClient, shipped: Snapshot):
    document = (await law.get("/openapi.json")).json()
    parameters = document["components"]["parameters"]
    for name in shipped.facts:
        example = parameters[name]["example"]
        text = ",".join(map(str, example)) if isinstance(example, list) else str(example)
        response = await law.get("/v1/rates", params=TOYS | {name: text.lower() if example is True else text})
        assert response.status_code < 500, response.text
        assert "/problems/invalid-parameter" not in response.text, response.text


async def test_the_stored_document_is_what_is_served(law: httpx.AsyncClient):
    from service.commands.contract import DOCUMENT  # noqa: PLC0415

    assert (await law.get("/openapi.json")).content == DOCUMENT.read_bytes(), "run strata openapi --write"
