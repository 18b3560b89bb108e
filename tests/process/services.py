"""The real service as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

STRATA = Path(sys.executable).parent / "strata"
START_SECONDS = 90.0


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Service:
    """A running ``strata serve`` and a client for it."""

    def __init__(self, process: subprocess.Popen[str], port: int, log: Path, started: float) -> None:
        self.process = process
        self.port = port
        self.log = log
        self.started = started
        self.url = f"http://127.0.0.1:{port}"
        self.client = httpx.Client(base_url=self.url, timeout=30)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask."""
        return self.client.get(path, **more)

    def ready(self) -> bool:
        """Tell whether the service says that it is ready; False too while nobody listens."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def wait(self) -> float:
        """Wait until the service is ready; return the seconds since its process was started."""
        while not self.ready():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() - self.started < START_SECONDS, self.log.read_text()
            time.sleep(0.05)
        return time.monotonic() - self.started

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def serving(log: Path, *arguments: str, **environ: str) -> Iterator[Service]:
    """Start the service and give it once it is ready; it is stopped at the end."""
    port = free_port()
    with log.open("w") as output:
        process = subprocess.Popen(
            [STRATA, "serve", "--port", str(port), *arguments],
            env=os.environ | environ,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    service = Service(process, port, log, time.monotonic())
    try:
        service.wait()
        yield service
    finally:
        service.client.close()
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)


def strata(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run one command."""
    return subprocess.run(
        [STRATA, *arguments], env=os.environ | environ, capture_output=True, text=True, check=False, timeout=120
    )
