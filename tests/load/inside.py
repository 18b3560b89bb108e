"""In one process, without HTTP: how long a release takes to be ready, and how many answers a second it gives.

Run as ``python -m tests.load.inside PLAN`` with ``DATABASE_URL``; writes the questions of the other measurements
beside it and prints its figures as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import cast

import msgspec

from service.api.parameters import read_query, tables_of
from service.api.questions import resolve
from service.api.replies import encode
from service.engine.answers import Question
from service.engine.bounded import Bounded
from service.engine.refusals import Refusal
from service.engine.schedule import Schedule
from service.releases import build_snapshot
from service.snapshot import Snapshot
from service.store.load import load_release
from tests.load.questions import Questions, write, zipf


class Plan(msgspec.Struct, frozen=True):
    """What to prepare and measure; counts of questions."""

    directory: str
    popular: int
    draws: int
    distinct: int
    inside: int
    loads: int


class Rate(msgspec.Struct, frozen=True):
    """Questions per second of processor time of one run, how many were refused, and seconds that one took."""

    per_second: float
    refused: int
    p50: float
    p99: float
    worst: float


class Kept(msgspec.Struct, frozen=True):
    """A bounded cache of the engine: entries, their bound, and how many look-ups found none."""

    name: str
    entries: int
    bound: int
    misses: int


class Figures(msgspec.Struct, frozen=True):
    """What was measured. ``load`` and ``compile``: seconds of each try."""

    load: list[float]
    compile: list[float]
    cold: Rate
    steady: Rate
    encoded: Rate
    body: float
    caches: list[Kept]


async def ready(dsn: str) -> tuple[Snapshot, float, float]:
    """Load the newest release and compile it; return it with the seconds that both took."""
    started = time.perf_counter()
    loaded = await load_release(dsn)
    middle = time.perf_counter()
    snapshot = build_snapshot(loaded)
    return snapshot, middle - started, time.perf_counter() - middle


def answers(schedule: Schedule, questions: list[Question], *, encoded: bool = False) -> Rate:
    """Answer each question once, and write the answer as JSON if ``encoded``."""
    refused = 0
    clock, moments = time.perf_counter, [time.perf_counter()]
    started = time.process_time()
    for question in questions:
        try:
            answer = schedule.answer(question)
        except Refusal:
            refused += 1
        else:
            if encoded:
                encode(answer)
        moments.append(clock())
    rate = len(questions) / (time.process_time() - started)
    took = sorted(until - since for since, until in pairwise(moments))
    return Rate(rate, refused, took[len(took) // 2], took[int(len(took) * 0.99)], took[-1])


def caches_of(schedule: Schedule) -> list[Kept]:
    """Return the bounded caches of a schedule and its surfaces."""
    return [
        Kept(name.strip("_"), len(value), 2 * value._half, value.misses)
        for owner in (schedule, schedule.lifetimes, schedule.surfaces, schedule.surfaces.parts)
        for name, value in vars(owner).items()
        if isinstance(value, Bounded)
    ]


def median_answer(schedule: Schedule, questions: list[Question]) -> bytes:
    """Return the encoded answer of median length: what the comparator returns."""
    bodies = []
    for question in questions:
        try:
            bodies.append(encode(schedule.answer(question)))
        except Refusal:
            continue
    return sorted(bodies, key=len)[len(bodies) // 2]


def measure(dsn: str, plan: Plan) -> Figures:
    """Prepare the questions and take the figures."""
    tries = [asyncio.run(ready(dsn)) for _ in range(plan.loads)]
    snapshot = tries[-1][0]
    load, compiling = [t[1] for t in tries], [t[2] for t in tries]
    del tries
    now = time.time()
    territory = snapshot.territories["US"]
    schedule = cast("Schedule", territory.schedule)
    source = Questions(schedule, territory.importer.codes, territory.today(now))
    directory = Path(plan.directory)
    popular, distinct = source.take(plan.popular), source.take(plan.distinct)
    write(directory / "popular.txt", zipf(popular, plan.draws))
    write(directory / "distinct.txt", distinct)

    table = tables_of(snapshot.facts).rates

    def resolved(queries: list[str]) -> list[Question]:
        return [resolve(read_query(q.encode(), table), snapshot, now).question for q in queries]

    runs = [resolved(source.take(plan.inside)) for _ in range(4)]
    gc.collect()
    gc.freeze()
    cold = answers(schedule, runs[0])
    answers(schedule, runs[1])
    steady = answers(schedule, runs[2])
    encoded = answers(schedule, runs[3], encoded=True)
    kept = caches_of(schedule)
    body = median_answer(schedule, resolved(distinct[:2000]))
    (directory / "stored.json").write_bytes(body)
    return Figures(load, compiling, cold, steady, encoded, len(body), kept)


if __name__ == "__main__":
    figures = measure(os.environ["DATABASE_URL"], msgspec.json.decode(sys.argv[1], type=Plan))
    sys.stdout.buffer.write(msgspec.json.encode(figures) + b"\n")
