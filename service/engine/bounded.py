"""A bounded cache: the oldest entry makes room for the newest."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """At most ``size`` values; a value that was put first goes first. Counts hits and misses."""

    __slots__ = ("_values", "hits", "misses", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self._values: dict[Hashable, V] = {}
        self.hits = 0
        self.misses = 0

    def get(self, key: Hashable) -> V | None:
        """Return the value of a key, or None."""
        found = self._values.get(key)
        if found is None:
            self.misses += 1
        else:
            self.hits += 1
        return found

    def put(self, key: Hashable, value: V) -> V:
        """Keep a value and return it."""
        if len(self._values) >= self.size:
            del self._values[next(iter(self._values))]
        self._values[key] = value
        return value

    def __len__(self) -> int:
        """Return the number of values kept."""
        return len(self._values)
