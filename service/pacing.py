"""Working through many items without holding the interpreter: so that requests go on while a release is built."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

T = TypeVar("T")

SLICE: Final = 0.001
"""Seconds of work after which the thread rests."""

SHARE: Final = 0.25
"""Part of the time the thread works. One Python thread at full work was seen to halve what a worker answers."""


def gently(items: Iterable[T]) -> Iterator[T]:
    """Give the items one by one, resting between slices of work; for a thread beside the one that answers."""
    started = time.perf_counter()
    for item in items:
        yield item
        worked = time.perf_counter() - started
        if worked > SLICE:
            time.sleep(worked * (1 / SHARE - 1))
            started = time.perf_counter()
