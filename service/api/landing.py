"""The page at ``/``: what the service is, and three questions asked live. Everything on it comes from this host."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from service.api.desk import Call
from service.api.problems import Problem
from service.api.replies import CLOSED, REVALIDATE, Reply, etag_of

DIRECTORY: Final = Path(__file__).resolve().parent / "assets"
PAGE: Final = "index.html"
FILES: Final = {
    "landing.css": "text/css; charset=utf-8",
    "landing.js": "text/javascript; charset=utf-8",
    "sheet.js": "text/javascript; charset=utf-8",
}
"""Files of the page and their media types; nothing else is served from the directory."""

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and nothing written in place."""


@get("/", operation_id="getLanding")
async def get_landing(request: Call) -> ASGIApp:  # noqa: ARG001
    """Show what the service is."""
    return _file(PAGE)


@get("/assets/{name:str}", operation_id="getAsset")
async def get_asset(request: Call, name: FromPath[str]) -> ASGIApp:  # noqa: ARG001
    """Give a file of the page."""
    if name not in FILES:
        raise Problem("not-found", "There is no such file; the page is at /.")
    return _file(name)


@cache
def _file(name: str) -> Reply:
    body = (DIRECTORY / name).read_bytes()
    media_type = FILES.get(name, "text/html; charset=utf-8")
    policy = POLICY if name == PAGE else CLOSED
    return Reply(body, media_type=media_type, etag=etag_of(name, body.hex()), cache_control=REVALIDATE, policy=policy)
