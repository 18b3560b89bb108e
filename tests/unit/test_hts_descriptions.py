"""Descriptions packed: each text comes back as it was, for its code and day."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.descriptions import BETWEEN, NONE, Described, Description, Descriptions, order_of

DAY = date(2025, 1, 1).toordinal()
HORSES: tuple[Described, ...] = (
    ("0101", DAY, "Live horses", "2025-basic"),
    ("01012100", DAY, "Live horses: Horses: Purebred", "2025-basic"),
    ("01012100", DAY + 100, "Live horses: Horses: Of pure breed", "2025-rev-9"),
    ("0101210010", DAY, "Live horses: Horses: Purebred: Males", "2025-basic"),
)


@pytest.mark.parametrize(
    ("code", "day", "said"),
    [
        ("0101", DAY, "Live horses"),
        ("01012100", DAY, "Live horses: Horses: Purebred"),
        ("01012100", DAY + 99, "Live horses: Horses: Purebred"),
        ("01012100", DAY + 100, "Live horses: Horses: Of pure breed"),
        ("01012100", DAY + 10_000, "Live horses: Horses: Of pure breed"),
        ("01012100", DAY - 10_000, "Live horses: Horses: Purebred"),
        ("0101210010", DAY + 100, "Live horses: Horses: Purebred: Males"),
        ("010121", DAY, None),
        ("1012100", DAY, None),
        ("9999", DAY, None),
    ],
)
def test_a_code_has_the_text_of_the_day(code: str, day: int, said: str | None):
    found = Descriptions(HORSES).of(code, date.fromordinal(day))
    assert (found.text if found else None) == said


def test_the_edition_is_told_and_nothing_is_described_by_nothing():
    assert Descriptions(HORSES).of("01012100", date(2026, 1, 1)) == Description(HORSES[2][2], "2025-rev-9")
    assert NONE.of("0101", date(2025, 1, 1)) is None
    assert NONE.digest == ""


def test_the_digest_is_that_of_the_content():
    assert Descriptions(HORSES).digest == Descriptions(iter(HORSES)).digest
    digests = {Descriptions(rows).digest for rows in (HORSES, HORSES[:3], HORSES[1:], ())}
    assert len(digests) == 4


words = st.text(st.sampled_from("ab: é“"), min_size=1, max_size=12)
codes = st.text(st.sampled_from("0129"), min_size=4, max_size=10)


@given(st.dictionaries(st.tuples(codes, st.integers(1, 5)), words, max_size=20))
def test_every_text_comes_back_to_the_letter(said: dict[tuple[str, int], str]):
    keys = sorted(said, key=lambda key: (order_of(key[0]), key[1]))
    packed = Descriptions((code, day, said[code, day], f"e{day}") for code, day in keys)
    for code, day in keys:
        assert packed.of(code, date.fromordinal(day)) == Description(said[code, day], f"e{day}")


def test_texts_that_stand_under_the_same_rows_share_them():
    above = BETWEEN.join("a long text of the heading" for _ in range(5))
    rows = [(f"{10_000_000 + at}", DAY, f"{above}{BETWEEN}{at}", "e") for at in range(1000)]
    assert Descriptions(rows).size < 1000 * len(above) / 3
