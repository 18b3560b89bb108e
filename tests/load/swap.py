"""Publishing a release that changes 100 measures while the service answers at half its greatest rate."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from service.settings import CHECKOUT
from tests.load import wrk
from tests.load.open_loop import Order, Record, read_records
from tests.load.servers import Worker

CONNECTIONS: Final = 32
SETTLE: Final = 2.0
"""Seconds at the start that are not counted, and after the first answer of the new release that are."""


class Publisher:
    """The publishing process: the law is derived at once, written when told."""

    def __init__(self, environ: Mapping[str, str], rate: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.load.publisher", str(rate)],
            env=dict(environ),
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        if self._process.stdout.readline() != "derived\n":
            raise RuntimeError("the law for the benchmark cannot be derived; see above")

    def write(self) -> tuple[int, float, float]:
        """Write the release; return its number and when writing began and ended."""
        out, _ = self._process.communicate("go\n", timeout=300)
        if self._process.returncode != 0:
            raise RuntimeError("publishing failed; see above")
        number, began, ended = out.split()
        return int(number), float(began), float(ended)


class Swap(msgspec.Struct, frozen=True):
    """What was seen. Times in seconds.

    ``mixed``: answers whose header and body name different releases; ``back``: answers of the old release to
    requests that were due after one of the new release had come. 99th percentiles: ``before``, ``during`` and its
    three phases (``writing`` the rows, ``taking`` them over, ``warming`` the caches anew), ``after``.
    """

    rate: float
    requests: int
    failed: int
    mixed: int
    back: int
    before: float
    during: float
    writing: float
    taking: float
    warming: float
    after: float
    worst: float
    written: float
    taken: float


def swap(worker: Worker, environ: Mapping[str, str], directory: Path, rate: float, seconds: float) -> Swap:
    """Ask at ``rate`` for ``seconds``, publish after a third of them, and compare the latencies."""
    publish_now(worker, environ, 1)
    publisher = Publisher(environ, 2)
    wrk.run(worker.port, "/v1/rates?", directory / "popular.txt", seconds=max(1, seconds / 4))
    records = directory / "records.bin"
    order = Order(worker.port, str(directory / "popular.txt"), str(records), rate, seconds, CONNECTIONS)
    command = [sys.executable, "-m", "tests.load.open_loop", msgspec.json.encode(order).decode()]
    client = subprocess.Popen(command, env=dict(environ), cwd=CHECKOUT)
    time.sleep(SETTLE + seconds / 3)
    number, began, ended = publisher.write()
    if client.wait(seconds + 120) != 0:
        raise RuntimeError("the open-loop client failed; see above")
    return _judge(read_records(records), rate, number, began, ended)


def publish_now(worker: Worker, environ: Mapping[str, str], rate: int) -> None:
    """Publish and wait until the worker answers from it."""
    number, _, _ = Publisher(environ, rate).write()
    until = time.monotonic() + 60
    while f'"number":{number},'.encode() not in worker.get("/health/ready"):
        if time.monotonic() > until:
            raise RuntimeError(f"the worker has not taken over release {number}")
        time.sleep(0.2)


def _judge(records: list[Record], rate: float, number: int, began: float, ended: float) -> Swap:
    arrived = min((r.due + r.latency for r in records if r.release == number), default=float("inf"))
    first = min(r.due for r in records) + SETTLE
    finish = arrived + SETTLE

    def between(since: float, until: float) -> float:
        return p99([r.latency for r in records if since <= r.due < until])

    return Swap(
        rate=rate,
        requests=len(records),
        failed=sum(r.release == 0 for r in records),
        mixed=sum(r.release == -1 for r in records),
        back=sum(0 < r.release < number and r.due > arrived for r in records),
        before=between(first, began),
        during=between(began, finish),
        writing=between(began, ended),
        taking=between(ended, arrived),
        warming=between(arrived, finish),
        after=between(finish, float("inf")),
        worst=max((r.latency for r in records if began <= r.due < finish), default=0.0),
        written=ended - began,
        taken=arrived - ended,
    )


def p99(latencies: list[float]) -> float:
    """Return the latency that one in a hundred exceeds."""
    return sorted(latencies)[int(len(latencies) * 0.99)] if latencies else float("nan")
