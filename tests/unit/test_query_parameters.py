"""Facts as parameters: the same values from a query string and from a body."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from service.api.body import decode_json
from service.api.parameters import JsonNumber, fact_parameter, read_fields, tables_of
from service.api.problems import InvalidFields
from tests.api.fakes import FACTS

SHARES = (("CN", Decimal("0.4")), ("US", Decimal("0.6")))
TABLES = tables_of(FACTS)


@pytest.mark.parametrize(
    ("name", "text", "json", "value"),
    [
        ("preference", "S+", '"S+"', "S+"),
        ("claims", "9903.88.05,9902.01.01", '["9903.88.05", "9902.01.01"]', ("9902.01.01", "9903.88.05")),
        ("chapter_98", "9802.00.50", '"9802.00.50"', "9802.00.50"),
        ("loaded_on", "2025-04-04", '"2025-04-04"', date(2025, 4, 4).toordinal()),
        ("value", "1000.50", "1000.50", Decimal("1000.50")),
        ("value", "1000.50", '"1000.50"', Decimal("1000.50")),
        ("currency", "USD", '"USD"', "USD"),
        ("base_ave", "2.5", "2.5", Decimal("2.5")),
        ("us_content", "0.1", "0.1", Decimal("0.1")),
        ("quantities", "kg:12.5,No.:3", '{"kg": 12.5, "No.": 3}', (("No.", Decimal(3)), ("kg", Decimal("12.5")))),
        ("part_values", "case:4", '{"case": 4}', (("case", Decimal(4)),)),
        (
            "steel_melt_pour",
            "US:0.6,CN:0.4",
            '{"CN": 0.4, "US": 0.6}',
            (("CN", Decimal("0.4")), ("US", Decimal("0.6"))),
        ),
        ("donation", "true", "true", True),
        ("model_year", "2019", "2019", 2019),
        ("transport", "air", '"air"', "air"),
        ("uas", "thermal_imaging", '["thermal_imaging"]', ("thermal_imaging",)),
    ],
)
def test_text_and_json_give_the_same_value(name: str, text: str, json: str, value: Any):
    parameter = TABLES.rates[name]
    assert parameter.from_text(text) == value
    assert parameter.from_json(decode_json(json.encode())) == value
    assert type(parameter.from_text(text)) is type(value)


def test_every_fact_has_an_example_that_can_be_read_both_ways():
    for fact in FACTS.values():
        parameter = fact_parameter(fact)
        assert parameter.from_text(parameter.query_example()) is not None


@pytest.mark.parametrize(
    ("name", "json"),
    [
        ("preference", "1"),
        ("claims", '"9903.88.05"'),
        ("claims", "[]"),
        ("claims", "[1]"),
        ("loaded_on", "20250404"),
        ("us_content", "true"),
        ("us_content", "1e-1"),
        ("us_content", "null"),
        ("us_content", "[0.1]"),
        ("quantities", "[1]"),
        ("quantities", "{}"),
        ("quantities", '{"kg": null}'),
        ("steel_melt_pour", '{"ZZ": 1}'),
        ("steel_melt_pour", '{"US": 0.7, "CN": 0.6}'),
        ("donation", '"true"'),
        ("donation", "1"),
        ("uas", '["thermal_imaging", "thermal_imaging"]'),
    ],
)
def test_json_of_another_shape_is_refused(name: str, json: str):
    with pytest.raises(ValueError, match=r"."):
        TABLES.item[name].from_json(decode_json(json.encode()))


def test_shares_that_add_up_to_more_than_the_whole_are_refused():
    with pytest.raises(ValueError, match=r"add up to 1\.3"):
        TABLES.rates["steel_melt_pour"].from_text("US:0.7,CN:0.6")


def test_a_number_of_a_body_keeps_its_digits():
    number = decode_json(b'{"a": 0.10000000000000000001}')["a"]
    assert isinstance(number, JsonNumber)
    assert number == "0.10000000000000000001"


def test_missing_and_wrong_fields_are_told_together():
    with pytest.raises(InvalidFields) as refused:
        read_fields({"importer": "us", "date": "x"}, TABLES.rates)
    assert [error.field for error in refused.value.errors] == ["importer", "date", "code", "origin"]


def test_a_body_nested_too_deep_is_refused():
    with pytest.raises(InvalidFields, match="too deep"):
        decode_json(b"[" * 100_000)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"{", "line 1, column 2"),
        (b'{"a": 1,\n}', "line 2, column 1"),
        (b'{"a": 1, "a": 2}', "more than once"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": Infinity}', "Infinity"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "not JSON"),
    ],
)
def test_what_is_wrong_with_a_body_is_told_with_its_place(raw: bytes, said: str):
    with pytest.raises(InvalidFields, match=said):
        decode_json(raw)
