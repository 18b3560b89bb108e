from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from service.store.migrate import MigrationError, pending, read_migrations, upgrade
from tests.servers import MIGRATIONS

STARTER = """
import sys
from pathlib import Path
from service.store.migrate import upgrade
print(upgrade(sys.argv[1], Path(sys.argv[2])))
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    write(tmp_path, "0001.first", "create table first (id int);")
    write(
        tmp_path,
        "0002.second",
        "create table second (share text default '100%');\ninsert into second default values;",
    )
    return tmp_path


def write(directory: Path, name: str, text: str) -> None:
    (directory / f"{name}.sql").write_text(text)


def tables(dsn: str) -> set[str]:
    with psycopg.connect(dsn) as connection:
        rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {name for (name,) in rows} - {"strata_migration"}


def start(dsn: str, directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, dsn, str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.every_postgres
def test_the_migrations_of_this_version_apply_to_an_empty_database_once(empty_database: str) -> None:
    expected = [migration.id for migration in read_migrations(MIGRATIONS)]
    assert pending(empty_database, MIGRATIONS) == expected
    assert upgrade(empty_database, MIGRATIONS) == expected
    assert pending(empty_database, MIGRATIONS) == []
    assert upgrade(empty_database, MIGRATIONS) == []


def test_migrations_apply_in_order_of_their_numbers(empty_database: str, directory: Path) -> None:
    assert upgrade(empty_database, directory) == ["0001.first", "0002.second"]
    write(directory, "0003.third", "create table third ();")
    assert pending(empty_database, directory) == ["0003.third"]
    assert upgrade(empty_database, directory) == ["0003.third"]
    assert tables(empty_database) == {"first", "second", "third"}


def test_asking_what_is_pending_changes_nothing(empty_database: str, directory: Path) -> None:
    assert pending(empty_database, directory) == ["0001.first", "0002.second"]
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("select to_regclass('strata_migration')").fetchone() == (None,)


def test_a_failing_migration_leaves_no_trace_and_names_its_line(empty_database: str, directory: Path) -> None:
    write(directory, "0003.third", "create table third ();\n\ncreate table fourth (id nonsense);\n")
    with pytest.raises(MigrationError, match=r'0003\.third\.sql, line 3: type "nonsense" does not exist'):
        upgrade(empty_database, directory)
    assert tables(empty_database) == {"first", "second"}
    assert pending(empty_database, directory) == ["0003.third"]
    write(directory, "0003.third", "create table third ();")
    assert upgrade(empty_database, directory) == ["0003.third"]


def test_an_applied_migration_must_not_be_edited(empty_database: str, directory: Path) -> None:
    upgrade(empty_database, directory)
    write(directory, "0001.first", "create table other ();")
    for act in (pending, upgrade):
        with pytest.raises(MigrationError, match=r"0001\.first was edited"):
            act(empty_database, directory)


def test_a_migration_of_a_newer_version_is_left_alone(empty_database: str, directory: Path) -> None:
    upgrade(empty_database, directory)
    (directory / "0002.second.sql").unlink()
    assert upgrade(empty_database, directory) == []
    assert pending(empty_database, directory) == []


def test_an_index_can_be_built_outside_a_transaction(empty_database: str, directory: Path) -> None:
    text = "-- transactional: false\ncreate index concurrently if not exists first_id on first (id);"
    write(directory, "0003.index", text)
    assert upgrade(empty_database, directory) == ["0001.first", "0002.second", "0003.index"]


@pytest.mark.parametrize("name", ["3.third", "0003_third", "0003.Third", "0003.third.rollback"])
def test_a_misnamed_file_is_refused(directory: Path, name: str) -> None:
    write(directory, name, "select 1;")
    with pytest.raises(MigrationError, match="is not named like"):
        read_migrations(directory)


def test_a_number_taken_twice_is_refused(directory: Path) -> None:
    write(directory, "0002.also", "select 1;")
    with pytest.raises(MigrationError, match=r"0002\.second and 0002\.also have the same number"):
        read_migrations(directory)


def test_a_directory_without_migrations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="holds no migrations"):
        read_migrations(tmp_path)


def test_two_starters_race_and_each_migration_is_applied_once(empty_database: str, directory: Path) -> None:
    write(directory, "0003.slow", "select pg_sleep(0.5); create table slow ();")
    starters = [start(empty_database, directory) for _ in range(2)]
    outcomes = [starter.communicate(timeout=60) for starter in starters]
    assert [starter.returncode for starter in starters] == [0, 0], outcomes
    assert sorted(out.strip() for out, _ in outcomes) == ["['0001.first', '0002.second', '0003.slow']", "[]"]


def test_after_a_starter_is_killed_the_next_one_continues(empty_database: str, directory: Path) -> None:
    write(directory, "0003.slow", "create table slow (); select pg_sleep(60);")
    starter = start(empty_database, directory)
    with psycopg.connect(empty_database, autocommit=True) as connection:
        sleeping = "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
        deadline = time.monotonic() + 30
        while not connection.execute(sleeping).fetchone():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    starter.send_signal(signal.SIGKILL)
    starter.communicate(timeout=10)
    write(directory, "0003.slow", "create table slow ();")
    began = time.monotonic()
    assert upgrade(empty_database, directory) == ["0003.slow"]
    assert time.monotonic() - began < 10


def test_a_busy_table_is_waited_for_and_then_named(
    empty_database: str, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.migrate.TABLE_LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr("service.store.migrate.PAUSE_SECONDS", 0)
    upgrade(empty_database, directory)
    write(directory, "0003.column", "alter table first add column name text;")
    with psycopg.connect(empty_database) as holder:
        holder.execute("lock table first")
        with pytest.raises(MigrationError, match=r"0003\.column.*lock timeout"):
            upgrade(empty_database, directory)
    assert upgrade(empty_database, directory) == ["0003.column"]
