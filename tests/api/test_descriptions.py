"""Descriptions of goods in answers: those of the day, taken over while the service runs."""

from __future__ import annotations

from datetime import date
from typing import Any

import httpx

from service.api.desk import Desk
from service.descriptions import Descriptions
from tests.api.fakes import FakeSource

TOYS = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN&known_on=2026-01-01"
OVER = "/v1/rates/timeline?importer=US&code=9503.00.00.73&origin=CN&known_on=2026-01-01"
HEADLINE = "/v1/headline?importer=US&origin=CN&date=2025-07-28&known_on=2026-01-01"
PLAIN = {"accept-encoding": "identity"}
EARLY, LATE = date(2025, 1, 1), date(2026, 1, 1)


def said(early: str, late: str, code: str = "9503000073") -> dict[str, Descriptions]:
    rows = ((code, EARLY.toordinal(), early, "2025-basic"), (code, LATE.toordinal(), late, "2026-basic"))
    return {"US": Descriptions(rows)}


async def goods(client: httpx.AsyncClient, url: str) -> tuple[str, str]:
    found = (await client.get(url)).raise_for_status().json()["goods"]
    return found["description"], found["described_in"]


async def test_an_answer_describes_the_goods_as_on_its_day(client: httpx.AsyncClient, source: FakeSource, desk: Desk):
    source.described = said("Toys", "Playthings")
    assert await desk.holder.describe()
    assert await goods(client, f"{TOYS}&date=2025-07-28") == ("Toys", "2025-basic")
    assert await goods(client, f"{TOYS}&date=2026-01-01") == ("Playthings", "2026-basic")
    assert await goods(client, f"{TOYS}&date=2019-01-01") == ("Toys", "2025-basic")
    assert await goods(client, f"{OVER}&until=2026-01-01") == ("Toys", "2025-basic")
    assert await goods(client, OVER) == ("Playthings", "2026-basic")
    question: dict[str, Any] = {"importer": "US", "code": "9503.00.00.73", "origin": "CN", "date": "2025-07-28"}
    results = (await client.post("/v1/rates", json={"questions": [question]})).json()["results"]
    assert results[0]["answer"]["goods"] == {
        "code": "9503.00.00.73",
        "description": "Toys",
        "units": ["No."],
        "described_in": "2025-basic",
    }


async def test_a_number_that_no_edition_imported_has_is_described_as_its_line(
    client: httpx.AsyncClient, source: FakeSource, desk: Desk
):
    source.described = said("Toys of all kinds", "Toys of all kinds", "95030000")
    await desk.holder.describe()
    assert await goods(client, f"{TOYS}&date=2025-07-28") == ("Toys of all kinds", "2025-basic")


async def test_new_descriptions_take_ready_answers_and_tags_with_them(
    client: httpx.AsyncClient, source: FakeSource, desk: Desk
):
    urls = [f"{TOYS}&date=2025-07-28", f"{TOYS}&date=2025-07-28&release=1", f"{TOYS}&date=2025-07-28&release=2", OVER]
    source.described = said("Toys", "Toys")
    await desk.holder.describe()
    before = {url: (await client.get(url, headers=PLAIN)).headers["etag"] for url in urls}
    headline = (await client.get(HEADLINE, headers=PLAIN)).headers["etag"]
    kept = len(desk.cache)
    assert not await desk.holder.describe()  # the same ones again: nothing is thrown away
    assert len(desk.cache) == kept > 0

    source.described = said("Playthings", "Playthings")
    assert await desk.holder.describe()
    for url, tag in before.items():
        response = await client.get(url, headers={**PLAIN, "if-none-match": tag})
        assert response.status_code == 200
        assert response.headers["etag"] != tag
        assert response.json()["goods"]["description"] == "Playthings"
        again = await client.get(url, headers={**PLAIN, "if-none-match": response.headers["etag"]})
        assert again.status_code == 304
    response = await client.get(HEADLINE, headers={**PLAIN, "if-none-match": headline})
    assert response.status_code == 304  # nothing in it is described


async def test_releases_loaded_later_have_the_descriptions_and_share_them(source: FakeSource, desk: Desk):
    source.described = said("Toys", "Toys")
    await desk.holder.describe()
    source.described = said("Toys", "Toys")
    earlier, current = await desk.holder.of(1), desk.snapshot()
    assert earlier.territories["US"].descriptions is current.territories["US"].descriptions
    source.newest = 3
    assert await desk.holder.refresh()
    assert desk.snapshot().territories["US"].descriptions is current.territories["US"].descriptions


async def test_an_answer_begun_before_new_descriptions_is_not_kept(source: FakeSource, desk: Desk):
    old = desk.snapshot()
    earlier = await desk.holder.of(1)
    assert desk.holder.holds(old)
    assert desk.holder.holds(earlier)
    source.described = said("Toys", "Toys")
    await desk.holder.describe()
    assert not desk.holder.holds(old)
    assert not desk.holder.holds(earlier)
    assert desk.holder.holds(desk.snapshot())
