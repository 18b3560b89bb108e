"""Ladders of brackets: read strictly, and checked so that every value per unit lies in exactly one bracket."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from service.law.check import check_law, errors_of
from service.law.decode import decode_law
from service.law.errors import LawErrors
from tests.engine.zed import documents

PATH = "zz/programs/brackets.yaml"


@dataclass(frozen=True)
class Change:
    """One replacement in the file of the ladders, and what is said of it."""

    old: str
    new: str
    said: str


def edited(change: Change) -> dict[str, str]:
    files = documents()
    assert change.old in files[PATH]
    return files | {PATH: files[PATH].replace(change.old, change.new, 1)}


MIDDLE = "from: 0.25, below: 1.5,"


@pytest.mark.parametrize(
    "change",
    [
        Change(MIDDLE, "from: 0.26, below: 1.5,", "90.71.01 goes to 0.25, 90.71.02 starts at 0.26"),
        Change(MIDDLE, "from: 0.24, below: 1.5,", "90.71.01 goes to 0.25, 90.71.02 starts at 0.24"),
        Change(MIDDLE, "from: 0.25, below: 1.4,", "90.71.02 goes to 1.4, 90.71.03 starts at 1.5"),
        Change(MIDDLE, "from: 0.25,", "90.71.02 goes without an upper end, 90.71.03 starts at 1.5"),
        Change(
            "per: kg, below: 0.25", "per: kg, from: 0.1, below: 0.25", "no bracket holds what is worth less than 0.1"
        ),
        Change("per: kg, from: 1.5,", "per: kg, from: 1.5, below: 9,", "no bracket holds what is worth 9 or more"),
        Change("per: kg, from: 1.5", "per: piece, from: 1.5", "the brackets of a ladder count the same unit"),
        Change(
            "from: 2020-01-01, rate: 0.2",
            "from: 2020-01-01, until: 2021-01-01, rate: 0.2",
            "not those named in 'among'",
        ),
        Change(
            "by_reference: [90.71.01-90.71.03], at_most",
            "by_reference: [90.71.01-90.71.02], at_most",
            "no measure refers to all brackets for entries that declare no figures",
        ),
    ],
)
def test_a_broken_ladder_is_an_error(change: Change) -> None:
    found = errors_of(check_law(decode_law(edited(change))["ZZ"]))
    said = [f.message for f in found if f.file == PATH]
    assert len([m for m in said if change.said in m]) == 1, said


def test_the_ladders_of_the_invented_importer_are_whole() -> None:
    assert [f for f in check_law(decode_law(documents())["ZZ"]) if f.file == PATH and f.severity == "error"] == []


@pytest.mark.parametrize(
    "change",
    [
        Change(MIDDLE, "from: 1.5, below: 1.5,", "the upper end must be above 'from'"),
        Change(MIDDLE, "", "a bracket needs 'from', 'below' or both"),
        Change(MIDDLE, "from: 0.25, under: 1.5,", "unknown key in unit_value"),
        Change("heading: 90.71.02, among", "heading: 90.71.09, among", "90.71.09 is none of the headings in 'among'"),
        Change("{per: kg, from: 1.5,", "{from: 1.5,", "the condition needs 'per'"),
        Change("at_most: 0.7 ZZD/kg", "at_most: {total: 5%}", "expected percentages and amounts"),
    ],
)
def test_a_bracket_is_read_strictly(change: Change) -> None:
    with pytest.raises(LawErrors, match=change.said):
        decode_law(edited(change))
