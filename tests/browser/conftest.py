"""A headless Chromium of the system; nothing is downloaded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.watched import Watched
from tests.process.services import Service, serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser; without one the tests are skipped, except in CI, which installs it.

    Of one module, not of the session: while Playwright runs, no test on an event loop of its own can.
    """
    if CHROMIUM is None and "CI" not in os.environ:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    assert CHROMIUM is not None, "CI has no Chromium: .ci/run installs it"
    # As root, as in containers, Chromium runs only without its sandbox; the pages are our own.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def service(scratch: Path) -> Iterator[Service]:
    """The service on the shipped law."""
    with serving(scratch / "browsed.log") as running:
        yield running


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    return "dark" if request.param == "dark" else "light"


@pytest.fixture
def watched(browser: Browser, service: Service, scheme: Literal["light", "dark"]) -> Iterator[Watched]:
    """A fresh page; at the end nothing has left the host and the console is empty."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1280, "height": 800})
    context.set_default_timeout(15_000)
    watched = Watched(context.new_page(), service)
    yield watched
    context.close()
    assert watched.foreign == []
    assert watched.said == []
