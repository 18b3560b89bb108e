"""The query string and single values, read strictly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api import values
from service.api.problems import InvalidFields
from service.api.query import MAX_QUERY, parse_query
from service.law.goods import CodeSystem

KNOWN = ("importer", "code", "known_on", "steel_melt_pour", "preference")
US = CodeSystem((4, 6, 8, 10), 8, (4, 2, 2, 2), ("98", "99"))


def messages(raw: bytes) -> dict[str, str]:
    return {error.field: error.message for error in parse_query(raw, KNOWN)[1]}


def test_values_are_decoded_and_keep_their_order():
    given, errors = parse_query(b"code=9503.00.00&importer=US&steel_melt_pour=US:0.6%2CCN:0.4", KNOWN)
    assert list(given.items()) == [
        ("code", "9503.00.00"),
        ("importer", "US"),
        ("steel_melt_pour", "US:0.6,CN:0.4"),
    ]
    assert errors == []


def test_an_unknown_parameter_is_told_with_the_near_name():
    assert messages(b"know_on=2025-01-01") == {"know_on": "is not known; did you mean known_on?"}
    assert messages(b"zzz=1") == {"zzz": "is not known"}


def test_a_repeated_parameter_is_refused_even_with_the_same_value():
    assert messages(b"code=1&code=1") == {"code": "is given more than once"}


@pytest.mark.parametrize("raw", [b"code", b"code=", b"code=&importer=US"])
def test_a_parameter_without_a_value_is_refused(raw: bytes):
    assert "has no value" in messages(raw)["code"]


@pytest.mark.parametrize("raw", [b"code=%ZZ", b"code=%2", b"code=%"])
def test_a_broken_escape_is_refused(raw: bytes):
    assert "two hexadecimal digits" in messages(raw)["'code'"]


@pytest.mark.parametrize("raw", [b"code=%FF", b"code=\xff", b"code=%C3%28"])
def test_what_is_not_utf8_is_refused(raw: bytes):
    assert messages(raw)["'code'"] == "is not percent-encoded UTF-8"


def test_control_characters_are_refused():
    assert "cannot be printed" in messages(b"code=%00")["'code'"]


def test_a_blank_and_a_plus_are_told_apart():
    assert parse_query(b"preference=S%2B&code=a+b", KNOWN)[0] == {"preference": "S+", "code": "a b"}


def test_parts_without_a_name_are_refused():
    assert "without a name" in messages(b"importer=US&&code=1")[""]


def test_all_errors_are_told_at_once():
    assert set(messages(b"a=1&code=1&code=2&importer=")) == {"a", "code", "importer"}


def test_a_query_string_that_is_too_long_is_refused():
    with pytest.raises(InvalidFields, match="at most 8192"):
        parse_query(b"code=" + b"1" * MAX_QUERY, KNOWN)


@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(raw: bytes):
    parse_query(raw, KNOWN)


# --- values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2025-02-30", "20250101", "2025-1-1", "2025-01-01T00:00", " 2025-01-01", "1999", "", "２０２５-01-01"]
)
def test_days_are_strict_and_the_message_names_the_form(text: str):
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        values.read_date(text)


def test_a_day_is_read():
    assert values.read_date("2024-02-29") == date(2024, 2, 29)


@pytest.mark.parametrize(
    "text",
    [
        "NaN",
        "Infinity",
        "-inf",
        "1e5",
        "1E5",
        "1e999999",
        "1_000",
        " 1",
        "1 ",
        "+1",
        ".5",
        "5.",
        "0x1",
        "1,5",
        "",
        "１",
    ],
)
def test_numbers_are_plain_digits(text: str):
    with pytest.raises(ValueError, match="not a number"):
        values.read_number(text)


def test_numbers_are_exact_and_bounded():
    assert values.read_number("0.1") == Decimal("0.1")
    assert values.read_number("123456789012345.123456789012345") == Decimal("123456789012345.123456789012345")
    with pytest.raises(ValueError, match="at most 15 digits"):
        values.read_number("1" * 16)


@pytest.mark.parametrize("text", ["1.2", "-0.1", "2", "1.0001"])
def test_a_share_lies_in_0_to_1(text: str):
    with pytest.raises(ValueError, match="0 to 1"):
        values.read_share(text)


@pytest.mark.parametrize("text", ["0", "1", "0.25", "1.0"])
def test_the_ends_of_a_share_belong_to_it(text: str):
    assert values.read_share(text) == Decimal(text)


@pytest.mark.parametrize("text", ["True", "1", "yes", "TRUE", ""])
def test_a_bool_is_true_or_false(text: str):
    with pytest.raises(ValueError, match="neither true nor false"):
        values.read_bool(text)


def test_a_country_in_small_letters_is_told_how_to_write_it():
    with pytest.raises(ValueError, match="write CN"):
        values.read_country("cn")


def test_kosovo_is_a_country_and_zz_is_none():
    assert values.read_country("XK") == "XK"
    with pytest.raises(ValueError, match="not the ISO 3166-1"):
        values.read_country("ZZ")


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("9503.00.00.73", "9503000073"),
        ("95030000", "95030000"),
        ("9503", "9503"),
        ("9503.00.0", "9503000"),
        ("950300", "950300"),
    ],
)
def test_codes_of_a_line_and_shorter_ones_pass(text: str, digits: str):
    assert values.read_code(text, US) == digits


@pytest.mark.parametrize("text", ["950", "9", "950300007", "95030000731", "9503.0000", "95.03.00.00", "9503.00.00."])
def test_codes_of_no_known_length_or_wrong_dots_are_refused(text: str):
    with pytest.raises(ValueError, match=r"digits|dotted"):
        values.read_code(text, US)


@pytest.mark.parametrize("text", ["abc", "9503-00", "９５０３", "95 03", "1" * 21])
def test_codes_are_digits_and_dots(text: str):
    with pytest.raises(ValueError, match="goods code"):
        values.read_code_form(text)


def test_what_a_client_wrote_is_escaped_and_cut_in_messages():
    assert values.shown("a\nb") == r"'a\nb'"
    assert values.shown("\ud800") == r"'\ud800'"
    assert len(values.shown("x" * 1000)) < 80


@given(st.text(max_size=40))
def test_no_text_makes_a_reader_fail_otherwise_than_by_value_error(text: str):
    readers = (
        values.read_date,
        values.read_number,
        values.read_share,
        values.read_bool,
        values.read_country,
        values.read_code_form,
        values.read_heading,
        values.read_symbol,
        values.read_currency,
        values.read_year,
        values.read_whole,
        values.read_name,
    )
    for read in readers:
        try:
            read(text)
        except ValueError as error:
            str(error).encode()
