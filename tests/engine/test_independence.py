"""No importer is written into the program: everything peculiar to one stands in its ``importer.yaml``."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from service.law.check import check_law
from tests.engine.zed import law

SERVICE = Path(__file__).parent.parent.parent / "service"
MODULES = sorted([*(SERVICE / "law").glob("*.py"), *(SERVICE / "engine").glob("*.py")])
PECULIAR = re.compile(r"US|CN|(?i:us|cn)/.*|99\d\d(\..*)?|9[89]|column2|column 2")
"""Codes of importers, paths of their law, reserved chapters and names of columns."""


def literals(module: Path) -> list[str]:
    """Every text in the code of a module that is not a docstring or a bare statement."""
    tree = ast.parse(module.read_text())
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told
    ]


def test_there_is_something_to_search() -> None:
    assert len(MODULES) > 20


@pytest.mark.parametrize("module", MODULES, ids=lambda m: f"{m.parent.name}/{m.name}")
def test_no_literal_of_an_importer(module: Path) -> None:
    assert [text for text in literals(module) if PECULIAR.fullmatch(text)] == []


def test_the_law_of_the_invented_importer_passes_the_check() -> None:
    """The check of the law knows no importer either."""
    assert [str(finding) for finding in check_law(law())] == []
