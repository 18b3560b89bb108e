"""Loading: what was published comes back equal, of any release, from one instant."""

from __future__ import annotations

import gc
import time
from collections.abc import AsyncIterator, Callable

import pytest

from service.law.periods import period
from service.law.terms import ListEntry, ListVersion
from service.store.connection import Connection as Conn
from service.store.connection import connect, connection, open_pool
from service.store.load import load_release
from service.store.publish import publish_laws
from service.store.releases import NoRelease
from tests.store.laws import ENTRIES, JAN, MAY, atlantis, changed, documents, schedule, version


@pytest.fixture
async def conn(database: str) -> AsyncIterator[Conn]:
    opened = await connect(database)
    yield opened
    await opened.close()


@pytest.mark.every_postgres
async def test_the_law_comes_back_equal_with_every_kind_of_rate_condition_and_fact(conn: Conn) -> None:
    law = atlantis()
    await publish_laws(conn, documents("one"), {"ATL": law})
    loaded = await load_release(conn)
    assert loaded.number == 1
    assert list(loaded.laws) == ["ATL"]
    for field in law.__struct_fields__:
        assert getattr(loaded.laws["ATL"], field) == getattr(law, field), field


async def test_values_come_back_with_their_types_and_digits(conn: Conn) -> None:
    law = atlantis()
    await publish_laws(conn, documents("one"), {"ATL": law})
    loaded = (await load_release(conn)).laws["ATL"]
    for name, fact in law.facts.items():
        assert repr(loaded.facts[name].default) == repr(fact.default), name
    assert repr(loaded.versions) == repr(law.versions)
    assert repr(loaded.programs) == repr(law.programs)


async def test_mappings_keep_their_order(conn: Conn) -> None:
    law = atlantis()
    await publish_laws(conn, documents("one"), {"ATL": law})
    loaded = (await load_release(conn)).laws["ATL"]
    for name in ("metal_chapters", "chapter_98", "groups"):
        assert list(getattr(loaded.importer, name)) == list(getattr(law.importer, name))
    assert list(loaded.facts) == list(law.facts)
    assert list(loaded.acts) == list(law.acts)
    assert list(loaded.programs[0].measures[0].assume) == ["donation", "us_content", "claims"]


async def test_open_ends_are_stored_as_unbounded_ranges(conn: Conn) -> None:
    await publish_laws(conn, documents("one"), {"ATL": atlantis()})
    assert await conn.fetchval("SELECT count(*) FROM version WHERE upper_inf(known)") > 0
    assert await conn.fetchval("SELECT count(*) FROM schedule_line WHERE lower_inf(valid)") > 0
    document = await conn.fetchval("SELECT document FROM importer")
    assert "3652060" not in document


async def test_two_importers_do_not_mix_and_keep_their_order(conn: Conn) -> None:
    first = atlantis()
    lines, statistical = schedule(lines=1, statistical=0)
    second = changed(first, lines=lines, statistical=statistical, versions=first.versions[:1])
    await publish_laws(conn, documents("one"), {"MU": second, "ATL": first})
    loaded = await load_release(conn)
    assert loaded.laws == {"MU": second, "ATL": first}
    assert list(loaded.laws) == ["MU", "ATL"]


async def test_an_earlier_release_comes_back_as_it_was(conn: Conn) -> None:
    first = atlantis()
    second = changed(first, versions=(version(period(JAN), period(MAY)),))
    await publish_laws(conn, documents("one"), {"ATL": first})
    await publish_laws(conn, documents("two"), {"ATL": second})
    assert (await load_release(conn, 1)).laws["ATL"] == first
    assert (await load_release(conn, 2)).laws["ATL"] == second
    assert (await load_release(conn)).number == 2


async def test_a_release_that_does_not_exist_is_said_so(conn: Conn) -> None:
    with pytest.raises(NoRelease, match="no law has been published yet"):
        await load_release(conn)
    for number in (7, 2**40):
        with pytest.raises(NoRelease, match=f"there is no release {number}"):
            await load_release(conn, number)


async def test_a_reader_inside_a_snapshot_keeps_seeing_the_release_it_began_with(database: str) -> None:
    async with connection(database) as reader, connection(database) as writer:
        await publish_laws(writer, documents("one"), {"ATL": atlantis()})
        async with reader.transaction(isolation="repeatable_read", readonly=True):
            assert (await load_release(reader)).number == 1
            await publish_laws(writer, documents("two"), {"ATL": atlantis()})
            assert (await load_release(reader)).number == 1
        assert (await load_release(reader)).number == 2


async def test_an_address_a_pool_and_a_connection_serve_alike(database: str) -> None:
    pool = await open_pool(database)
    async with pool:
        async with pool.acquire() as borrowed:
            await publish_laws(borrowed, documents("one"), {"ATL": atlantis()})
            assert (await load_release(borrowed)).number == 1
        assert (await load_release(pool)).number == 1
        assert pool.get_idle_size() == pool.get_size()
    assert (await load_release(database)).number == 1


async def test_the_collector_runs_again_after_loading(conn: Conn) -> None:
    await publish_laws(conn, documents("one"), {"ATL": atlantis()})
    await load_release(conn)
    assert gc.isenabled()


@pytest.mark.slow
async def test_law_of_full_size_is_published_and_loaded_in_seconds(
    conn: Conn, record_property: Callable[[str, object], None]
) -> None:
    lines, statistical = schedule(lines=15_000, statistical=15_000)
    entries = tuple(ListEntry(f"{10_000_000 + at}", True, "rise", ENTRIES[0].attributes) for at in range(2_000))
    lists = tuple(ListVersion(f"list-{at}", period(JAN), period(MAY), entries) for at in range(20))
    law = changed(atlantis(), lines=lines, statistical=statistical, list_versions=lists)
    started = time.perf_counter()
    await publish_laws(conn, documents("one"), {"ATL": law})
    published = time.perf_counter()
    loaded = await load_release(conn)
    finished = time.perf_counter()
    assert loaded.laws["ATL"] == law
    record_property("seconds", f"published in {published - started:.2f}, loaded in {finished - published:.2f}")
    assert published - started < 60
    assert finished - published < 6
