"""The manual names what there is: metrics, limits, settings."""

from __future__ import annotations

import re

from service.api.batch import MAX_QUESTIONS
from service.api.body import MAX_BODY
from service.api.limits_counts import MOST_CLIENTS
from service.api.metrics import Metrics
from service.api.query import MAX_QUERY
from service.commands.serve import HEAD_BYTES
from service.law.decode import decode_law
from service.settings import CHECKOUT, SETTINGS, Settings
from tests.docs.examples import blocks
from tests.shipped import documents, laws

OPERATORS = (CHECKOUT / "docs" / "operators.md").read_text()
CALLERS = (CHECKOUT / "docs" / "callers.md").read_text()


def test_every_metric_is_explained_to_operators():
    counted = re.findall(r"^# TYPE (\S+) ", Metrics().text().decode(), re.MULTILINE)
    assert counted
    assert [name for name in counted if not name.endswith("_created") and f"`{name}`" not in OPERATORS] == []


def test_the_settings_that_operators_are_told_of_exist():
    told = set(re.findall(r"STRATA_[A-Z_]+", OPERATORS))
    assert told <= {setting.name for setting in SETTINGS}


def test_the_limits_told_to_callers_are_those_kept():
    limits = CALLERS.partition("## Limits")[2].partition("## Caching")[0]
    assert f"| {MAX_QUESTIONS:,} |" in limits
    assert MAX_BODY == 1 << 20
    assert "1 MiB" in limits
    assert f"| {MAX_QUERY:,} |" in limits
    assert f"{HEAD_BYTES // 1024} KiB" in limits
    settings = Settings.from_env({})
    assert f"| time for the body to arrive | {settings.body_seconds} s |" in limits
    assert f"| time for the answer | {settings.request_seconds} s |" in limits
    assert f"{MOST_CLIENTS:,} clients" in OPERATORS


def test_the_forms_of_law_files_that_correctors_are_shown_are_read():
    program, importer, facts = (
        block.text for block in blocks(CHECKOUT / "docs" / "law-format.md") if block.kind == "yaml"
    )
    shipped = documents()
    without = re.sub(r"(?m)^  loaded_on:\n(?:    .*\n)+", "", shipped["facts.yaml"])
    shown = {
        "us/programs/section-301/china.yaml": program,
        "us/importer.yaml": importer,
        "facts.yaml": without.rstrip() + "\n" + facts.partition("\n")[2],
    }
    before = laws()["US"]
    for file, text in shown.items():
        assert decode_law({**shipped, file: text})["US"] != before, file
