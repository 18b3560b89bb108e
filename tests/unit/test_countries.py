"""Countries: ISO 3166-1 and Kosovo, by codes in capitals."""

from __future__ import annotations

import pytest

from service.countries import countries, is_country, name, names


@pytest.mark.parametrize(
    ("code", "called"),
    [("CN", "China"), ("TW", "Taiwan"), ("KP", "North Korea"), ("VN", "Vietnam"), ("XK", "Kosovo")],
)
def test_a_country_goes_by_the_name_in_common_use(code: str, called: str) -> None:
    assert is_country(code)
    assert name(code) == called


@pytest.mark.parametrize("code", ["cn", "EU", "UK", "XX", "AN", "CHN", "156", "", "C"])
def test_other_codes_are_not_countries(code: str) -> None:
    assert not is_country(code)
    with pytest.raises(KeyError):
        name(code)


def test_the_codes_are_two_capital_letters_in_order() -> None:
    assert len(countries()) == len(names()) >= 250
    assert all(len(code) == 2 and code.isascii() and code.isupper() for code in countries())
    assert list(names()) == sorted(countries())
