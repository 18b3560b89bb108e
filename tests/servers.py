"""PostgreSQL servers and databases for the tests: private, throw-away, migrated once and copied."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from service.settings import CHECKOUT
from service.store.embedded import OWNER, SUPERUSER, Cluster
from service.store.migrate import upgrade

MIGRATIONS: Final = CHECKOUT / "db" / "migrations"
OLDEST: Final = "15"
NEWEST: Final = "18"
PROGRAMS: Final = {OLDEST: Path("/usr/lib/postgresql/15/bin")}
"""Where Debian puts the oldest supported PostgreSQL; the newest comes with the installed packages."""


class Server:
    """A running throw-away cluster; its databases belong to the service's role, which is no superuser."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._numbers = itertools.count(1)
        self._has_template = False

    def dsn(self, database: str) -> str:
        """Return the address of a database for the service's role."""
        return self.cluster.dsn(database)

    def execute(self, statement: str) -> None:
        """Run one statement as superuser, outside a transaction."""
        with psycopg.connect(self.cluster.dsn("postgres", SUPERUSER), autocommit=True) as connection:
            connection.execute(statement.encode())

    @contextmanager
    def database(self, *, migrated: bool = True) -> Iterator[str]:
        """Give the address of a fresh database, dropped afterwards whoever is still connected."""
        if migrated and not self._has_template:
            self.execute(f"create database template_strata owner {OWNER}")
            upgrade(self.dsn("template_strata"), MIGRATIONS)
            self._has_template = True
        name = f"test_{next(self._numbers)}"
        template = "template_strata" if migrated else "template1"
        self.execute(f"create database {name} owner {OWNER} template {template}")
        try:
            yield self.dsn(name)
        finally:
            self.execute(f"drop database if exists {name} with (force)")


@contextmanager
def scratch_directory() -> Iterator[Path]:
    """Give a directory that a server's user can reach; pytest's own are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="strata-tests-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def running(version: str, directory: Path) -> Iterator[Server]:
    """Run a throw-away server of a major version below ``directory``."""
    cluster = Cluster(directory / version / "server", programs=PROGRAMS.get(version), copies=directory, durable=False)
    cluster.acquire()
    try:
        yield Server(cluster)
    finally:
        cluster.release()
