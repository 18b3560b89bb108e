"""Law that can be read but cannot be right is refused, with the file and line where it stands."""

from __future__ import annotations

import msgspec
import pytest

from service.law.check import Finding, check_law, errors_of
from service.law.decode import decode_law
from service.law.importer import ImporterLaw
from service.law.periods import Period
from service.law.terms import Amendment, Patch
from tests.unit.broken_law.tree import broken, documents

EXTRA = "zz/programs/extra.yaml"
YIELDING = "zz/programs/yielding.yaml"
LIST = "zz/lists/extra.csv"
TABLE = "zz/schedule/2018-basic.csv"
COUNTRIES = frozenset(("CN", "DK", "NO", "SE", "US"))


def findings(law: dict[str, str]) -> list[Finding]:
    """Return the errors; the valid law has warnings about claims under a program that is not covered."""
    return errors_of(check_law(decode_law(law)["ZZ"], COUNTRIES))


def warnings(law: dict[str, str]) -> list[str]:
    found = check_law(decode_law(law)["ZZ"], COUNTRIES)
    return [finding.message for finding in found if finding.severity == "warning"]


def the_one(law: dict[str, str], at: str, file: str = EXTRA) -> Finding:
    """Return the only finding, which must stand on the line of ``at``."""
    found = findings(law)
    assert len(found) == 1, found
    assert found[0].file == file
    assert found[0].line == law[file][: law[file].index(at)].count("\n") + 1
    return found[0]


def add(file: str, measure: str) -> dict[str, str]:
    """Add a measure at the end of a program."""
    law = documents()
    law[file] = law[file].replace("announcements:", f"{measure}announcements:")
    if "announcements:" not in law[file]:
        law[file] += measure
    return law


def test_the_valid_law_has_no_finding() -> None:
    assert findings(documents()) == []


def test_without_a_list_of_countries_origins_are_not_compared() -> None:
    law = decode_law(broken(EXTRA, "origins: [far, US]", "origins: [QQ]"))["ZZ"]
    assert errors_of(check_law(law)) == []
    assert [finding.message for finding in errors_of(check_law(law, COUNTRIES))] == [
        "measure rest: QQ is no country of ISO 3166-1 and no group"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("zz/importer.yaml", "[NO, SE, {country: DK", "[NO, SE, {country: QQ"),
        ("zz/importer.yaml", "- {origins: all, from: 2018", "- {origins: [QQ], from: 2018"),
        (EXTRA, "origins: [CN], from: 2020-06-01", "origins: [QQ], from: 2020-06-01"),
        (EXTRA, "{fact_is: {donation: true}}", "{metal_from: {metal: steel, countries: [QQ]}}"),
    ],
)
def test_a_country_that_does_not_exist(file: str, old: str, new: str) -> None:
    found = findings(broken(file, old, new))
    assert [finding.file for finding in found] == [file]
    assert "QQ is no country" in found[0].message


def test_a_measure_that_is_only_ever_silent() -> None:
    finding = the_one(broken(YIELDING, "rate: 0.037 ZZD/kg + 5%", "rate: none"), "- id: duty", YIELDING)
    assert finding.message == "measure duty is never in force"


def test_a_measure_undone_on_the_day_it_was_announced_is_never_in_force() -> None:
    law = broken(
        EXTRA, "{act: order-1, from: 2020-03-10, rate: 12.5%}",
        "{act: order-1, from: 2020-03-10, rate: 12.5%}\n      - {act: order-1, from: 2020-03-01, rate: none}",
    )  # fmt: skip
    law[EXTRA] = law[EXTRA].replace(
        "      - {act: order-2, from: 2020-06-05, rate: {total: 15%}, concerns: law}\n", ""
    )
    assert the_one(law, "- id: rest").message == "measure rest is never in force"


def test_prefixes_under_which_nothing_stands() -> None:
    law = broken(YIELDING, "{include: [72, 2203]", "{include: [8471, 2204]")
    finding = the_one(law, "- id: duty", YIELDING)
    assert "matches no goods" in finding.message
    assert "8471, 2204" in finding.message


def test_goods_that_ceased_to_exist_before_the_measure_began() -> None:
    law = broken(YIELDING, "{include: [72, 2203], exclude: [7208.10.00]}", "[2203]")
    law[TABLE] = law[TABLE].replace("22030000,,,l", "22030000,2018-01-01,2019-01-01,l")
    assert "no goods stand under 2203 in those years" in the_one(law, "- id: duty", YIELDING).message


def test_a_list_may_unite_numbers_of_several_years() -> None:
    law = broken(LIST, "22030000,off", "87030000,include,order-1,2020-03-10,,5%,\n22030000,off")
    assert findings(law) == []


def test_a_list_that_has_no_rows_when_the_measure_is_in_force() -> None:
    law = documents()
    law[LIST] = "code,change,act,from,until,rate\n7208,include,order-1,2018-03-10,2019-01-01,5%\n"
    finding = the_one(law, "- id: listed")
    assert "the list extra has no rows then" in finding.message


UNCONDITIONAL = """\
  - id: later
    heading: 9901.01.04
    origins: [CN]
    goods: {goods}
    rate: 5%
    amendments: [{{act: order-1, from: {start}{until}}}]
"""


def test_a_measure_behind_an_unconditional_one_with_more_goods_and_origins() -> None:
    law = add(EXTRA, UNCONDITIONAL.format(goods="[7208]", start="2020-03-10", until=""))
    finding = the_one(law, "- id: later")
    assert "measure later is never reached behind rest" in finding.message


@pytest.mark.parametrize("start", ["2020-03-09", "2019-01-01"])
def test_a_measure_that_starts_before_the_one_in_front_is_reached(start: str) -> None:
    assert findings(add(EXTRA, UNCONDITIONAL.format(goods="[7208]", start=start, until=""))) == []


def test_a_measure_is_reached_where_it_was_known_before_the_one_in_front() -> None:
    law = broken(EXTRA, "  order-1: {", "  order-0: {title: Order 0, announced: 2020-02-28}\n  order-1: {")
    measure = UNCONDITIONAL.format(goods="[7208]", start="2020-03-10", until="").replace("order-1", "order-0")
    law[EXTRA] = law[EXTRA].replace("announcements:", f"{measure}announcements:")
    assert findings(law) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("origins: [far, US]", "origins: [far, US]\n    when: {fact_is: {donation: false}}"),
        ("origins: [far, US]", "origins: [far, US]\n    basis: steel"),
        ("origins: [far, US]", "origins: [far, US]\n    columns: {other: none}"),
        ("origins: [far, US]", "origins: [US]"),
        ("origins: [far, US]", "origins: {all_except: [far]}"),
        ("origins: [far, US]", "origins: [far, US]\n    goods: [2203]"),
        ("far: [CN]", "far: [{country: CN, from: 2021-01-01}]"),
    ],
)
def test_what_decides_only_sometimes_hides_nothing(old: str, new: str) -> None:
    law = add(EXTRA, UNCONDITIONAL.format(goods="[7208]", start="2020-03-10", until=""))
    file = EXTRA if old in law[EXTRA] else "zz/importer.yaml"
    law[file] = law[file].replace(old, new)
    assert not [finding for finding in findings(law) if "never reached" in finding.message]


BACK = """\
  - id: back
    heading: 9901.01.05
    when: {{charged_under: [9902.01.02]}}
    rate: exempt
    amendments: [{{act: order-{act}, from: {start}{until}}}]
"""


def before_the_rest(measure: str) -> dict[str, str]:
    law = documents()
    law[EXTRA] = law[EXTRA].replace("  - id: rest\n", f"{measure}  - id: rest\n")
    return law


def test_two_programs_that_yield_to_each_other() -> None:
    found = errors_of(findings(before_the_rest(BACK.format(act=1, start="2021-01-01", until=""))))
    assert len(found) == 1
    assert "a circle of programs" in found[0].message
    assert "zz/extra -> zz/yielding -> zz/extra" in found[0].message
    assert "[2021-01-01, 2022-04-10)" in found[0].message


def test_a_relation_may_turn_round_when_the_other_has_ended() -> None:
    """The duty of the other program ends on 2022-04-10; what is asked from that day on is never charged."""
    assert findings(before_the_rest(BACK.format(act=1, start="2022-04-10", until=""))) == []


def test_a_circle_that_was_only_ever_planned_counts_as_known_then() -> None:
    """Announced in March for 2021, put off in June: from March to June the circle was the law as known."""
    back = BACK.format(act=1, start="2021-01-01", until="").replace(
        "amendments: [{act: order-1, from: 2021-01-01}]",
        "amendments:\n      - {act: order-1, from: 2021-01-01}\n      - {act: order-2, from: 2021-01-01, rate: none}",
    )
    (found,) = errors_of(findings(before_the_rest(back)))
    assert "as known from 2020-04-01 to 2020-06-01" in found.message


def test_a_heading_that_no_measure_has() -> None:
    law = broken(YIELDING, "[9901.01.02-9901.01.03]", "[9901.01.02, 9901.01.09]")
    finding = the_one(law, "- id: relief", YIELDING)
    assert finding.severity == "error"
    assert "no measure has the heading 9901.01.09" in finding.message


def test_a_heading_of_a_program_known_not_to_be_covered_is_a_warning() -> None:
    assert warnings(documents()) == [
        f"measure listed: no measure has the heading 9901.50.0{n}; its program is not covered" for n in (1, 2)
    ]
    law = broken("zz/importer.yaml", "headings: [9901.50.01-9901.50.03]", "headings: [9901.50.01]")
    assert len(warnings(law)) == 1
    assert "9901.50.02" in the_one(law, "- id: listed").message


def test_an_act_that_amends_nothing_is_a_warning() -> None:
    law = broken(EXTRA, "  order-1: {", "  order-0: {title: Order 0, announced: 2020-02-28}\n  order-1: {")
    assert findings(law) == []
    assert warnings(law)[0] == "the act order-0 amends nothing"


def test_the_cells_charged_elsewhere_need_a_condition_that_names_them() -> None:
    law = broken(EXTRA, "origins: [far, US]", "origins: [far, US]\n    basis: those_cells")
    assert "no condition charged_under" in the_one(law, "- id: rest").message


# --- what the decoder would not let through ---------------------------------------------------------------


@pytest.fixture
def law() -> ImporterLaw:
    return decode_law(documents())["ZZ"]


def test_a_figure_without_an_act(law: ImporterLaw) -> None:
    program = law.programs[0]
    amendment = Amendment("nobody", Period(1), Patch(), line=77)
    measures = (msgspec.structs.replace(program.measures[0], amendments=(amendment,)), *program.measures[1:])
    changed = (msgspec.structs.replace(program, measures=measures), *law.programs[1:])
    found = errors_of(check_law(msgspec.structs.replace(law, programs=changed)))
    assert Finding(EXTRA, 77, "measure donations: there is no act 'nobody'") in found


def test_versions_that_overlap_in_both_clocks(law: ImporterLaw) -> None:
    version = next(v for v in law.versions if v.measure == "rest")
    later = msgspec.structs.replace(version, valid=Period(version.valid.start + 5))
    found = errors_of(check_law(msgspec.structs.replace(law, versions=(*law.versions, later))))
    assert len(found) == 1
    assert "versions overlap in the view collected" in found[0].message


def test_list_versions_that_overlap_in_both_clocks(law: ImporterLaw) -> None:
    doubled = (*law.list_versions, law.list_versions[-1])
    found = errors_of(check_law(msgspec.structs.replace(law, list_versions=doubled)))
    assert [(finding.file, finding.line) for finding in found] == [(LIST, 0)]


def test_a_finding_reads_as_editors_expect() -> None:
    assert str(Finding("zz/a.yaml", 3, "is wrong")) == "zz/a.yaml:3: error: is wrong"
    assert str(Finding("zz/a.yaml", 0, "is odd", "warning")) == "zz/a.yaml: warning: is odd"
