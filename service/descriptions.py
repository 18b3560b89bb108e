"""Descriptions of goods by code and day, packed: tens of thousands of texts in a few megabytes.

A description is the texts of the printed rows from the heading down to the code. Most rows stand under the same few
above them, so each text is kept once, as a row that knows the row above it, and put together when it is asked for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from typing import Final, NamedTuple

BETWEEN: Final = ": "
"""Stands between the texts of rows."""

NOWHERE: Final = -1

Described = tuple[str, int, str, str]
"""Code in digits, first day as ordinal, description, edition it was read from."""


class Description(NamedTuple):
    """What an official edition prints for a code, and the edition."""

    text: str
    edition: str


class Descriptions:
    """The descriptions of one importer's goods, from all editions imported.

    Args:
        rows: In the order of ``order_of`` and, for a code, of days.
    """

    __slots__ = ("_above", "_codes", "_edition", "_editions", "_ends", "_own", "_row", "_starts", "_texts", "digest")

    def __init__(self, rows: Iterable[Described] = ()) -> None:
        self._codes = array("q")
        self._starts = array("i")
        self._row = array("i")
        self._edition = array("H")
        self._above = array("i")  # by row: the row above
        self._own = array("i")  # by row: its own text
        self._ends = array("i", [0])  # by text: where it ends, after that of the text before
        texts = bytearray()
        known_rows: dict[str, int] = {"": NOWHERE}
        known_texts: dict[str, int] = {}
        editions: dict[str, int] = {}
        digest = blake2b(digest_size=12)

        def row_of(whole: str) -> int:
            found = known_rows.get(whole)
            if found is None:
                head, _, own = whole.rpartition(BETWEEN)
                if not head:
                    own = whole
                above = row_of(head)
                place = known_texts.setdefault(own, len(known_texts))
                if place == len(self._ends) - 1:
                    texts.extend(own.encode())
                    self._ends.append(len(texts))
                found = known_rows[whole] = len(self._own)
                self._above.append(above)
                self._own.append(place)
            return found

        for code, start, text, edition in rows:
            digest.update(f"{code}\0{start}\0{text}\0{edition}\n".encode())
            self._codes.append(order_of(code))
            self._starts.append(start)
            self._row.append(row_of(text))
            self._edition.append(editions.setdefault(edition, len(editions)))
        self._texts = bytes(texts)
        self._editions = tuple(editions)
        self.digest = digest.hexdigest() if self._codes else ""
        """Identifies all of it, whatever database it was read from; empty when there is nothing."""

    def __len__(self) -> int:
        return len(self._codes)

    def of(self, code: str, day: date) -> Description | None:
        """Return what is printed for a code (digits) on a day; None when no edition imported has the code.

        The text is that of the last edition before; on days before the first edition imported, that of the first.
        """
        wanted = order_of(code)
        at = bisect_left(self._codes, wanted)
        last, ordinal = len(self._codes) - 1, day.toordinal()
        if at > last or self._codes[at] != wanted:
            return None
        while at < last and self._codes[at + 1] == wanted and self._starts[at + 1] <= ordinal:
            at += 1
        return Description(self._text(self._row[at]), self._editions[self._edition[at]])

    def _text(self, row: int) -> str:
        parts: list[bytes] = []
        while row != NOWHERE:
            own = self._own[row]
            parts.append(self._texts[self._ends[own] : self._ends[own + 1]])
            row = self._above[row]
        return BETWEEN.encode().join(reversed(parts)).decode()

    @property
    def size(self) -> int:
        """Return how many bytes of memory it takes."""
        arrays = (self._codes, self._starts, self._row, self._edition, self._above, self._own, self._ends)
        return len(self._texts) + sum(it.itemsize * len(it) for it in arrays)


def order_of(code: str) -> int:
    """Return the place of a code among others: shorter ones first, then by digits."""
    return int("1" + code)


NONE: Final = Descriptions()
"""Nothing was imported."""
