"""Running wrk, the load generator, in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final, Literal

import msgspec

SCRIPT: Final = Path(__file__).with_name("paths.lua")
CONNECTIONS: Final = 32
LONGEST: Final = 600
"""Seconds after which a run that should end by itself is cut off."""

MISSING: Final = "The benchmark needs wrk for load, and it is not on PATH. On Debian and Ubuntu: apt-get install wrk"


class Run(msgspec.Struct, frozen=True):
    """What wrk saw. Times in seconds; ``failed``: no response; ``refused``: a status of 400 or more."""

    requests: int
    seconds: float
    p50: float
    p99: float
    bytes: int
    failed: int
    refused: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def available() -> bool:
    """Tell whether wrk is installed."""
    return shutil.which("wrk") is not None


def run(
    port: int,
    prefix: str,
    file: Path,
    *,
    seconds: float = LONGEST,
    first: int = 0,
    count: int = 0,
    mode: Literal["cycle", "once"] = "cycle",
) -> Run:
    """Ask the queries of a file from line ``first`` on, behind ``prefix``.

    In ``cycle`` all lines are asked over and over for ``seconds``; in ``once`` ``count`` lines are asked, each once,
    and the run ends with the last.

    Raises:
        RuntimeError: wrk failed; the message holds what it wrote.
    """
    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{seconds:.0f}s"]
    command += ["--timeout", "10s", "--script", str(SCRIPT), f"http://127.0.0.1:{port}", "--"]
    command += [str(file), prefix, str(first), str(count), mode, "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONGEST + 60)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        raise RuntimeError(f"wrk ended with status {done.returncode}:\n{done.stdout}{done.stderr}")
    return msgspec.json.decode(lines[-1], type=Run)
