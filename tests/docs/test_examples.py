"""Every example of the manual is typed and its answer compared; what cannot be run here says why."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from service.settings import CHECKOUT
from tests.docs.examples import Block, Reader, blocks, disagreement, refuted, steps
from tests.process.services import Service, serving, strata
from tests.servers import Server
from tests.shipped import LAW

pytestmark = [pytest.mark.process, pytest.mark.slow]

PAGES = ["README.md", *sorted(str(page.relative_to(CHECKOUT)) for page in (CHECKOUT / "docs").glob("*.md"))]
PAGES += ["clients/README.md"]
RUN = [page for page in PAGES if any(not block.not_run for block in blocks(CHECKOUT / page))]


@pytest.fixture(scope="module")
def shipped(postgres: Server, scratch: Path) -> Iterator[tuple[str, Service]]:
    """A database that holds the shipped law, and a service on it."""
    with ExitStack() as stack:
        dsn = stack.enter_context(postgres.database())
        assert strata("law", "publish", DATABASE_URL=dsn).returncode == 0
        yield dsn, stack.enter_context(serving(scratch / "manual.log", DATABASE_URL=dsn))


@pytest.fixture
def reader(
    request: pytest.FixtureRequest, postgres: Server, scratch: Path, shipped: tuple[str, Service]
) -> Iterator[Reader]:
    """A reader with the service of the examples; one who publishes has a database of their own."""
    page: str = request.getfixturevalue("page")
    dsn, service = shipped
    with ExitStack() as stack:
        if "law publish" in (CHECKOUT / page).read_text():
            dsn = stack.enter_context(postgres.database())
            assert strata("law", "publish", DATABASE_URL=dsn).returncode == 0
        places = {
            "http://127.0.0.1:8000": service.url,
            ".venv/bin/strata": "strata",
            "/tmp/strata-law": str(scratch / "edited-law"),  # noqa: S108 - what the page says
        }
        if any(block.kind == "python" and not block.not_run for block in blocks(CHECKOUT / page)):
            subprocess.run([sys.executable, CHECKOUT / "clients" / "generate.py", "python"], check=True, timeout=300)
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environ = {**os.environ, "PATH": path, "DATABASE_URL": dsn, "PYTHONPATH": str(CHECKOUT)}
        yield Reader(CHECKOUT, environ, places)
        shutil.rmtree(scratch / "edited-law", ignore_errors=True)


@pytest.mark.parametrize("page", RUN)
def test_what_a_page_says_comes_out_comes_out(page: str, reader: Reader):
    if shutil.which("curl") is None and "CI" not in os.environ:
        pytest.skip("curl is not installed")
    for block in blocks(CHECKOUT / page):
        place = f"{page}, line {block.line}"
        if block.not_run:
            continue
        if block.kind == "yaml":
            assert refuted(block.text, reader.law) == [], place
        elif block.kind == "python":
            wrong = reader.run(block.text)
            assert wrong is None, f"{place}: {wrong}"
        else:
            for step in steps(block.text):
                wrong = disagreement(step.expected, reader.type(step.command))
                assert wrong is None, f"{place}: {step.command}\n{wrong}"


@pytest.mark.parametrize("page", PAGES)
def test_each_example_is_run_or_says_why_not(page: str):
    def fine(block: Block) -> bool:
        if block.kind in {"python", "yaml"}:
            return True  # a block of YAML that holds no cases fails when it is run
        return bool(block.not_run) or (block.kind == "console" and block.text.startswith("$ "))

    assert [f"{page}:{block.line}" for block in blocks(CHECKOUT / page) if not fine(block)] == []


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_refers_to_is_there(page: str):
    import re  # noqa: PLC0415

    place = CHECKOUT / page
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", place.read_text()):
        assert target.startswith("http") or (place.parent / target).exists(), target


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ('{"a": 1}', '{"a": 2}'),
        ('{"a": 1}', '{"a": 1, "b": 2}'),
        ('{"a": [1], "...": 0}', '{"a": [1, 2]}'),
        ("Duty: 3%", "Duty: 30%"),
        ("...\nDuty: 3%", "Duty: 3%\nmore"),
        ("", "a word"),
    ],
)
def test_the_comparison_sees_what_differs(expected: str, printed: str):
    assert disagreement(expected, printed)


@pytest.mark.parametrize(
    ("expected", "printed"),
    [
        ('{"a": [1, "..."], "...": "..."}', '{"b": 0, "a": [1, 2]}'),
        ("...\nDuty: ... of it\n...", "x\ny\nDuty: 3% of it\nz"),
        ("", "\n"),
    ],
)
def test_the_comparison_passes_over_what_is_left_out(expected: str, printed: str):
    assert disagreement(expected, printed) is None


def test_a_case_that_the_law_does_not_bear_out_is_refuted():
    case = "- {{name: toys, ask: {{code: 9503.00.00.73, origin: CN, date: 2025-07-28}}, expect: {{total: {}}}}}"
    assert refuted(case.format(30), LAW) == []
    assert refuted(case.format(31), LAW) == ["toys: total: 31 expected, 30 given"]
