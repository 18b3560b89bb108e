"""Programs, measures, acts, lists, origins and relations of the shipped law, and how lists are paged."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import asyncpg
import pytest

from service.api.browsing.cursors import Cursor, Place, hash_of
from service.engine.refusals import Refusal
from service.store.connection import connect
from service.store.publish import publish_laws
from tests.api.browsed import Browser, filled
from tests.servers import Server
from tests.shipped import ask, documents, laws

pytestmark = pytest.mark.slow

LISTED = ["/v1/programs", "/v1/measures", "/v1/acts", "/v1/lists", "/v1/origins", "/v1/stacking"]
RECIPROCAL = "us/ieepa/reciprocal"


@pytest.fixture(scope="module")
async def dsn(module_database: str) -> str:
    await filled(module_database, described=False)
    return module_database


@pytest.fixture
async def browser(dsn: str) -> AsyncIterator[Browser]:
    async with Browser(dsn) as browser:
        yield browser


async def measures(browser: Browser, **asked: Any) -> list[str]:
    return [item["id"] for item in await browser.pages("/v1/measures", limit=1000, **asked)]


async def test_all_programs_and_measures_are_listed_in_order(browser: Browser):
    every = [program for _, law in sorted(laws().items()) for program in law.programs]
    known = {version.program for law in laws().values() for version in law.versions}
    programs = await browser.pages("/v1/programs", limit=5)
    assert [it["id"] for it in programs] == [it.id for it in every if it.id in known]
    listed = await measures(browser)
    assert listed == [f"{p.id}/{m.id}" for p in every for m in p.measures if f"{p.id}/{m.id}" in listed]
    assert len(listed) > 700


async def test_measures_by_day_known_day_origin_and_goods(browser: Browser):
    """The truce of 2025-08-12 came in time to keep 34% from the next day's toys; on 2025-07-28 nobody knew."""
    toys = {"code": "9503.00.00.73", "origin": "CN", "date": "2025-08-13", "program": RECIPROCAL}
    for known_on, rate, suspended in (("2025-07-28", "34%", False), ("2026-11-22", "suspended", True)):
        items = await browser.pages("/v1/measures", known_on=known_on, **toys)
        (china,) = [it for it in items if it["measure"] == "china"]
        assert china["terms"]["rate"].startswith(rate), china
        assert china["terms"]["suspended"] is suspended
        assert china["heading"] == "9903.01.63"
    assert f"{RECIPROCAL}/china" not in await measures(browser, **{**toys, "origin": "VN"})


async def test_measures_of_goods_follow_their_lists(browser: Browser):
    """Batteries stand on list 4A, toys on the suspended 4B; a heading has what any goods below it have."""
    on = {"date": "2025-07-28", "origin": "CN", "program": "us/section-301/china"}
    batteries = await measures(browser, code="8507.60.00.20", **on)
    assert any("list-4a" in it for it in batteries) or any("list-3" in it or "four-year" in it for it in batteries)
    heading = await measures(browser, code="8507", **on)
    assert set(batteries) <= set(heading)
    assert set(heading) < set(await measures(browser, **on))


async def test_measures_agree_with_what_the_duty_names(browser: Browser):
    """Every measure that charges an entry is among those listed for it."""
    asked = 0
    for code in ("8507.60.00.20", "7208.10.15.00", "6109.10.00.40", "8703.23.01.90"):
        for day in (date(2019, 6, 1), date(2025, 4, 20), date(2026, 6, 1)):
            try:
                answer = ask(code, day)
            except Refusal:  # the code does not exist that day
                continue
            asked += 1
            listed = await measures(browser, code=code, origin="CN", date=day.isoformat())
            charged = {f"{layer.program}/{layer.measure}" for layer in answer.layers}
            assert charged <= set(listed)
    assert asked >= 8


async def test_groups_count_from_the_day_of_membership(browser: Browser):
    """Russia lost column 1 on 2022-04-09."""
    mfn = {"program": "us/mfn", "origin": "RU"}
    before = await measures(browser, date="2022-04-08", **mfn)
    after = await measures(browser, date="2022-04-09", **mfn)
    assert before != after
    russia = await browser.get("/v1/origins/RU")
    (membership,) = [it for it in russia["items"][0]["memberships"] if it["importer"] == "US"]
    assert (membership["group"], membership["from"], membership["until"]) == ("column-2", "2022-04-09", None)
    group = await browser.get("/v1/origins/column-2")
    assert {it["country"] for it in group["items"][0]["memberships"]} == {"CU", "KP", "BY", "RU"}
    dated = await browser.pages("/v1/origins", importer="US", date="2022-04-08")
    assert {it["country"] for it in dated[0]["memberships"]} == {"CU", "KP"}
    assert [it["name"] for it in dated if it["id"] == "CN"] == ["China"]


async def test_a_measure_shows_all_its_amendments(browser: Browser):
    law = laws()["US"]
    program = next(it for it in law.programs if it.id == RECIPROCAL)
    china = next(it for it in program.measures if it.id == "china")
    shown = await browser.get(f"/v1/measures/{RECIPROCAL}/china")
    assert shown == await browser.get(f"/v1/measures/{RECIPROCAL.replace('/', '%2F')}%2Fchina")
    assert len(shown["amendments"]) == len(china.amendments)
    announced = [it["act"]["announced"] for it in shown["amendments"]]
    assert announced == sorted(announced)
    assert (shown["amendments"][0]["act"]["id"], shown["amendments"][0]["sets"]["rate"]) == ("eo-14257", "34%")
    assert shown["always"]["origins"] == "CN, HK, MO"
    mine = [it for it in law.versions if (it.program, it.measure) == (RECIPROCAL, "china")]
    assert len(shown["versions"]) == len(mine)


async def test_an_act_shows_all_it_did(browser: Browser):
    law = laws()["US"]
    wanted = [
        f"{program.id}/{measure.id}"
        for program in law.programs
        for measure in program.measures
        for amendment in measure.amendments
        if amendment.act == "eo-14257"
    ]
    act = await browser.get("/v1/acts/eo-14257")
    assert [it["measure"] for it in act["amendments"]] == wanted
    assert act["citation"] == "90 FR 15041"
    (annex,) = [it for it in act["lists"] if it["list"] == "ieepa-annex-ii"]
    rows = [it for it in law.lists["ieepa-annex-ii"].rows if it.act == "eo-14257" and it.change == "include"]
    assert len(annex["included"]) == len(rows)


async def test_every_act_and_list_can_be_opened(browser: Browser):
    acts = await browser.pages("/v1/acts", limit=40)
    assert [it["announced"] for it in acts] == sorted(it["announced"] for it in acts)
    assert {(it["importer"], it["id"]) for it in acts} == {(i, act) for i, law in laws().items() for act in law.acts}
    for name in await browser.pages("/v1/lists", limit=50):
        shown = await browser.get(f"/v1/lists/{name['id']}", limit=1)
        assert shown["versions"]
    assert await browser.get("/v1/acts", known_on="2025-04-02", limit=1000) != await browser.get(
        "/v1/acts", limit=1000
    )


async def test_acts_behind_what_falls_on_goods(browser: Browser):
    question = {"authority": "IEEPA", "origin": "CN", "date": "2025-07-28", "code": "9503.00.00"}
    found = [it["id"] for it in await browser.pages("/v1/acts", **question)]
    assert "eo-14257" in found
    assert "pl-100-418" not in found


async def test_a_list_has_its_rows_by_day(browser: Browser):
    rows = await browser.pages("/v1/lists/ieepa-annex-ii", date="2025-04-05", known_on="2025-04-05", limit=300)
    codes = [row["code"] for row in rows]
    assert codes == sorted(codes)
    later = await browser.pages("/v1/lists/ieepa-annex-ii", date="2025-04-05", limit=1000)
    assert {it["code"] for it in later} != set(codes)
    shown = await browser.get("/v1/lists/ieepa-annex-ii", limit=1)
    assert f"{RECIPROCAL}/annex-ii" in shown["used_by"]


async def test_what_yields_to_what(browser: Browser):
    day = {"date": "2025-07-28", "known_on": "2025-07-28"}
    edges = await browser.pages("/v1/stacking", limit=7, **day)
    pairs = {(edge["program"], edge["other"]) for edge in edges}
    assert (RECIPROCAL, "us/section-232/steel") in pairs
    for edge in edges:
        assert edge["heading"]
        assert edge["acts"]
        assert edge["under"]
    whole = await browser.get("/v1/stacking", limit=1000, **day)
    assert whole["items"] == edges
    order = whole["order"]
    assert all(order.index(edge["other"]) < order.index(edge["program"]) for edge in edges)
    assert (await browser.get("/v1/stacking", date="2018-01-01", known_on="2018-01-01"))["items"] == []


async def test_a_program_has_its_measures_and_acts(browser: Browser):
    shown = await browser.get(f"/v1/programs/{RECIPROCAL}", date="2025-07-28", known_on="2025-07-28")
    program = next(it for it in laws()["US"].programs if it.id == RECIPROCAL)
    assert [it["measure"] for it in shown["measures"]] == [it.id for it in program.measures]
    assert "eo-14257" in {act["id"] for act in shown["acts"]}
    assert len(shown["announcements"]) == len(program.announcements)


# -- pages, tags, releases ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTED)
async def test_pages_make_up_the_whole(browser: Browser, path: str):
    whole = (await browser.get(path, limit=1000))["items"]
    assert await browser.pages(path, limit=37) == whole[:]


@pytest.mark.parametrize("path", [*LISTED, "/v1/goods", "/v1/acts/eo-14257", "/v1/goods/US/8507"])
async def test_answers_are_tagged_and_answered_to_head(browser: Browser, path: str):
    first = await browser.client.get(path)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-cache"
    assert first.headers["strata-release"] == "1"
    again = await browser.client.get(path, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = await browser.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == first.headers["etag"]
    other = await browser.client.get(path, params={"release": "1"})
    assert other.headers["etag"] != first.headers["etag"] or other.content == first.content
    refused = await browser.client.get(path, headers={"accept": "text/csv"})
    assert refused.json()["type"] == "/problems/not-acceptable"
    assert (await browser.client.post(path)).json()["type"] == "/problems/method-not-allowed"


async def test_a_pinned_question_may_be_kept_for_a_day(browser: Browser):
    pinned = {"date": "2025-07-28", "known_on": "2025-07-28", "release": "1"}
    assert (await browser.client.get("/v1/stacking", params=pinned)).headers[
        "cache-control"
    ] == "public, max-age=86400"
    assert (await browser.client.get("/v1/acts/eo-14257?release=1")).headers["cache-control"].endswith("86400")


async def test_a_list_goes_on_in_its_release(postgres: Server):
    """A release published between two pages does not show on the second one; one that is gone is told."""
    with postgres.database() as dsn:
        await filled(dsn, described=False)
        async with Browser(dsn, newest=2) as browser:
            first = await browser.client.get("/v1/acts", params={"limit": 3, "release": 1})
            cursor = first.json()["next"]
            conn = await connect(dsn)
            await publish_laws(conn, {**documents(), "us/new.yaml": ""}, laws())
            assert (await browser.get("/v1/acts", limit=1))["release"]["number"] == 2
            second = await browser.get("/v1/acts", limit=2, release=1, cursor=cursor)
            assert second["release"]["number"] == 1
            current = (await browser.get("/v1/acts", limit=3))["next"]
            await conn.execute("UPDATE release SET digest = repeat('f', 64) WHERE number = 2")
            gone = await browser.refused("/v1/acts", cursor=current)
            await conn.close()
            assert gone["type"] == "/problems/not-found"
            assert [it["field"] for it in gone["errors"]] == ["cursor"]
            assert "no longer stored" in gone["detail"]


async def test_a_release_of_other_types_is_told(postgres: Server):
    with postgres.database() as dsn:
        await filled(dsn, described=False)
        conn = await connect(dsn)
        await conn.execute("""UPDATE importer SET document = '{"code": "US"}'""")
        await conn.close()
        async with Browser(dsn) as browser:
            assert (await browser.refused("/v1/programs"))["type"] == "/problems/conflict"


# -- what is refused ------------------------------------------------------------------------------------------

BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("/v1/goods", {"q": "..."}, "invalid-parameter", "q"),
    ("/v1/goods", {"q": "a " * 13}, "invalid-parameter", "q"),
    ("/v1/goods", {"q": "x" * 201}, "invalid-parameter", "q"),
    ("/v1/goods", {"q": "85", "prefix": "8471"}, "invalid-parameter", "q"),
    ("/v1/goods", {"prefix": "8"}, "invalid-parameter", "prefix"),
    ("/v1/goods", {"prefix": "batteries"}, "invalid-parameter", "prefix"),
    ("/v1/goods", {"prefix": "850760002099"}, "invalid-parameter", "prefix"),
    ("/v1/goods", {"prefix": "9903"}, "invalid-parameter", "prefix"),
    ("/v1/goods", {"code": "8507"}, "invalid-parameter", "code"),
    ("/v1/measures", {"importer": "us"}, "invalid-parameter", "importer"),
    ("/v1/measures", {"importer": "FR"}, "invalid-parameter", "importer"),
    ("/v1/measures", {"authority": "IEPA"}, "invalid-parameter", "authority"),
    ("/v1/measures", {"program": "us/ieepa/reciprocl"}, "invalid-parameter", "program"),
    ("/v1/measures", {"heading": "9903"}, "", ""),
    ("/v1/measures", {"heading": "99-03"}, "invalid-parameter", "heading"),
    ("/v1/measures", {"origin": "cn"}, "invalid-parameter", "origin"),
    ("/v1/measures", {"origin": "ZZ"}, "unknown-origin", "origin"),
    ("/v1/measures", {"code": "85"}, "invalid-parameter", "code"),
    ("/v1/measures", {"code": "8507.6000"}, "invalid-parameter", "code"),
    ("/v1/measures", {"code": "9903.88.03"}, "invalid-parameter", "code"),
    ("/v1/measures", {"code": "8507.60.99"}, "unknown-code", "code"),
    ("/v1/measures", {"date": "2025-02-30"}, "invalid-parameter", "date"),
    ("/v1/measures", {"date": "2017-12-31"}, "outside-coverage", "date"),
    ("/v1/measures", {"importer": "US", "known_on": "2026-11-23"}, "invalid-parameter", "known_on"),
    ("/v1/measures", {"known_on": "2026-11-24"}, "invalid-parameter", "known_on"),
    ("/v1/measures", {"known_on": "2017-12-31"}, "outside-coverage", "known_on"),
    ("/v1/measures", {"view": "both"}, "invalid-parameter", "view"),
    ("/v1/measures", {"release": "0"}, "invalid-parameter", "release"),
    ("/v1/measures", {"release": "9"}, "not-found", ""),
    ("/v1/measures", {"limit": "0"}, "invalid-parameter", "limit"),
    ("/v1/measures", {"limit": "1001"}, "invalid-parameter", "limit"),
    ("/v1/measures", {"cursor": "7"}, "invalid-parameter", "cursor"),
    ("/v1/measures", {"cursor": "é"}, "invalid-parameter", "cursor"),
    ("/v1/measures", {"cursor": "A" * 601}, "invalid-parameter", "cursor"),
    ("/v1/measures", {"autority": "IEEPA"}, "invalid-parameter", "autority"),
    ("/v1/programs/us/none", {}, "not-found", ""),
    ("/v1/measures/us/none", {}, "not-found", ""),
    ("/v1/measures/none", {}, "not-found", ""),
    ("/v1/acts/none", {}, "not-found", ""),
    ("/v1/lists/none", {}, "not-found", ""),
    ("/v1/origins/none", {}, "unknown-origin", ""),
    ("/v1/origins/cn", {}, "unknown-origin", ""),
    ("/v1/acts/eo-14257", {"date": "2025-01-01"}, "invalid-parameter", "date"),
    ("/v1/stacking", {"origin": "CN"}, "invalid-parameter", "origin"),
]


@pytest.mark.parametrize(("path", "asked", "type_", "field"), BAD, ids=lambda it: str(it)[:40])
async def test_bad_questions_get_their_problem(
    browser: Browser, path: str, asked: dict[str, Any], type_: str, field: str
):
    if not type_:
        assert (await browser.get(path, **asked))["items"] == []
        return
    problem = await browser.refused(path, **asked)
    assert problem["type"] == f"/problems/{type_}"
    if field:
        assert [error["field"] for error in problem["errors"]] == [field]


async def test_a_parameter_given_twice_is_refused(browser: Browser):
    problem = (await browser.client.get("/v1/measures?origin=CN&origin=CN")).json()
    assert problem["type"] == "/problems/invalid-parameter"
    near = (await browser.client.get("/v1/measures?origins=CN")).json()
    assert "did you mean origin?" in near["detail"]


async def test_a_cursor_goes_with_its_own_question_only(browser: Browser):
    first = await browser.get("/v1/measures", limit=2, origin="CN")
    cursor = first["next"]
    assert (await browser.get("/v1/measures", limit=5, origin="CN", cursor=cursor))["items"]
    for path, asked in (
        ("/v1/measures", {"origin": "HK"}),
        ("/v1/measures", {}),
        ("/v1/programs", {"origin": "CN"}),
        ("/v1/measures", {"origin": "CN", "release": "1"}),
    ):
        problem = await browser.refused(path, cursor=cursor, **asked)
        assert [error["field"] for error in problem["errors"]] == ["cursor"]
    for at in range(len(cursor)):
        changed = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        problem = await browser.refused("/v1/measures", origin="CN", cursor=changed)
        assert [error["field"] for error in problem["errors"]] == ["cursor"]


async def test_a_forged_cursor_is_refused(browser: Browser):
    """Whoever knows the form of cursors gets no further than a problem."""
    digest = (await browser.get("/v1/acts", limit=1))["release"]["digest"][:16]
    places: list[Place] = [("US", "x", 1), ("US",), (), (1, 1, 1), ("US", 1, 1, 1)]
    for place in places:
        forged = Cursor("measures", 1, digest, date(2026, 11, 22).toordinal(), hash_of({}), place).write()
        problem = await browser.refused("/v1/measures", cursor=forged)
        assert [error["field"] for error in problem["errors"]] == ["cursor"]
    for broken in (
        Cursor("acts", 1, digest, 0, hash_of({}), (1, 1, "", "")),
        Cursor("acts", 1, digest, 1, hash_of({}), (1 << 40, 1, "", "")),
        Cursor("acts", 1, digest, 1, hash_of({}), (1, 1, "\x00", "")),
        Cursor("acts", 1 << 40, digest, 1, hash_of({}), (1, 1, "", "")),
    ):
        problem = await browser.refused("/v1/acts", cursor=broken.write())
        assert [error["field"] for error in problem["errors"]] == ["cursor"]


@pytest.mark.parametrize("name", ["%00", "x" * 400, "%F0%9F%98%80", "..%2F..%2Fx"])
@pytest.mark.parametrize("path", ["/v1/programs/", "/v1/measures/", "/v1/acts/", "/v1/lists/", "/v1/origins/"])
async def test_names_that_nothing_can_have_are_not_found(browser: Browser, path: str, name: str):
    assert (await browser.client.get(path + name)).status_code == 404


async def test_without_a_database_browsing_says_so(browser: Browser):
    browser.desk.browsing = None
    assert (await browser.refused("/v1/programs"))["type"] == "/problems/unavailable"


async def test_a_database_that_is_away_is_told(dsn: str):
    async with Browser(dsn.replace("port=5432", "port=5433")) as browser:
        response = await browser.client.get("/v1/programs")
        assert response.json()["type"] == "/problems/unavailable"
        assert response.headers["retry-after"]


async def test_a_database_that_hangs_up_again_and_again_is_told_every_time(dsn: str):
    """A server that ends a connection just as the driver speaks is away; it is no fault of the service."""
    assassin = await connect(dsn)
    stop = asyncio.Event()

    async def hang_up() -> None:
        while not stop.is_set():
            await assassin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )

    async with Browser(dsn) as browser:
        killing = asyncio.create_task(hang_up())
        statuses = {(await browser.client.get("/v1/programs")).status_code for _ in range(150)}
        stop.set()
        await killing
        assert statuses <= {200, 503}
        assert 503 in statuses
    await assassin.close()


async def test_a_database_that_lets_nobody_in_is_told(dsn: str):
    conn = await connect(dsn)
    name = await conn.fetchval("SELECT current_database()")
    await conn.close()
    other = await asyncpg.connect(dsn, database="postgres")
    try:
        await other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        async with Browser(dsn) as browser:
            assert (await browser.refused("/v1/programs"))["type"] == "/problems/unavailable"
    finally:
        await other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await other.close()
