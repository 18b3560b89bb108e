"""The one place where an exception becomes a response."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.types import ASGIApp, Scope

from service.api.desk import desk_of
from service.api.problems import MEDIA_TYPE, Problem, as_problem
from service.api.replies import Reply, encode
from service.engine.answers import ReleaseRef

MAX_INSTANCE = 1_000
"""Characters of ``instance``; of a longer one only the path is given."""


def instance_of(scope: Scope) -> str:
    """Return the URI reference of a request: its path and query."""
    path = quote(scope["path"], safe="/:@!$&'()*+,;=~")
    query = scope["query_string"].decode("latin-1")
    whole = f"{path}?{query}" if query else path
    return whole if len(whole) <= MAX_INSTANCE and whole.isascii() else path[:MAX_INSTANCE]


def problem_reply(problem: Problem, instance: str, release: ReleaseRef | None) -> Reply:
    """Return the response that tells a problem."""
    return Reply(
        encode(problem.document(instance)),
        status=problem.type.status,
        media_type=MEDIA_TYPE,
        release=release,
        extra=problem.headers,
    )


class ProblemResponse(Response[bytes]):
    """A ready reply in the guise that exception handlers must return."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(b"", status_code=reply.status)
        self.reply = reply

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIApp:  # type: ignore[override]
        """Return the reply, which is an ASGI application."""
        return self.reply


def on_error(request: Request[Any, Any, Any], error: Exception) -> ProblemResponse:
    """Answer any exception with a problem."""
    desk = desk_of(request)
    problem = as_problem(error)
    desk.metrics.problems.labels(problem.type.slug).inc()
    current = desk.holder.current
    release = None if current is None else current.release
    return ProblemResponse(problem_reply(problem, instance_of(request.scope), release))
