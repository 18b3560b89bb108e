"""Ready answers by the bytes of the question, bounded, least recently used out first.

A client that walks the whole schedule would need a place for every answer, and push out those that many ask for. So
each answer found here earns a place for one that is asked for the first time; where nothing is found, an answer is
kept from the second time on, unless it is dear to make.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from typing import Final

from service.api.replies import Reply

Entry = tuple[float, Reply]
"""When a reply ceases to hold, in seconds since the epoch, and the reply."""

TRUST: Final = 10
"""The part of all places, one in so many, that answers found here can earn ahead of time: what a walk may take."""

MAX_KEY: Final = 2_048
"""Bytes of path and query beyond which an answer is not kept."""


class AnswerCache:
    """Replies of the current release by path and raw query string.

    An answer that depends on today holds until ``expires``, the midnight of its importer's customs. Emptied when
    another release becomes current.
    """

    __slots__ = ("_asked", "_asked_before", "_earned", "_kept", "_most_earned", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[bytes, Entry] = OrderedDict()
        self._asked: set[int] = set()
        self._asked_before: set[int] = set()
        self._earned = 0
        self._most_earned = size // TRUST

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: bytes, now: float) -> Reply | None:
        """Return the reply kept for ``key`` if it still holds at ``now``."""
        found = self._kept.get(key)
        if found is None:
            return None
        if found[0] <= now:
            del self._kept[key]
            return None
        self._kept.move_to_end(key)
        if self._earned < self._most_earned:
            self._earned += 1
        return found[1]

    def put(self, key: bytes, reply: Reply, expires: float) -> None:
        """Keep a reply until ``expires`` (seconds since the epoch) or until others crowd it out."""
        if self._size == 0 or len(key) > MAX_KEY:
            return
        self._kept[key] = (expires, reply)
        if len(self._kept) > self._size:
            self._kept.popitem(last=False)

    def offer(self, key: bytes, reply: Reply, expires: float) -> None:
        """Keep a reply if a place was earned or its question was asked lately; else note that it was asked."""
        if self._earned:
            self._earned -= 1
            self.put(key, reply, expires)
            return
        mark = hash(key)
        if mark in self._asked or mark in self._asked_before:
            self.put(key, reply, expires)
            return
        if len(self._asked) >= self._size:
            self._asked_before, self._asked = self._asked, set()
        self._asked.add(mark)

    def newest(self, number: int) -> list[bytes]:
        """Return the keys asked for lately, the oldest of them first."""
        return list(islice(reversed(self._kept), number))[::-1]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
