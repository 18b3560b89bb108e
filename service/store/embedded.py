"""A private PostgreSQL for one checkout, when no ``DATABASE_URL`` is given.

The cluster lies below the data directory under the checkout's name and path, is initialised once, and listens
on a Unix socket in a directory that only its owner may enter: no TCP port, hence no password. Each process
that uses it holds a shared file lock; the last one to let go stops the server. Locks die with their process,
so a kill leaves at worst a running server, which the next user takes over.
"""

from __future__ import annotations

import asyncio
import atexit
import fcntl
import hashlib
import os
import re
import shlex
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psutil
import psycopg

from service.settings import CHECKOUT, Settings
from service.store.binaries import WHEEL, Account, EmbeddedError, account_for, make_open, programs_for, run

PORT: Final = 5432
"""Names the socket only; nothing listens on TCP."""

OWNER: Final = "strata"
"""The role and the database of the service; not a superuser, as on a server of somebody else's."""

SUPERUSER: Final = "postgres"
SOCKET_PATH_LIMIT: Final = 100
"""Bytes that a socket's whole path may have; kernels allow 103 to 107."""

LOG_LIMIT: Final = 16 * 1024 * 1024
"""Bytes after which the server's log is begun anew at the next start."""

START_TRIES: Final = 6
START_SECONDS: Final = 60
STOP_SECONDS: Final = 30
LOCK_SECONDS: Final = 180
POLL_SECONDS: Final = 0.02

PARAMETERS: Final = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "log_checkpoints": "off",
    "timezone": "UTC",
}
FRAGILE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """One PostgreSQL cluster in the directory ``home``, shared by any number of processes.

    Args:
        home: Directory of the cluster; created when missing.
        programs: ``bin`` directory of the PostgreSQL to run; by default that of the wheel.
        copies: Where the wheel's programs are copied if the server's user cannot reach them.
        durable: False trades safety against a crash of the machine for speed, for throw-away clusters. It
            counts for the process that starts the server.
    """

    def __init__(
        self, home: Path, *, programs: Path | None = None, copies: Path | None = None, durable: bool = True
    ) -> None:
        self.home = home
        self.data = home / "data"
        self.parameters = PARAMETERS | ({} if durable else FRAGILE)
        self._durable = durable
        self._programs = programs
        self._copies = copies or home.parent
        self._lease: int | None = None
        self._holder = 0

    @property
    def socket_directory(self) -> Path:
        """Directory of the socket: in ``home`` or, if that path is too long, in the temporary directory."""
        directory = self.home / "run"
        if len(os.fsencode(directory / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return directory
        return Path(tempfile.gettempdir(), f"strata-{_digest(self.home)}")

    def dsn(self, database: str = OWNER, user: str = OWNER) -> str:
        """Return the address of a database of this cluster; it holds no secret."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_directory))}&port={PORT}"

    def acquire(self) -> str:
        """Have the server run as long as this process holds on to it; return the address of its database.

        Raises:
            EmbeddedError: The server cannot be initialised or started; the message shows the end of its log.
        """
        make_open(self.home)
        with self._locked():
            account = account_for(self.data)
            _make_private(self.socket_directory, account)
            if self._lease is None or self._holder != os.getpid():
                lease = _open_lock(self.home / "users.lock")
                fcntl.flock(lease, fcntl.LOCK_SH)
                self._lease, self._holder = lease, os.getpid()
            try:
                self._ensure_running(account)
                self._ensure_database()
            except BaseException:
                self._let_go()
                raise
        return self.dsn()

    def release(self) -> bool:
        """Let go of the server, and stop it if no other process holds on to it; tell whether it was stopped.

        Raises:
            EmbeddedError: The server does not stop.
        """
        if self._lease is None or self._holder != os.getpid():
            return False
        with self._locked():
            try:
                fcntl.flock(self._lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._stop(account_for(self.data))
            except BlockingIOError:
                return False
            finally:
                self._let_go()
        return True

    def postmaster(self) -> psutil.Process | None:
        """Return the server's process, or None when the cluster is down, whatever a stale pid file claims."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n", 1)[0]))
            is_ours = process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).samefile(self.data)
        except (OSError, ValueError, psutil.Error):
            return None
        return process if is_ours else None

    # --- inside: all of this runs under the cluster's lock -------------------------------------------------

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock under which clusters are initialised, started and stopped."""
        lock = _open_lock(self.home / "cluster.lock")
        deadline = time.monotonic() + LOCK_SECONDS
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise EmbeddedError(
                            f"Another process has been starting or stopping the PostgreSQL in {self.home} "
                            f"for {LOCK_SECONDS} seconds."
                        ) from None
                    time.sleep(POLL_SECONDS)
            yield
        finally:
            os.close(lock)

    def _let_go(self) -> None:
        """Give the lease back, also on behalf of processes forked from this one, which share it."""
        if self._lease is not None:
            fcntl.flock(self._lease, fcntl.LOCK_UN)
            os.close(self._lease)
            self._lease = None

    def _ensure_running(self, account: Account) -> None:
        """Return when the server accepts connections; a server that is on its way down is awaited first."""
        starts = 0
        deadline = time.monotonic() + START_SECONDS
        while not self._accepts():
            if self.postmaster() is None:
                if starts == START_TRIES or time.monotonic() > deadline:
                    raise EmbeddedError(f"PostgreSQL in {self.home} does not start:\n{self._log_tail()}")
                # After a kill, the server's children may hold its memory for a moment: hence several tries.
                time.sleep(0.25 * starts)
                self._start(account)
                starts += 1
            elif time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL in {self.home} takes no connections after {START_SECONDS} seconds:\n"
                    + self._log_tail()
                )
            else:
                time.sleep(POLL_SECONDS)

    def _start(self, account: Account) -> None:
        programs = self._programs or programs_for(account, self._copies)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(programs, account)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        log = self.socket_directory / "server.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.unlink()
        parameters = self.parameters | {
            "unix_socket_directories": str(self.socket_directory),
            "cluster_name": f"strata {self.home.parent.name}"[:63],
        }
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in parameters.items())
        command: list[str | Path] = [programs / "pg_ctl", "start", "-s", "-w", "-t", str(START_SECONDS)]
        command += ["-D", self.data, "-l", log, "-o", options]
        run(command, account, timeout=START_SECONDS + 10)

    def _initialise(self, programs: Path, account: Account) -> None:
        """Make the cluster under another name first: an interrupted start leaves nothing half-made."""
        fresh = self.home / "data.unfinished"
        shutil.rmtree(fresh, ignore_errors=True)
        _make_private(fresh, account)
        command: list[str | Path] = [
            programs / "initdb",
            "-D",
            fresh,
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
        ]
        command += ["--auth-local=trust", "--auth-host=reject", "--no-instructions"]
        major = int(re.findall(r"\d+", run([programs / "postgres", "--version"], account, timeout=30).stdout)[0])
        builtin = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += builtin if major >= 17 else ["--locale=C.UTF-8"]
        if not self._durable:
            command += ["--no-sync"]
        done = run(command, account, timeout=120)
        if done.returncode != 0:
            raise EmbeddedError(f"PostgreSQL cannot make a cluster in {fresh}:\n{done.stderr.strip()}")
        fresh.rename(self.data)

    def _stop(self, account: Account) -> None:
        programs = self._programs or programs_for(account, self._copies)
        for mode in ("fast", "immediate"):
            if self.postmaster() is None:
                return
            command: list[str | Path] = [programs / "pg_ctl", "stop", "-s", "-w", "-t", str(STOP_SECONDS)]
            run([*command, "-m", mode, "-D", self.data], account, timeout=STOP_SECONDS + 10)
        if self.postmaster() is not None:
            raise EmbeddedError(f"PostgreSQL in {self.home} does not stop:\n{self._log_tail()}")

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self.dsn("postgres", SUPERUSER), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        """Create the service's role and database where they are missing."""
        with psycopg.connect(self.dsn("postgres", SUPERUSER), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
                connection.execute(f"create role {OWNER} login")
            if not connection.execute("select 1 from pg_database where datname = %s", [OWNER]).fetchone():
                connection.execute(f"create database {OWNER} owner {OWNER}")

    def _log_tail(self) -> str:
        try:
            text = (self.socket_directory / "server.log").read_text(errors="replace")
        except OSError:
            return "(it wrote no log)"
        return "\n".join(text.splitlines()[-15:])


def _open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _make_private(directory: Path, account: Account) -> None:
    """Create a directory for ``account`` alone; one that is there must be exactly that, not a planted one."""
    try:
        directory.mkdir(mode=0o700)
    except FileExistsError:
        found = directory.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not found.st_mode & 0o077:
            return
        raise EmbeddedError(f"{directory} should be a directory of user {account.name} with mode 0700.") from None
    if not account.is_current:
        os.chown(directory, account.uid, account.gid)


_clusters: dict[Path, Cluster] = {}
_guard = threading.Lock()


def cluster_for(settings: Settings) -> Cluster:
    """Return this checkout's cluster, by its name, a digest of its real path, and the major PostgreSQL."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", CHECKOUT.name)[:40].strip("-.") or "strata"
    major = version(WHEEL).split(".", 1)[0]
    home = settings.data_dir / f"{name}-{_digest(CHECKOUT)}" / f"postgresql-{major}"
    return Cluster(home, copies=settings.data_dir)


def ensure_database_sync(settings: Settings) -> str:
    """Return the address of the database to use; without a ``DATABASE_URL``, the private one is made to run.

    The private server then runs at least until ``stop`` or the end of this process.

    Raises:
        EmbeddedError: The private server cannot be started.
    """
    if settings.database_url is not None:
        return settings.database_url
    with _guard:
        fresh = cluster_for(settings)
        if not _clusters:
            atexit.register(_release_all)
        return _clusters.setdefault(fresh.home, fresh).acquire()


async def ensure_database(settings: Settings) -> str:
    """Do as ``ensure_database_sync`` without holding up the event loop."""
    return await asyncio.to_thread(ensure_database_sync, settings)


def stop(settings: Settings) -> bool:
    """Let go of the private server, and stop it unless another process uses it; tell whether it stopped."""
    with _guard:
        cluster = _clusters.pop(cluster_for(settings).home, None)
    return cluster.release() if cluster else False


def _release_all() -> None:
    for cluster in list(_clusters.values()):
        cluster.release()
