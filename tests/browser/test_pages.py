"""The pages in a browser: nothing asked of another host, nothing refused by the policy, text that can be read."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page

from service.api.problems import PROBLEM_TYPES
from tests.browser.legibility import pale
from tests.browser.watched import Watched

pytestmark = [pytest.mark.process, pytest.mark.slow]

PLACES = ("rate", "before", "after", "timeline")


def dark(page: Page) -> bool:
    """Tell whether the page is dark."""
    colour = page.eval_on_selector("body", "it => getComputedStyle(it).backgroundColor")
    red, green, blue = (float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
    return 0.3 * red + 0.59 * green + 0.11 * blue < 100


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
    assert "goods of China" in page.inner_text("#covered")
    assert dark(page) == (scheme == "dark")
    assert pale(page) == []
    # One screen, at the size of a small laptop: nothing to scroll to, in either direction.
    assert watched.fits()
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_the_front_page_asks_what_a_visitor_types_and_tells_a_problem(watched: Watched):
    watched.open("/")
    page = watched.page
    page.wait_for_selector("#rate-answer table")
    page.fill("[name=date]", "2025-04-15")
    page.click("button:has-text('Ask')")
    page.wait_for_selector("#rate-answer .total:has-text('145%')")
    assert "date=2025-04-15" in page.inner_text("#rate-request")
    page.fill("[name=origin]", "US")
    page.click("button:has-text('Ask')")
    page.wait_for_selector("#rate-answer .problem")
    assert page.inner_text("#rate-answer .problem p >> nth=0") == "Not a duty question"
    watched.refused(422)


def test_a_code_that_is_too_short_offers_the_lines_below_it(watched: Watched):
    watched.open("/")
    page = watched.page
    page.fill("[name=code]", "9503")
    page.click("button:has-text('Ask')")
    page.click("#rate-answer .near")
    page.wait_for_selector("#rate-answer .total:has-text('30%')")
    assert page.input_value("[name=code]") == "9503.00.00"
    watched.refused(422)


def test_the_front_page_fits_a_telephone(watched: Watched):
    watched.page.set_viewport_size({"width": 360, "height": 740})
    watched.open("/")
    for place in PLACES:
        watched.page.wait_for_selector(f"#{place}-answer table")
    assert watched.fits()
    watched.page.goto(watched.url + "/#coverage")
    watched.page.reload()
    watched.page.wait_for_selector("#sheet-answer table")
    assert "Reciprocal" in watched.page.inner_text("#sheet").title()
    assert watched.page.evaluate(
        "() => { const it = document.getElementById('sheet-answer'); return it.scrollWidth <= it.clientWidth; }"
    )


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
    assert pale(page) == []
    assert dark(page) == (scheme == "dark")
    assert page.eval_on_selector("html", "it => it.classList.contains('dark-mode')") == (scheme == "dark")


def test_the_explanations_of_problems_are_legible(watched: Watched):
    watched.open("/problems/unknown-code")
    assert "near lists codes" in watched.page.inner_text("main")
    watched.page.click("text=All errors")
    assert len(watched.page.query_selector_all("main section")) == len(PROBLEM_TYPES)
    assert pale(watched.page) == []
    watched.page.set_viewport_size({"width": 390, "height": 844})
    assert watched.fits()
