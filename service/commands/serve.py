"""``strata serve``: everything from nothing to a service that answers, and an orderly end of it."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
from pathlib import Path
from typing import Any, Final

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.mp import MPServer

from service.api.limits_clients import BadKeysError, read_keys
from service.commands.common import examples, fail, note, ready_database, settings
from service.settings import Settings

FAREWELL_SECONDS: Final = 1.0
"""Between readiness turning false on SIGTERM and the end of accepting: time for a balancer to look elsewhere."""

HEAD_BYTES: Final = 32_768
"""Bytes that the head of a request may have; the server itself allows a hundred header lines."""

GRACE_SECONDS: Final = 3
"""Beyond the time given to requests in flight, before a worker that does not end is killed."""

MULTIPROCESS: Final = "PROMETHEUS_MULTIPROC_DIR"


@click.command(epilog=examples("strata serve", "strata serve --port 9000 --workers 2"))
@click.option("--port", metavar="PORT", help="TCP port; 8000 by default.")
@click.option("--host", metavar="ADDRESS", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--workers", metavar="N", help="Server processes; 1 by default.")
def serve(port: str | None, host: str | None, workers: str | None) -> None:
    """Serve the API over HTTP.

    Without DATABASE_URL a private PostgreSQL is started, migrated and given the law files.
    """
    chosen = settings(PORT=port, STRATA_HOST=host, STRATA_WORKERS=workers)
    _refuse_taken_port(chosen)
    _refuse_bad_keys(chosen)
    dsn = ready_database(chosen)
    # The workers read the environment: they answer from the database made ready here.
    os.environ["DATABASE_URL"] = dsn
    counters = _shared_counters(chosen)
    shown = f"[{chosen.host}]" if ":" in chosen.host else chosen.host
    note(f"Strata serves on http://{shown}:{chosen.port}, documentation on http://{shown}:{chosen.port}/docs")
    try:
        _server(chosen).serve()
    finally:
        if counters is not None:
            shutil.rmtree(counters, ignore_errors=True)


class _Server(MPServer):
    """granian's server with a farewell: on SIGTERM readiness turns false first, then the workers stop."""

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002
        """Say farewell at the first SIGTERM; stop at once at SIGINT and at any second signal."""
        if args and args[0] == signal.SIGTERM and not self._leaving:
            self._leaving = True
            for worker in self.wrks:
                if worker.inner.pid is not None:
                    os.kill(worker.inner.pid, signal.SIGUSR1)
            timer = threading.Timer(FAREWELL_SECONDS, self._stop)
            timer.daemon = True
            timer.start()
        else:
            self._stop()

    _leaving = False

    def _stop(self) -> None:
        super().signal_handler_interrupt()  # type: ignore[no-untyped-call]


def _server(chosen: Settings) -> _Server:
    level = chosen.log_level
    return _Server(
        "service.app:create_app",
        factory=True,
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=chosen.head_seconds * 1_000, max_buffer_size=HEAD_BYTES),
        websockets=False,
        workers=chosen.workers,
        workers_kill_timeout=chosen.drain_seconds + GRACE_SECONDS,
        respawn_failed_workers=True,
        log_level=LogLevels(level),
        log_dictconfig=_logging(level),
    )


def _logging(level: str) -> dict[str, Any]:
    """Log to stderr, ours and the server's; the server's own comings and goings only when something is wrong."""
    ours, servers = level.upper(), max(logging.getLevelNamesMapping()[level.upper()], logging.WARNING)
    handler = {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}
    return {
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
        "handlers": {"console": handler, "access": handler},
        "loggers": {
            "service": {"handlers": ["console"], "level": ours, "propagate": False},
            "_granian": {"handlers": ["console"], "level": servers, "propagate": False},
            "granian.access": {"handlers": ["access"], "level": ours, "propagate": False},
        },
    }


def _refuse_taken_port(chosen: Settings) -> None:
    """End when another process listens: the server shares ports, so two services would both answer, in turns."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((chosen.host, chosen.port))
        except OSError as error:
            fail(f"cannot listen on {chosen.host} port {chosen.port}: {error.strerror}; --port chooses another")


def _refuse_bad_keys(chosen: Settings) -> None:
    """End when the file of API keys cannot be used: each worker would fail on it, again and again."""
    if chosen.keys_file != "none":
        try:
            read_keys(Path(chosen.keys_file))
        except BadKeysError as error:
            fail(str(error))


def _shared_counters(chosen: Settings) -> str | None:
    """Let several workers count together, in a fresh directory."""
    if chosen.workers == 1:
        os.environ.pop(MULTIPROCESS, None)
        return None
    directory = tempfile.mkdtemp(prefix="strata-metrics-")
    os.environ[MULTIPROCESS] = directory
    return directory
