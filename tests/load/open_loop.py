"""An open-loop client: requests leave at a steady rate, whether or not earlier ones were answered.

Run as ``python -m tests.load.open_loop ORDER`` in a process of its own; writes one record for each request, and
checks of each answer that the release in its header is the one in its body. Plain sockets: the client must cost
much less than the server it measures on the same machine.
"""

from __future__ import annotations

import gc
import re
import select
import socket
import sys
import time
from array import array
from collections import deque
from pathlib import Path
from typing import Final

import msgspec

_LENGTH: Final = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_RELEASE: Final = re.compile(rb"\r\nstrata-release: (\d+)", re.IGNORECASE)
_WITHIN: Final = re.compile(rb'"release":\{"number":(\d+)')
TICK: Final = 0.0005
PATIENCE: Final = 10.0
"""Seconds that are waited for answers after the last request."""


class Order(msgspec.Struct, frozen=True):
    """What to send. ``rate``: requests per second; ``records``: the file that is written."""

    port: int
    file: str
    records: str
    rate: float
    seconds: float
    connections: int


class Record(msgspec.Struct, frozen=True):
    """One request: when it was due (seconds since the epoch), seconds until its answer, and the release of it.

    ``release`` is 0 if there was no answer or one that is not 200, -1 if header and body name different releases.
    """

    due: float
    latency: float
    release: int


class Connection:
    """One connection with at most one request under way."""

    __slots__ = ("buffer", "due", "needed", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.buffer = b""
        self.needed = 0

    def read(self) -> int | None:
        """Read what has come; return the release of the answer once it is whole, 0 if the connection ended."""
        data = self.socket.recv(262_144)
        if not data:
            return 0
        self.buffer = buffer = self.buffer + data if self.buffer else data
        if not self.needed:
            head = buffer.find(b"\r\n\r\n")
            if head < 0:
                return None
            length = _LENGTH.search(buffer, 0, head)
            self.needed = head + 4 + (int(length[1]) if length else 0)
        return release_of(buffer) if len(buffer) >= self.needed else None


def release_of(response: bytes) -> int:
    """Return the release that header and body name, 0 for anything but an answer, -1 if they differ."""
    header, at = _RELEASE.search(response), response.rfind(b'"release":{"number":')
    within = _WITHIN.match(response, at) if at >= 0 else None
    if not response.startswith(b"HTTP/1.1 200") or header is None or within is None:
        return 0
    return int(header[1]) if header[1] == within[1] else -1


class Client:
    """Sends by the clock over idle connections; what is due while none is idle waits, and its time counts."""

    def __init__(self, order: Order) -> None:
        self.order = order
        host = f"Host: 127.0.0.1:{order.port}"
        lines = Path(order.file).read_text("ascii").splitlines()
        self.requests = [f"GET /v1/rates?{line} HTTP/1.1\r\n{host}\r\n\r\n".encode() for line in lines]
        self.idle = deque(Connection(order.port) for _ in range(order.connections))
        self.busy: dict[int, Connection] = {}
        self.waiting: deque[int] = deque()
        self.values = array("d")
        self.began = 0.0

    def run(self) -> None:
        """Send everything, then wait for the answers still due."""
        rate, sent, total = self.order.rate, 0, int(self.order.rate * self.order.seconds)
        self.began = time.time()
        until = self.began + self.order.seconds + PATIENCE
        while (sent < total or self.busy or self.waiting) and (now := time.time()) < until:
            due = min(total, int((now - self.began) * rate))
            self.waiting.extend(range(sent, due))
            sent = due
            while self.waiting and self.idle:
                self._send(self.idle.popleft(), self.waiting.popleft())
            self._receive()
        for late in [c.due for c in self.busy.values()] + [self.began + number / rate for number in self.waiting]:
            self.values.extend((late, PATIENCE, 0))

    def _send(self, connection: Connection, number: int) -> None:
        connection.due, connection.buffer, connection.needed = self.began + number / self.order.rate, b"", 0
        self.busy[connection.socket.fileno()] = connection
        connection.socket.send(self.requests[number % len(self.requests)])

    def _receive(self) -> None:
        # select() takes microseconds, epoll only milliseconds: requests should leave evenly, not in bursts.
        for descriptor in select.select(list(self.busy), (), (), TICK)[0]:
            connection = self.busy[descriptor]
            release = connection.read()
            if release is not None:
                self.values.extend((connection.due, time.time() - connection.due, release))
                del self.busy[descriptor]
                self.idle.append(connection)


def read_records(path: Path) -> list[Record]:
    """Return the records of a run in the order in which the answers came."""
    values = array("d")
    values.frombytes(path.read_bytes())
    return [Record(values[i], values[i + 1], int(values[i + 2])) for i in range(0, len(values), 3)]


def main(order: Order) -> None:
    """Run the order and write the records."""
    client = Client(order)
    gc.collect()
    gc.freeze()
    gc.disable()
    client.run()
    Path(order.records).write_bytes(client.values.tobytes())


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Order))
