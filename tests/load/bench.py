"""``make bench``: measure the service against itself without its work, on the same machine in the same minutes.

Figures of a machine say little, ratios a good deal: every rate over HTTP is compared with a handler of the same
application that reads and checks the same parameters, computes the same tag and returns stored bytes. Runs to be
compared take turns, and medians count.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

import msgspec

from service.settings import CHECKOUT
from service.store.connection import connect
from tests.load import wrk
from tests.load.apps import STORED_FILE
from tests.load.inside import Figures, Plan
from tests.load.questions import write
from tests.load.report import Distinct, Mix, rows_of
from tests.load.servers import Worker, environment, private_database, serving
from tests.load.swap import Publisher, swap
from tests.load.table import table

APP: Final = "tests.load.apps:measured_app"
BARE: Final = "tests.load.apps:bare_app"
RATES, STORED, ROW, CONSTANT = "/v1/rates?", "/bench/stored?", "/bench/row?", "/bench/bare?"


class Effort(msgspec.Struct, frozen=True):
    """How much is measured: seconds and rounds of each run over HTTP, and counts of questions."""

    seconds: float
    rounds: int
    popular: int
    draws: int
    distinct: int
    inside: int
    loads: int
    swap_seconds: float


FULL: Final = Effort(5, 4, 20_000, 200_000, 200_000, 50_000, 3, 18)
QUICK: Final = Effort(1, 1, 2_000, 10_000, 2_000, 1_000, 1, 6)


def say(text: str) -> None:
    """Tell on stderr what is being measured, and how busy the machine is."""
    sys.stderr.write(f"[{time.strftime('%H:%M:%S')}, load {os.getloadavg()[0]:.1f}] {text}\n")


def inside(effort: Effort, environ: dict[str, str], directory: Path) -> Figures:
    """Prepare the questions and measure without HTTP, in a process of its own."""
    plan = Plan(str(directory), effort.popular, effort.draws, effort.distinct, effort.inside, effort.loads)
    command = [sys.executable, "-m", "tests.load.inside", msgspec.json.encode(plan).decode()]
    done = subprocess.run(command, env=environ, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Figures)


async def row_queries(dsn: str, count: int) -> list[str]:
    """Return queries that name rows by primary key."""
    conn = await connect(dsn)
    try:
        rows = await conn.fetch("select schedule, code, place from schedule_line order by md5(code) limit $1", count)
    finally:
        await conn.close()
    return [f"schedule={schedule}&code={code}&place={place}" for schedule, code, place in rows]


def mixed(effort: Effort, worker: Worker, bare: Worker, directory: Path) -> Mix:
    """Ask popular questions; the four handlers take turns."""
    popular, rows = directory / "popular.txt", directory / "rows.txt"
    legs = ((worker, RATES, popular), (worker, STORED, popular), (worker, ROW, rows), (bare, CONSTANT, popular))
    for server, prefix, file in legs:
        wrk.run(server.port, prefix, file, seconds=max(1, effort.seconds / 2))
    hits, misses, _ = worker.cache()
    seen: dict[str, list[float]] = {prefix: [] for _, prefix, _ in legs}
    refused = 0
    for turn in range(effort.rounds):
        first = turn * effort.draws // effort.rounds
        for server, prefix, file in legs:
            run = wrk.run(server.port, prefix, file, seconds=effort.seconds, first=first if file is popular else 0)
            seen[prefix].append(run.rate)
            refused += run.refused + run.failed
    rates, stored, row, constant = (median(seen[prefix]) for _, prefix, _ in legs)
    hits_now, misses_now, entries = worker.cache()
    return Mix(
        rates, stored, row, constant, hits_now - hits, misses_now - misses, entries, worker.resident(), refused
    )


def distinct(effort: Effort, worker: Worker, directory: Path) -> Distinct:
    """Ask each question once of a fresh server; it and the comparator take turns over parts of the list."""
    file = directory / "distinct.txt"
    parts = effort.rounds * 2
    size = effort.distinct // parts
    runs: dict[str, list[wrk.Run]] = {RATES: [], STORED: []}
    for part in range(parts):
        order = (RATES, STORED) if part % 2 == 0 else (STORED, RATES)
        for prefix in order:
            runs[prefix].append(wrk.run(worker.port, prefix, file, first=part * size, count=size, mode="once"))
    everything = runs[RATES] + runs[STORED]
    return Distinct(
        median(run.rate for run in runs[RATES]),
        median(run.rate for run in runs[STORED]),
        median(run.p99 for run in runs[RATES]),
        median(run.p99 for run in runs[STORED]),
        *worker.cache(),
        worker.resident(),
        sum(run.refused + run.failed for run in everything),
    )


def bench(effort: Effort) -> str:
    """Measure everything and return the report."""
    begun, load_before = time.monotonic(), os.getloadavg()[0]
    with private_database() as (dsn, directory):
        environ = environment(dsn)
        say("publishing the shipped law to a private database")
        Publisher(environ, 0).write()
        say("in process: loading, compiling, answering; preparing the questions")
        figures = inside(effort, environ, directory)
        write(directory / "rows.txt", asyncio.run(row_queries(dsn, effort.popular)))
        environ = environment(dsn, **{STORED_FILE: str(directory / "stored.json")})
        with serving(BARE, environ, "/bench/bare") as bare, serving(APP, environ, "/health/ready") as worker:
            say("over HTTP: popular questions")
            mix = mixed(effort, worker, bare, directory)
            say(f"publishing under load, {mix.rates / 2:,.0f} requests a second")
            change = swap(worker, environ, directory, mix.rates / 2, effort.swap_seconds)
            resident = worker.resident()
        with serving(APP, environ, "/health/ready") as worker:
            say("over HTTP: distinct questions, on a fresh server")
            once = distinct(effort, worker, directory)
    busy = f"{load_before:.2f} before and {os.getloadavg()[0]:.2f} after"
    circumstances = (
        f"{os.cpu_count()} processors, load average {busy}; {time.monotonic() - begun:.0f} s; one worker, "
        f"{wrk.CONNECTIONS} connections, load from the same machine"
    )
    refused = (
        f"stored answer of {figures.body:,.0f} bytes; not answered 200: {mix.refused:,} of the popular, "
        f"{once.refused:,} of the distinct; refused in process: {figures.steady.refused:,} of {effort.inside:,}"
    )
    return "\n".join([table(rows_of(figures, mix, once, change, resident)), "", circumstances, refused, ""])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; the status tells whether the benchmark worked, not whether the figures please."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure Strata and print a table of ratios.")
    parser.add_argument("--quick", action="store_true", help="a short run whose figures mean little")
    quick = parser.parse_args(arguments).quick
    if not wrk.available():
        sys.stderr.write(wrk.MISSING + "\n")
        return 1
    sys.stdout.write(bench(QUICK if quick else FULL))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
