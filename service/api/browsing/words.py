"""The law in words: terms, amendments, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import UNSET

from service.api.browsing.shapes import AmendmentSaid, TermsInWords, VersionSaid
from service.engine.answers import ActRef
from service.law.condition_text import condition_text
from service.law.history import goods_text, origins_text
from service.law.rate_text import rate_text
from service.law.rates import Rate, Silent
from service.law.terms import FIELDS, Act, Basis, Patch
from service.store.browsing.law import patch_of, terms_of
from service.store.connection import Row

Acts = Mapping[tuple[str, str], Act]
"""Acts by importer and id."""

_NAMES: Final = {"basis": "cells", "counted": "counted base"}


def act_ref(act: Act) -> ActRef:
    """Refer to an act."""
    return ActRef(act.id, act.title, act.citation, act.announced)


def terms_in_words(row: Row, importer: str, acts: Acts) -> TermsInWords:
    """Write the terms of a version; ``acts`` holds those behind it."""
    terms = terms_of(row)
    suspended = isinstance(terms.rate, Silent) and terms.rate.suspended
    return TermsInWords(
        from_=row["from_"],
        until=row["until"],
        rate=rate_text(terms.rate),
        goods=goods_text(terms.goods),
        origins=origins_text(terms.origins),
        when=None if terms.when is None else condition_text(terms.when),
        cells=_basis(terms.basis),
        columns={column: rate_text(rate) for column, rate in terms.columns},
        suspended=suspended,
        hidden=None if terms.beneath is None else rate_text(terms.beneath),
        acts=tuple(act_ref(acts[importer, name]) for name in row["acts"]),
    )


def version_said(row: Row, importer: str, acts: Acts) -> VersionSaid:
    """Write a version with the days over which it was known."""
    return VersionSaid(row["view"], row["known_from"], row["known_until"], terms_in_words(row, importer, acts))


def amendment_said(row: Row, importer: str, acts: Acts) -> AmendmentSaid:
    """Write an amendment."""
    return AmendmentSaid(
        act=act_ref(acts[importer, row["act"]]),
        measure=f"{row['program']}/{row['measure']}",
        heading=row["heading"],
        from_=row["from_"],
        until=row["until"],
        concerns=row["concerns"],
        sets=patch_in_words(patch_of(row)),
    )


def patch_in_words(patch: Patch) -> dict[str, str]:
    """Write the fields that a patch names, by field."""
    return {
        _NAMES.get(field, field): _text(field, value)
        for field in FIELDS
        if (value := getattr(patch, field)) is not UNSET
    }


def _text(field: str, value: Any) -> str:
    if field == "when":
        return "always" if value is None else condition_text(value)
    if field == "columns":
        return ", ".join(f"{column} {rate_text(rate)}" for column, rate in value)
    if field == "counted":
        return str(value)
    if field == "goods":
        return goods_text(value)
    if field == "origins":
        return origins_text(value)
    if field == "basis":
        return _basis(value)
    rate: Rate = value
    return rate_text(rate)


def _basis(basis: Basis) -> str:
    return basis.default + "".join(f", {cells} for {code}" for code, cells in basis.by_code)
