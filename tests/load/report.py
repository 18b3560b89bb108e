"""What was measured, put beside what is asked of it."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import msgspec

from tests.load.apps import POOL
from tests.load.inside import Figures
from tests.load.swap import Swap
from tests.load.table import Row, at_least, at_most, number

CALM = 0.1
"""Seconds of p99 before publishing beyond which a ratio to it says nothing."""


class Mix(msgspec.Struct, frozen=True):
    """Medians over the rounds, requests per second, and what the ready answers did."""

    rates: float
    stored: float
    row: float
    bare: float
    hits: int
    misses: int
    entries: int
    resident: float
    refused: int


class Distinct(msgspec.Struct, frozen=True):
    """Rates and 99th percentiles (seconds) over questions that are asked once."""

    rates: float
    stored: float
    rates_p99: float
    stored_p99: float
    hits: int
    misses: int
    entries: int
    resident: float
    refused: int


def rows_of(figures: Figures, mix: Mix, once: Distinct, change: Swap, resident: float) -> list[Row]:
    """Return the table's rows, each target beside its figure."""
    return [
        *_popular(mix),
        *_distinct(once, mix.row),
        *_inside(figures),
        *_publishing(change),
        at_most("resident memory, popular questions", 300, mix.resident, " MiB"),
        at_most("resident memory, distinct questions", 300, once.resident, " MiB"),
        at_most("resident memory, after publishing", 300, resident, " MiB"),
    ]


def _popular(mix: Mix) -> Iterable[Row]:
    rate = mix.hits / max(mix.hits + mix.misses, 1)
    yield Row("bare handler", "", f"{number(mix.bare)} /s")
    yield Row("comparator, popular questions", "", f"{number(mix.stored)} /s")
    yield at_least("comparator / bare", 0.5, mix.stored / mix.bare)
    yield Row("rates, popular questions", "", f"{number(mix.rates)} /s")
    yield at_least("rates / comparator, popular questions", 0.85, mix.rates / mix.stored)
    yield Row(f"one row by primary key, pool of {POOL}", "", f"{number(mix.row)} /s")
    yield at_least("rates / row, popular questions", 3, mix.rates / mix.row)
    yield Row("ready answers, popular questions", "", f"{mix.entries:,} kept, hit rate {rate:.3f}")


def _distinct(once: Distinct, row: float) -> Iterable[Row]:
    ready = f"{once.entries:,} kept, {once.hits:,} hits, {once.misses:,} misses"
    yield Row("comparator, distinct questions", "", f"{number(once.stored)} /s, p99 {1000 * once.stored_p99:.1f} ms")
    yield Row("rates, distinct questions", "", f"{number(once.rates)} /s, p99 {1000 * once.rates_p99:.1f} ms")
    yield at_least("rates / comparator, distinct questions", 0.6, once.rates / once.stored)
    yield at_most("p99 / comparator's, distinct questions", 2, once.rates_p99 / once.stored_p99)
    yield Row("rates / row, distinct questions", "", number(once.rates / row))
    yield Row("ready answers, distinct questions", "", ready)


def _inside(figures: Figures) -> Iterable[Row]:
    steady = figures.steady
    took = f"{1e6 * steady.p50:.0f} us, {1e6 * steady.p99:,.0f} us, {1e3 * steady.worst:,.0f} ms"
    ready = median(load + compiling for load, compiling in zip(figures.load, figures.compile, strict=True))
    halves = f" ({median(figures.load):.1f} + {median(figures.compile):.1f})"
    yield at_most("ready from Postgres (load + compile)", 3, ready, " s", note=halves)
    yield Row("answers in process, cold", "", f"{number(figures.cold.per_second)} /s")
    yield at_least("answers in process, steady", 50_000, steady.per_second, " /s")
    yield Row("one answer in process, p50, p99, worst", "", took)
    yield Row("answers written as JSON, steady", "", f"{number(figures.encoded.per_second)} /s")
    for cache in figures.caches:
        kept = f"{cache.entries:,} kept, {cache.misses:,} misses"
        yield Row(f"engine cache {cache.name}", f"<= {cache.bound:,}", kept, cache.entries <= cache.bound)


def _publishing(change: Swap) -> Iterable[Row]:
    parts = (change.writing, change.taking, change.warming, change.after)
    phases = ", ".join(f"{1000 * part:.1f}" for part in parts) + " ms"
    before = f" ({1000 * change.before:.1f} -> {1000 * change.during:.1f} ms)"
    yield Row("load while publishing", "", f"{number(change.rate)} /s")
    yield at_most("failed requests while publishing", 0, change.failed, note=f" of {change.requests:,}")
    yield at_most("answers of two releases while publishing", 0, change.mixed + change.back)
    swapped = at_most("p99 while publishing / before", 5, change.during / change.before, note=before)
    yield swapped if change.before < CALM else msgspec.structs.replace(swapped, good=None)
    yield Row("p99 writing, taking over, 2 s of warming, after", "", phases)
    yield Row("worst latency while publishing", "", f"{1000 * change.worst:.0f} ms")
    yield Row("release written, then taken over", "", f"{change.written:.1f} s, {change.taken:.1f} s")
