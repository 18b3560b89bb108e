"""The facts of the law files, and values written as text."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.law.decode_conditions import CONSULTED, METAL_FACT
from service.law.decode_facts import FACT_TYPES, decode_facts, parse_defaults, parse_fact
from service.law.errors import Faults
from service.law.facts import FactDefinition, FactValue
from service.law.yaml_marks import Mapping, Sequence, Text, read_yaml

FILE = Path(__file__).parents[2] / "db" / "law" / "facts.yaml"


@pytest.fixture(scope="module")
def facts() -> dict[str, FactDefinition]:
    faults = Faults()
    root = read_yaml("facts.yaml", FILE.read_text(encoding="utf-8"), faults)
    assert root is not None
    decoded = decode_facts("facts.yaml", faults, root)
    faults.raise_any()
    return decoded


def test_every_fact_that_a_predicate_consults_is_defined(facts: dict[str, FactDefinition]) -> None:
    assert {*CONSULTED.values(), *METAL_FACT.values()} <= facts.keys()


def test_every_type_is_used_and_every_default_is_a_value_of_its_type(facts: dict[str, FactDefinition]) -> None:
    assert {fact.type for fact in facts.values()} == set(FACT_TYPES)
    assert facts["metal_weight_share"].default == Decimal(1)
    assert facts["donation"].default is False
    assert facts["quota"].default == "in"
    assert facts["loaded_on"].default is None


VALUES: list[tuple[str, str, FactValue]] = [
    ("preference", "S+", "S+"),
    ("claims", "9903.88.05-9903.88.07,9902.01.01", ("9903.88.05", "9903.88.06", "9903.88.07", "9902.01.01")),
    ("chapter_98", "9802.00.60", "9802.00.60"),
    ("loaded_on", "2025-04-05", date(2025, 4, 5).toordinal()),
    ("value", "1000.50", Decimal("1000.50")),
    ("currency", "USD", "USD"),
    ("base_ave", "3.4%", Decimal("3.4")),
    ("base_ave", "3.4", Decimal("3.4")),
    ("us_content", "0.2", Decimal("0.2")),
    ("quantities", "No.:3,kg:12", (("No.", Decimal(3)), ("kg", Decimal(12)))),
    ("part_values", "strap:5,case:10", (("case", Decimal(10)), ("strap", Decimal(5)))),
    ("steel_melt_pour", "US:0.6,CN:0.4", (("CN", Decimal("0.4")), ("US", Decimal("0.6")))),
    ("model_year", "1999", 1999),
    ("uas", "thermal_imaging,allied_components", ("allied_components", "thermal_imaging")),
    ("donation", "true", True),
    ("transport", "air", "air"),
]


@pytest.mark.parametrize(("name", "text", "value"), VALUES)
def test_a_value_is_read_by_the_type_of_its_fact(
    facts: dict[str, FactDefinition], name: str, text: str, value: FactValue
) -> None:
    read = parse_fact(facts[name], text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("preference", "S S", "not a symbol"),
        ("claims", "9903.88.05-9903.89.07", "last group"),
        ("chapter_98", "9802.00.40-9802.00.60", "several headings"),
        ("loaded_on", "5 April", "write it as 2025-04-05"),
        ("value", "-1", "below 0"),
        ("value", "1e3", "not a number"),
        ("value", "NaN", "not a number"),
        ("value", "1_000", "not a number"),
        ("value", "٣", "not a number"),
        ("currency", "usd", "not a currency"),
        ("us_content", "20", "from 0 to 1"),
        ("quantities", "12 kg", "write it as kg:12"),
        ("quantities", "kg:1,kg:2", "stands twice"),
        ("steel_melt_pour", "US:0.6,CN:0.5", "sum to more than 1"),
        ("steel_melt_pour", "usa:0.6", "write it as US:0.6"),
        ("model_year", "99", "not a year"),
        ("uas", "wings", "not one of"),
        ("donation", "yes", "neither true nor false"),
        ("transport", "foot", "not one of ocean"),
    ],
)
def test_a_value_of_another_form_is_refused(
    facts: dict[str, FactDefinition], name: str, text: str, words: str
) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        parse_fact(facts[name], text)
    assert str(caught.value).startswith(f"{name}: ")


def test_a_row_may_set_several_defaults(facts: dict[str, FactDefinition]) -> None:
    assert parse_defaults(facts, "auto_part=true; steel_content=0.4") == {
        "auto_part": True,
        "steel_content": Decimal("0.4"),
    }
    with pytest.raises(ValueError, match="did you mean auto_part"):
        parse_defaults(facts, "autopart=true")
    with pytest.raises(ValueError, match="write fact=value"):
        parse_defaults(facts, "auto_part")


# --- YAML -------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(
    st.text(alphabet="0123456789:.eEoxNOyn_-+~", min_size=1, max_size=12).filter(
        lambda text: text.strip("-:") == text
    )
)
def test_a_plain_scalar_stays_the_text_it_is(scalar: str) -> None:
    faults = Faults()
    root = read_yaml("f.yaml", f"key: {scalar}\n", faults)
    if not faults.errors:
        assert root == Mapping({"key": Text(scalar, 1)}, {"key": 1}, 1)


def test_quotes_are_remembered_and_lines_counted() -> None:
    faults = Faults()
    assert read_yaml("f.yaml", "# first\na:\n  - 'null'\n  - null\n", faults) == Mapping(
        {"a": Sequence((Text("null", 3, plain=False), Text("null", 4)), 3)},
        {"a": 2},
        2,
    )
