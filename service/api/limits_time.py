"""How long a request may take: the seconds that the service waits before it gives one up."""

from __future__ import annotations

import msgspec


class Patience(msgspec.Struct, frozen=True):
    """Seconds given to one request.

    ``body`` is the time in which the whole body must arrive, ``request`` the time in which the answer must be made.
    The head of a request has its own, kept by the server (``STRATA_HEAD_SECONDS``).
    """

    body: float = 10.0
    request: float = 30.0
