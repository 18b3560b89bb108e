"""How the building of a schedule works through many items: at once, or with rests that the caller decides on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Pace(Protocol):
    """Gives the items one by one, resting between them as it likes."""

    def __call__(self, items: Iterable[T], /) -> Iterable[T]:
        """Give the items."""
        ...


def each(items: Iterable[T], /) -> Iterable[T]:
    """Give the items at once."""
    return items
