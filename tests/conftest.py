"""Fixtures for all tests: a private PostgreSQL, fresh databases, one Hypothesis profile.

``database`` is the address of a fresh migrated database for one test, ``module_database`` for one module,
``empty_database`` of one without tables. A test marked ``every_postgres`` runs on each version at hand.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from service.store.embedded import Cluster
from tests.servers import NEWEST, OLDEST, PROGRAMS, Server, running, scratch_directory

hypothesis_settings.register_profile("local", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis_settings.register_profile("nightly", deadline=None, max_examples=2000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "local"))

# A developer's own settings must not decide what the tests see, nor the tests touch a developer's database.
for name in [name for name in os.environ if name.startswith("STRATA_") or name in {"DATABASE_URL", "PORT"}]:
    del os.environ[name]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("every_postgres") and "postgres" in metafunc.fixturenames:
        metafunc.parametrize("postgres", [NEWEST, OLDEST], indirect=True, scope="session")


@pytest.fixture(scope="session")
def scratch() -> Iterator[Path]:
    """A directory of this session that other users can reach."""
    with scratch_directory() as directory:
        yield directory


@pytest.fixture(scope="session", autouse=True)
def data_dir(scratch: Path) -> Iterator[Path]:
    """Where services started by tests put their cluster; what still runs there at the end is stopped."""
    directory = scratch / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STRATA_DATA_DIR", str(directory))
        yield directory
    for home in directory.glob("*/postgresql-*"):
        if left := Cluster(home).postmaster():
            left.terminate()
            left.wait(30)


@pytest.fixture(scope="session")
def servers(scratch: Path) -> Iterator[dict[str, Server]]:
    """The servers started so far, by major version; all are stopped at the end of the session."""
    with ExitStack() as stack:

        class Lazily(dict[str, Server]):
            def __missing__(self, version: str) -> Server:
                self[version] = stack.enter_context(running(version, scratch))
                return self[version]

        yield Lazily()


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest, servers: dict[str, Server]) -> Server:
    """A running server: the newest PostgreSQL or, under ``every_postgres``, each in turn."""
    version = getattr(request, "param", NEWEST)
    if version in PROGRAMS and not (PROGRAMS[version] / "postgres").exists():
        pytest.skip(f"PostgreSQL {version} is not installed in {PROGRAMS[version]} (Debian: postgresql-{version})")
    return servers[version]


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    """Address of a fresh, migrated database for one test."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture(scope="module")
def module_database(postgres: Server) -> Iterator[str]:
    """Address of a fresh, migrated database for all tests of a module."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def empty_database(postgres: Server) -> Iterator[str]:
    """Address of a fresh database without tables."""
    with postgres.database(migrated=False) as dsn:
        yield dsn
