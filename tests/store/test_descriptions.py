"""Descriptions in the database: the last edition imported that has a code speaks for it."""

from __future__ import annotations

from service.store.descriptions import editions_described, read_descriptions, write_descriptions


async def test_descriptions_are_kept_by_code(database: str):
    first = {"0101": "Live horses", "01012100": "Live horses: Purebred", "01013000": ""}
    assert await write_descriptions(database, "US", "2025-basic", first) == 2
    assert await read_descriptions(database, "US", ["0101", "01013000", "9999"]) == {"0101": "Live horses"}
    assert await read_descriptions(database, "CN", ["0101"]) == {}


async def test_a_later_edition_stands_in_place_of_the_earlier_and_keeps_what_it_lacks(database: str):
    await write_descriptions(database, "US", "2025-basic", {"0101": "Live horses", "0102": "Live bovine animals"})
    assert await write_descriptions(database, "US", "2026-basic", {"0101": "Horses, live"}) == 1
    assert await write_descriptions(database, "US", "2026-basic", {"0101": "Horses, live"}) == 0
    assert await read_descriptions(database, "US") == {"0101": "Horses, live", "0102": "Live bovine animals"}
    assert await editions_described(database, "US") == {"2025-basic": 1, "2026-basic": 1}
