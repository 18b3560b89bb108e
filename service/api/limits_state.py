"""Where a client stands with its allowance, and the headers that tell it."""

from __future__ import annotations

from typing import NamedTuple


class State(NamedTuple):
    """Where a client stands: let through or not, the allowance, what is left of it, seconds until it is renewed."""

    passed: bool
    amount: int
    window: int
    left: int
    renewed_in: int


def header_fields(kind: str, state: State) -> list[tuple[bytes, bytes]]:
    """Return ``RateLimit-Policy`` and ``RateLimit``, as the IETF's draft on rate limit headers writes them."""
    return [
        (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (kind.encode(), state.amount, state.window)),
        (b"ratelimit", b'"%b";r=%d;t=%d' % (kind.encode(), state.left, state.renewed_in)),
    ]
