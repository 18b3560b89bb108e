"""Every example of the OpenAPI document is asked of the real service, and is an example of what works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docs.document import DOCUMENT, parameters
from tests.process.services import Service, serving

pytestmark = [pytest.mark.process, pytest.mark.slow]

READ = {path: methods["get"] for path, methods in DOCUMENT["paths"].items() if "get" in methods}
MEANT = {"date", "from", "until"}
"""Left out, these are today: an example is of its own day."""

SHOWN = {"cursor"}
"""Examples of form alone: the service makes a cursor, for one question and one release."""


@pytest.fixture(scope="module")
def service(scratch: Path) -> Iterator[Service]:
    with serving(scratch / "described.log") as running:
        yield running


def written(parameter: dict[str, Any]) -> str:
    """Return the example as it stands in a query string."""
    value = parameter["example"]
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def asked(path: str, operation: dict[str, Any], more: str | None = None) -> tuple[str, dict[str, str]]:
    """Return path and query of a question by its examples: what is required and meant, and one parameter more."""
    query = {}
    for parameter in parameters(operation):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", written(parameter))
        elif parameter.get("required") or parameter["name"] in MEANT | {more}:
            query[parameter["name"]] = written(parameter)
    return path, query


@pytest.mark.parametrize("path", READ)
def test_the_examples_of_an_operation_are_answered(service: Service, path: str):
    where, query = asked(path, READ[path])
    answer = service.get(where, params=query)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("path", READ)
def test_the_example_of_each_parameter_is_read(service: Service, path: str):
    wrong = {}
    for parameter in parameters(READ[path]):
        if parameter["in"] == "query" and "example" in parameter and parameter["name"] not in SHOWN:
            where, query = asked(path, READ[path], parameter["name"])
            answer = service.get(where, params=query)
            if answer.status_code == 400 or answer.status_code >= 500:
                wrong[parameter["name"]] = answer.text
    assert wrong == {}


def test_the_examples_of_a_body_are_answered(service: Service):
    content = DOCUMENT["paths"]["/v1/rates"]["post"]["requestBody"]["content"]["application/json"]
    assert content["examples"]
    for example in content["examples"].values():
        results = service.client.post("/v1/rates", json=example["value"]).json()["results"]
        assert len(results) == len(example["value"]["questions"])
        assert all("answer" in result for result in results)
