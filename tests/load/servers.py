"""The processes under load: a private database with the shipped law, and servers of one worker each."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import psutil

from service.settings import CHECKOUT
from tests.servers import NEWEST, running, scratch_directory

START_SECONDS: Final = 90
MEBIBYTE: Final = 1024 * 1024


@contextmanager
def private_database() -> Iterator[tuple[str, Path]]:
    """Give a fresh, migrated database and a scratch directory; both are gone afterwards."""
    with scratch_directory() as directory, running(NEWEST, directory) as server, server.database() as dsn:
        yield dsn, directory


def environment(dsn: str, **more: str) -> dict[str, str]:
    """Return the environment of a process that uses the private database; a person's settings stay out."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STRATA_") and k not in {"DATABASE_URL", "PORT"}}
    return {**kept, "DATABASE_URL": dsn, "PYTHONPATH": str(CHECKOUT), **more}


class Worker:
    """A server of one worker on a free port."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def get(self, path: str) -> bytes:
        """Return the body of a GET."""
        with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            body: bytes = response.read()
        return body

    def resident(self) -> float:
        """Return the resident memory of the worker in MiB, the parent process left out."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        return max((child.memory_info().rss for child in children if child.is_running()), default=0) / MEBIBYTE

    def cache(self) -> tuple[int, int, int]:
        """Return hits, misses and entries of the ready answers, from ``/metrics``."""
        text = self.get("/metrics").decode()

        def value(pattern: str) -> int:
            found = re.search(rf"^{pattern} (\S+)$", text, re.MULTILINE)
            return int(float(found[1])) if found else 0

        hits, misses = (value(rf'strata_cache_total\{{result="{which}"\}}') for which in ("hit", "miss"))
        return hits, misses, value("strata_cache_entries")


@contextmanager
def serving(target: str, environ: Mapping[str, str], ready: str) -> Iterator[Worker]:
    """Serve an application factory with granian as ``strata serve`` does; ``ready`` is the path that must answer.

    Raises:
        RuntimeError: It does not answer in time.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--http", "1", "--no-ws", "--workers", "1"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", "--factory", target]
    process = subprocess.Popen(command, env=dict(environ), cwd=CHECKOUT)
    worker = Worker(process, port)
    try:
        _await(worker, ready)
        yield worker
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(worker: Worker, path: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            worker.get(path)
        except (URLError, OSError):
            if worker.process.poll() is not None:
                raise RuntimeError(f"the server ended with status {worker.process.returncode}") from None
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server does not answer {path} within {START_SECONDS} s")
