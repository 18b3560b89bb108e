"""Rate texts: every form of the schedule, the noise around it, and the way back."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.law.rate_text import clean, clean_special, number_text, parse_rate, parse_special, rate_text
from service.law.rates import (
    EXEMPT,
    FREE,
    SILENT,
    SUSPENDED,
    Bounded,
    ByReference,
    Form,
    FromList,
    FromSchedule,
    GreaterOf,
    InLieuOfAll,
    InLieuOfColumn2,
    LesserOf,
    NoChange,
    NonUsPart,
    PartPercent,
    Per,
    Prohibited,
    QuotaLimit,
    Rate,
    Sliding,
    Specific,
    Total,
    Unresolved,
    Unspecified,
)

D = Decimal
KG = Per(D(1), "kg")
EACH = Per(D(1), "piece")


def usd(amount: str, per: Per, on: str | None = None) -> Specific:
    return Specific(D(amount), "USD", per, on)


def parts(**percents: str) -> tuple[PartPercent, ...]:
    return tuple(PartPercent(D(percent), part) for part, percent in percents.items())


FORMS: dict[str, Rate] = {
    "Free": FREE,
    "6.8%": Form(D("6.8")),
    "33 1/3%": Form(D("33.333333333333")),
    "1¢/kg": Form(specific=(usd("0.01", KG),)),
    "$1.104/kg + 14.9%": Form(D("14.9"), (usd("1.104", KG),)),
    "68¢/head": Form(specific=(usd("0.68", EACH),)),
    "0.9¢ each": Form(specific=(usd("0.009", EACH),)),
    "5.1¢/liter": Form(specific=(usd("0.051", Per(D(1), "liter")),)),
    "52.5¢/bbl": Form(specific=(usd("0.525", Per(D(1), "barrel")),)),
    "39.7¢/t": Form(specific=(usd("0.397", Per(D(1), "tonne")),)),
    "10.6¢/g": Form(specific=(usd("0.106", Per(D(1), "g")),)),
    "$1.13/m<sup>3</sup>": Form(specific=(usd("1.13", Per(D(1), "m3")),)),
    "14.5¢/m<sup>2 </sup>+ 0.4%": Form(D("0.4"), (usd("0.145", Per(D(1), "m2")),)),
    "3.3¢/lin. m": Form(specific=(usd("0.033", Per(D(1), "m")),)),
    "90¢/pr. + 37.5%": Form(D("37.5"), (usd("0.9", Per(D(1), "pair")),)),
    "90 ¢/pr + 20%": Form(D(20), (usd("0.9", Per(D(1), "pair")),)),
    "2.8¢/doz.": Form(specific=(usd("0.028", Per(D(12), "piece")),)),
    "14¢/gross + 4.3%": Form(D("4.3"), (usd("0.14", Per(D(144), "piece")),)),
    "$1.34/1000": Form(specific=(usd("1.34", Per(D(1000), "piece")),)),
    "$2/1,000 + 60%": Form(D(60), (usd("2", Per(D(1000), "piece")),)),
    "10¢/1,000 pins + 3.5%": Form(D("3.5"), (usd("0.1", Per(D(1000), "piece")),)),
    "$2.50/thou- sand + 40%": Form(D(40), (usd("2.5", Per(D(1000), "piece")),)),
    "0.3¢/line/ gross + 4.5%": Form(D("4.5"), (usd("0.003", Per(D(1), "gross_line")),)),
    "10¢/pack + 20%": Form(D(20), (usd("0.1", Per(D(1), "pack")),)),
    "18.7¢/clean kg": Form(specific=(usd("0.187", KG, "clean content"),)),
    "18.9¢/pf.liter": Form(specific=(usd("0.189", Per(D(1), "proof_liter")),)),
    "3.7¢/kg on drained weight": Form(specific=(usd("0.037", KG, "drained weight"),)),
    "22¢/kg on drained weght + 45%": Form(D(45), (usd("0.22", KG, "drained weight"),)),
    "22¢/kg on drained weight+45%": Form(D(45), (usd("0.22", KG, "drained weight"),)),
    "16.9¢/kg of total sugars + 5.1%": Form(D("5.1"), (usd("0.169", KG, "total sugars"),)),
    "0.2¢/kg, including weight of container": Form(specific=(usd("0.002", KG, "weight including container"),)),
    "86.1¢/m<sup>2</sup>of recording surface": Form(specific=(usd("0.861", Per(D(1), "m2"), "recording surface"),)),
    "20¢/gross of immediate containers": Form(specific=(usd("0.2", Per(D(144), "piece"), "immediate containers"),)),
    "$40/kg of anhydrous morphine content": Form(specific=(usd("40", KG, "anhydrous morphine content"),)),
    "3.1¢/liter + 22.1¢/pf. liter on ethyl alcohol content": Form(
        specific=(
            usd("0.031", Per(D(1), "liter")),
            usd("0.221", Per(D(1), "proof_liter"), "ethyl alcohol content"),
        )
    ),
    "8.8¢/kg on copper content + 3.3¢/kg on lead content + 3.7¢/kg on zinc content": Form(
        specific=(
            usd("0.088", KG, "copper content"),
            usd("0.033", KG, "lead content"),
            usd("0.037", KG, "zinc content"),
        )
    ),
    "88.2¢/kg + 55% + 12.5¢/ article": Form(D(55), (usd("0.882", KG), usd("0.125", EACH))),
    "$2.25 each + 45% on the case +80% on the strap, band or bracelet + 35% on the battery": Form(
        D(0), (usd("2.25", EACH),), parts(case="45", strap="80", battery="35")
    ),
    "41¢ each + 5% on case and strap, band or bracelet + 4.2% on the battery": Form(
        D(0), (usd("0.41", EACH),), parts(case="5", strap="5", battery="4.2")
    ),
    "3.9% on the movement and case+ 5.3% on the battery": Form(
        parts=parts(movement="3.9", case="3.9", battery="5.3")
    ),
    "43¢ each + 2.8¢/jewel over 7 + 3.7% on the case": Form(
        D(0),
        (usd("0.43", EACH), usd("0.028", Per(D(1), "jewel"), "jewels over 7")),
        parts(case="3.7"),
    ),
    "17¢ each + 2.5% + 1¢/jewel": Form(D("2.5"), (usd("0.17", EACH), usd("0.01", Per(D(1), "jewel")))),
    "4.7% on the value of the rifle + 20% on the value of the telescopic sight, if any": Form(
        parts=parts(rifle="4.7", sight="20")
    ),
    "2.5% on the value of the lead content": Form(parts=parts(lead="2.5")),
    "6.5% on the entire set": Form(D("6.5")),
    "3.6606¢/kg less 0.020668¢/kg for each degree under 100 degrees (and fractions of a degree in "
    "proportion) but not less than 3.143854¢/kg": Sliding(
        D("0.036606"), D("0.00020668"), "polarization", D(100), D("0.03143854"), "USD", KG
    ),
    "Free, under bond": FREE,
    "The rate applicable to the natural juice in heading 2009": ByReference(
        ("2009",), "The rate applicable to the natural juice in heading 2009"
    ),
    "See additional U.S. note 3": ByReference(("additional U.S. note 3",), "See additional U.S. note 3"),
    "See 9822.04.01-9822.04.03": ByReference(("9822.04.01-9822.04.03",), "See 9822.04.01-9822.04.03"),
    "See 9919.04.10, 99.19.04.14": ByReference(("9919.04.10", "9919.04.14"), "See 9919.04.10, 9919.04.14"),
    "The rate of duty appli- cable to that article in the set subject to the high- est rate of duty": (
        ByReference((), "The rate of duty applicable to that article in the set subject to the highest rate of duty")
    ),
    "The duty provided in the applicable subheading": NoChange(),
    "No change.": NoChange(),
    "The duty provided inthe applicable subheading+ 25%": Form(D(25)),
    "[The duty provided in the applicable subheading plus 100%]": Form(D(100)),
    "The duty provided in the applicable subheading + a duty of 25% upon the value of the steel content.": Form(
        parts=(PartPercent(D(25), "steel content"),)
    ),
    "The duty provided in the applicable subheading + a duty of 25% upon the value of the non-U.S. content": (
        NonUsPart(D(25))
    ),
    "2.2%`": Form(D("2.2")),
    "37% /": Form(D(37)),
    "2.5% <u></u>": Form(D("2.5")),
    "4.3¢/m<sup>2</sup><il></il>": Form(specific=(usd("0.043", Per(D(1), "m2")),)),
    "25%": Form(D(25)),
    "21 USD/kg + 5%": Form(D(5), (usd("21", KG),)),
    "0.037 USD/kg on drained weight": Form(specific=(usd("0.037", KG, "drained weight"),)),
    "4.7% on rifle": Form(parts=parts(rifle="4.7")),
    "0.5 CNY/12 piece": Form(specific=(Specific(D("0.5"), "CNY", Per(D(12), "piece")),)),
}


@pytest.mark.parametrize("text", FORMS)
def test_every_form_is_read(text: str):
    assert parse_rate(text) == FORMS[text]


@pytest.mark.parametrize(
    "text",
    [
        "1.2¢ each + 0.5% on the movement + % on the battery",
        (
            "4.3% + 1.7¢/jewel + 0.2¢ for each other piece or part, but if consisting in part of a plate or a "
            "set of plates the total duty shall not exceed the duty for the complete movement"
        ),
        "5% on the full value of the imported article",
        "The duty rate provided in such subheading minus 0.5%",
        "Free, for such temporary periods as the Secretary of the Treasury by regulation may prescribe",
        "50 percent of the cost of such goods or repairs",
        "7¢/firkin",
        "3% + 4%",
        "Freely given",
        "5¢/kg on",
        "1 1/0%",
        "33 111111111111111111111111111111/3%",
        "12",
        "%",
    ],
)
def test_what_is_not_understood_is_kept_as_text(text: str):
    assert parse_rate(text) == Unresolved(text)


@pytest.mark.parametrize("text", ["", "  ", "<u></u>", ":"])
def test_a_blank_text_states_no_rate(text: str):
    with pytest.raises(ValueError, match="blank"):
        parse_rate(text)


def test_the_cent_sign_means_the_currency_of_the_caller():
    assert parse_rate("5¢/kg", currency="CAD") == Form(specific=(Specific(D("0.05"), "CAD", KG),))


@given(st.text(alphabet="123456789 %¢$/kgeach+.on<>()-ABls", max_size=24))
def test_nothing_but_free_is_free(text: str):
    if clean(text):
        assert parse_rate(text) != FREE


# --- the way back ----------------------------------------------------------------------------------------

_numbers = st.decimals(min_value=0, max_value=10_000, allow_nan=False, allow_infinity=False, places=6)
_positive = _numbers.filter(bool)
_names = st.sampled_from(["case", "strap", "movement", "battery", "lead", "steel content", "outer_sole"])
_specifics = st.builds(
    Specific,
    _positive,
    st.sampled_from(["USD", "CNY"]),
    st.builds(
        Per,
        st.sampled_from([D(1), D(12), D(144), D(1000), D("0.5")]),
        st.sampled_from(["kg", "g", "tonne", "piece", "pair", "proof_liter", "gross_line", "W", "m2"]),
    ),
    st.sampled_from([None, "drained weight", "jewels over 7", "copper content", "clean content"]),
)
_forms = st.builds(
    Form,
    _numbers,
    st.lists(_specifics, max_size=3).map(tuple),
    st.lists(st.builds(PartPercent, _numbers, _names), max_size=3).map(tuple),
)


@given(_forms)
def test_a_form_is_read_back_from_its_text(form: Form):
    assert parse_rate(rate_text(form)) == form


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (FREE, "Free"),
        (Form(D("20.00")), "20%"),
        (parse_rate("33 1/3%"), "33 1/3%"),
        (Form(D(20), (usd("0.0140", KG),)), "0.014 USD/kg + 20%"),
        (Form(specific=(usd("1", Per(D(1000), "piece")),)), "1 USD/1000 piece"),
        (Form(parts=parts(strap="20")), "20% on strap"),
        (parse_rate(next(text for text in FORMS if "degree" in text)),
         ("0.036606 USD/kg less 0.00020668 USD/kg for each degree of polarization under 100, "
          "at least 0.03143854 USD/kg")),
        (Bounded(Form(D(5)), Form(specific=(usd("1", KG),)), Form(D(9))), "5%, at least 1 USD/kg, at most 9%"),
        (GreaterOf((Form(D(5)), Form(specific=(usd("1", KG),)))), "the higher of 5% and 1 USD/kg"),
        (LesserOf((Form(D(5)), FREE)), "the lower of 5% and Free"),
        (EXEMPT, "exempt"),
        (SILENT, "none"),
        (SUSPENDED, "suspended"),
        (NoChange(), "no change"),
        (Total(D(15)), "15% less base"),
        (Total(D(15), replace=True), "15% in place of base"),
        (InLieuOfColumn2(Form(D(35))), "35% in place of column 2"),
        (InLieuOfAll(FREE), "Free in place of all duties"),
        (NonUsPart(D(25)), "25% on non-US content"),
        (NonUsPart(D(25), D("0.4")), "25% on non-US content (at most 40% of the value counts as US)"),
        (FromList(), "rate of the goods list"),
        (FromSchedule("general"), "general rate of the schedule"),
        (ByReference(("2009",), "See 2009"), "See 2009"),
        (Unresolved("what"), "what"),
        (Unspecified(), "rate not stated"),
        (Prohibited("from 2026"), "prohibited: from 2026"),
        (QuotaLimit("psf", D("1000.0"), "kg"), "quota psf: 1000 kg"),
    ],
)  # fmt: skip
def test_every_kind_of_rate_has_a_short_text(rate: Rate, text: str):
    assert rate_text(rate) == text


@pytest.mark.parametrize(("value", "text"), [("0", "0"), ("1E+2", "100"), ("0.10", "0.1"), ("1E-7", "0.0000001")])
def test_numbers_are_plain(value: str, text: str):
    assert number_text(D(value)) == text


# --- special cells ---------------------------------------------------------------------------------------


def test_a_special_cell_is_read_segment_by_segment():
    cell = "Free (A+,AU, BH)0.2¢/kg (KR) See 9822.04.05 (P+)"
    assert parse_special(cell) == (
        (("A+", "AU", "BH"), FREE),
        (("KR",), Form(specific=(usd("0.002", KG),))),
        (("P+",), ByReference(("9822.04.05",), "See 9822.04.05")),
    )


@pytest.mark.parametrize(
    ("cell", "normal"),
    [
        ("Free(A,AU,B,,BH)", "Free (A,AU,B,BH)"),
        ("Free (AU,MX.OM,.P)", "Free (AU,MX,OM,P)"),
        ("Free (AU,E IL,\nS, SG)", "Free (AU,E,IL,S,SG)"),
        ("Free (AU,SG", "Free (AU,SG)"),
        ("Free (AU,SG))", "Free (AU,SG)"),
        ("Free (AU) 20% (KR)(s)", "Free (AU) 20% (KR)"),
        ("Free (AU) See) See 9913.08.05 (MA)", "Free (AU) See 9913.08.05 (MA)"),
        ("Free (AU) See 9919.04.50 (PA (PA)", "Free (AU) See 9919.04.50 (PA)"),
        ("Free (AU) 2.8%(JP)", "Free (AU) 2.8% (JP)"),
        ("No change", "No change"),
        ("", ""),
    ],
)
def test_slips_in_special_cells(cell: str, normal: str):
    assert clean_special(cell) == normal


def test_a_bracket_in_a_rate_is_not_a_list_of_programs():
    sliding = next(text for text in FORMS if "degree" in text)
    assert parse_special(f"Free (CA) {sliding} (AU)") == ((("CA",), FREE), (("AU",), FORMS[sliding]))


def test_programs_printed_without_a_rate_are_not_free():
    assert parse_special("(AU,BH)") == ((("AU", "BH"), Unresolved("no rate stated")),)


def test_a_text_without_programs_stands_alone():
    assert parse_special("15%") == (((), Form(D(15))),)


# --- the whole schedule ----------------------------------------------------------------------------------

_CENSUS = Path(__file__).with_name("rate_texts.csv")


def test_census_of_all_texts_printed_in_chapters_1_to_97():
    """Every distinct general and column 2 text of the official editions from 2019 to June 2026."""
    with _CENSUS.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kinds: Counter[str] = Counter()
    for row in rows:
        rate = parse_rate(row["text"])
        kinds[type(rate).__name__] += 1
        assert type(rate).__name__ == row["kind"], row["text"]
        if isinstance(rate, Form):
            assert parse_rate(rate_text(rate)) == rate
    assert kinds == {"Form": 1451, "ByReference": 17, "Sliding": 8, "Unresolved": 3}
