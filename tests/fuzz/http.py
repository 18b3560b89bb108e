"""Requests that the description of the interface gives rise to, good and bad, asked of the real service."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.process.services import serving
from tests.servers import NEWEST, running, scratch_directory

CONFIGURATION: Final = Path(__file__).with_name("schemathesis.toml")
"""What the description cannot say, and is allowed therefore."""


def ask(url: str, examples: int, seed: int | None, *more: str) -> int:
    """Run schemathesis against a service; returns its status."""
    command = [str(Path(sys.executable).parent / "schemathesis"), "--config-file", str(CONFIGURATION)]
    command += ["run", f"{url}/openapi.json", "--checks", "all"]
    command += ["--max-examples", str(examples), "--request-timeout", "30", "--continue-on-failure", "--no-color"]
    command += ["--generation-database", "none", *(() if seed is None else ("--seed", str(seed))), *more]
    with tempfile.TemporaryDirectory() as directory:  # it keeps notes where it is run
        return subprocess.run(command, cwd=directory, check=False).returncode


def fuzz(examples: int, seed: int | None) -> int:
    """Start the service on the shipped law and ask it; returns 0 if all is well."""
    with scratch_directory() as scratch, running(NEWEST, scratch) as server, server.database() as dsn:
        from tests.process.services import strata  # noqa: PLC0415

        strata("law", "publish", DATABASE_URL=dsn).check_returncode()
        with serving(scratch / "fuzzed.log", DATABASE_URL=dsn) as service:
            return ask(service.url, examples, seed)
