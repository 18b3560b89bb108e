"""Publishing in a process of its own: ``python -m tests.load.publisher RATE`` with ``DATABASE_URL``.

The shipped law gets a program of 100 measures at ``RATE`` percent (no such program for 0). The law is decoded and
checked first; the writing waits for a line on stdin. Prints when it began and ended, in seconds since the epoch.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterable
from typing import Final

from service.settings import CHECKOUT
from service.store.connection import connection
from service.store.documents import law_documents
from service.store.publish import derive, publish_laws

MEASURES: Final = 100
FILE: Final = "us/programs/bench.yaml"
LINES_FROM: Final = "us/lists/s301-list1.csv"


def changed(documents: dict[str, str], rate: int) -> dict[str, str]:
    """Return the law with a program of 100 measures, each on one line of the schedule, at ``rate`` percent."""
    if rate == 0:
        return documents
    rows = (row.split(",")[0].replace(".", "") for row in documents[LINES_FROM].splitlines()[1:])
    codes = list(dict.fromkeys(code for code in rows if len(code) == 8))[:MEASURES]
    return {**documents, FILE: "\n".join(_program(codes, rate)) + "\n"}


def _program(codes: Iterable[str], rate: int) -> Iterable[str]:
    yield "program: us/bench"
    yield "title: Measures that the benchmark changes"
    yield "authority: Benchmark"
    yield "order: 990"
    yield "chapter_98: standard"
    yield "acts:"
    yield "  bench-act: {title: An act of the benchmark, announced: 2020-01-01}"
    yield "measures:"
    for number, code in enumerate(codes):
        yield f"  - id: m{number}"
        yield f"    heading: 9903.77.{number:02d}"
        yield f"    title: Line {code}"
        yield f"    goods: [{code[:4]}.{code[4:6]}.{code[6:]}]"
        yield "    origins: [CN]"
        yield f"    amendments: [{{act: bench-act, from: 2020-02-01, rate: {rate}%}}]"


async def main(rate: int) -> None:
    """Derive, wait, write."""
    documents = changed(law_documents(CHECKOUT / "db" / "law"), rate)
    laws = derive(documents)
    sys.stdout.write("derived\n")
    sys.stdout.flush()
    sys.stdin.readline()
    began = time.time()
    async with connection(os.environ["DATABASE_URL"], application="strata publish") as conn:
        published = await publish_laws(conn, documents, laws, notes=f"benchmark, {rate}%")
    sys.stdout.write(f"{published.number} {began} {time.time()}\n")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
