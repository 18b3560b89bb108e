"""The stored document is linted, and the clients generated from it are type-checked and ask the real service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.settings import CHECKOUT
from tests.process.services import Service, serving

pytestmark = [pytest.mark.process, pytest.mark.slow]

CLIENTS = CHECKOUT / "clients"
SAID = "30 9503.00.00 9903.01.24 9903.01.25"


@pytest.fixture(scope="module")
def service(scratch: Path) -> Iterator[Service]:
    with serving(scratch / "clients.log") as running:
        yield running


def made(which: str) -> None:
    """Generate and check one client."""
    done = subprocess.run(
        [sys.executable, CLIENTS / "generate.py", which], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def asked(*command: str | Path, **environ: str) -> tuple[int, str, str]:
    """Run a program that asks; return its status and what it printed."""
    done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout.strip(), done.stderr


def needs_npm() -> None:
    if shutil.which("npm") is None and "CI" not in os.environ:
        pytest.skip("npm is not installed (Debian: apt-get install nodejs npm)")


def test_the_document_has_no_fault_that_a_linter_finds():
    needs_npm()
    made("lint")


def test_the_linter_finds_a_fault(tmp_path: Path):
    """Otherwise the test above would pass with rules that nobody reads."""
    needs_npm()
    made("lint")
    document = json.loads((CHECKOUT / "openapi" / "openapi.json").read_text())
    del document["paths"]["/v1/rates"]["get"]["operationId"]
    document["components"]["parameters"]["importer"]["description"] = ""
    document["paths"]["/v1/headline"]["get"]["responses"]["200"]["content"]["application/json"]["examples"]["china"][
        "value"
    ]["universal_percent"] = "30"
    (tmp_path / "faulty.json").write_text(json.dumps(document))
    done = subprocess.run(
        ["node", "lint.mjs", tmp_path / "faulty.json"], cwd=CLIENTS, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    for rule in ("operation-operationId", "parameter-description", "no-invalid-media-type-examples"):
        assert f"{rule} rule" in done.stdout + done.stderr


def test_the_python_client_is_typed_and_asks(service: Service):
    made("python")
    program = CLIENTS / "calls" / "rate.py"
    assert asked(sys.executable, program, service.url, PYTHONPATH=str(CLIENTS / "python")) == (0, SAID, "")


def test_the_typescript_types_hold_for_a_program_that_asks(service: Service):
    needs_npm()
    made("typescript")
    assert asked("node", CLIENTS / "typescript" / "built" / "rate.js", service.url) == (0, SAID, "")
