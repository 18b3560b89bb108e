"""What only the real process shows: start, HTTP, drain, publishing while serving, several workers."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import psutil
import pytest

from service.commands.serve import FAREWELL_SECONDS
from tests.process.services import STRATA, Service, serving, strata
from tests.servers import NEWEST, Server, scratch_directory
from tests.servers import running as running_server

pytestmark = [pytest.mark.process, pytest.mark.slow]

TOYS = "/v1/rates?importer=US&code=9503.00.00.73&origin=CN&date=2025-07-28"


def test_it_answers_the_question(service: Service):
    answer = service.get(TOYS).json()
    assert answer["total"]["percent"] == 30
    assert [layer["percent"] for layer in answer["layers"]] == [0, 20, 10]


def test_it_says_where_the_documentation_is(service: Service):
    assert f"http://127.0.0.1:{service.port}/docs" in service.log.read_text()
    assert "swagger-ui-bundle.js" in service.get("/docs").text


def test_head_and_conditional_requests_over_http(service: Service):
    plain = {"accept-encoding": "identity"}
    get, head = service.get(TOYS, headers=plain), service.client.head(TOYS, headers=plain)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))
    again = service.get(TOYS, headers={"if-none-match": get.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert service.get(TOYS, headers={"accept-encoding": "gzip"}).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("DELETE", "/v1/rates", {}, 405),
        ("GET", TOYS, {"accept": "text/html"}, 406),
        ("GET", "/nope", {}, 404),
        ("GET", "/v1/rates?importer=US&code=%FF&origin=CN", {}, 400),
        ("GET", "/v1/rates?" + "a" * 20_000, {}, 400),
        ("POST", "/v1/rates", {"content-type": "text/plain"}, 415),
        ("POST", "/v1/rates", {"content-type": "application/json"}, 400),
        ("PROPFIND", "/v1/rates", {}, 405),
    ],
)
def test_problems_over_http(service: Service, method: str, path: str, headers: dict[str, str], status: int):
    response = service.client.request(method, path, headers=headers)
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"


def test_a_second_service_on_the_port_is_refused(service: Service):
    done = strata("serve", "--port", str(service.port))
    assert done.returncode == 1
    assert "Address already in use" in done.stderr


def test_a_wrong_setting_is_refused(service: Service):  # noqa: ARG001 - in the order of the others
    done = strata("serve", "--port", "http")
    assert (done.returncode, "whole number from 1 to 65535" in done.stderr) == (2, True)


def test_a_second_start_does_little(service: Service, scratch: Path):  # noqa: ARG001 - the first has published
    with serving(scratch / "second.log") as second:
        assert second.get(TOYS).status_code == 200
        process = psutil.Process(second.process.pid)
        # Time on the processor: what the clock says depends on who else is at work.
        spent = [it.cpu_times() for it in (process, *process.children(recursive=True))]
    assert "publishing" not in second.log.read_text()
    assert "migrated" not in second.log.read_text()
    assert sum(it.user + it.system for it in spent) < 5


def test_sigterm_turns_readiness_false_then_finishes_what_is_under_way(scratch: Path):
    body = b'{"questions": [{"importer": "US", "code": "9503.00.00.73", "origin": "CN", "date": "2025-07-28"}]}'
    head = b"POST /v1/rates HTTP/1.1\r\nHost: strata\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    with serving(scratch / "drain.log") as leaving:
        with socket.create_connection(("127.0.0.1", leaving.port), timeout=30) as slow:
            slow.sendall(head % len(body) + body[:20])
            time.sleep(0.2)
            leaving.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            assert leaving.get("/health/ready").status_code == 503
            assert leaving.get(TOYS).status_code == 200
            time.sleep(FAREWELL_SECONDS + 0.5)
            assert leaving.process.poll() is None
            slow.sendall(body[20:])
            answered = slow.recv(65536)
        assert answered.startswith(b"HTTP/1.1 200 OK")
        assert leaving.process.wait(30) == 0, leaving.log.read_text()


def test_sigint_stops_at_once(scratch: Path):
    with serving(scratch / "interrupt.log") as interrupted:
        begun = time.monotonic()
        assert interrupted.stop(signal.SIGINT) == 0
        assert time.monotonic() - begun < 5


def changed(law_dir: Path) -> None:
    """Make the fentanyl duty 21 percent."""
    path = law_dir / "us" / "programs" / "ieepa" / "fentanyl-china.yaml"
    text = path.read_text()
    assert text.count("20%") >= 1
    path.write_text(text.replace("20%", "21%"))


def test_publishing_while_serving_loses_no_request(postgres: Server, law_dir: Path, scratch: Path):
    with postgres.database() as dsn:
        environ = {"DATABASE_URL": dsn, "STRATA_LAW_DIR": str(law_dir)}
        assert strata("law", "publish", **environ).returncode == 0
        with serving(scratch / "publish.log", "--workers", "2", **environ) as running:
            before = running.get(TOYS, headers={"accept-encoding": "identity"})
            assert before.headers["strata-release"] == "1"
            changed(law_dir)
            publisher = subprocess.Popen(
                [STRATA, "law", "publish", "--notes", "a test"],
                env=os.environ | environ,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            seen: list[tuple[str, int]] = []
            end = time.monotonic() + 60
            while seen[-20:].count(("2", 31)) < 20 and time.monotonic() < end:
                response = httpx.get(running.url + TOYS, timeout=10)  # a new connection: either worker
                assert response.status_code == 200
                seen.append((response.headers["strata-release"], response.json()["total"]["percent"]))
            assert publisher.wait(60) == 0
            assert set(seen) == {("1", 30), ("2", 31)}
            old = running.get(f"{TOYS}&release=1", headers={"accept-encoding": "identity"})
            assert old.content == before.content
            assert running.get("/v1/releases").json()["items"][0]["notes"] == "a test"
            counted = re.findall(
                r'strata_requests_total\{method="GET",route="/v1/rates",status="200"\} (\d+)',
                running.get("/metrics").text,
            )
            assert int(counted[0]) >= len(seen)


def test_the_service_answers_while_its_database_is_away(scratch: Path, law_dir: Path):
    with scratch_directory() as place, running_server(NEWEST, place) as server, server.database() as dsn:
        environ = {"DATABASE_URL": dsn, "STRATA_LAW_DIR": str(law_dir), "STRATA_POLL_SECONDS": "1"}
        assert strata("law", "publish", **environ).returncode == 0
        with serving(scratch / "away.log", **environ) as running:
            postmaster = server.cluster.postmaster()
            assert postmaster is not None
            postmaster.send_signal(signal.SIGINT)  # its fast way to stop
            postmaster.wait(30)
            assert running.get(TOYS).status_code == 200
            assert running.get("/health/ready").status_code == 200
            assert running.get("/v1/releases").status_code == 503
            server.cluster.acquire()
            end = time.monotonic() + 30
            while running.get("/v1/releases").status_code != 200:
                assert time.monotonic() < end, running.log.read_text()
                time.sleep(0.2)
