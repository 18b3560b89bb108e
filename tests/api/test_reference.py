"""The OpenAPI document and the page that shows it, without the internet."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

import service.api
from service.api.desk import Desk
from service.api.openapi import document, document_bytes
from service.api.problems import PROBLEM_TYPES
from service.app import application
from service.snapshot import SnapshotHolder
from tests.api.fakes import FACTS, FakeSource

DOCS = Path(service.api.__file__).parent / "docs"
DOCUMENT = document(FACTS)
OPERATIONS = [(path, op) for path, methods in DOCUMENT["paths"].items() for op in methods.values()]
UNDOCUMENTED = {"/", "/assets/{name}", "/docs", "/docs/{name}"}


def test_the_document_is_the_same_every_time():
    assert document_bytes(FACTS) == document_bytes(dict(FACTS))


def test_every_route_is_documented_and_nothing_else():
    app = application(Desk(SnapshotHolder(FakeSource()))).app
    routes: set[str] = set()
    for route in app.routes:  # type: ignore[attr-defined]
        routes.add(re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path))
    assert routes - UNDOCUMENTED == DOCUMENT["paths"].keys()


@pytest.mark.parametrize(("path", "operation"), OPERATIONS)
def test_operations_are_named_described_and_tell_their_problems(path: str, operation: dict[str, Any]):
    assert operation["operationId"]
    assert operation["summary"]
    assert operation["description"]
    assert {"200", "500", "503"} <= operation["responses"].keys()
    if path.startswith("/v1"):
        assert {"400", "406"} <= operation["responses"].keys()


def test_operation_ids_are_unique():
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_every_fact_is_a_parameter_that_says_what_its_absence_means():
    parameters = DOCUMENT["components"]["parameters"]
    for name in FACTS:
        assert "If absent:" in parameters[name]["description"]
        assert "example" in parameters[name]
        assert name in DOCUMENT["components"]["schemas"]["Question"]["properties"]


def test_every_reference_leads_somewhere():
    text = json.dumps(DOCUMENT, default=str)
    for section, name in re.findall(r'"#/components/(\w+)/([\w-]+)"', text):
        assert name in DOCUMENT["components"][section]


def test_every_problem_has_an_example():
    assert DOCUMENT["components"]["examples"].keys() == PROBLEM_TYPES.keys()


async def test_the_document_is_served_with_the_facts_of_the_release(client: httpx.AsyncClient):
    response = await client.get("/openapi.json")
    assert response.content == document_bytes(FACTS)
    tag = response.headers["etag"]
    assert (await client.get("/openapi.json", headers={"if-none-match": tag})).status_code == 304


async def test_the_examples_of_the_document_are_answered(client: httpx.AsyncClient):
    examples = DOCUMENT["paths"]["/v1/rates"]["post"]["requestBody"]["content"]["application/json"]["examples"]
    for example in examples.values():
        response = await client.post("/v1/rates", json=example["value"])
        assert all("answer" in result for result in response.json()["results"])


async def test_the_page_and_all_it_loads_come_from_here(client: httpx.AsyncClient):
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "http" not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(loaded) >= 5
    for path in loaded:
        response = await client.get(path)
        assert response.status_code == 200
        assert response.headers["x-content-type-options"] == "nosniff"


async def test_only_the_files_of_the_page_are_served(client: httpx.AsyncClient):
    for path in ("/docs/README.md", "/docs/index.html", "/docs/..%2f..%2fapp.py", "/docs/x"):
        assert (await client.get(path)).status_code == 404


def test_files_of_others_are_unchanged():
    recorded = dict(re.findall(r"\| `([^`]+)` \| `([0-9a-f]{64})` \|", (DOCS / "README.md").read_text()))
    assert len(recorded) == 3
    for name, digest in recorded.items():
        assert hashlib.sha256((DOCS / name).read_bytes()).hexdigest() == digest
