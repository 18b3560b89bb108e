"""China as importer, over HTTP: duties on goods of the United States, and browsing with two nomenclatures."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from service.releases import build_snapshot
from service.snapshot import Snapshot
from service.store.load import LoadedRelease
from tests.api.browsed import Browser, filled
from tests.shipped import importers, laws

pytestmark = pytest.mark.slow

SOYBEANS = {"importer": "CN", "code": "1201.90.11", "origin": "US"}
WHISKY = {"importer": "CN", "code": "2208.30.00", "origin": "US"}


@pytest.fixture(scope="module")
async def dsn(module_database: str) -> str:
    await filled(module_database)
    return module_database


@pytest.fixture(scope="module")
def shipped() -> Snapshot:
    return build_snapshot(LoadedRelease(1, "0" * 64, datetime(2026, 11, 22, tzinfo=UTC), laws()))


@pytest.fixture
async def browser(dsn: str, shipped: Snapshot) -> AsyncIterator[Browser]:
    async with Browser(dsn) as browser:
        browser.desk.holder.swap(shipped)
        yield browser


def headings(answer: Any) -> list[tuple[str, Any]]:
    return [(layer["heading"], layer["percent"]) for layer in answer["layers"]]


# -- duties ---------------------------------------------------------------------------------------------------


async def test_soybeans_at_the_height_of_the_dispute(browser: Browser):
    """MFN 3, list 1 at 25, list 4 halved to 2.5, the duty of March 2025 at 10, and 125 on all goods."""
    answer = await browser.get("/v1/rates", date="2025-04-20", **SOYBEANS)
    assert headings(answer) == [
        ("1201.90.11", 3),
        ("301-list-1", 25),
        ("301-list-4", 2.5),
        ("2025-march", 10),
        ("2025-all-goods", 125),
    ]
    assert answer["total"]["percent"] == 165.5
    assert (answer["importer"], answer["origin"], answer["excludes"][0]) == ("CN", "US", "ad-cvd")
    assert all(act["announced"] <= "2025-04-20" for layer in answer["layers"] for act in layer["acts"])


async def test_an_exclusion_lifts_the_answers_to_section_301_alone(browser: Browser):
    answer = await browser.get("/v1/rates", date="2025-04-20", exclusion_granted="true", **SOYBEANS)
    assert answer["total"]["percent"] == 3 + 10 + 125
    charged = {layer["heading"] for layer in answer["layers"] if layer["percent"]}
    assert charged == {"1201.90.11", "2025-march", "2025-all-goods"}


async def test_goods_in_transit_are_free_of_the_duty_on_all_goods(browser: Browser):
    afloat = await browser.get("/v1/rates", date="2025-04-20", exported_on="2025-04-09", **WHISKY)
    late = await browser.get("/v1/rates", date="2025-04-20", exported_on="2025-04-10", **WHISKY)
    assert late["total"]["percent"] - afloat["total"]["percent"] == 125
    undeclared = await browser.get("/v1/rates", date="2025-04-20", **WHISKY)
    assert undeclared["range"]["min"]["percent"] == afloat["total"]["percent"]


async def test_the_same_day_has_two_answers_by_what_was_known(browser: Browser):
    """On 2025-07-28 the suspension of 24 points was to end on 2025-08-12; that day it was prolonged."""
    before = await browser.get("/v1/rates", date="2025-08-12", known_on="2025-07-28", **WHISKY)
    today = await browser.get("/v1/rates", date="2025-08-12", **WHISKY)
    assert ("2025-all-goods", 34) in headings(before)
    assert ("2025-all-goods-kept", 10) in headings(today)
    assert before["total"]["percent"] - today["total"]["percent"] == 24


async def test_a_rate_carried_on_is_told_as_approximate(browser: Browser):
    carried = await browser.get("/v1/rates", date="2025-04-20", **SOYBEANS)
    printed = await browser.get("/v1/rates", date="2026-03-01", **SOYBEANS)
    kinds = [{warning["kind"] for warning in answer["warnings"]} for answer in (carried, printed)]
    assert ["approximate-base" in kind for kind in kinds] == [True, False]


async def test_today_is_the_day_in_beijing(browser: Browser):
    """At 17:00 UTC of 22 November it is the 23rd there, and that day may be known."""
    answer = await browser.get("/v1/rates", **SOYBEANS)
    assert (answer["date"], answer["known_on"]) == ("2026-11-23", "2026-11-23")
    problem = await browser.refused("/v1/rates", known_on="2026-11-24", **SOYBEANS)
    assert problem["type"] == "/problems/invalid-parameter"


async def test_the_timeline_is_gapless_and_has_the_steps_of_2025(browser: Browser):
    timeline = await browser.get("/v1/rates/timeline", **WHISKY, **{"from": "2025-01-01", "until": "2026-01-01"})
    intervals = timeline["intervals"]
    assert (intervals[0]["from"], intervals[-1]["until"]) == ("2025-01-01", "2026-01-01")
    assert all(one["until"] == next_["from"] for one, next_ in itertools.pairwise(intervals))
    base = intervals[0]["total"]["percent"]
    over = [(one["from"], one["total"]["percent"] - base) for one in intervals]
    assert over == [("2025-01-01", 0), ("2025-04-10", 84), ("2025-04-12", 125), ("2025-05-14", 10)]


async def test_the_headline_is_that_of_goods_of_the_united_states(browser: Browser):
    headline = await browser.get("/v1/headline", importer="CN", origin="US", date="2025-04-20")
    assert (headline["importer"], headline["origin"], headline["universal_percent"]) == ("CN", "US", 125)
    assert [layer["heading"] for layer in headline["universal"]] == ["2025-all-goods"]
    assert headline["distribution"]["lines"] > 8000
    assert headline["distribution"]["additional"]["max"] >= 125 + 25 + 25
    assert "Answer to Section 301" in {one["authority"] for one in headline["by_authority"]}


async def test_get_and_post_agree_to_the_byte(browser: Browser):
    one = await browser.client.get("/v1/rates", params=SOYBEANS | {"date": "2025-04-20"})
    many = await browser.client.post("/v1/rates", json={"questions": [SOYBEANS | {"date": "2025-04-20"}]})
    assert b'{"answer":' + one.content + b"}" in many.content


async def test_one_batch_may_ask_several_importers(browser: Browser):
    toys = {"importer": "US", "code": "9503.00.00.73", "origin": "CN", "date": "2025-07-28"}
    response = await browser.client.post("/v1/rates", json={"questions": [toys, SOYBEANS | {"date": "2025-04-20"}]})
    assert [it["answer"]["total"]["percent"] for it in response.json()["results"]] == [30, 165.5]


@pytest.mark.parametrize(
    ("question", "type_", "says"),
    [
        ({"code": "soya"}, "invalid-parameter", "code"),
        ({"code": "1201"}, "code-too-short", "1201"),
        ({"code": "0000.00.00"}, "unknown-code", "0000.00.00"),
        ({"code": "9503.00.00.73"}, "unknown-code", "9503.00.00"),
        ({"code": "1201.90.11", "date": "2020-06-01"}, "unknown-code", "1201.90.11"),
        ({"origin": "CN"}, "not-dutiable", "own goods"),
        ({"origin": "KP"}, "outside-coverage", "KP"),
        ({"origin": "ZZ"}, "unknown-origin", "ZZ"),
        ({"date": "2017-12-31"}, "outside-coverage", "2018-01-01"),
        ({"claims": "9903.88.03"}, "invalid-parameter", "cannot be claimed"),
    ],
)
async def test_bad_questions_get_their_problem(browser: Browser, question: dict[str, str], type_: str, says: str):
    problem = await browser.refused("/v1/rates", **(SOYBEANS | {"date": "2025-07-28"} | question))
    assert problem["type"] == f"/problems/{type_}", problem
    assert says in str(problem)


async def test_a_line_renumbered_names_its_successors(browser: Browser):
    problem = await browser.refused("/v1/rates", **(SOYBEANS | {"code": "1201.90.10", "date": "2025-07-28"}))
    assert {near["code"] for near in problem["near"] if near["relation"] == "successor"} >= {"1201.90.11"}


async def test_an_origin_of_which_only_the_base_is_known_has_no_total(browser: Browser):
    answer = await browser.get("/v1/rates", **(SOYBEANS | {"origin": "BR", "date": "2025-07-28"}))
    assert headings(answer) == [("1201.90.11", 3)]
    assert answer["total"]["percent"] is None
    assert "not-covered" in {warning["kind"] for warning in answer["warnings"]}


async def test_an_importer_without_law_is_refused_and_those_with_law_are_named(browser: Browser):
    problem = await browser.refused("/v1/rates", **(SOYBEANS | {"importer": "BR"}))
    assert problem["type"] == "/problems/invalid-parameter"
    assert all(importer in problem["errors"][0]["message"] for importer in importers())


# -- browsing -------------------------------------------------------------------------------------------------


async def test_coverage_tells_of_both_importers(browser: Browser):
    coverage = await browser.get("/v1/coverage")
    assert [it["importer"] for it in coverage["items"]] == list(importers())
    (china,) = [it for it in coverage["items"] if it["importer"] == "CN"]
    assert china["title"] == "China"
    assert china["covered"][0]["origins"]["include"] == ["US"]
    assert china["covered"][0]["doubts"]
    assert {"cn/mfn", "cn/section-232", "cn/all-goods-2025"} <= {it["program"] for it in china["programs"]}


async def test_goods_are_those_of_the_nomenclature_asked_for(browser: Browser):
    found = await browser.get("/v1/goods", importer="CN", prefix="1201.90", date="2025-07-28")
    assert {it["importer"] for it in found["items"]} == {"CN"}
    assert [it["code"] for it in found["items"]][:2] == ["1201.90", "1201.90.11"]
    assert "importer China" in found["notes"][0]
    nothing = await browser.get("/v1/goods", importer="CN", q="soybeans")
    assert (nothing["items"], len(nothing["notes"])) == ([], 1)


async def test_goods_of_all_nomenclatures_are_listed_one_after_the_other(browser: Browser):
    asked: dict[str, Any] = {"prefix": "1201", "date": "2025-07-28", "known_on": "2026-11-22"}
    whole = await browser.pages("/v1/goods", limit=1000, **asked)
    of_each = [it for i in importers() for it in await browser.pages("/v1/goods", importer=i, limit=1000, **asked)]
    assert whole == of_each
    assert await browser.pages("/v1/goods", limit=1, **asked) == whole
    assert {it["importer"] for it in whole} == set(importers())


async def test_words_find_goods_where_descriptions_are_known_and_say_where_not(browser: Browser):
    found = await browser.get("/v1/goods", q="soybeans")
    assert {it["importer"] for it in found["items"]} == {"US"}
    assert found["items"] == (await browser.get("/v1/goods", q="soybeans", importer="US"))["items"]
    assert len(found["notes"]) == 1
    assert "importer China" in found["notes"][0]


async def test_one_line_shows_its_rates_by_column(browser: Browser):
    line = await browser.get("/v1/goods/CN/2208.30.00", date="2026-03-01")
    assert (line["importer"], line["kind"], line["in_force"], line["description"]) == ("CN", "line", True, None)
    assert line["stated"][-1]["rates"]["applied"] == "5%"
    soybeans = await browser.get("/v1/goods/CN/1201.90.10", date="2025-07-28")
    assert soybeans["in_force"] is False
    assert "1201.90.11" in {it["code"] for it in soybeans["successors"]}
    problem = await browser.refused("/v1/goods/CN/9503.00.00.73")
    assert problem["type"] == "/problems/unknown-code"


async def test_measures_of_goods_are_those_that_the_duty_names(browser: Browser):
    asked = {**SOYBEANS, "date": "2025-04-20"}
    listed = [it["id"] for it in await browser.pages("/v1/measures", **asked)]
    answer = await browser.get("/v1/rates", **asked)
    named = [f"{x['program']}/{x['measure']}" for x in answer["layers"]]
    assert [it for it in listed if it in named] == named
    assert all(it.startswith("cn/") for it in listed)


async def test_a_code_of_one_nomenclature_filters_the_law_of_its_importer(browser: Browser):
    """9503.00.00.73 is a number of the United States alone; 1201.90.00 ended in China and lives in neither."""
    toys = await browser.pages("/v1/measures", code="9503.00.00.73", date="2025-07-28")
    assert {it["importer"] for it in toys} == {"US"}
    both = await browser.pages("/v1/measures", code="1201.90", date="2025-07-28")
    assert {it["importer"] for it in both} == set(importers())


async def test_a_measure_shows_its_amendments_in_order(browser: Browser):
    measure = await browser.get("/v1/measures/cn/all-goods-2025/all", date="2025-04-20")
    assert (measure["importer"], measure["terms"]["rate"]) == ("CN", "125%")
    assert [it["act"]["id"] for it in measure["amendments"]][:3] == ["tc-2025-4", "tc-2025-5", "tc-2025-6"]


async def test_acts_and_lists_of_china(browser: Browser):
    acts = await browser.pages("/v1/acts", importer="CN", limit=20)
    assert {it["id"] for it in acts} == set(laws()["CN"].acts)
    act = await browser.get("/v1/acts/tc-2019-3")
    assert (act["importer"], act["programs"]) == ("CN", ["cn/section-301/lists-1-to-3"])
    lists = await browser.pages("/v1/lists", importer="CN", limit=5)
    assert {it["id"] for it in lists} == set(laws()["CN"].lists)
    for one in lists:
        shown = await browser.get(f"/v1/lists/{one['id']}", importer="CN", date="2025-04-20", limit=1)
        assert shown["importer"] == "CN"
        assert shown["used_by"]


async def test_origins_and_stacking_of_china(browser: Browser):
    groups = [it for it in await browser.pages("/v1/origins", importer="CN", limit=500) if it["kind"] == "group"]
    assert {it["id"] for it in groups} == set(laws()["CN"].importer.groups)
    states = await browser.get("/v1/origins/US")
    assert states["items"][0]["name"] == "United States"
    stacking = await browser.get("/v1/stacking", importer="CN", date="2025-04-20")
    assert (stacking["items"], stacking["next"]) == ([], None), "every Chinese duty adds to the others"


async def test_programs_of_china(browser: Browser):
    programs = await browser.pages("/v1/programs", importer="CN", origin="US", date="2025-04-20", code="1201.90.11")
    assert [it["id"] for it in programs] == [
        "cn/mfn",
        "cn/section-301/lists-1-to-3",
        "cn/section-301/list-4",
        "cn/march-2025",
        "cn/all-goods-2025",
    ]
    (program,) = await browser.pages("/v1/programs", authority="Answer to Section 232")
    assert program["id"] == "cn/section-232"
