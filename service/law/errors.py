"""Errors in law files: each names the file, the line, the key, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

import msgspec

MOST_PER_FILE = 50
"""Errors told per file: a shifted column must not print forty thousand lines."""


class LawError(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong in a law file. ``line`` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        """Write it as editors expect: ``file:line: key: message``."""
        return ":".join(filter(None, (self.file, str(self.line or "")))) + f": {self.key}: {self.message}"


class LawErrors(Exception):  # noqa: N818 - the plural is the point: everything that is wrong, in one go
    """The law files cannot be decoded. ``errors`` are in order of file and line."""

    def __init__(self, errors: Iterable[LawError]) -> None:
        self.errors = tuple(sorted(set(errors)))
        super().__init__("\n".join(map(str, self.errors)))


class Fault(Exception):  # noqa: N818 - caught inside the decoder and turned into a ``LawError``
    """A value that cannot be right, raised where it is read and recorded by the mapping it stands in."""

    def __init__(self, line: int, key: str, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.key = key
        self.message = message


class Faults:
    """Collects the errors of all files, so that one run tells them all."""

    def __init__(self) -> None:
        self.errors: list[LawError] = []
        self._count: dict[str, int] = {}

    def add(self, file: str, line: int, key: str, message: str) -> None:
        """Record an error; of the many in one file only the first ``MOST_PER_FILE`` are kept, and that is said."""
        count = self._count[file] = self._count.get(file, 0) + 1
        if count <= MOST_PER_FILE:
            self.errors.append(LawError(file, line, key, message))
        elif count == MOST_PER_FILE + 1:
            self.errors.append(LawError(file, line, key, f"{message} (and more errors in this file, not shown)"))

    def raise_any(self) -> None:
        """Raise ``LawErrors`` if anything was recorded."""
        if self.errors:
            raise LawErrors(self.errors)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest known word, or all known ones when there are few; else ``""``."""
    words = sorted(set(known))
    close = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]}?"
    if 0 < len(words) <= 20:
        return f"; known are {', '.join(words)}"
    return ""
