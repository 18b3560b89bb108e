"""A bounded cache in two generations."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Bounded(Generic[V]):
    """At most ``size`` values; those not asked for lately go first. Counts misses.

    When the young generation is half the size, it becomes the old one and the former old one is dropped as a whole:
    a look-up costs one dictionary access, and making room costs nothing per value (deleting the first key of a
    large dictionary again and again would).
    """

    __slots__ = ("_half", "_old", "_young", "misses")

    def __init__(self, size: int) -> None:
        self._half = max(size // 2, 1)
        self._young: dict[Hashable, V] = {}
        self._old: dict[Hashable, V] = {}
        self.misses = 0

    def get(self, key: Hashable) -> V | None:
        """Return the value of a key, or None."""
        found = self._young.get(key)
        if found is not None:
            return found
        found = self._old.get(key)
        if found is not None:
            return self.put(key, found)
        self.misses += 1
        return None

    def put(self, key: Hashable, value: V) -> V:
        """Keep a value and return it."""
        if len(self._young) >= self._half:
            self._old = self._young
            self._young = {}
        self._young[key] = value
        return value

    def __len__(self) -> int:
        """Return the number of values kept, those in both generations counted once."""
        return len(self._young.keys() | self._old.keys())
