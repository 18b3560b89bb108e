"""The benchmark runs and prints its table; what the figures are is not a matter for tests."""

from __future__ import annotations

import subprocess
import sys

import pytest

from service.settings import CHECKOUT
from tests.load import wrk

TARGETS = (
    "comparator / bare",
    "rates / comparator, popular questions",
    "rates / row, popular questions",
    "rates / comparator, distinct questions",
    "p99 / comparator's, distinct questions",
    "answers in process, steady",
    "failed requests while publishing",
    "p99 while publishing / before",
    "ready from Postgres (load + compile)",
    "resident memory, distinct questions",
)


@pytest.mark.slow
@pytest.mark.process
@pytest.mark.skipif(not wrk.available(), reason=wrk.MISSING)
def test_a_short_run_prints_the_table():
    command = [sys.executable, "-m", "tests.load.bench", "--quick"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=600)

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["measurement", "target", "measured", "verdict"]
    for target in TARGETS:
        row = next((line for line in lines if line.startswith(target)), None)
        assert row is not None, f"no row for {target}"
        assert row.endswith(("met", "MISSED", "unclear")), row
    assert "load average" in done.stdout
