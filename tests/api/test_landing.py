"""The page at ``/``: all of it from here, nothing written in place, and its links lead somewhere."""

from __future__ import annotations

import re

import httpx
import pytest


async def test_the_page_and_all_it_loads_and_links_come_from_here(client: httpx.AsyncClient):
    page = await client.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in page.text
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script>", page.text)
    places = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(places) >= 10
    for place in places:
        answer = await client.get(place.replace("&amp;", "&"))
        assert answer.status_code == 200, place


@pytest.mark.parametrize("path", ["/assets/index.html", "/assets/..%2flanding.py", "/assets/x", "/assets/"])
async def test_only_the_files_of_the_page_are_served(client: httpx.AsyncClient, path: str):
    assert (await client.get(path)).status_code == 404


async def test_the_page_is_not_sent_again_to_who_has_it(client: httpx.AsyncClient):
    for path in ("/", "/assets/landing.css", "/assets/landing.js"):
        tag = (await client.get(path)).headers["etag"]
        again = await client.get(path, headers={"if-none-match": tag})
        assert (again.status_code, again.content) == (304, b"")
