"""Descriptions in the database: what an edition prints holds from its first day until another says otherwise."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from datetime import date

import pytest

from service.descriptions import NONE
from service.store.connection import connect
from service.store.descriptions import REVISION, editions_described, load_descriptions, write_descriptions
from service.store.refresh import ReleaseWatcher

PATIENCE = 10.0
NEVER = 3600.0
"""Seconds between polls in a test that must not depend on polling."""

STARTS = {"one": date(2024, 1, 1), "two": date(2025, 1, 1), "two-again": date(2025, 1, 1), "three": date(2026, 1, 1)}
PLACES = {name: at for at, name in enumerate(STARTS)}
SAID: Mapping[str, Mapping[str, str]] = {
    "one": {"0101": "Horses", "0102": "Cattle", "0103": "Swine", "0104": ""},
    "two": {"0101": "Live horses", "0102": "Cattle", "0103": "Pigs", "0105": "Fowls"},
    "two-again": {"0101": "Live horses", "0102": "Cattle", "0103": "Swine"},
    "three": {"0101": "Horses", "0102": "Cattle", "0103": "Swine", "0106": "Other"},
}


async def keep(database: str, edition: str) -> int:
    return await write_descriptions(
        database, "US", edition, SAID[edition], start=STARTS[edition], place=PLACES[edition]
    )


async def texts(database: str, code: str, importer: str = "US") -> list[str | None]:
    """Return what is said of a code in the middle of 2024, 2025 and 2026."""
    held = (await load_descriptions(database)).get(importer, NONE)
    found = [held.of(code, date(year, 6, 1)) for year in (2024, 2025, 2026)]
    return [it.text if it else None for it in found]


async def revision(database: str) -> int:
    conn = await connect(database)
    try:
        return int(await conn.fetchval(REVISION))
    finally:
        await conn.close()


async def test_descriptions_are_kept_by_code_and_importer(database: str):
    assert await keep(database, "one") == 3
    assert await texts(database, "0101") == ["Horses"] * 3
    assert await texts(database, "0104") == [None] * 3
    assert await texts(database, "0101", "CN") == [None] * 3
    assert await load_descriptions(database) != {}


@pytest.mark.parametrize("order", list(itertools.permutations(STARTS)), ids="-".join)
async def test_in_whatever_order_editions_are_imported_each_speaks_for_its_days(
    module_database: str, order: tuple[str, ...]
):
    conn = await connect(module_database)
    await conn.execute("TRUNCATE description, described_edition")
    await conn.close()
    for edition in order:
        await keep(module_database, edition)
    assert await texts(module_database, "0101") == ["Horses", "Live horses", "Horses"]
    assert await texts(module_database, "0102") == ["Cattle"] * 3
    assert await texts(module_database, "0103") == ["Swine"] * 3
    assert await texts(module_database, "0105") == ["Fowls"] * 3
    assert await texts(module_database, "0106") == ["Other"] * 3
    assert await editions_described(module_database, "US") == STARTS
    for edition in STARTS:
        assert await keep(module_database, edition) == 0


async def test_the_revision_tells_of_what_changed_and_of_nothing_else(database: str):
    assert await revision(database) == 0
    await keep(database, "one")
    first = await revision(database)
    assert await keep(database, "one") == 0
    assert await revision(database) == first > 0
    corrected = {**SAID["one"], "0101": "Horses and asses"}
    # The first day that was given with the first import stays.
    done = await write_descriptions(database, "US", "one", corrected, start=date(2030, 1, 1), place=9)
    assert (done, await revision(database)) == (1, first + 1)
    assert await texts(database, "0101") == ["Horses and asses"] * 3
    assert await editions_described(database, "US") == {"one": STARTS["one"]}


class Heard:
    """Counts the calls of a watcher; fails as often as told."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.calls: asyncio.Queue[bool] = asyncio.Queue()

    async def __call__(self) -> None:
        self.failures -= 1
        self.calls.put_nowait(self.failures < 0)
        if self.failures >= 0:
            raise RuntimeError("the service cannot take them over")

    async def next(self) -> bool:
        async with asyncio.timeout(PATIENCE):
            return await self.calls.get()


async def no_release(number: int) -> None:
    raise AssertionError(f"release {number} out of nowhere")


async def test_the_watcher_hears_of_descriptions_once_for_each_import_that_changed_something(database: str):
    heard = Heard()
    async with ReleaseWatcher(database, NEVER, no_release, on_descriptions=heard):
        await keep(database, "one")
        assert await heard.next()
        await keep(database, "one")
        await asyncio.sleep(0.3)
        assert heard.calls.empty()
        await keep(database, "two")
        assert await heard.next()


async def test_descriptions_are_noticed_without_notification_and_offered_again_after_a_failure(database: str):
    await keep(database, "one")
    heard = Heard(failures=2)
    async with ReleaseWatcher(database, 0.05, no_release, on_descriptions=heard):
        assert [await heard.next() for _ in range(3)] == [False, False, True]
        await asyncio.sleep(0.3)
        assert heard.calls.empty()
