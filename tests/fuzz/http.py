"""Requests that the description of the interface gives rise to, good and bad, asked of the real service."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.process.services import serving
from tests.servers import NEWEST, running, scratch_directory

CHECKS: Final = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
REFUSED: Final = "negative_data_rejection"
"""What the description does not allow is refused. Not asked of POST /v1/rates: it refuses each question by itself."""


def ask(url: str, examples: int, seed: int | None, *more: str) -> int:
    """Run schemathesis against a service; returns its status."""
    command = [str(Path(sys.executable).parent / "schemathesis"), "run", f"{url}/openapi.json"]
    command += ["--max-examples", str(examples), "--request-timeout", "30", "--continue-on-failure", "--no-color"]
    command += ["--generation-database", "none", *(() if seed is None else ("--seed", str(seed))), *more]
    with tempfile.TemporaryDirectory() as directory:  # it keeps notes where it is run
        return subprocess.run(command, cwd=directory, check=False).returncode


def ask_all(url: str, examples: int, seed: int | None) -> int:
    """Ask every operation; returns 0 if all is well."""
    batch = "/v1/rates"
    strict = ask(url, examples, seed, "--checks", ",".join((*CHECKS, REFUSED)), "--include-method", "GET")
    bodies = ask(
        url, examples, seed, "--checks", ",".join(CHECKS), "--include-path", batch, "--include-method", "POST"
    )
    return strict or bodies


def fuzz(examples: int, seed: int | None) -> int:
    """Start the service on the shipped law and ask it; returns 0 if all is well."""
    with scratch_directory() as scratch, running(NEWEST, scratch) as server, server.database() as dsn:
        from tests.process.services import strata  # noqa: PLC0415

        strata("law", "publish", DATABASE_URL=dsn).check_returncode()
        with serving(scratch / "fuzzed.log", DATABASE_URL=dsn) as service:
            return ask_all(service.url, examples, seed)
