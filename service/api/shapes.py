"""Shapes of answers about the service itself."""

from __future__ import annotations

import msgspec

from service.engine.answers import ReleaseRef


class Live(msgspec.Struct, frozen=True):
    """The process answers."""

    alive: bool
    version: str


class Ready(msgspec.Struct, frozen=True):
    """The process answers questions, from this release. ``age_seconds``: since the release was loaded."""

    ready: bool
    release: ReleaseRef
    age_seconds: int
