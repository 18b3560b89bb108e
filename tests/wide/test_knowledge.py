"""The law as known: between two acts nothing changes, and no act casts its shadow before its announcement."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from service.countries import countries
from service.engine.answers import Answer, Question, ReleaseRef
from service.engine.schedule import Schedule, compile_schedule
from service.law.decode import decode_law
from service.law.importer import ImporterLaw
from tests.shipped import TODAY, documents, importers, principal
from tests.wide.asking import END, FIRST, answer, any_code, any_question, asked_everywhere, declared, step
from tests.wide.lawfiles import acts, news, read_yaml

NO_GOODS = "77010000"
LONG_AGO = "1989-01-01"
RULING = date(2026, 2, 20)
"""Learning Resources, Inc. v. Trump: known from this day."""


# -- between two acts -----------------------------------------------------------------------------------------


@cache
def quiet(importer: str = "US") -> list[tuple[date, date]]:
    """Return the stretches of two days or more over which nothing became known: (first, last) known day."""
    found = [d for d in news(importer) if FIRST <= d < TODAY]
    pairs = zip([FIRST, *found], [*(step(d, -1) for d in found), TODAY], strict=True)
    return [(first, last) for first, last in pairs if first < last]


def two_known_days(importer: str) -> st.SearchStrategy[tuple[date, date]]:
    return st.sampled_from(quiet(importer)).flatmap(
        lambda p: st.tuples(st.dates(p[0], p[1]), st.dates(p[0], p[1])).map(lambda k: (min(k), max(k)))
    )


def as_known(found: Answer | str, known: date) -> Answer | str:
    return found if isinstance(found, str) else msgspec.structs.replace(found, known_on=known)


@pytest.mark.parametrize("importer", importers())
def test_without_news_the_answer_stays(importer: str):
    @given(any_question(importer, declared(importer)), two_known_days(importer))
    def stays(asked: Question, known: tuple[date, date]):
        first, last = (answer(msgspec.structs.replace(asked, known_on=k)) for k in known)
        assert as_known(first, known[1]) == last

    stays()


@asked_everywhere()
def test_nothing_cited_was_announced_later(asked: Question):
    found = answer(asked)
    if isinstance(found, str):
        return
    shown = [a for x in (*found.layers, *found.if_admitted) for a in x.acts]
    shown += [a for x in found.not_applied for a in x.acts]
    cited = {a.id for a in shown}
    cited |= {x.refundable.act for x in found.layers if x.refundable is not None}
    announced = {name: day for name, (day, _) in acts(asked.importer).items()}
    assert [a for a in cited if announced[a] > asked.known_on] == []
    assert [a for a in shown if a.announced != announced[a.id]] == []
    assert [a for a in found.announced if a.announced > asked.known_on] == []


# -- law and collection ---------------------------------------------------------------------------------------


@asked_everywhere(facts=False)
def test_refunds_begin_with_the_ruling(asked: Question):
    found = answer(asked)
    if isinstance(found, str):
        return
    refundable = [x for x in found.layers if x.refundable is not None]
    if asked.known_on < RULING or asked.view == "law":
        assert refundable == []
    assert {x.authority for x in refundable} <= {"IEEPA"}


@given(
    any_code(),
    st.dates(date(2025, 2, 4), date(2026, 2, 23)),
    st.dates(RULING, TODAY),
    st.sampled_from(["CN", "HK", "MO"]),
)
def test_every_ieepa_layer_collected_is_refundable(code: str, day: date, known: date, origin: str):
    found = answer(Question("US", code, origin, day, known, "collected"))
    if isinstance(found, str):
        return
    for layer in found.layers:
        assert (layer.refundable is not None) == (layer.authority == "IEEPA" and bool(layer.percent)), layer


@pytest.mark.parametrize("importer", importers())
def test_the_law_is_never_dearer_than_collection(importer: str):
    @given(any_code(importer), st.dates(FIRST, step(END, -1)), st.dates(FIRST, TODAY))
    def no_dearer(code: str, day: date, known: date):
        asked = Question(importer, code, principal(importer), day, known, "collected")
        collected, owed = answer(asked), answer(msgspec.structs.replace(asked, view="law"))
        if isinstance(collected, str) or isinstance(owed, str):
            assert collected == owed
            return
        assert owed.total.ad_valorem_percent <= collected.total.ad_valorem_percent
        assert (owed.total.percent is None) == (collected.total.percent is None)
        refunds = sum((x.ad_valorem_percent * x.share for x in collected.layers if x.refundable), 0)
        assert owed.total.ad_valorem_percent == collected.total.ad_valorem_percent - refunds

    no_dearer()


# -- the files of a past day ----------------------------------------------------------------------------------


class Plain(yaml.SafeDumper):
    """Writes texts as the law files have them: bare, since every scalar is text."""


Plain.yaml_implicit_resolvers = {}


def written(data: Any) -> str:
    return yaml.dump(data, Dumper=Plain, sort_keys=False, allow_unicode=True)


def files_of(known: date) -> dict[str, str]:
    """Return the law files as they could have stood on a day: without what was announced later."""
    found = {"facts.yaml": documents()["facts.yaml"]}
    for importer in importers():
        found |= _folder_of(importer, known)
    return found


def oldest(importer: str) -> str:
    """Return the act that was announced first."""
    return min(acts(importer), key=lambda name: (*acts(importer)[name], name))


def _folder_of(importer: str, known: date) -> dict[str, str]:
    ripe = {name for name, (announced, _) in acts(importer).items() if announced <= known}
    folder = f"{importer.lower()}/"
    editions = read_yaml(documents()[f"{folder}schedule/editions.yaml"])
    late = {
        f"{folder}schedule/{e['id']}.csv"
        for e in editions["editions"][1:]
        if date.fromisoformat(e["published"]) > known
    }
    found = {}
    for path, text in documents().items():
        if path in late or not path.startswith(folder):
            continue
        if "/programs/" in path:
            program = _program(read_yaml(text), known, ripe, oldest(importer))
            if program["measures"]:
                found[path] = written(program)
        elif path.endswith("/acts.yaml"):
            found[path] = written({"acts": _acts(read_yaml(text)["acts"], ripe)})
        elif path.endswith("schedule/editions.yaml"):
            kept = [e for e in editions["editions"] if f"{folder}schedule/{e['id']}.csv" not in late]
            found[path] = written({**editions, "editions": kept})
        elif "/lists/" in path:
            found[path] = _rows(text, ripe, oldest(importer))
        else:
            found[path] = text
    return found


def _program(program: dict[str, Any], known: date, ripe: set[str], oldest: str) -> dict[str, Any]:
    """Return a program without later acts and sayings; one with sayings alone was spoken of and not yet law."""
    measures = [m for m in (_measure(m, ripe) for m in program["measures"]) if m is not None]
    cut = {**program, "measures": measures}
    if "acts" in program:
        cut["acts"] = _acts(program["acts"], ripe)
    if "announcements" in program:
        cut["announcements"] = [_said(a, known) for a in program["announcements"] if _day(a, "announced") <= known]
    if cut.get("announcements") and not measures:
        # A program may not be without measures: until it is law, one for goods of chapter 77, which is empty.
        nothing = {"goods": [NO_GOODS], "amendments": [{"act": oldest, "from": LONG_AGO, "rate": "none"}]}
        cut["measures"] = [{**program["measures"][0], **nothing}]
    return {key: value for key, value in cut.items() if value or key == "measures"}


def _day(said: dict[str, Any], key: str) -> date:
    return date.fromisoformat(said[key])


def _said(said: dict[str, Any], known: date) -> dict[str, Any]:
    """Return a saying as it stood: what was taken back later was standing."""
    late = "withdrawn" in said and _day(said, "withdrawn") > known
    return {key: value for key, value in said.items() if not (late and key == "withdrawn")}


def _acts(found: dict[str, Any], ripe: set[str]) -> dict[str, Any]:
    return {name: act for name, act in found.items() if name in ripe}


def _measure(measure: dict[str, Any], ripe: set[str]) -> dict[str, Any] | None:
    kept = [a for a in measure["amendments"] if a["act"] in ripe]
    return {**measure, "amendments": kept} if kept else None


def _rows(text: str, ripe: set[str], oldest: str) -> str:
    reader = csv.DictReader(io.StringIO(text))
    out = io.StringIO()
    assert reader.fieldnames is not None
    writer = csv.DictWriter(out, reader.fieldnames, lineterminator="\n")
    writer.writeheader()
    # A list may not be empty: where no act has filled it yet, it names a number of chapter 77, which is empty.
    kept = [row for row in reader if row["act"] in ripe]
    writer.writerows(kept or [{"code": NO_GOODS, "change": "include", "act": oldest, "from": LONG_AGO}])
    return out.getvalue()


@cache
def law_of(known: date) -> dict[str, ImporterLaw]:
    return decode_law(files_of(known))


@cache
def schedule_of(known: date, importer: str = "US") -> Schedule:
    return compile_schedule(law_of(known)[importer], ReleaseRef(1, "shipped"), countries())


PAST = [date(2019, 5, 9), date(2021, 1, 4), date(2025, 4, 10), date(2025, 7, 28), date(2026, 4, 10)]


@pytest.mark.slow
@pytest.mark.parametrize("importer", importers())
@pytest.mark.parametrize("known", PAST, ids=str)
def test_known_then_is_what_the_files_of_then_say(known: date, importer: str):
    then = schedule_of(known, importer)

    @given(any_question(importer, declared(importer)))
    def same(asked: Question):
        question = msgspec.structs.replace(asked, known_on=known)
        assert answer(question, then) == answer(question)

    same()


@pytest.mark.slow
def test_the_files_of_then_know_nothing_of_later():
    asked = Question("US", "95030000", "CN", date(2025, 8, 13), TODAY, "collected")
    found = answer(asked, schedule_of(date(2025, 7, 28)))
    assert isinstance(found, Answer)
    assert [(x.heading, str(x.percent)) for x in found.layers[1:]] == [("9903.01.24", "20"), ("9903.01.63", "34")]


@pytest.mark.parametrize("importer", importers())
def test_quiet_stretches_hold_no_news(importer: str):
    days, stretches = news(importer), quiet(importer)
    assert len(stretches) > (40 if importer == "US" else 10)
    assert all(bisect_right(days, first) == bisect_right(days, last) for first, last in stretches)
