"""Countries: the alpha-2 codes of ISO 3166-1, and ``XK`` for Kosovo, which customs use beside them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import pycountry

USED_BESIDE_ISO: Final = MappingProxyType({"XK": "Kosovo"})
"""User-assigned codes that customs administrations use for an origin (US HTS, statistical annex B; EU)."""


@cache
def names() -> Mapping[str, str]:
    """Return the short English name of every country by its code, ordered by code.

    The name in common use is taken where ISO lists one beside the formal one.
    """
    found = {
        country.alpha_2: getattr(country, "common_name", None) or country.name for country in pycountry.countries
    }
    return MappingProxyType(dict(sorted((found | USED_BESIDE_ISO).items())))


@cache
def countries() -> frozenset[str]:
    """Return the codes of all countries."""
    return frozenset(names())


def is_country(code: str) -> bool:
    """Tell whether ``code`` is the code of a country, in capitals."""
    return code in names()


def name(code: str) -> str:
    """Return the name of a country.

    Raises:
        KeyError: No country has this code.
    """
    return names()[code]
