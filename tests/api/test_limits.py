"""How much one client may ask, who a client is, how long a request may take, and what every answer carries."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.api.body import decode_json, refuse_unknown
from service.api.desk import MOST_WAITING, Desk
from service.api.limits import Limited, limited
from service.api.limits_clients import BadKeysError, address_of, read_keys, read_networks
from service.api.limits_counts import Allowance, Counts
from service.api.limits_time import Patience
from service.api.problems import InvalidFields, Problem
from service.app import application
from service.settings import Settings
from service.snapshot import SnapshotHolder
from tests.api.conftest import Clock
from tests.api.fakes import FakeSource

TOYS = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN"
QUESTION = {"importer": "US", "code": "9503.00.00.73", "origin": "CN"}

Opening = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def opened(desk: Desk, clock: Clock) -> Opening:
    """Open a client from an address of a service with limits."""

    @asynccontextmanager
    async def open_(address: str = "192.0.2.1", **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        app = Limited(application(desk), desk, Settings(data_dir=Path("/"), **settings), clock)
        transport = httpx.ASGITransport(app, client=(address, 40_000))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
            yield client

    return open_


def test_without_a_limit_nothing_stands_before_the_edge(desk: Desk):
    edge = application(desk)
    assert limited(edge, desk, Settings(data_dir=Path("/"))) is edge
    assert limited(edge, desk, Settings(data_dir=Path("/"), rate_address="1/hour")) is not edge


async def test_an_address_is_told_what_is_left_then_refused_until_its_window_ends(opened: Opening, clock: Clock):
    async with opened(rate_address="2/minute") as client:
        first = await client.get(TOYS)
        assert first.headers["ratelimit-policy"] == '"address";q=2;w=60'
        assert first.headers["ratelimit"] == '"address";r=1;t=60'
        clock.now += 10
        assert (await client.get(TOYS)).headers["ratelimit"] == '"address";r=0;t=50'
        refused = await client.get(TOYS)
        assert (refused.status_code, refused.json()["type"]) == (429, "/problems/rate-limited")
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["retry-after"] == "50"
        assert refused.headers["ratelimit"] == '"address";r=0;t=50'
        clock.now += 50
        assert (await client.get(TOYS)).status_code == 200


async def test_each_address_has_its_own_allowance(desk: Desk, clock: Clock):
    app = Limited(application(desk), desk, Settings(data_dir=Path("/"), rate_address="1/minute"), clock)
    for address in ("192.0.2.1", "192.0.2.2"):
        transport = httpx.ASGITransport(app, client=(address, 1))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
            assert [(await client.get(TOYS)).status_code for _ in range(2)] == [200, 429]


async def test_health_and_metrics_are_never_refused_and_refusals_are_counted(opened: Opening):
    async with opened(rate_address="1/hour") as client:
        await client.get(TOYS)
        assert (await client.get(TOYS)).status_code == 429
        for path in ("/health/live", "/health/ready", "/metrics"):
            for _ in range(3):
                assert (await client.get(path)).status_code == 200
        text = (await client.get("/metrics")).text
        assert 'strata_requests_total{method="GET",route="limited",status="429"} 1.0' in text
        assert 'strata_problems_total{type="rate-limited"} 1.0' in text


async def test_each_question_of_a_body_counts(opened: Opening):
    async with opened(rate_address="10/minute") as client:
        answered = await client.post("/v1/rates", json={"questions": [QUESTION] * 8})
        assert answered.headers["ratelimit"] == '"address";r=2;t=60'
        refused = await client.post("/v1/rates", json={"questions": [QUESTION] * 3})
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0


async def test_a_body_of_more_questions_than_the_allowance_takes_all_of_it(opened: Opening):
    async with opened(rate_address="10/minute") as client:
        assert (await client.post("/v1/rates", json={"questions": [QUESTION] * 25})).status_code == 200
        assert (await client.get(TOYS)).status_code == 429


def keys_file(directory: Path) -> str:
    path = directory / "keys"
    path.write_text(f"# clients\n\nbroker {hashlib.sha256(b'a long random text').hexdigest()}\n")
    return str(path)


async def test_a_key_has_its_own_allowance_and_an_unknown_one_none(opened: Opening, tmp_path: Path):
    key = {"authorization": "Bearer a long random text"}
    async with opened(rate_address="2/minute", rate_key="3/hour", keys_file=keys_file(tmp_path)) as client:
        with_key = await client.get(TOYS, headers=key)
        assert with_key.headers["ratelimit"] == '"key";r=2;t=3600'
        unknown = await client.get(TOYS, headers={"authorization": "Bearer guess"})
        assert (unknown.status_code, unknown.json()["type"]) == (401, "/problems/unauthorized")
        assert unknown.headers["www-authenticate"] == "Bearer"
        assert unknown.headers["ratelimit"] == '"address";r=1;t=60'
        assert (await client.get(TOYS)).status_code == 200
        # Guesses use up what the address may ask; a good key still works from there.
        assert (await client.get(TOYS, headers={"authorization": "Bearer guess"})).status_code == 429
        assert (await client.get(TOYS, headers=key)).status_code == 200


async def test_without_a_file_of_keys_authorization_says_nothing(opened: Opening):
    async with opened(rate_address="9/minute") as client:
        answer = await client.get(TOYS, headers={"authorization": "Bearer guess"})
        assert answer.headers["ratelimit"].startswith('"address"')


async def test_keys_without_a_rate_are_not_limited(opened: Opening, tmp_path: Path):
    key = {"authorization": "Bearer a long random text"}
    async with opened(rate_address="1/hour", keys_file=keys_file(tmp_path)) as client:
        answers = [await client.get(TOYS, headers=key) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert "ratelimit" not in answers[0].headers


@pytest.mark.parametrize(
    ("line", "said"),
    [("broker", "line 1: expected a name"), ("a b c", "expected"), ("b " + "0" * 63, "expected"), ("\udce4", "read")],
)
def test_a_bad_file_of_keys_is_told_by_its_line(tmp_path: Path, line: str, said: str):
    path = tmp_path / "keys"
    path.write_bytes(line.encode("utf-8", "surrogateescape"))
    with pytest.raises(BadKeysError, match=said):
        read_keys(path)
    path.write_text(f"a {'0' * 64}\nb {'0' * 64}")
    with pytest.raises(BadKeysError, match="line 2: the key of b stands twice"):
        read_keys(path)


@pytest.mark.parametrize(
    ("nearest", "forwarded", "proxies", "address"),
    [
        ("192.0.2.1", None, "none", "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "none", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.9", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9, 10.0.0.2", "10.0.0.0/8", "203.0.113.9"),
        ("10.0.0.1", None, "10.0.0.0/8", "10.0.0.1"),
        ("192.0.2.1", "203.0.113.9", "10.0.0.0/8", "192.0.2.1"),
        ("10.0.0.1", "not an address", "10.0.0.0/8", "unknown"),
        ("2001:db8:1:2:3:4:5:6", None, "none", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", None, "none", "192.0.2.1"),
    ],
)
def test_the_address_is_the_last_that_no_trusted_proxy_has(
    nearest: str, forwarded: str | None, proxies: str, address: str
):
    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    scope: Any = {"client": (nearest, 1), "headers": headers}
    assert address_of(scope, read_networks(proxies)) == address


def test_counting_stays_within_its_bounds_and_forgets_the_oldest(clock: Clock):
    counts = Counts(clock, most=3)
    allowance = Allowance("address", "1/hour", counts, clock)
    for number in range(5):
        assert allowance.take(f"192.0.2.{number}").passed
    assert not allowance.take("192.0.2.4").passed
    assert allowance.take("192.0.2.0").passed
    assert counts.reset() == 3


def test_a_refused_request_takes_nothing_off_the_allowance(clock: Clock):
    allowance = Allowance("address", "10/minute", Counts(clock), clock)
    assert allowance.take("a", 6).left == 4
    assert allowance.take("a", 6) == (False, 10, 60, 4, 60)
    assert allowance.take("a", 4).passed


async def test_a_slow_body_is_given_up_with_its_own_problem(clock: Clock):
    desk = Desk(SnapshotHolder(FakeSource()), clock=clock, patience=Patience(body=0.05, request=5))
    await desk.holder.refresh()

    async def trickle() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.01)

    sent: list[Any] = []
    pieces = trickle()

    async def receive() -> Any:
        return {"type": "http.request", "body": await anext(pieces), "more_body": True}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/v1/rates", "raw_path": b"/v1/rates", "query_string": b"", "root_path": "",
        "headers": [(b"content-type", b"application/json"), (b"host", b"strata")],
        "client": ("192.0.2.1", 1), "server": ("strata", 80), "state": {}, "extensions": {},
    }  # fmt: skip
    await application(desk)(scope, receive, send)
    assert sent[0]["status"] == 408
    assert b"/problems/timeout" in sent[1]["body"]


async def test_an_answer_that_takes_too_long_is_given_up(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    desk = Desk(SnapshotHolder(FakeSource()), clock=clock, patience=Patience(body=5, request=0.05))
    await desk.holder.refresh()

    async def wait(*_: Any) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(desk, "aside", wait)
    transport = httpx.ASGITransport(application(desk))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
        late = await client.get("/v1/headline?importer=US&origin=CN")
        assert (late.status_code, late.json()["type"]) == (503, "/problems/unavailable")
        assert int(late.headers["retry-after"]) > 0
        assert late.headers["strata-release"] == "2"
        assert (await client.get(TOYS)).status_code == 200


async def test_long_computations_do_not_pile_up_without_end(desk: Desk):
    gate = asyncio.get_running_loop().create_future()
    desk._under_way.update({str(number): gate for number in range(MOST_WAITING)})
    with pytest.raises(Problem) as refused:
        await desk.aside("one more", lambda: 1)
    assert refused.value.type.slug == "unavailable"
    desk._under_way.clear()
    assert await desk.aside("one more", lambda: 1) == 1


@pytest.mark.parametrize("path", [TOYS, "/nope", "/health/live", "/metrics", "/docs", "/problems", "/v1/rates"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "OPTIONS"])
async def test_every_answer_tells_browsers_to_be_careful(client: httpx.AsyncClient, method: str, path: str):
    for _ in range(2):  # the second time some are ready
        headers = (await client.request(method, path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert len(headers.get_list("content-security-policy")) == 1


@pytest.fixture
def quickly() -> Iterator[None]:
    """Whatever the test does takes less than a second of this process."""
    began = time.process_time()
    yield
    assert time.process_time() - began < 1


@pytest.mark.usefixtures("quickly")
def test_a_repeated_key_among_very_many_is_found_quickly():
    body = b"{" + b",".join(b'"%x":1' % number for number in range(90_000)) + b',"15f8f":2}'
    with pytest.raises(InvalidFields, match="15f8f' stands more than once"):
        decode_json(body)


@pytest.mark.usefixtures("quickly")
def test_very_many_and_very_long_unknown_keys_are_told_quickly():
    with pytest.raises(InvalidFields) as refused:
        refuse_unknown({f"k{number}": 1 for number in range(90_000)}, ["importer", "code"])
    assert len(refused.value.errors) == 10
    with pytest.raises(InvalidFields):
        refuse_unknown({"importer" * 100_000: 1}, ["importer", "code"])
