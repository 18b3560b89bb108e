"""Counting requests in windows: the rules and windows of ``limits``, over a store of our own.

The store in memory that ``limits`` brings looks through all its clients up to a hundred times a second in a thread;
with many clients, which is when a limit matters, that takes the time from the requests. This one forgets the oldest.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from limits import RateLimitItem, parse
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from service.api.limits_state import State

MOST_CLIENTS: Final = 100_000
"""Clients counted at once in one worker; of more, those whose window began first are forgotten (let through)."""


class Counts(Storage):
    """Counters that end with their window; ``clock`` gives seconds since the epoch."""

    STORAGE_SCHEME = ["strata"]  # noqa: RUF012 - declared so by the base class

    def __init__(self, clock: Callable[[], float] = time.time, most: int = MOST_CLIENTS) -> None:
        super().__init__()
        self._clock = clock
        self._most = most
        self._kept: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @property
    def base_exceptions(self) -> type[Exception]:
        """Nothing that can fail stands behind the counters."""
        return RuntimeError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count ``amount`` more, in a new window of ``expiry`` seconds if the last one is over."""
        now = self._clock()
        count, end = self._kept.get(key, (0, 0.0))
        if end <= now:
            self._kept.pop(key, None)
            count, end = 0, now + expiry
        self._kept[key] = (count + amount, end)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return count + amount

    def get(self, key: str) -> int:
        """Return what was counted in the present window."""
        count, end = self._kept.get(key, (0, 0.0))
        return count if end > self._clock() else 0

    def get_expiry(self, key: str) -> float:
        """Return when the present window ends, in seconds since the epoch."""
        return self._kept.get(key, (0, self._clock()))[1]

    def check(self) -> bool:
        """Tell that the store is there."""
        return True

    def reset(self) -> int:
        """Forget all; returns how many were forgotten."""
        count = len(self._kept)
        self._kept.clear()
        return count

    def clear(self, key: str) -> None:
        """Forget one client."""
        self._kept.pop(key, None)


class Allowance:
    """So many requests in a window, each client for itself; ``rate`` is written ``600/minute``."""

    def __init__(self, kind: str, rate: str, counts: Counts, clock: Callable[[], float] = time.time) -> None:
        self.kind: Final = kind
        self._item: Final[RateLimitItem] = parse(rate)
        self.amount: Final[int] = self._item.amount
        self._windows: Final = FixedWindowRateLimiter(counts)
        self._clock: Final = clock

    def take(self, client: str, cost: int = 1) -> State:
        """Take ``cost`` questions off a client's allowance, nothing when that many are not left."""
        item, amount = self._item, self.amount
        passed = self._windows.test(item, self.kind, client, cost=cost)
        passed = passed and self._windows.hit(item, self.kind, client, cost=cost)
        end, left = self._windows.get_window_stats(item, self.kind, client)
        return State(passed, amount, item.get_expiry(), left, max(1, int(end - self._clock() + 0.999)))
