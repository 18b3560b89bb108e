"""The stored OpenAPI document, and ways through it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from service.settings import CHECKOUT

DOCUMENT: Final[dict[str, Any]] = json.loads((CHECKOUT / "openapi" / "openapi.json").read_text())
OPERATIONS: Final[dict[str, dict[str, Any]]] = {
    operation["operationId"]: operation for methods in DOCUMENT["paths"].values() for operation in methods.values()
}
"""By id."""


def found(reference: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to, or the thing itself."""
    if "$ref" not in reference:
        return reference
    _, _, section, name = reference["$ref"].split("/")
    component: dict[str, Any] = DOCUMENT["components"][section][name]
    return component


def parameters(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters of an operation, the shared ones looked up."""
    return [found(it) for it in operation.get("parameters", [])]


def everything(value: Any = DOCUMENT) -> Iterator[dict[str, Any]]:
    """Give every object of the document, wherever it stands."""
    if isinstance(value, dict):
        yield value
        for it in value.values():
            yield from everything(it)
    elif isinstance(value, list):
        for it in value:
            yield from everything(it)
