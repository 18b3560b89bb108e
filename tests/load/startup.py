"""From nothing to answers: how long the shipped law takes from its files to a release, and from Postgres to ready.

``python -m tests.load.startup [TRIES]`` prints a table; every try is a process of its own on a private database, and
medians count. The release is loaded with a description of every heading and code in the schedule, as after imports.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from datetime import date
from statistics import median
from typing import Final

import msgspec
import psutil

from service.releases import build_snapshot
from service.settings import CHECKOUT
from service.store.connection import connection
from service.store.descriptions import write_descriptions
from service.store.documents import law_documents
from service.store.load import load_release
from service.store.publish import derive, publish_laws
from tests.load.servers import MEBIBYTE, environment, private_database
from tests.load.table import Row, at_most, table

TRIES: Final = 3


class Startup(msgspec.Struct, frozen=True):
    """Seconds from law files to a release and from Postgres to a compiled schedule; sizes in MiB."""

    reading: float = 0
    deriving: float = 0
    writing: float = 0
    loading: float = 0
    compiling: float = 0
    described: float = 0
    descriptions: float = 0
    resident: float = 0


def startup_rows(it: Startup) -> list[Row]:
    """Return the rows on getting ready."""
    parts = f" ({it.reading:.1f} read + {it.deriving:.1f} decode and check + {it.writing:.1f} write)"
    halves = f" ({it.loading:.1f} load + {it.compiling:.1f} compile)"
    return [
        at_most("from law files to a published release", 6, it.reading + it.deriving + it.writing, " s", note=parts),
        at_most("ready from Postgres (load + compile)", 3, it.loading + it.compiling, " s", note=halves),
        at_most(f"descriptions in memory, {it.described:,.0f} texts", 5, it.descriptions, " MiB"),
        at_most("resident memory when ready", 300, it.resident, " MiB"),
    ]


def publishing(dsn: str) -> Startup:
    """Read, decode and check the law files, and write them as a release."""

    async def write() -> None:
        async with connection(dsn) as conn:
            await publish_laws(conn, documents, laws, notes=f"try at {time.time()}")

    started = time.perf_counter()
    documents = law_documents(CHECKOUT / "db" / "law")
    read = time.perf_counter()
    laws = derive(documents)
    derived = time.perf_counter()
    asyncio.run(write())
    written = time.perf_counter()
    return Startup(reading=read - started, deriving=derived - read, writing=written - derived)


def readying(dsn: str) -> Startup:
    """Load the newest release and compile it."""
    started = time.perf_counter()
    loaded = asyncio.run(load_release(dsn))
    middle = time.perf_counter()
    snapshot = build_snapshot(loaded)
    done = time.perf_counter()
    del loaded
    size = sum(territory.descriptions.size for territory in snapshot.territories.values())
    return Startup(
        loading=middle - started,
        compiling=done - middle,
        described=sum(len(territory.descriptions) for territory in snapshot.territories.values()),
        descriptions=size / MEBIBYTE,
        resident=psutil.Process().memory_info().rss / MEBIBYTE,
    )


CODES: Final = """
    WITH mine AS (SELECT id FROM schedule WHERE importer = $1)
    SELECT code FROM schedule_line WHERE schedule IN (TABLE mine)
    UNION SELECT code FROM statistical_number WHERE schedule IN (TABLE mine)
"""


async def describe(dsn: str) -> int:
    """Describe every heading and code of the schedule of the United States with a text of usual length."""
    async with connection(dsn) as conn:
        rows = await conn.fetch(CODES, "US")
    texts: dict[str, str] = {}
    for row in rows:
        code, text = row["code"], ""
        for length in (4, 6, 8, 10):
            if length <= len(code):
                text += (
                    f"{': ' if text else ''}goods numbered {code[:length]}, of a kind told in some words of {length}"
                )
                texts.setdefault(code[:length], text)
    return await write_descriptions(dsn, "US", "2018-basic", texts, start=date(2018, 1, 1), place=0)


def once(work: str, environ: dict[str, str]) -> Startup:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "tests.load.startup", work]
    done = subprocess.run(command, env=environ, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Startup)


def measure(tries: int) -> str:
    """Take the figures and return the table."""
    published: list[Startup] = []
    for _ in range(tries):
        with private_database() as (dsn, _):
            published.append(once("publishing", environment(dsn)))
    with private_database() as (dsn, _):
        environ = environment(dsn)
        once("publishing", environ)
        asyncio.run(describe(dsn))
        ready = [once("readying", environ) for _ in range(tries)]
    figures = {name: median(getattr(it, name) for it in [*published]) for name in ("reading", "deriving", "writing")}
    figures |= {
        name: median(getattr(it, name) for it in ready)
        for name in ("loading", "compiling", "described", "descriptions", "resident")
    }
    circumstances = f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.2f}; medians of {tries}"
    return "\n".join([table(startup_rows(Startup(**figures))), "", circumstances, ""])


def main(arguments: list[str]) -> int:
    """Measure one of the two in this process, or both in others."""
    work = {"publishing": publishing, "readying": readying}.get(arguments[0] if arguments else "")
    if work is not None:
        sys.stdout.buffer.write(msgspec.json.encode(work(os.environ["DATABASE_URL"])))
    else:
        sys.stdout.write(measure(int(arguments[0]) if arguments else TRIES))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
