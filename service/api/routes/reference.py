"""Documentation that needs no internet: the OpenAPI document, a page to read and try it, and each problem type."""

from __future__ import annotations

from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from service.api.desk import Call, desk_of
from service.api.negotiation import prefers_html, wishes_of
from service.api.openapi import document_bytes
from service.api.problems import PROBLEM_TYPES, Problem, ProblemType
from service.api.replies import REVALIDATE, Reply, encode, etag_of

DIRECTORY: Final = Path(__file__).resolve().parent.parent / "docs"
HTML: Final = "text/html; charset=utf-8"
FILES: Final = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "start.js": "text/javascript; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "favicon.png": "image/png",
}
"""Files of the documentation page and their media types; nothing else is served from the directory."""

PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page loads nothing from elsewhere; Swagger UI sets styles in place and draws its icons from data URLs."""

STYLE_POLICY: Final = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'"

PROBLEMS_PAGE: Final = """\
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Strata: errors explained</title>
    <link rel="icon" href="/docs/favicon.png">
    <link rel="stylesheet" href="/docs/page.css">
  </head>
  <body class="problems">
    <header>
      <nav aria-label="Documents">
        <a href="/"><strong>Strata</strong></a>
        <a href="/docs">Try every question</a>
        <a href="/problems">All errors</a>
      </nav>
    </header>
    <main><h1>Errors explained</h1>{about}{sections}</main>
  </body>
</html>
"""
ABOUT_ALL: Final = (
    "<p>What cannot be answered is answered with a problem (RFC 9457): <code>type</code> is one of these paths, "
    "<code>detail</code> says what was wrong this time, and <code>errors</code> names each field at fault.</p>"
)
ABOUT_ONE: Final = (
    "<p>The problem that led here says in <code>detail</code> what was wrong with that request, and in "
    "<code>errors</code> which field was at fault.</p>"
)


@cache
def _file(name: str) -> Reply:
    body = (DIRECTORY / name).read_bytes()
    policy = PAGE_POLICY if name.endswith(".html") else "default-src 'none'"
    media_type = FILES.get(name, HTML)
    return Reply(body, media_type=media_type, etag=etag_of(name, body.hex()), cache_control=REVALIDATE, policy=policy)


@get("/docs", operation_id="getDocs")
async def get_docs(request: Call) -> ASGIApp:  # noqa: ARG001
    """Show the interactive documentation."""
    return _file("index.html")


@get("/docs/{name:str}", operation_id="getDocsFile")
async def get_docs_file(request: Call, name: FromPath[str]) -> ASGIApp:  # noqa: ARG001
    """Give a file of the documentation page."""
    if name not in FILES:
        raise Problem("not-found", "There is no such file; the documentation is at /docs.")
    return _file(name)


@get("/openapi.json", operation_id="getOpenApi")
async def get_openapi(request: Call) -> ASGIApp:
    """Give the OpenAPI document, with the facts of the current release."""
    desk = desk_of(request)
    release = desk.snapshot().release
    body = desk.document("openapi", lambda snapshot: document_bytes(snapshot.facts))
    return Reply(body, release=release, etag=etag_of("openapi", release), cache_control=REVALIDATE)


@get("/problems", operation_id="listProblemTypes")
async def list_problem_types(request: Call) -> ASGIApp:
    """Explain every type of problem."""
    return _explained(request, tuple(PROBLEM_TYPES.values()))


@get("/problems/{slug:str}", operation_id="getProblemType")
async def get_problem_type(request: Call, slug: FromPath[str]) -> ASGIApp:
    """Explain one type of problem."""
    if slug not in PROBLEM_TYPES:
        raise Problem("not-found", "There is no such type of problem; /problems lists them.")
    return _explained(request, PROBLEM_TYPES[slug])


def _explained(request: Call, what: ProblemType | tuple[ProblemType, ...]) -> Reply:
    extra = (("vary", "accept"),)
    if not prefers_html(wishes_of(request.scope).accept):
        return Reply(encode(what), cache_control=REVALIDATE, extra=extra)
    rows = what if isinstance(what, tuple) else (what,)
    sections = "".join(
        f'<section><h2 id="{row.slug}">{escape(row.title)}</h2><p><code>{row.uri}</code>, status {row.status}</p>'
        f"<p>{escape(row.explanation)}</p></section>"
        for row in rows
    )
    page = PROBLEMS_PAGE.format(about=ABOUT_ALL if len(rows) > 1 else ABOUT_ONE, sections=sections)
    return Reply(page.encode(), media_type=HTML, cache_control=REVALIDATE, policy=STYLE_POLICY, extra=extra)
