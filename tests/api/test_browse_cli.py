"""Goods on the command line."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.api.browsed import filled
from tests.process.services import strata

pytestmark = [pytest.mark.process, pytest.mark.slow]


@pytest.fixture(scope="module")
def dsn(module_database: str) -> str:
    asyncio.run(filled(module_database))
    return module_database


def test_goods_are_found_and_fit_the_screen(dsn: str):
    done = strata("goods", "lithum", "battery", DATABASE_URL=dsn)
    assert done.returncode == 0, done.stderr
    assert "8507.60.00" in done.stdout
    assert "lithum: lithium" in done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_prefix_and_json(dsn: str):
    done = strata("goods", "8507.60", "--limit", "2", "--json", DATABASE_URL=dsn)
    assert [item["code"] for item in json.loads(done.stdout)["items"]] == ["8507.60", "8507.60.00"]


def test_nothing_found_and_nothing_understood(dsn: str):
    nothing = strata("goods", "qqqqq", DATABASE_URL=dsn)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "qqqqq: not understood" in nothing.stderr
    wrong = strata("goods", "--prefix", "x", DATABASE_URL=dsn)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert strata("goods", "8507", "--release", "9", DATABASE_URL=dsn).returncode == 1
