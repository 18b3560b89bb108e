"""What the answers rest on: coverage and releases."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath
from litestar.types import ASGIApp

from service.api.desk import Call, desk_of
from service.api.negotiation import confirms
from service.api.parameters import COVERAGE, NOTHING, RELEASES, read_query
from service.api.problems import FieldError, InvalidFields, Problem, unavailable
from service.api.questions import territory_of
from service.api.replies import REVALIDATE, Reply, encode, etag_of
from service.api.values import read_whole
from service.coverage import coverage_answer
from service.snapshot import ReleaseList, SourceUnavailable, UnknownRelease

MAX_LIMIT = 1_000
DEFAULT_LIMIT = 100


@get("/coverage", operation_id="getCoverage")
async def get_coverage(request: Call) -> ASGIApp:
    """Say for which goods, origins and days the data are complete."""
    desk = desk_of(request)
    fields = read_query(request.scope["query_string"], COVERAGE)
    snapshot = await desk.snapshot_of(fields.get("release"))
    chosen = [territory_of(fields, snapshot)] if "importer" in fields else list(snapshot.territories.values())
    etag = etag_of("coverage", snapshot.release, [territory.importer.code for territory in chosen])
    if confirms(request.scope, etag):
        return Reply(b"", release=snapshot.release, etag=etag, cache_control=REVALIDATE)
    answer = coverage_answer((territory.coverage for territory in chosen), snapshot.release)
    return Reply(encode(answer), release=snapshot.release, etag=etag, cache_control=REVALIDATE)


@get("/releases", operation_id="listReleases")
async def list_releases(request: Call) -> ASGIApp:
    """List the published states of the law data, newest first."""
    desk = desk_of(request)
    fields = read_query(request.scope["query_string"], RELEASES)
    limit = fields.get("limit", DEFAULT_LIMIT)
    if limit > MAX_LIMIT:
        raise InvalidFields([FieldError("limit", f"{limit} is too many; at most {MAX_LIMIT} are answered at once")])
    try:
        found = await desk.holder.source.infos(fields.get("cursor"), limit + 1)
    except SourceUnavailable:
        raise unavailable("The database that keeps the releases is away.", retry_after=5) from None
    items = found[:limit]
    following = str(items[-1].number) if len(found) > limit else None
    return Reply(encode(ReleaseList(items, following)), release=desk.snapshot().release, cache_control=REVALIDATE)


@get("/releases/{number:str}", operation_id="getRelease")
async def get_release(request: Call, number: FromPath[str]) -> ASGIApp:
    """Describe one release."""
    desk = desk_of(request)
    read_query(request.scope["query_string"], NOTHING)
    try:
        info = await desk.holder.source.info(read_whole(number))
    except (UnknownRelease, ValueError):
        raise Problem("not-found", "There is no such release; /v1/releases lists them.") from None
    except SourceUnavailable:
        raise unavailable("The database that keeps the releases is away.", retry_after=5) from None
    return Reply(encode(info), release=desk.snapshot().release, cache_control=REVALIDATE)
