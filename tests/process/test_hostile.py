"""Requests that mean harm, over real connections: each is refused within its limit while others are served."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path

import httpx
import psutil
import pytest

from tests.process.services import Service, serving, strata

pytestmark = [pytest.mark.process, pytest.mark.slow]

TOYS = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN&date=2025-07-28"
QUESTIONS = (
    f"/v1/rates?importer=US&code={code}&origin=CN&date={date(2018, 1, 1) + timedelta(days)}"
    for days in itertools.count()
    for code in ("9503.00.00.73", "8471.30.01.00", "6109.10.00.04", "7306.30.10.00")
)
"""Of goods under different programs, on one day after the other."""

HEAD_SECONDS, BODY_SECONDS = 2, 2
POST = b"POST /v1/rates HTTP/1.1\r\nHost: strata\r\nContent-Type: application/json\r\n"
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def attacked(scratch: Path) -> Iterator[Service]:
    """A service with short limits; after all attacks it is alive, and no request has met a fault."""
    environ = {"STRATA_HEAD_SECONDS": str(HEAD_SECONDS), "STRATA_BODY_SECONDS": str(BODY_SECONDS)}
    with serving(scratch / "attacked.log", **environ) as running:
        worker = psutil.Process(running.process.pid).children(recursive=True)
        yield running
        assert psutil.Process(running.process.pid).children(recursive=True) == worker
        assert 'status="500"' not in running.get("/metrics").text
        assert "request failed" not in running.log.read_text()


def memory(service: Service) -> int:
    """Return the resident bytes of the service and its worker."""
    process = psutil.Process(service.process.pid)
    return sum(it.memory_info().rss for it in (process, *process.children(recursive=True)))


class Others:
    """What the others who ask meanwhile have met: status and seconds of each question."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []

    def go_on(self, least: int = 5) -> Iterator[None]:
        """Repeat an attack that is over in no time until some questions were asked and answered beside it."""
        began, already = time.monotonic(), len(self.seen)
        while len(self.seen) < already + least and time.monotonic() - began < 20:
            yield


@contextmanager
def others_served(service: Service) -> Iterator[Others]:
    """Ask on new connections all the while, never the same question twice, so that each answer has to be composed.

    Every question must be answered, none after more than two seconds, and memory must not grow.
    """
    over = threading.Event()
    others = Others()

    def ask() -> None:
        while not over.is_set():
            began = time.monotonic()
            status = httpx.get(service.url + next(QUESTIONS), timeout=20).status_code
            others.seen.append((status, time.monotonic() - began))
            time.sleep(0.05)

    before = memory(service)
    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield others
    finally:
        during = len(others.seen)
        over.set()
        thread.join(30)
    assert during > 0, "the attack was over before anybody else was served"
    assert {status for status, _ in others.seen} == {200}
    assert max(seconds for _, seconds in others.seen) < 2
    assert memory(service) - before < 64 * MEBIBYTE


def opened(service: Service) -> socket.socket:
    """Return a new connection."""
    return socket.create_connection(("127.0.0.1", service.port), timeout=20)


def answer(service: Service, *pieces: bytes) -> tuple[int, bytes, int]:
    """Send until the service answers or hangs up; return the status, what it sent, and the bytes it took."""
    taken = 0
    with opened(service) as connection:
        connection.settimeout(20)
        with suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
                taken += len(piece)
        got = b""
        with suppress(OSError):
            while not got.endswith(b"\r\n\r\n") and (more := connection.recv(65536)):
                got += more
    return int(got.split(b" ", 2)[1]) if got else 0, got, taken


def ended(connection: socket.socket, seconds: float) -> bool:
    """Tell whether the service hangs up within so many seconds, whatever it says before."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_heads_that_trickle_are_cut_off(attacked: Service):
    with others_served(attacked), ExitStack() as stack:
        slow = [stack.enter_context(opened(attacked)) for _ in range(300)]
        began = time.monotonic()
        while time.monotonic() - began < HEAD_SECONDS + 1:
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(b"GET / HTTP/1.1\r\n" if time.monotonic() - began < 0.2 else b"X: y\r\n")
            time.sleep(0.2)
        assert all(ended(connection, 1) for connection in slow)


def test_silent_and_resting_connections_are_cut_off(attacked: Service):
    with others_served(attacked), opened(attacked) as silent, opened(attacked) as resting:
        resting.sendall(f"GET {TOYS} HTTP/1.1\r\nHost: strata\r\n\r\n".encode())
        assert resting.recv(20).startswith(b"HTTP/1.1 200")
        assert ended(silent, HEAD_SECONDS + 2)
        assert ended(resting, HEAD_SECONDS + 2)


def test_bodies_that_trickle_are_given_up(attacked: Service):
    with others_served(attacked), ExitStack() as stack:
        slow = [stack.enter_context(opened(attacked)) for _ in range(100)]
        for connection in slow:
            connection.sendall(POST + b"Content-Length: 1000\r\n\r\n")
        began = time.monotonic()
        while time.monotonic() - began < BODY_SECONDS + 0.5:
            for connection in slow:
                with suppress(OSError):
                    connection.sendall(b" ")
            time.sleep(0.2)
        for connection in slow:
            connection.settimeout(2)
            said = connection.recv(65536)
            assert said.startswith(b"HTTP/1.1 408")
            assert b"/problems/timeout" in said or b"/problems/timeout" in connection.recv(65536)


@pytest.mark.parametrize("way", ["announced", "in chunks", "with a GET"])
def test_a_body_of_a_gigabyte_is_not_read(attacked: Service, way: str):
    block = b" " * MEBIBYTE
    head = POST + b"Content-Length: %d\r\n\r\n" % (1024 * MEBIBYTE)
    if way == "in chunks":
        head, block = POST + b"Transfer-Encoding: chunked\r\n\r\n", b"%x\r\n%b\r\n" % (MEBIBYTE, block)
    if way == "with a GET":
        head = head.replace(b"POST /v1/rates", b"GET /health/live")
    with others_served(attacked) as others:
        for _ in others.go_on():
            status, said, taken = answer(attacked, head, *[block] * 1024)
            assert taken < 64 * MEBIBYTE
            if said:  # a connection reset before the answer was read says as much
                assert status == (200 if way == "with a GET" else 413)


def test_a_body_that_unpacks_to_a_gigabyte_is_not_unpacked(attacked: Service):
    bomb = gzip.compress(b" " * MEBIBYTE, 9) * 1024  # members in a row are one gzip file
    with others_served(attacked) as others:
        for _ in others.go_on():
            for encoding in ("gzip", "deflate", "br", "gzip, gzip"):
                headers = {"content-type": "application/json", "content-encoding": encoding}
                refused = httpx.post(f"{attacked.url}/v1/rates", content=bomb, headers=headers)
                assert (refused.status_code, refused.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize(
    "lines",
    [b"".join(b"X-%d: y\r\n" % number for number in range(10_000)), b"X: " + b"y" * 100_000 + b"\r\n"],
    ids=["10,000 headers", "100,000 bytes"],
)
def test_heads_that_are_too_large_are_refused(attacked: Service, lines: bytes):
    with others_served(attacked) as others:
        for _ in others.go_on(20):
            assert answer(attacked, b"GET / HTTP/1.1\r\nHost: strata\r\n" + lines + b"\r\n")[0] in {0, 431}
    assert answer(attacked, b"GET / HTTP/1.1\r\nHost: strata\r\n" + lines + b"\r\n")[0] in {0, 431}


DEEP = {
    "arrays": b'{"questions":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "objects": b'{"questions":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
    "never closed": b"[" * 1_000_000,
    "a long number": b'{"questions":[{"value":' + b"9" * 1_000_000 + b"}]}",
    "many keys": b"{" + b",".join(b'"%x":1' % number for number in range(90_000)) + b',"1":2}',
    "a long word": b'{"questions":"' + b"\\u0000" * 170_000 + b'"}',
    "lone surrogates": b'{"questions":[{"importer":"\\ud800","code":"\\udfff","origin":"CN"}]}',
    "broken UTF-8": b'{"questions":["\xff"]}',
    "nulls": b"\x00" * 1000,
}


@pytest.mark.parametrize("body", DEEP.values(), ids=DEEP)
def test_a_twisted_body_is_refused_and_soon(attacked: Service, body: bytes):
    with others_served(attacked) as others:
        for _ in others.go_on():
            began = time.monotonic()
            said = httpx.post(f"{attacked.url}/v1/rates", content=body, headers={"content-type": "application/json"})
            assert time.monotonic() - began < 2
            if said.status_code == 200:
                assert "invalid-body" in said.text
            else:
                assert (said.status_code, said.json()["type"]) == (400, "/problems/invalid-body")


def test_noise_is_never_a_fault(attacked: Service):
    chance = random.Random(9503)  # noqa: S311 - no secret
    signs = b"\r\n\t :/?&=%+\x00\xff\"'{}[],;" + b"GETPOSTHTTP/1.1importer=US&code=9503.00.00.73&origin=CN"
    with others_served(attacked):
        for _ in range(200):
            noise = bytes(chance.choice(signs) for _ in range(chance.randrange(1, 200)))
            start = chance.choice([b"", b"GET /v1/rates?", b"GET /v1/headline?", b"GET /", b"OPTIONS /docs/"])
            status, _, _ = answer(attacked, start + noise + b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            assert status < 500


def test_what_one_address_may_ask_is_set_and_keys_are_read_at_the_start(scratch: Path):
    keys = scratch / "keys"
    keys.write_text(f"broker {hashlib.sha256(b'a long random text').hexdigest()}\n")
    environ = {"STRATA_RATE_ADDRESS": "5/hour", "STRATA_RATE_KEY": "500/hour", "STRATA_KEYS_FILE": str(keys)}
    with serving(scratch / "limited.log", **environ) as limited:
        statuses = [limited.get(TOYS).status_code for _ in range(8)]
        assert statuses == [200] * 5 + [429] * 3
        refused = limited.get(TOYS)
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert refused.headers["ratelimit-policy"] == '"address";q=5;w=3600'
        with_key = limited.get(TOYS, headers={"authorization": "Bearer a long random text"})
        assert (with_key.status_code, json.loads(with_key.text)["total"]["percent"]) == (200, 30)
        assert limited.get("/health/ready").status_code == 200
    keys.write_text("broker nonsense\n")
    done = strata("serve", **environ)
    assert done.returncode == 1
    assert "line 1: expected a name and the SHA-256" in done.stderr
