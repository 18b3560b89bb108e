"""The questions whose recorded answers are the examples of the OpenAPI document, and how they are asked.

Every question names its days, so that the same law gives the same answer whenever it is asked.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import msgspec
import psycopg

from service.api.desk import Desk
from service.api.openapi_recorded import PROBLEMS
from service.app import application
from service.snapshot import SnapshotHolder
from tests.api.fakes import FakeSource
from tests.process.services import Service, serving, strata
from tests.servers import Server

DAY: Final = "2025-07-28"
DAYS: Final[dict[str, Any]] = {"date": DAY, "known_on": DAY}
LAPTOP: Final[dict[str, Any]] = {"importer": "US", "code": "8471.30.01.00", "origin": "CN"}
TOY: Final[dict[str, Any]] = {"importer": "US", "code": "9503.00.00.73", "origin": "CN"}
KEY: Final = "a long random text"


Key = tuple[str, str]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question: for which operation, or ``problems``, under which name, in a few words why, and the request."""

    of: str
    name: str
    summary: str
    path: str
    query: Mapping[str, Any] = {}
    method: str = "GET"
    headers: Mapping[str, str] = {}
    body: Any = None
    first: int | None = None
    """Of longer lists only so many entries are recorded, of a text so many lines; the summary says so."""

    @property
    def key(self) -> Key:
        """What tells it from the others."""
        return self.of, self.name

    @property
    def target(self) -> str:
        """Path and query."""
        query = urlencode(self.query, safe="/:,")
        return f"{self.path}?{query}" if query else self.path

    @property
    def shown(self) -> str:
        """The request in one line."""
        headers = "".join(f", {name}: {value}" for name, value in self.headers.items())
        body = (
            "" if self.body is None else ", body " + (self.body if isinstance(self.body, str) else "as the example")
        )
        return f"{self.method} {self.target}{headers}{body}"

    def ask(self, client: httpx.Client) -> httpx.Response:
        """Ask the service."""
        if self.body is None:
            return client.request(self.method, self.target, headers=dict(self.headers))
        if isinstance(self.body, str):
            return client.request(self.method, self.target, headers=dict(self.headers), content=self.body)
        return client.request(self.method, self.target, headers=dict(self.headers), json=self.body)


def question(of: str, name: str, summary: str, path: str, /, first: int | None = None, **query: Any) -> Asked:
    """Return a question of a query string; ``from_`` is written ``from``."""
    given = {key.rstrip("_"): value for key, value in query.items()}
    return Asked(of=of, name=name, summary=summary, path=path, query=given, first=first)


def problem(slug: str, summary: str, path: str, query: Mapping[str, Any] | None = None, **more: Any) -> Asked:
    """Return a question that is refused."""
    return Asked(of=PROBLEMS, name=slug, summary=summary, path=path, query=query or {}, **more)


TWO: Final[Any] = {"questions": [LAPTOP | DAYS, LAPTOP | DAYS | {"origin": "US"}]}

ANSWERS: Final = (
    question("getRate", "laptop", "A laptop from China", "/v1/rates", **LAPTOP, **DAYS),
    question(
        "getRate", "declared", "Toys from China, a quarter of US content", "/v1/rates", **TOY, **DAYS, us_content=0.25
    ),
    Asked(
        of="postRates", name="one-refused", summary="Two questions, one of them refused", path="/v1/rates",
        method="POST", body=TWO,
    ),
    question(
        "getTimeline", "spring", "Toys from China in the spring of 2025", "/v1/rates/timeline", **TOY,
        from_="2025-04-05", until="2025-05-20", known_on=DAY,
    ),
    question("getHeadline", "china", "China as a whole", "/v1/headline", importer="US", origin="CN", **DAYS),
    question(
        "getCoverage", "us", "The United States; of each list the first two", "/v1/coverage", importer="US",
        first=2,
    ),
    question("listReleases", "newest", "The newest release", "/v1/releases", limit=1),
    question("getRelease", "first", "The first release, and the first two of its files", "/v1/releases/1", first=2),
    question(
        "listGoods", "prefix", "The first lines below a heading", "/v1/goods", importer="US", prefix="8471", **DAYS,
        limit=2,
    ),
    question("getGoods", "gone", "A code that ended, and its successors", "/v1/goods/US/8517.12.00", **DAYS),
    question(
        "listPrograms", "laptop", "Two of the programs that say something for a laptop", "/v1/programs", **LAPTOP,
        **DAYS, limit=2,
    ),
    question("getProgram", "fentanyl", "A program", "/v1/programs/us/ieepa/fentanyl-china", **DAYS),
    question(
        "listMeasures", "laptop", "Two of the measures that say something for a laptop", "/v1/measures", **LAPTOP,
        **DAYS, limit=2,
    ),
    question("getMeasure", "fentanyl", "A measure", "/v1/measures/us/ieepa/fentanyl-china/china", **DAYS),
    question(
        "listActs", "laptop", "Two of the acts behind the duty on a laptop", "/v1/acts", **LAPTOP, **DAYS,
        limit=2,
    ),
    question("getAct", "fentanyl", "An act", "/v1/acts/eo-14195"),
    question("listLists", "laptop", "Two goods lists", "/v1/lists", importer="US", **DAYS, limit=2),
    question("getList", "list-3", "The first rows of a goods list", "/v1/lists/s301-list3", **DAYS, limit=2),
    question("listOrigins", "first", "The first of them", "/v1/origins", importer="US", limit=2),
    question("getOrigin", "russia", "One country", "/v1/origins/RU"),
    question("getStacking", "first", "The first relations between programs", "/v1/stacking", **DAYS, limit=2),
    question("getLiveness", "alive", "It runs", "/health/live"),
    question("getReadiness", "ready", "It answers", "/health/ready"),
    question("getMetrics", "metrics", "The first lines", "/metrics", first=12),
    question("listProblemTypes", "all", "The first two", "/problems", first=2),
    question("getProblemType", "unknown-code", "One of them", "/problems/unknown-code"),
)  # fmt: skip

RATES: Final = "/v1/rates"
JSON: Final = {"content-type": "application/json"}
PROBLEM_ANSWERS: Final = (
    problem("invalid-parameter", "A misspelt parameter", RATES, LAPTOP | {"us_contnet": 0.25}),
    problem("invalid-body", "A body that is not JSON", RATES, method="POST", headers=JSON, body='{"questions": ['),
    problem("unauthorized", "A key that is not known", RATES, LAPTOP, headers={"Authorization": "Bearer guess"}),
    problem("not-found", "A release that does not exist", RATES, LAPTOP | {"release": 999}),
    problem("unknown-code", "A code that ended", RATES, LAPTOP | DAYS | {"code": "8517.12.00"}),
    problem("unknown-origin", "An origin that is no country", RATES, LAPTOP | {"origin": "ZZ"}),
    problem("method-not-allowed", "A method that is not answered", RATES, method="DELETE"),
    problem("not-acceptable", "A form that is not written", RATES, LAPTOP, headers={"Accept": "text/html"}),
    problem(
        "too-large", "One question too many", RATES, method="POST", headers=JSON,
        body='{"questions": [' + ",".join(["0"] * 1001) + "]}",
    ),
    problem(
        "unsupported-media-type", "A body that is not sent as JSON", RATES, method="POST",
        headers={"content-type": "text/csv"}, body="US;CN",
    ),
    problem("code-too-short", "A heading", RATES, TOY | DAYS | {"code": "9503"}),
    problem("not-dutiable", "Goods of the importer itself", RATES, LAPTOP | DAYS | {"origin": "US"}),
    problem("outside-coverage", "A day before the data begin", RATES, LAPTOP | {"date": "2017-12-31"}),
)  # fmt: skip
LIMITED: Final = problem(
    "rate-limited", "The third question of an hour, of a key that may ask two", RATES, LAPTOP | DAYS,
    headers={"Authorization": f"Bearer {KEY}"},
)  # fmt: skip
LATE: Final = problem(
    "timeout", "A body of which a part arrives", RATES, method="POST", headers={"content-length": "100"}, body="{"
)
OTHER: Final = problem("conflict", "A release that another version wrote", "/v1/programs", {"limit": 2})
AWAY: Final = problem("unavailable", "The database is away", "/v1/programs", {"limit": 2})
FAULT: Final = problem("internal-error", "A fault of the service", RATES, TOY | {"model_year": 1999})
UNCHANGED: Final = tuple(
    Asked(of="unchanged", name=path, summary="", path=path, query=query, headers={"If-None-Match": "*"})
    for path, query in ((RATES, LAPTOP), ("/v1/programs", {"limit": 2}), ("/openapi.json", {}))
)
"""What a client has already; nothing of them is recorded."""

ALL: Final = (*ANSWERS, *PROBLEM_ANSWERS, LIMITED, LATE, OTHER, AWAY, FAULT)

UNSHOWN: Final = {"getOpenApi": "the document would have to hold itself"}
"""Operations without a recorded answer, and why."""


@contextmanager
def limited_service(scratch: Path, server: Server) -> Iterator[tuple[Service, str]]:
    """Give the service on the shipped law, with limits, and the address of its database."""
    keys = scratch / "recording.keys"
    keys.write_text(f"broker {hashlib.sha256(KEY.encode()).hexdigest()}\n")
    limits = {"STRATA_KEYS_FILE": str(keys), "STRATA_RATE_ADDRESS": "100000/hour", "STRATA_RATE_KEY": "2/hour"}
    with server.database() as dsn:
        strata("law", "publish", DATABASE_URL=dsn).check_returncode()
        with serving(
            scratch / "recording.log", DATABASE_URL=dsn, STRATA_BODY_SECONDS="2", STRATA_HEAD_SECONDS="60", **limits
        ) as service:
            yield service, dsn


def answers(scratch: Path, server: Server) -> dict[Key, httpx.Response]:
    """Ask everything of a service that is started for it; what it does not recover from comes last."""
    with limited_service(scratch, server) as (service, dsn):
        found = {asked.key: asked.ask(service.client) for asked in (*ANSWERS, *PROBLEM_ANSWERS, *UNCHANGED)}
        found[LIMITED.key] = [LIMITED.ask(service.client) for _ in range(3)][-1]
        found[LATE.key] = _raw(service, LATE_HEAD + str(LATE.body))
        found.update({("server", name): _raw(service, request) for name, request in SERVER_ITSELF.items()})
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("""UPDATE importer SET document = '{"code": "US"}'""")
            found[OTHER.key] = OTHER.ask(service.client)
            server.execute(f"ALTER DATABASE {connection.info.dbname} CONNECTION LIMIT 0")
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found[AWAY.key] = _once_away(service)
        found[FAULT.key] = asyncio.run(_faulty())
    return found


LATE_HEAD: Final = (
    f"POST {LATE.target} HTTP/1.1\r\nHost: strata\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n"
)
SERVER_ITSELF: Final = {
    "not HTTP": "how much?\r\n\r\n",
    "many headers": "GET / HTTP/1.1\r\n" + "".join(f"X-{number}: y\r\n" for number in range(101)) + "\r\n",
}
"""Requests that do not reach the application."""


def _once_away(service: Service) -> httpx.Response:
    """Ask until the service has lost its connections to the database, which end a moment after they are told to."""
    until = time.monotonic() + 10
    away = HTTPStatus.SERVICE_UNAVAILABLE
    while (response := AWAY.ask(service.client)).status_code != away and time.monotonic() < until:
        time.sleep(0.1)
    return response


def _raw(service: Service, request: str) -> httpx.Response:
    """Send something that a client library would not, and read until the service hangs up."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=20) as connection:
        connection.sendall(request.encode())
        got = b""
        while more := connection.recv(65_536):
            got += more
    status, _, rest = got.partition(b"\r\n")
    lines, _, body = rest.partition(b"\r\n\r\n")
    parted = (line.partition(b": ") for line in lines.split(b"\r\n"))
    headers = [(name, value) for name, _, value in parted]
    return httpx.Response(int(status.split()[1]), headers=headers, content=body)


async def _faulty() -> httpx.Response:
    """Ask the application with a schedule that fails, which the real ones do not."""
    desk = Desk(SnapshotHolder(FakeSource()))
    await desk.holder.refresh()
    transport = httpx.ASGITransport(application(desk))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://strata") as client:
        return await client.get(FAULT.target)


CHANGING: Final = frozenset(
    ("age_seconds", "bytes", "digest", "next", "published_at", "service_version", "sha256", "version")
)
"""Members that differ between releases of one law, versions of the service, or moments."""


def cut(body: Any, first: int | None) -> Any:
    """Return a body with the first entries of its lists, or its first lines."""
    if first is None:
        return body
    if isinstance(body, dict):
        return {name: cut(it, first) for name, it in body.items()}
    if isinstance(body, list):
        return [cut(it, first) for it in body[:first]]
    return "".join(body.splitlines(keepends=True)[:first]) if isinstance(body, str) else body


def body_of(asked: Asked, response: httpx.Response) -> Any:
    """Return what is recorded of a response, with numbers as they are written."""
    json = "json" in response.headers["content-type"]
    return cut(_decoder.decode(response.content) if json else response.text, asked.first)


def lasting(body: Any) -> Any:
    """Return what must be answered again: without what changes, whatever the law; of metrics their names."""
    if isinstance(body, dict):
        return {name: type(it).__name__ if name in CHANGING else lasting(it) for name, it in body.items()}
    if isinstance(body, list):
        return [lasting(it) for it in body]
    if isinstance(body, str) and body.startswith("# HELP"):
        return [line for line in body.splitlines() if line.startswith("# TYPE")]
    return re.sub(r"again in \d+ seconds", "again soon", body) if isinstance(body, str) else body


_decoder = msgspec.json.Decoder(float_hook=Decimal)
