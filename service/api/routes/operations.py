"""For who runs the service: is it alive, is it ready, what did it count."""

from __future__ import annotations

from litestar import get
from litestar.types import ASGIApp

from service.api.desk import Call, desk_of
from service.api.metrics import CONTENT_TYPE
from service.api.problems import unavailable
from service.api.replies import VERSION, Reply, encode
from service.api.shapes import Live, Ready


@get("/health/live", operation_id="getLiveness")
async def get_live(request: Call) -> ASGIApp:  # noqa: ARG001
    """Tell that the process answers."""
    return Reply(encode(Live(alive=True, version=VERSION)))


@get("/health/ready", operation_id="getReadiness")
async def get_ready(request: Call) -> ASGIApp:
    """Tell whether questions should be sent to this process: a release is loaded, and it was not told to stop."""
    desk = desk_of(request)
    if desk.draining:
        raise unavailable("The service is stopping.")
    snapshot = desk.snapshot()
    age = max(0, int(desk.clock() - snapshot.loaded))
    return Reply(encode(Ready(ready=True, release=snapshot.release, age_seconds=age)), release=snapshot.release)


@get("/metrics", operation_id="getMetrics")
async def get_metrics(request: Call) -> ASGIApp:
    """Give the counters in Prometheus' text form."""
    desk = desk_of(request)
    desk.metrics.entries.set(len(desk.cache))
    return Reply(desk.metrics.text(), media_type=CONTENT_TYPE)
