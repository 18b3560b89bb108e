"""The API over a database that holds the shipped law, for tests of browsing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

import httpx

from service.api.desk import Desk
from service.app import application
from service.releases import PostgresReleases
from service.snapshot import SnapshotHolder
from service.store.connection import connect
from service.store.descriptions import write_descriptions
from service.store.publish import publish_laws
from tests.api.fakes import NOW, FakeSource
from tests.shipped import documents, laws

EDITION = "invented"
SAID: Mapping[str, str] = {
    "0901": "Coffee, roasted or raw; coffee husks",
    "090111": "Coffee, roasted or raw; coffee husks: Raw: With caffeine",
    "1201": "Soybeans, broken or whole",
    "12011000": "Soybeans, broken or whole: For sowing",
    "1507": "Oil of soybeans and what is made of it",
    "4202": "Cases and bags for carrying things",
    "42021260": "Cases and bags for carrying things: Suitcases: Of cotton",
    "5201": "Cotton in the boll",
    "52010005": "Cotton in the boll: Of short staple",
    "6105": "Shirts for men",
    "61051000": "Shirts for men: Made of cotton",
    "6109": "T-shirts, vests and the like",
    "61091000": "T-shirts, vests and the like: Made of cotton",
    "6109100040": "T-shirts, vests and the like: Made of cotton: Women's: T-shirts",
    "6109100012": "T-shirts, vests and the like: Made of cotton: Men's: T-shirts",
    "8471": "Automatic data processing machines; readers of magnetic media",
    "84713001": "Automatic data processing machines; readers of magnetic media: Portable, keyboard and display",
    "8506": "Primary cells and batteries",
    "85065000": "Primary cells and batteries: Lithium",
    "8507": "Storage batteries; their parts",
    "85076000": "Storage batteries; their parts: Lithium-ion",
    "8507600020": "Storage batteries; their parts: Lithium-ion: Others",
    "85171300": "Telephones: Smartphones",
    "9503": "Toys of every kind; puzzles",
}
"""Descriptions in words of our own, of codes that exist."""


async def filled(dsn: str, *, described: bool = True) -> None:
    """Publish the shipped law into a database and describe some goods."""
    conn = await connect(dsn)
    try:
        await publish_laws(conn, documents(), laws())
        if described:
            await write_descriptions(conn, "US", EDITION, SAID, start=date(2025, 1, 1), place=0)
    finally:
        await conn.close()


class Browser:
    """A client of the API over a database; the release that answers questions is a stand-in of the same number."""

    def __init__(self, dsn: str, *, newest: int = 1) -> None:
        self.source = PostgresReleases(dsn, pool_size=2)
        self.desk = Desk(SnapshotHolder(FakeSource(newest)), clock=lambda: NOW)
        self.desk.browsing = self.source.browsing
        transport = httpx.ASGITransport(application(self.desk), raise_app_exceptions=False)  # type: ignore[arg-type]
        self.client = httpx.AsyncClient(transport=transport, base_url="http://strata")

    async def __aenter__(self) -> Self:
        await self.desk.holder.refresh()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.client.aclose()
        await self.source.close()

    async def get(self, path: str, **parameters: Any) -> Any:
        """Return the answer to a question."""
        response = await self.client.get(path, params=parameters)
        assert response.status_code == 200, response.text
        return response.json()

    async def refused(self, path: str, **parameters: Any) -> Any:
        """Return the problem of a question."""
        response = await self.client.get(path, params=parameters)
        assert response.status_code >= 400, response.text
        assert response.headers["content-type"] == "application/problem+json"
        return response.json()

    async def pages(self, path: str, **parameters: Any) -> list[Any]:
        """Return the items of all pages."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = await self.get(path, **parameters, **({"cursor": cursor} if cursor else {}))
            assert len(page["items"]) <= parameters.get("limit", 100)
            items += page["items"]
            cursor = page["next"]
            if cursor is None:
                return items
