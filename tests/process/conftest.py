"""One service for the tests that only ask, and law files that a test may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.process.services import Service, serving
from tests.shipped import LAW


@pytest.fixture(scope="session")
def service(scratch: Path) -> Iterator[Service]:
    """The service on the shipped law, with a private Postgres."""
    with serving(scratch / "serve.log") as running:
        yield running


@pytest.fixture
def law_dir(scratch: Path) -> Iterator[Path]:
    """A copy of the shipped law."""
    directory = scratch / "law"
    shutil.copytree(LAW, directory)
    yield directory
    shutil.rmtree(directory)
