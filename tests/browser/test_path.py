"""The path of someone new, step by step: the front page, the documentation, a question, a mistake, an act.

Each step uses only what is on the screen at that moment, by the words a reader sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.legibility import pale
from tests.browser.watched import Watched
from tests.process.services import Service

pytestmark = [pytest.mark.process, pytest.mark.slow]

RATE = "#operations-rates-getRate"
ANSWERED = f"{RATE} .answered"
DATE = f"{RATE} tr[data-param-name=date] input"
SCREENS: dict[str, dict[str, Any]] = {
    "laptop": {"viewport": {"width": 1280, "height": 800}},
    "telephone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture(params=SCREENS)
def newcomer(request: pytest.FixtureRequest, browser: Browser, service: Service, scheme: str) -> Iterator[Watched]:
    """Someone before an empty window; wherever they look, the page fits it and its text can be read."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light", **SCREENS[request.param])
    context.set_default_timeout(15_000)
    yield (watched := Watched(context.new_page(), service))
    context.close()
    assert watched.foreign == []
    assert watched.said == []


def looks_right(watched: Watched) -> None:
    assert watched.fits()
    assert pale(watched.page) == []


def in_view(page: Page, selector: str) -> bool:
    """Tell whether the top of an element is on the screen."""
    box = page.locator(selector).first.bounding_box()
    size = page.viewport_size
    assert box is not None
    assert size is not None
    return -5 <= box["y"] < size["height"] - 20


def said(page: Page) -> dict[str, Any]:
    """Return the answer that the documentation shows."""
    shown: dict[str, Any] = json.loads(page.inner_text(f"{ANSWERED} .live-responses-table .microlight >> nth=0"))
    return shown


def test_the_whole_path_by_pointer(newcomer: Watched):
    page = newcomer.page

    newcomer.open("/")
    page.wait_for_selector("#rate-answer td:has-text('9903.01.24')")
    looks_right(newcomer)
    page.click("text=Try every question")

    page.wait_for_selector(RATE)
    page.click("text=the duty on one entry")
    page.wait_for_selector(f"{RATE} .execute")
    assert in_view(page, RATE)
    assert in_view(page, f"{RATE} .execute")
    looks_right(newcomer)

    page.click(f"{RATE} .execute")
    page.wait_for_selector(f"{ANSWERED} .live-responses-table .microlight")
    assert in_view(page, ANSWERED)
    assert (said(page)["date"], said(page)["total"]["text"]) == ("2025-07-28", "30%")
    looks_right(newcomer)

    before = page.locator(f"{ANSWERED} .request-url").inner_text()
    page.locator(DATE).scroll_into_view_if_needed()
    page.fill(DATE, "2025-04-15")
    assert in_view(page, DATE)  # typing does not carry the page away
    page.click(f"{RATE} .execute")
    expect(page.locator(f"{ANSWERED} .request-url")).not_to_have_text(before, use_inner_text=True)
    page.wait_for_selector(f"{ANSWERED} .microlight:has-text('145%')")
    assert said(page)["total"]["percent"] == 145

    with page.context.expect_page() as opened:
        page.click(f"{ANSWERED} a:has-text('90 FR 15625')")
    act = opened.value
    act.wait_for_selector("#sheet-answer td:has-text('9903.01.63')")
    assert "Executive Order 14266" in act.inner_text("#sheet-title")
    assert "public since 2025-04-09" in act.inner_text("#sheet-answer")
    assert (act.get_attribute("#sheet-answer a >> nth=0", "href") or "").startswith("https://")
    answer = act.request.get(newcomer.url + (act.get_attribute("#sheet-request", "href") or ""))
    assert answer.json()["id"] == "eo-14266"
    assert pale(act) == []
    act.close()

    page.fill(DATE, "2025-02-30")
    page.click(f"{RATE} .execute")
    page.wait_for_selector(f"{ANSWERED} a:has-text('What this problem means')")
    assert said(page)["errors"][0]["field"] == "date"
    assert "not a day of the calendar" in said(page)["detail"]
    newcomer.refused(400)
    looks_right(newcomer)
    with page.context.expect_page() as opened:
        page.click(f"{ANSWERED} a:has-text('What this problem means')")
    assert opened.value.inner_text("h2") == "A parameter cannot be used"
    assert pale(opened.value) == []


def focused(page: Page) -> str:
    """Return the words of what has the focus; what has it must be seen to have it."""
    shown = page.evaluate(
        """() => {
          const it = document.activeElement, style = getComputedStyle(it);
          return [it.innerText || it.name || it.id, style.outlineStyle !== "none" || style.boxShadow !== "none"];
        }"""
    )
    assert shown[1], f"the focus on {shown[0]!r} cannot be seen"
    return str(shown[0])


def tab_to(page: Page, words: str, most: int = 40) -> None:
    """Press Tab until something of these words has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    raise AssertionError(f"Tab does not reach {words!r}")


def test_the_front_page_by_keyboard_alone(watched: Watched):
    watched.open("/")
    page = watched.page
    page.wait_for_selector("#rate-answer table")
    for words in ("Try every question", "What is covered", "code", "origin", "date", "Ask", "/v1/rates?"):
        tab_to(page, words)
    tab_to(page, "90 FR 11463")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet-answer td:has-text('9903.01.24')")
    assert page.evaluate("document.getElementById('sheet').contains(document.activeElement)")
    assert "act=eo-14228" in page.url
    page.keyboard.press("Escape")
    page.wait_for_selector("#sheet", state="hidden")
    assert focused(page) == "90 FR 11463"
    expect(page).to_have_url(re.compile(r"^[^#]*#?$"))
    tab_to(page, "this act")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet-answer table")
    assert "Learning Resources" in page.inner_text("#sheet-title")


def test_the_documentation_by_keyboard_alone(watched: Watched):
    watched.open("/docs")
    page = watched.page
    page.wait_for_selector(RATE)
    tab_to(page, "the duty on one entry")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{RATE} .execute")
    page.focus(DATE)
    page.keyboard.press("Control+A")
    page.keyboard.type("2025-04-15")
    page.wait_for_timeout(300)
    tab_to(page, "Show the ")
    tab_to(page, "Execute")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{ANSWERED} .microlight:has-text('145%')")
    tab_to(page, "90 FR 15625")


def test_facts_are_declared_where_they_are_looked_for(watched: Watched):
    watched.open("/docs#/rates/getRate")
    page, share = watched.page, f"{RATE} tr[data-param-name=us_content] input"
    page.wait_for_selector(f"{RATE} .execute")
    assert page.locator(share).count() == 0
    page.click(f"{RATE} .facts")
    page.fill(share, "0.25")
    assert in_view(page, f"{RATE} .execute")
    page.click(f"{RATE} .execute")
    page.wait_for_selector(f"{ANSWERED} .live-responses-table .microlight")
    assert said(page)["total"]["percent"] == 27.5


def test_an_act_can_be_passed_on_by_its_address(watched: Watched):
    watched.open("/#act=eo-14257&importer=US")
    page = watched.page
    page.wait_for_selector("#sheet-answer td:has-text('9903.01.25')")
    page.click("button:has-text('Close')")
    page.wait_for_selector("#sheet", state="hidden")
    watched.open("/#act=no-such-act")
    page.reload()
    page.wait_for_selector("#sheet-answer .problem")
    watched.refused(404)
