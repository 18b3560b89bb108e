"""An audit of the law against an official edition, as a page."""

from __future__ import annotations

from service.audit.report import Report
from service.render.page import Page, table


def report(audited: Report) -> None:
    """Print the figures by block, then what differs, then footnotes that our lists do not follow."""
    page = Page()
    page.section(
        f"{audited.file}, as printed on {audited.date}",
        table(
            ((block.block, str(block.same), str(block.counted), str(block.explained)) for block in audited.blocks),
            "headings!",
            "the same",
            "of",
            "explained",
        ),
        f"dormant headings left out: {audited.dormant}",
        f"footnotes that our lists follow: {audited.footnotes - len(audited.missed)} of {audited.footnotes}",
    )
    page.section(
        table(
            ((it.heading, it.text, it.reason or "no reason is known") for it in audited.differences),
            "heading!",
            "what differs",
            "reason",
        )
    )
    page.section(table(audited.missed, "line!", "names in a footnote!"))
