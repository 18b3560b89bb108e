"""What the service counts, for Prometheus: routes are labelled by their template, never by a client's path."""

from __future__ import annotations

import os
import time
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Set by ``strata serve`` to a fresh directory when there are several workers, which then count together."""


class Metrics:
    """The counters of one process; children are bound once, so that counting costs a few microseconds."""

    def __init__(self) -> None:
        registry = self.registry = CollectorRegistry()
        self._requests: Final = Counter(
            "strata_requests", "Requests answered.", ["method", "route", "status"], registry=registry
        )
        self._seconds: Final = Histogram(
            "strata_request_seconds", "Time to answer.", ["route"], registry=registry, buckets=BUCKETS
        )
        cached = Counter(
            "strata_cache", "Questions looked up among the ready answers.", ["result"], registry=registry
        )
        self.hits: Final = cached.labels("hit")
        self.misses: Final = cached.labels("miss")
        self.problems: Final = Counter("strata_problems", "Problems answered, by type.", ["type"], registry=registry)
        self.refreshes: Final = Counter(
            "strata_refreshes", "New releases taken over, or not, by outcome.", ["outcome"], registry=registry
        )
        self.entries: Final = Gauge(
            "strata_cache_entries", "Ready answers kept.", registry=registry, multiprocess_mode="livesum"
        )
        self.release: Final = Gauge(
            "strata_release", "Number of the release answered from.", registry=registry, multiprocess_mode="livemin"
        )
        self.loaded: Final = Gauge(
            "strata_release_loaded_timestamp_seconds",
            "When the release answered from was loaded.",
            registry=registry,
            multiprocess_mode="livemin",
        )
        self._bound: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def count(self, method: str, route: str, status: int, started: float) -> None:
        """Count one request that began at ``started`` (``time.perf_counter``)."""
        key = (method, route, status)
        child = self._bound.get(key)
        if child is None:
            label = method if method in METHODS else "OTHER"
            child = self._bound[label, route, status] = self._requests.labels(label, route, str(status))
        child.inc()
        timer = self._timers.get(route)
        if timer is None:
            timer = self._timers[route] = self._seconds.labels(route)
        timer.observe(time.perf_counter() - started)

    def text(self) -> bytes:
        """Return everything counted, in Prometheus' text form; of all workers where they count together."""
        if MULTIPROCESS in os.environ:
            from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

            registry = CollectorRegistry()
            MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
            return generate_latest(registry)
        return generate_latest(self.registry)
