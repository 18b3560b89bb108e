"""Publishing: all of a release or nothing, one publisher at a time, the law files kept to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from textwrap import dedent

import asyncpg
import pytest

from service.law.check import Finding
from service.law.importer import ImporterLaw
from service.law.periods import period
from service.law.terms import Amendment, Patch
from service.store import publish as publishing
from service.store import statements
from service.store.connection import Connection as Conn
from service.store.connection import connect, connection
from service.store.documents import digest, documents_of, law_documents, sha256
from service.store.load import load_release
from service.store.publish import PublishRefused, publish, publish_laws
from service.store.releases import NoRelease, current_release, get_release, list_releases
from service.store.rows import write_laws
from tests.servers import Server
from tests.store.laws import DOCUMENTS, JAN, JUL, MAY, atlantis, changed, documents, schedule, version

LAW: Mapping[str, str] = {
    "facts.yaml": dedent("""\
        facts:
          donation:
            type: bool
            class: exceptional
            default: false
            description: whether the goods are given away
            effect: taken as sold
        """),
    "zz/importer.yaml": dedent("""\
        importer: ZZ
        title: Atlantis
        time_zone: Atlantic/Azores
        currency: USD
        codes: {lengths: [4, 6, 8], line: 8, groups: [4, 2, 2]}
        base: zz/base
        coverage:
          - {origins: all, from: 2025-01-01, verified: 2025-06-01}
        """),
    "zz/programs/base.yaml": dedent("""\
        program: zz/base
        title: Base duty
        authority: Tariff Act
        order: 1
        acts:
          tariff: {title: Tariff Act, announced: 2024-12-01}
        measures:
          - id: general
            heading: '0101'
            rate: {schedule: general}
            amendments:
              - {act: tariff, from: 2025-01-01}
        """),
    "zz/programs/rise.yaml": dedent("""\
        program: zz/rise
        title: The rise
        authority: Emergency
        order: 2
        acts:
          rise: {title: The Rise, announced: 2025-02-01}
        measures:
          - id: metals
            heading: 9903.00.01
            goods: lists/metals
            when: {not: {fact_is: {donation: true}}}
            amendments:
              - {act: rise, from: 2025-03-01, rate: 25%}
              - {act: rise, from: 2025-05-01, until: 2025-06-01, rate: suspended}
        """),
    "zz/lists/metals.csv": "code,change,act,from,until\n7208.10.00,include,rise,2025-03-01,\n",
    "zz/schedule/editions.yaml": dedent("""\
        columns: [general]
        editions:
          - {id: first, published: 2024-12-01, from: 2025-01-01, title: First edition}
        """),
    "zz/schedule/first.csv": "code,from,until,units,general,mark\n72081000,,,kg,5%,\n72083900,,,kg,Free,\n",
}


@pytest.fixture
async def conn(database: str) -> AsyncIterator[Conn]:
    opened = await connect(database)
    yield opened
    await opened.close()


async def rows_of(conn: Conn, release: int) -> dict[str, int]:
    """Count the rows of a release in every table that has such."""
    tables = await conn.fetch(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'release' AND table_schema = 'public'"
    )
    return {
        name: await conn.fetchval(f"SELECT count(*) FROM {name} WHERE release = $1", release)  # noqa: S608
        for (name,) in tables
    }


async def outlines(conn: Conn) -> list[tuple[int, str]]:
    return [(it.number, it.digest) for it in await list_releases(conn)]


# --- from law files ---------------------------------------------------------------------------------------


@pytest.mark.every_postgres
async def test_law_files_become_a_release_that_loads_as_it_was_decoded(database: str) -> None:
    published = await publish(database, LAW, notes="the first")
    assert (published.number, published.digest, published.new) == (1, digest(LAW), True)
    loaded = await load_release(database)
    assert (loaded.number, loaded.digest, loaded.published_at) == (1, digest(LAW), published.published_at)
    decoded = publishing.derive(LAW)
    assert decoded["ZZ"].versions
    assert decoded["ZZ"].lines
    assert loaded.laws == {code: changed(law, lists={}) for code, law in decoded.items()}
    current = await current_release(database)
    assert current is not None
    assert current.notes == "the first"


async def test_law_that_cannot_be_decoded_is_refused_with_file_and_line(database: str) -> None:
    await publish(database, LAW)
    broken = {**LAW, "zz/programs/rise.yaml": LAW["zz/programs/rise.yaml"].replace("25%", "25 parrots")}
    with pytest.raises(PublishRefused, match=r"zz/programs/rise\.yaml:13: error: rate: .*parrots") as refusal:
        await publish(database, broken)
    assert {finding.file for finding in refusal.value.findings} == {"zz/programs/rise.yaml"}
    assert (await load_release(database)).digest == digest(LAW)


async def test_law_that_cannot_be_right_is_refused(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [Finding("zz/programs/rise.yaml", 8, "no goods match")]
    monkeypatch.setattr(publishing, "check_law", lambda *_: found)
    with pytest.raises(PublishRefused, match=r"zz/programs/rise\.yaml:8: error: no goods match"):
        await publish(database, LAW)
    assert await current_release(database) is None
    found[:] = [Finding("zz/programs/rise.yaml", 8, "a doubt", "warning")]
    assert (await publish(database, LAW)).new


async def test_publishing_the_same_files_again_changes_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await publish(database, LAW)
    monkeypatch.delattr(publishing, "decode_law")  # not even decoded
    again = await publish(database, dict(sorted(LAW.items(), reverse=True)))
    assert (again.number, again.published_at, again.new) == (1, first.published_at, False)


async def test_the_same_files_read_by_other_code_are_another_release(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(database, LAW)
    monkeypatch.setattr(publishing, "derivation", lambda: "0" * 64)
    again = await publish(database, LAW)
    assert (again.number, again.digest, again.new) == (2, digest(LAW), True)


async def test_a_release_whose_rows_cannot_be_read_any_more_is_decoded_from_its_documents(
    database: str, conn: Conn
) -> None:
    await publish(database, LAW)
    await conn.execute("UPDATE version SET terms = jsonb_set(terms, '{rate,kind}', '\"of long ago\"')")
    law = (await load_release(database)).laws["ZZ"]
    assert law.versions == publishing.derive(LAW)["ZZ"].versions


# --- documents --------------------------------------------------------------------------------------------


async def test_documents_come_back_byte_for_byte_and_are_kept_once(conn: Conn) -> None:
    for text in ("one", "two"):
        await publish_laws(conn, documents(text), {"ATL": atlantis()})
    assert await documents_of(conn, 1) == documents("one")
    assert await documents_of(conn, 2) == documents("two")
    assert await documents_of(conn, 3) == {}
    assert await conn.fetchval("SELECT count(*) FROM document") == len(DOCUMENTS) + 2
    detail = await get_release(conn, 2)
    assert [it.path for it in detail.documents] == sorted(documents("two"))
    assert {it.path: it.sha256 for it in detail.documents} == {
        path: sha256(text) for path, text in documents("two").items()
    }
    assert {it.path: it.bytes for it in detail.documents}["atl/importer.yaml"] == len(
        DOCUMENTS["atl/importer.yaml"].encode()
    )


def test_the_digest_is_that_of_the_list_which_sha256sum_prints() -> None:
    assert digest({"b.yaml": "b\n", "a/c.csv": ""}) == sha256(
        f"{sha256('')}  a/c.csv\n{sha256('b' + chr(10))}  b.yaml\n"
    )
    assert digest({"a": "x"}) != digest({"b": "x"})


def test_law_files_are_read_with_their_line_ends_and_nothing_else_is(tmp_path: Path) -> None:
    (tmp_path / "us" / "programs").mkdir(parents=True)
    (tmp_path / "us" / "programs" / "x.yaml").write_bytes("a: “b”\r\n".encode())
    (tmp_path / "us" / "list.csv").write_bytes(b"code\n")
    (tmp_path / "us" / "README.md").write_text("for people")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "y.yaml").write_text("z")
    assert law_documents(tmp_path) == {"us/list.csv": "code\n", "us/programs/x.yaml": "a: “b”\r\n"}


def test_a_law_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"title: caf\xe9")
    with pytest.raises(ValueError, match=r"x\.yaml: not UTF-8 at byte 10"):
        law_documents(tmp_path)
    with pytest.raises(FileNotFoundError, match="not a directory"):
        law_documents(tmp_path / "nowhere")


# --- all or nothing ---------------------------------------------------------------------------------------


@pytest.mark.every_postgres
async def test_overlapping_versions_are_refused_naming_both_rectangles(conn: Conn) -> None:
    await publish_laws(conn, documents("one"), {"ATL": atlantis()})
    overlapping = (version(period(JAN, JUL), period(JAN)), version(period(MAY), period(JAN, JUL)))
    with pytest.raises(PublishRefused) as refusal:
        await publish_laws(conn, documents("two"), {"ATL": changed(atlantis(), versions=overlapping)})
    assert [(it.file, it.line, it.message) for it in refusal.value.findings] == [
        (
            "atl/programs/surcharge.yaml",
            10,
            (
                "two versions of atl/surcharge m0, view law overlap in both times: "
                "valid 2025-01-01 to 2025-07-01, known from 2025-01-01; "
                "and valid from 2025-05-01, known 2025-01-01 to 2025-07-01"
            ),
        )
    ]
    assert await outlines(conn) == [(1, digest(documents("one")))]
    assert not any((await rows_of(conn, 2)).values())


async def test_overlapping_rows_of_lists_and_of_the_schedule_are_refused(conn: Conn) -> None:
    law = atlantis()
    for field, what in (
        ("list_versions", "list metals"),
        ("lines", "ATL line 10000000"),
        ("statistical", "ATL number 1000000010"),
    ):
        rows = getattr(law, field)
        twice = changed(law, **{field: (*rows, rows[0])})
        with pytest.raises(PublishRefused, match=f"two versions of {what} overlap in both times"):
            await publish_laws(conn, documents(field), {"ATL": twice})
    assert await outlines(conn) == []


async def test_an_amendment_without_its_act_is_refused(conn: Conn) -> None:
    law = atlantis()
    base = law.programs[1]
    stray = changed(base.measures[0], amendments=(Amendment("nowhere", period(JAN), Patch()),))  # type: ignore[arg-type]
    broken = changed(law, programs=(law.programs[0], changed(base, measures=(stray,))))  # type: ignore[arg-type]
    with pytest.raises(PublishRefused, match=r"nowhere.*amendment_act"):
        await publish_laws(conn, documents("one"), {"ATL": broken})
    assert await outlines(conn) == []


async def test_an_error_in_the_middle_leaves_the_release_that_stands(
    conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish_laws(conn, documents("one"), {"ATL": atlantis()})

    async def fail(conn: Conn, release: int, laws: Mapping[str, ImporterLaw]) -> None:
        await write_laws(conn, release, laws)
        raise RuntimeError("the power failed")

    monkeypatch.setattr(publishing, "write_laws", fail)
    with pytest.raises(RuntimeError, match="the power failed"):
        await publish_laws(conn, documents("two"), {"ATL": atlantis()})
    assert await outlines(conn) == [(1, digest(documents("one")))]
    assert not any((await rows_of(conn, 2)).values())
    assert await conn.fetchval("SELECT count(*) FROM document") == len(documents("one"))
    monkeypatch.undo()
    assert (await publish_laws(conn, documents("two"), {"ATL": atlantis()})).number == 2


async def test_a_publisher_whose_connection_is_killed_leaves_the_release_that_stands(
    database: str, conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish_laws(conn, documents("one"), {"ATL": atlantis()})

    async def killed(victim: Conn, release: int, laws: Mapping[str, ImporterLaw]) -> None:
        await write_laws(victim, release, laws)
        await conn.execute("SELECT pg_terminate_backend($1)", victim.get_server_pid())

    async def publish_elsewhere() -> None:
        async with connection(database) as victim:
            await publish_laws(victim, documents("two"), {"ATL": atlantis()})

    monkeypatch.setattr(publishing, "write_laws", killed)
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError)):
        await publish_elsewhere()
    monkeypatch.undo()
    assert await outlines(conn) == [(1, digest(documents("one")))]
    assert (await publish_laws(conn, documents("two"), {"ATL": atlantis()})).number == 2


# --- one at a time ----------------------------------------------------------------------------------------


async def test_concurrent_publishers_take_turns(database: str) -> None:
    async def one(text: str) -> int:
        async with connection(database) as conn:
            return (await publish_laws(conn, documents(text), {"ATL": atlantis()})).number

    assert sorted(await asyncio.gather(*map(one, "abcd"))) == [1, 2, 3, 4]
    releases = await list_releases(database)
    assert [it.published_at for it in releases] == sorted((it.published_at for it in releases), reverse=True)


async def test_of_publishers_of_the_same_law_one_publishes(database: str) -> None:
    published = await asyncio.gather(*(publish(database, LAW) for _ in range(4)))
    assert [it.number for it in published] == [1] * 4
    assert sorted(it.new for it in published) == [False] * 3 + [True]


async def test_a_publisher_waits_for_the_one_before_longer_than_a_look_up_may(
    database: str, conn: Conn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.store.connection.LOCK_SECONDS", 0.1)
    monkeypatch.setattr("service.store.connection.STATEMENT_SECONDS", 0.1)
    async with connection(database) as second:
        async with conn.transaction():
            await conn.execute(statements.LOCK_PUBLISHING)
            waiting = asyncio.create_task(publish_laws(second, documents("one"), {"ATL": atlantis()}))
            await asyncio.sleep(0.5)
            assert not waiting.done()
        assert (await waiting).number == 1


async def test_the_release_is_notified_when_it_stands_and_not_before(database: str, conn: Conn) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with connection(database) as listener:
        await listener.add_listener("strata_release", lambda *about: heard.put_nowait(about[-1]))
        twice = changed(atlantis(), versions=(version(period(JAN), period(JAN)),) * 2)
        with pytest.raises(PublishRefused):
            await publish_laws(conn, documents("one"), {"ATL": twice})
        await publish_laws(conn, documents("two"), {"ATL": atlantis()})
        async with asyncio.timeout(5):
            assert await heard.get() == "1"
        assert heard.empty()
        await listener.reset()


# --- what is written --------------------------------------------------------------------------------------


async def test_a_schedule_is_written_once_until_it_changes(conn: Conn) -> None:
    law = atlantis()
    await publish_laws(conn, documents("one"), {"ATL": law})
    await publish_laws(conn, documents("two"), {"ATL": changed(law, versions=())})
    assert await conn.fetchval("SELECT count(*) FROM schedule_line") == len(law.lines)
    lines, statistical = schedule(lines=4)
    third = changed(law, lines=lines, statistical=statistical)
    await publish_laws(conn, documents("three"), {"ATL": third})
    assert await conn.fetchval("SELECT count(*) FROM schedule") == 2
    assert (await load_release(conn, 2)).laws["ATL"].lines == law.lines
    assert (await load_release(conn, 3)).laws["ATL"].lines == lines


async def test_releases_are_listed_newest_first_page_by_page(conn: Conn) -> None:
    for text in "abcde":
        await publish_laws(conn, documents(text), {"ATL": atlantis()}, notes=text)
    first = await list_releases(conn, limit=2)
    second = await list_releases(conn, before=first[-1].number, limit=2)
    third = await list_releases(conn, before=second[-1].number, limit=2)
    assert [[it.number for it in page] for page in (first, second, third)] == [[5, 4], [3, 2], [1]]
    assert [it.notes for it in first] == ["e", "d"]
    assert first[0].published_at.utcoffset() is not None
    with pytest.raises(NoRelease, match="there is no release 6"):
        await get_release(conn, 6)


async def test_a_role_that_may_only_read_loads_and_cannot_publish(postgres: Server, database: str) -> None:
    await publish(database, LAW)
    postgres.execute("CREATE ROLE strata_reader LOGIN")
    async with connection(database) as owner:
        try:
            await owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO strata_reader")
            async with connection(database.replace("strata@", "strata_reader@")) as reader:
                assert await reader.fetchval("SELECT current_user") == "strata_reader"
                assert (await load_release(reader)).laws["ZZ"].lines
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await publish_laws(reader, documents("two"), {"ATL": atlantis()})
        finally:
            await owner.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM strata_reader")
            postgres.execute("DROP ROLE strata_reader")
