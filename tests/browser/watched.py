"""A page under watch: what it asks of other hosts, and what its console says."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Page, Request

from tests.process.services import Service


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

    def refused(self, status: int) -> None:
        """Strike what the browser itself notes of each answer of 400 and more, if it was of this status."""
        self.said = [text for text in self.said if f"status of {status}" not in text]

    def fits(self) -> bool:
        """Tell whether the page is no wider than the window."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
