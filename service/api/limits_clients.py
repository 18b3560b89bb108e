"""Who asks: the address behind trusted proxies, and the name that stands behind an API key.

Keys are kept as SHA-256 digests, one client a line: ``name digest``. A key is a long random text, so a plain digest
keeps it: there is nothing to guess through, and nothing to be read from the file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Final

from litestar.types import HTTPScope

Network = IPv4Network | IPv6Network

MAX_KEY: Final = 256
"""Bytes of an API key; a longer one is none of ours."""

SUBNET: Final = 64
"""Bits by which IPv6 clients are told apart: a single subscriber holds at least the rest."""

NOBODY: Final = "unknown"
_LINE: Final = re.compile(r"([A-Za-z0-9._-]{1,64})\s+([0-9a-f]{64})")


class BadKeysError(ValueError):
    """The file of keys cannot be used; the message names the line, never a digest."""


def read_keys(path: Path) -> dict[bytes, str]:
    """Return the names of clients by the digest of their key.

    Blank lines and lines that begin with ``#`` are passed over. Raises ``BadKeysError``: the file cannot be read, a
    line has another form, a digest stands twice.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeysError(f"{path} cannot be read: {error}") from None
    names: dict[bytes, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise BadKeysError(
                f"{path}, line {number}: expected a name and the SHA-256 of a key in hexadecimal digits"
            )
        digest = bytes.fromhex(found[2])
        if digest in names:
            raise BadKeysError(f"{path}, line {number}: the key of {found[1]} stands twice")
        names[digest] = found[1]
    return names


def bearer_of(scope: HTTPScope) -> bytes | None:
    """Return what ``Authorization: Bearer`` carries, or ``None`` without it."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            scheme, _, key = value.partition(b" ")
            return key.strip() if scheme.lower() == b"bearer" else None
    return None


def name_of(key: bytes, keys: Mapping[bytes, str]) -> str | None:
    """Return the client to whom a key was given; digests are compared, so time tells nothing of the key."""
    return None if len(key) > MAX_KEY else keys.get(sha256(key).digest())


def read_networks(text: str) -> tuple[Network, ...]:
    """Read ``10.0.0.0/8,192.0.2.1``; ``none`` is no network. Raises ``ValueError``."""
    return () if text == "none" else tuple(ip_network(part.strip()) for part in text.split(","))


def address_of(scope: HTTPScope, trusted: tuple[Network, ...]) -> str:
    """Return the client's address, an IPv6 one as its network of 64 bits.

    It is the connection's, unless that comes from a trusted proxy: then the last address in ``X-Forwarded-For`` that
    is not a trusted proxy's itself. What stands before it was written by the client and proves nothing.
    """
    client = scope.get("client")
    nearest = client[0] if client else ""
    if trusted and _within(nearest, trusted):
        forwarded = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        for hop in reversed(forwarded.decode("latin-1").split(",")):
            if not hop.strip():
                continue
            nearest = hop.strip()
            if not _within(nearest, trusted):
                break
    return _shortened(nearest)


@lru_cache(4_096)
def _within(text: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return any(address in network for network in networks)


@lru_cache(4_096)
def _shortened(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return NOBODY
    if not isinstance(address, IPv6Address):
        return str(address)
    if (mapped := address.ipv4_mapped) is not None:
        return str(mapped)
    return str(IPv6Network((address, SUBNET), strict=False))
