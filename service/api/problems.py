"""Problems (RFC 9457): one exception tree, one table of types, one document.

::

    Problem                      one type, one status
    ├── InvalidFields            several fields of a question or a body are wrong at once
    └── (made from)              service.engine.refusals.Refusal, litestar's HTTPException, anything else

``PROBLEM_TYPES`` is the table: the service explains every row under ``/problems/{type}``.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any, Final

import msgspec
from litestar.exceptions import HTTPException

from service.engine.refusals import Near, Refusal

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"


class ProblemType(msgspec.Struct, frozen=True):
    """A kind of problem: the last part of its ``type`` URI, its HTTP status, a title, and what to do about it."""

    slug: str
    status: int
    title: str
    explanation: str

    @property
    def uri(self) -> str:
        """The value of ``type``: a path that the service itself explains."""
        return f"/problems/{self.slug}"


_TYPES: Final = (
    ProblemType(
        "invalid-parameter",
        400,
        "A parameter cannot be used",
        "A parameter of the query string is malformed, unknown, missing or given twice, or two of them contradict "
        "each other. Nothing was ignored and no default was put in its place; each entry of errors names a "
        "parameter and says which form is accepted.",
    ),
    ProblemType(
        "invalid-body",
        400,
        "The body cannot be used",
        "The body is not JSON, repeats a key, holds a key that is not known or a value of the wrong form. The "
        "entries of errors name the place.",
    ),
    ProblemType(
        "unauthorized",
        401,
        "Credentials are missing",
        "The request needs credentials that it lacks, or carries an API key that is not known here.",
    ),
    ProblemType("forbidden", 403, "Not allowed", "The credentials given do not allow this request."),
    ProblemType(
        "not-found",
        404,
        "Nothing stands here",
        "There is no resource at this path, or no release of this number.",
    ),
    ProblemType(
        "unknown-code",
        404,
        "No such goods code on that day",
        "The importer's schedule has no line of this code on the day of entry. near lists codes close to it, and "
        "its predecessors and successors with the days on which they exist.",
    ),
    ProblemType(
        "unknown-origin",
        404,
        "No such country",
        "The origin is not a country by its ISO 3166-1 alpha-2 code.",
    ),
    ProblemType(
        "method-not-allowed",
        405,
        "Method not allowed",
        "The resource exists but does not answer this method; the header Allow names those it answers.",
    ),
    ProblemType(
        "not-acceptable",
        406,
        "No acceptable form",
        "The header Accept excludes application/json, the only form in which this resource is written.",
    ),
    ProblemType(
        "timeout",
        408,
        "The request did not arrive in time",
        "The body was announced but did not arrive whole within the time that the service waits for one.",
    ),
    ProblemType(
        "conflict",
        409,
        "Conflict with the present state",
        "The request was made for a state that is no longer the current one, or a release that another version of "
        "Strata wrote is to be browsed.",
    ),
    ProblemType(
        "too-large",
        413,
        "Too large",
        "The body is longer than the service reads, or asks more questions than one request may carry.",
    ),
    ProblemType(
        "unsupported-media-type",
        415,
        "Media type not supported",
        "The body must be sent as application/json, in UTF-8.",
    ),
    ProblemType(
        "code-too-short",
        422,
        "The code is not a rate line",
        "Duties are set on longer codes; near lists the lines below the heading or subheading given.",
    ),
    ProblemType(
        "not-dutiable",
        422,
        "Not a duty question",
        "The origin is the importer itself, or the code belongs to a chapter whose numbers are not goods.",
    ),
    ProblemType(
        "outside-coverage",
        422,
        "Outside the coverage of the data",
        "The law data are not complete for this day, origin or goods. /v1/coverage says for which they are.",
    ),
    ProblemType(
        "rate-limited",
        429,
        "Too many requests",
        "The client asked more than it may; each question of a body counts. The header Retry-After says when to try "
        "again, RateLimit-Policy and RateLimit how much is allowed and left.",
    ),
    ProblemType(
        "internal-error",
        500,
        "The service failed",
        "A fault of the service, not of the request. It has been logged; the same request may be tried again.",
    ),
    ProblemType(
        "unavailable",
        503,
        "Not available now",
        "The service is starting, stopping, or cannot reach its database for what this request needs. The header "
        "Retry-After says when to try again.",
    ),
)

PROBLEM_TYPES: Final = {row.slug: row for row in _TYPES}

_BY_STATUS: Final = {
    400: "invalid-parameter",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "timeout",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    429: "rate-limited",
    503: "unavailable",
}


class FieldError(msgspec.Struct, frozen=True):
    """One field at fault and what would be right. In a body, ``field`` is a path such as ``questions[3].date``."""

    field: str
    message: str


class ProblemDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """The problem as it is sent. ``near`` stands where codes close to the one asked can be named."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None
    errors: tuple[FieldError, ...] = ()
    near: tuple[Near, ...] = ()


class Problem(Exception):  # noqa: N818 - the word of RFC 9457
    """A request that cannot be answered; ``headers`` are sent along (``Allow``, ``Retry-After``)."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: tuple[FieldError, ...] = (),
        near: tuple[Near, ...] = (),
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(detail)
        self.type: Final = PROBLEM_TYPES[slug]
        self.detail: Final = detail
        self.errors: Final = errors
        self.near: Final = near
        self.headers: Final = headers

    def document(self, instance: str | None) -> ProblemDocument:
        """Return the problem as it is sent for the request ``instance`` (a URI reference)."""
        kind = self.type
        return ProblemDocument(
            kind.uri, kind.title, kind.status, self.detail, instance, errors=self.errors, near=self.near
        )


class InvalidFields(Problem):
    """Fields of a question that cannot be used, all of them at once."""

    def __init__(self, errors: list[FieldError], *, slug: str = "invalid-parameter") -> None:
        detail = "; ".join(
            f"{error.field}: {error.message}" if error.field else error.message for error in errors[:5]
        )
        if len(errors) > 5:
            detail += f"; and {len(errors) - 5} more"
        super().__init__(slug, detail, errors=tuple(errors))


def from_refusal(refusal: Refusal) -> Problem:
    """Turn what the engine cannot answer into the problem of its kind."""
    return Problem(
        refusal.kind, refusal.detail, errors=(FieldError(refusal.field, refusal.detail),), near=refusal.near
    )


def _from_http(error: HTTPException) -> Problem:
    """Turn an error of the framework (no route, wrong method, body too long) into a problem."""
    slug = _BY_STATUS.get(error.status_code, "internal-error")
    details = {
        "not-found": "There is nothing at this path; /openapi.json lists what there is.",
        "method-not-allowed": "This resource does not answer the method of the request.",
        "too-large": "The body is longer than the service reads.",
    }
    headers = tuple((error.headers or {}).items())
    return Problem(slug, details.get(slug) or error.detail or HTTPStatus(error.status_code).phrase, headers=headers)


def as_problem(error: Exception) -> Problem:
    """Return the problem that tells a client about ``error``; what is nobody's fault but ours is logged."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, Refusal):
        return from_refusal(error)
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _from_http(error)
    log.error("request failed", exc_info=error)
    return Problem("internal-error", "The service failed on this request; the failure has been logged.")


def unavailable(detail: str, *, retry_after: int = 1) -> Problem:
    """Return the problem of a service that cannot answer now but will in ``retry_after`` seconds."""
    return Problem("unavailable", detail, headers=(("retry-after", str(retry_after)),))


def example(slug: str, **members: Any) -> dict[str, Any]:
    """Return a problem document as plain data, for the OpenAPI document."""
    kind = PROBLEM_TYPES[slug]
    return {"type": kind.uri, "title": kind.title, "status": kind.status, **members}
