"""The application over the invented law, called in this process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from service.api.desk import Desk
from service.app import application
from service.snapshot import SnapshotHolder
from tests.api.fakes import NOW, FakeSource


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
async def desk(clock: Clock, source: FakeSource) -> Desk:
    desk = Desk(SnapshotHolder(source), clock=clock, cache_answers=100)
    await desk.holder.refresh()
    return desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(application(desk), raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
        yield client
