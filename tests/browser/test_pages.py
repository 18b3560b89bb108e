"""The pages in a browser: nothing asked of another host, nothing refused by the policy, text that can be read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.process.services import Service

pytestmark = [pytest.mark.process, pytest.mark.slow]

PLACES = ("rate", "before", "after", "timeline")


class Watched:
    """A page and what went wrong on it: errors, warnings, requests that left the host."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page = page
        self.url = service.url
        self.foreign: list[str] = []
        self.said: list[str] = []
        page.on("request", self._asked)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.said.append(str(error)))

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self.foreign.append(request.url)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.said.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)


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


def brightness(page: Page, selector: str, style: str) -> float:
    """Return how bright a colour of an element is, from 0 to 255."""
    colour = page.eval_on_selector(selector, f"it => getComputedStyle(it).{style}")
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue


def legible(page: Page, text: str, ground: str) -> bool:
    """Tell whether a text stands out from what lies behind it."""
    return abs(brightness(page, text, "color") - brightness(page, ground, "backgroundColor")) > 90


def test_the_front_page_asks_its_three_examples(watched: Watched, scheme: str):
    watched.open("/")
    page = watched.page
    for place in PLACES:
        page.wait_for_selector(f"#{place}-answer table")
    assert page.inner_text("#rate-answer .total").startswith("30%")
    assert "9903.01.24" in page.inner_text("#rate-answer")
    assert page.inner_text("#before-answer .total") == "54%"
    assert page.inner_text("#after-answer .total") == "30%"
    assert "145%" in page.inner_text("#timeline-answer")
    assert page.inner_text("#release").startswith("Release 1 ")
    assert (brightness(page, "body", "backgroundColor") < 100) == (scheme == "dark")
    assert legible(page, "header > p", "body")
    assert legible(page, "#rate-answer td", "section")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_front_page_asks_what_a_visitor_types_and_tells_a_problem(watched: Watched):
    watched.open("/")
    page = watched.page
    page.wait_for_selector("#rate-answer table")
    page.fill("[name=date]", "2025-04-15")
    page.click("button")
    page.wait_for_selector("#rate-answer .total:has-text('145%')")
    assert "date=2025-04-15" in page.inner_text("#rate-request")
    page.fill("[name=origin]", "US")
    page.click("button")
    page.wait_for_selector("#rate-answer .problem")
    assert "not dutiable" in page.inner_text("#rate-answer").lower() or "Not a duty" in page.inner_text(
        "#rate-answer"
    )
    # The browser itself notes every answer of 400 and more.
    assert [text for text in watched.said if "422" not in text] == []
    watched.said.clear()


def test_the_front_page_fits_a_telephone(watched: Watched):
    watched.page.set_viewport_size({"width": 360, "height": 740})
    watched.open("/")
    for place in PLACES:
        watched.page.wait_for_selector(f"#{place}-answer table")
    assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_documentation_tries_a_question(watched: Watched, scheme: str):
    watched.open("/docs")
    page, operation = watched.page, "#operations-rates-getRate"
    page.click(f"{operation} .opblock-summary-control")
    page.click(f"{operation} .execute")
    answered = f"{operation} .live-responses-table"
    page.wait_for_selector(f"{answered} .microlight")
    assert page.inner_text(f"{answered} tr.response td.response-col_status").strip().startswith("200")
    said = json.loads(page.inner_text(f"{answered} .microlight"))
    # Only what must be asked and the day are filled in: an example of a fact is no declaration.
    assert (said["goods"]["code"], said["date"], said["total"]["percent"]) == ("9503.00.00.73", "2025-07-28", 30)
    assert legible(page, f"{answered} .microlight", f"{answered} .microlight")
    transparent = "it => getComputedStyle(it).backgroundColor"
    assert page.eval_on_selector(f"{answered} .microlight code", transparent) == "rgba(0, 0, 0, 0)"
    assert (brightness(page, "body", "backgroundColor") < 100) == (scheme == "dark")
    assert page.eval_on_selector("html", "it => it.classList.contains('dark-mode')") == (scheme == "dark")


def test_the_explanations_of_problems_are_legible(watched: Watched):
    watched.open("/problems/unknown-code")
    assert "near lists codes" in watched.page.inner_text("main")
    assert legible(watched.page, "main", "body")
