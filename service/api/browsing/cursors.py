"""Cursors: where a list goes on, for which question and from which release, in one opaque word.

A cursor carries a check of its own content, so that what was not given out by the service is told from what was; it
holds nothing that its owner may not know, and grants nothing.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import blake2b
from typing import Annotated, Any, Final

import msgspec

from service.api.problems import FieldError, InvalidFields
from service.api.values import shown

LONGEST: Final = 600
"""Characters that a cursor may have."""

_CHECK: Final = 8
_FORM: Final = b"strata cursor 1"
_NOT_ASKED: Final = frozenset({"cursor", "limit"})

Number = Annotated[int, msgspec.Meta(ge=-1, le=date.max.toordinal())]
Word = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]*$", max_length=300)]

Place = tuple[str | int, ...]
"""What the last item of a page is ordered by: words, places, days as ordinals."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """``today``: the day that defaults meant on the first page, as ordinal; ``asked``: a hash of the question."""

    kind: str
    release: Annotated[int, msgspec.Meta(ge=1, le=999_999_999)]
    digest: str
    today: Annotated[int, msgspec.Meta(ge=1, le=date.max.toordinal())]
    asked: str
    place: tuple[Word | Number, ...]

    def write(self) -> str:
        """Return the cursor as text."""
        content = msgspec.msgpack.encode(self)
        return urlsafe_b64encode(_check(content) + content).decode().rstrip("=")

    @property
    def day(self) -> date:
        """The day that defaults mean."""
        return date.fromordinal(self.today)


_decoder: Final = msgspec.msgpack.Decoder(Cursor)


def _check(content: bytes) -> bytes:
    return blake2b(content, digest_size=_CHECK, person=_FORM).digest()


def read_cursor(text: str) -> Cursor:
    """Read what ``Cursor.write`` wrote; raises ``ValueError`` for anything else."""
    refused = f"{shown(text, 24)} is not a cursor of this service; give next of the page before as it is"
    if len(text) > LONGEST or not text.isascii():
        raise ValueError(refused)
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        cursor = _decoder.decode(raw[_CHECK:])
    except (ValueError, msgspec.DecodeError):
        raise ValueError(refused) from None
    if _check(raw[_CHECK:]) != raw[:_CHECK] or cursor.write() != text:
        raise ValueError(refused)
    return cursor


def hash_of(fields: Mapping[str, Any]) -> str:
    """Return a hash of a question without its cursor and limit."""
    asked = {name: value for name, value in sorted(fields.items()) if name not in _NOT_ASKED}
    return blake2b(msgspec.msgpack.encode(asked), digest_size=6).hexdigest()


def continued(fields: Mapping[str, Any], kind: str, question: Mapping[str, Any]) -> Cursor | None:
    """Return the cursor of a request, if it has one.

    Raises ``InvalidFields`` when it belongs to another list or to other parameters.
    """
    cursor: Cursor | None = fields.get("cursor")
    if cursor is None:
        return None
    if cursor.kind != kind or cursor.asked != hash_of(question):
        message = "belongs to another question; repeat the parameters of the page that it stood on, but for limit"
        raise InvalidFields([FieldError("cursor", message)])
    return cursor
