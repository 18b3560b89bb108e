"""Tags, 304, HEAD, compression, and answers kept ready."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from service.api.cache import AnswerCache
from service.api.desk import Desk
from service.api.replies import Reply
from tests.api.conftest import Clock
from tests.api.fakes import FakeSource, snapshot

TOYS = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN"
PINNED = f"{TOYS}&date=2025-07-28&known_on=2025-07-28"
PLAIN = {"accept-encoding": "identity"}


async def test_an_answer_carries_its_release_version_and_tag(client: httpx.AsyncClient):
    response = await client.get(PINNED, headers=PLAIN)
    assert response.headers["strata-release"] == "2"
    assert response.headers["strata-version"]
    assert response.headers["etag"].startswith('"')
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["release"]["number"] == 2


async def test_only_a_question_of_which_nothing_depends_on_today_may_be_kept_for_a_day(client: httpx.AsyncClient):
    assert (await client.get(f"{PINNED}&release=2")).headers["cache-control"] == "public, max-age=86400"
    for url in (f"{TOYS}&release=2", f"{TOYS}&release=2&date=2025-07-28", f"{TOYS}&release=2&known_on=2025-07-28"):
        assert (await client.get(url)).headers["cache-control"] == "no-cache"


async def test_the_client_s_copy_is_confirmed_before_the_work_is_done(client: httpx.AsyncClient, desk: Desk):
    tag = (await client.get(PINNED, headers=PLAIN)).headers["etag"]
    asked = desk.snapshot().territories["US"].schedule.asked  # type: ignore[attr-defined]
    done = len(asked)
    # Another spelling of the same question: not among the ready answers, but with the same tag.
    response = await client.get(PINNED.replace("9503.00.00.73", "9503000073"), headers={"if-none-match": tag})
    assert (response.status_code, response.content, len(asked)) == (304, b"", done)
    assert response.headers["etag"] == tag
    assert response.headers["strata-release"] == "2"


@pytest.mark.parametrize("header", ["{tag}", "W/{tag}", '"other", {tag}', '"other",W/{tag}', "*"])
async def test_if_none_match_is_compared_weakly(client: httpx.AsyncClient, header: str):
    tag = (await client.get(PINNED, headers=PLAIN)).headers["etag"]
    response = await client.get(PINNED, headers={"if-none-match": header.format(tag=tag)})
    assert response.status_code == 304


async def test_another_tag_gets_the_answer(client: httpx.AsyncClient):
    assert (await client.get(PINNED, headers={"if-none-match": '"other"'})).status_code == 200


async def test_the_tag_tells_question_release_and_view_apart(client: httpx.AsyncClient):
    urls = [
        PINNED,
        f"{PINNED}&view=law",
        f"{PINNED}&us_content=0.2",
        f"{PINNED}&release=1",
        f"{TOYS}&date=2025-07-28",
    ]
    tags = [(await client.get(url, headers=PLAIN)).headers["etag"] for url in urls]
    assert len(set(tags)) == len(tags)
    assert (await client.get(f"{PINNED}&release=2", headers=PLAIN)).headers["etag"] == tags[0]


async def test_a_compressed_answer_has_a_weak_tag(client: httpx.AsyncClient):
    packed = await client.get(PINNED, headers={"accept-encoding": "gzip"})
    plain = await client.get(PINNED, headers=PLAIN)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert packed.content == plain.content
    assert "content-encoding" not in plain.headers


async def test_a_small_answer_is_not_compressed(client: httpx.AsyncClient):
    response = await client.get("/health/live", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in response.headers


async def test_gzip_may_be_excluded(client: httpx.AsyncClient):
    response = await client.get(PINNED, headers={"accept-encoding": "gzip;q=0, br"})
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    "url",
    [PINNED, "/v1/headline?importer=US&origin=CN", "/v1/coverage", "/v1/releases", "/health/ready", "/docs", "/nope"],
)
async def test_head_is_get_without_the_body(client: httpx.AsyncClient, url: str):
    for _ in range(2):
        get, head = await client.get(url, headers=PLAIN), await client.head(url, headers=PLAIN)
        assert head.content == b""
        assert head.status_code == get.status_code
        assert head.headers == get.headers


async def test_the_same_bytes_are_answered_from_what_is_ready(client: httpx.AsyncClient, desk: Desk):
    asked = desk.snapshot().territories["US"].schedule.asked  # type: ignore[attr-defined]
    replies = [await client.get(PINNED) for _ in range(3)]
    assert len(asked) == 2, "the third asking is answered from what the second made ready"
    assert len({reply.content for reply in replies}) == 1
    assert replies[0].headers == replies[1].headers == replies[2].headers
    metrics = (await client.get("/metrics")).text
    assert 'strata_cache_total{result="hit"} 1.0' in metrics
    assert 'strata_cache_total{result="miss"} 2.0' in metrics


async def test_an_answer_of_today_ends_with_the_day_of_the_importer(client: httpx.AsyncClient, clock: Clock):
    assert (await client.get(TOYS)).json()["date"] == "2026-11-22"
    clock.now += 11.9 * 3600  # 23:54 in New York; the next day began in Greenwich long ago
    assert (await client.get(TOYS)).json()["date"] == "2026-11-22"
    clock.now += 0.2 * 3600
    assert (await client.get(TOYS)).json()["date"] == "2026-11-23"


async def test_a_new_release_is_answered_from_at_once(client: httpx.AsyncClient, desk: Desk, source: FakeSource):
    before = await client.get(PINNED, headers=PLAIN)
    source.newest = 3
    assert await desk.holder.refresh()
    after = await client.get(PINNED, headers=PLAIN)
    assert (before.headers["strata-release"], after.headers["strata-release"]) == ("2", "3")
    assert before.headers["etag"] != after.headers["etag"]
    assert (await client.get(f"{PINNED}&release=2", headers=PLAIN)).content == before.content


async def test_an_earlier_release_is_loaded_once(client: httpx.AsyncClient, source: FakeSource):
    for day in range(1, 6):
        response = await client.get(f"{TOYS}&release=1&date=2025-01-0{day}")
        assert response.headers["strata-release"] == "1"
    assert source.loads == [2, 1]


async def test_few_earlier_releases_are_kept(client: httpx.AsyncClient, source: FakeSource, desk: Desk):
    source.newest = 6
    await desk.holder.refresh()
    for day, number in enumerate((1, 2, 1, 3, 2), start=1):
        assert (await client.get(f"{TOYS}&release={number}&date=2025-01-0{day}")).status_code == 200
    assert source.loads == [2, 6, 1, 2, 3, 2]


async def test_a_lost_database_leaves_the_release_standing(client: httpx.AsyncClient, desk: Desk, source: FakeSource):
    source.away = True
    with pytest.raises(Exception, match="refused"):
        await desk.holder.refresh()
    assert (await client.get(TOYS)).status_code == 200
    assert (await client.get("/health/ready")).status_code == 200


def test_the_least_recently_used_answer_goes_first():
    cache = AnswerCache(2)
    for key in (b"a", b"b"):
        cache.put(key, Reply(key), float("inf"))
    cache.get(b"a", 0.0)
    cache.put(b"c", Reply(b"c"), float("inf"))
    assert cache.get(b"b", 0.0) is None
    assert cache.get(b"a", 0.0) is not None
    assert len(cache) == 2


def test_nothing_is_kept_when_nothing_may_be():
    cache = AnswerCache(0)
    cache.put(b"a", Reply(b""), float("inf"))
    for _ in range(3):
        cache.offer(b"a", Reply(b""), float("inf"))
    assert len(cache) == 0


def test_a_client_that_asks_everything_once_does_not_push_out_what_many_ask():
    cache = AnswerCache(10)
    for _ in range(2):
        cache.offer(b"popular", Reply(b"p"), float("inf"))
    for number in range(1000):
        cache.offer(b"once %d" % number, Reply(b""), float("inf"))
    assert cache.get(b"popular", 0.0) is not None
    assert len(cache) == 1


def test_where_questions_come_back_a_new_one_is_kept_at_once():
    cache = AnswerCache(100)
    for _ in range(2):
        cache.offer(b"popular", Reply(b"p"), float("inf"))
    for _ in range(5):
        assert cache.get(b"popular", 0.0) is not None
    for number in range(100):
        cache.offer(b"once %d" % number, Reply(b""), float("inf"))
    assert len(cache) == 1 + 5, "each answer found earned one place"


def test_what_was_earned_long_ago_lets_a_walk_take_a_tenth_of_the_places():
    cache = AnswerCache(100)
    cache.put(b"popular", Reply(b"p"), float("inf"))
    for _ in range(1_000):
        cache.get(b"popular", 0.0)
    for number in range(1_000):
        cache.offer(b"once %d" % number, Reply(b""), float("inf"))
    assert len(cache) == 1 + 10


def test_a_snapshot_that_became_current_is_not_kept_twice(desk: Desk):
    desk.holder.swap(snapshot(5))
    assert desk.snapshot().release.number == 5


async def test_the_same_long_question_asked_meanwhile_is_computed_once(
    client: httpx.AsyncClient, desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    schedule = desk.snapshot().territories["US"].schedule
    computed: list[str] = []
    answer = schedule.headline

    def slow(origin: str, *rest: Any) -> Any:
        computed.append(origin)
        time.sleep(0.1)
        return answer(origin, *rest)

    monkeypatch.setattr(schedule, "headline", slow)
    urls = [f"/v1/headline?importer=US&origin={origin}" for origin in ("CN", "DE")] * 5
    replies = await asyncio.gather(*(client.get(url) for url in urls), client.get("/health/live"))
    assert {reply.status_code for reply in replies} == {200}
    assert sorted(computed) == ["CN", "DE"]


async def test_a_release_is_taken_over_with_the_questions_asked_lately_answered(
    client: httpx.AsyncClient, desk: Desk, source: FakeSource
):
    for _ in range(2):  # from the second time on an answer is kept
        await client.get(PINNED)
        await client.get(f"{PINNED}&release=2")
    source.newest = 3
    await desk.holder.take(3)
    asked = desk.snapshot().territories["US"].schedule.asked  # type: ignore[attr-defined]
    done = len(asked)
    answer = (await client.get(PINNED)).json()
    assert (answer["release"]["number"], len(asked), done) == (3, 1, 1)
    assert (await client.get(f"{PINNED}&release=2")).json()["release"]["number"] == 2
