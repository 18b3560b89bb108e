"""What an operator can set, read once from the environment.

``SETTINGS`` is the one table of names, defaults and meanings: ``Settings.from_env`` reads by it, the manual
is generated from it, and a variable that looks like one of ours and stands in no row is an error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import msgspec

CHECKOUT: Final = Path(__file__).resolve().parent.parent
"""The directory that holds the package and, in a checkout, ``db/`` beside it."""

PREFIX: Final = "STRATA_"
HIDDEN: Final = "***"
_RATE: Final = re.compile(r"[1-9][0-9]{0,8}/(second|minute|hour)")
LOG_LEVELS: Final = ("debug", "info", "warning", "error")


class SettingsError(ValueError):
    """A setting cannot be used; the message names the variable, its value and what would be right."""


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table of settings.

    ``field`` is the attribute of ``Settings``; ``default`` is the text shown to people; ``right`` says what a
    good value looks like; ``read`` turns text into the value and raises ``ValueError`` for anything else.
    """

    name: str
    field: str
    default: str
    meaning: str
    right: str
    read: Callable[[str], object]


def redacted(url: str) -> str:
    """Return a database URL with every password replaced by ``***``, fit for logs and messages."""
    try:
        parts = urlsplit(url)
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return HIDDEN
    if not parts.scheme or "://" not in url:
        return HIDDEN
    user, at, place = parts.netloc.rpartition("@")
    name, colon, _ = user.partition(":")
    shown = [(key, HIDDEN if "pass" in key.lower() else value) for key, value in query]
    netloc = f"{name}{colon}{HIDDEN if colon else ''}{at}{place}"
    return urlunsplit((parts.scheme, netloc, parts.path, urlencode(shown, safe="*/", quote_via=quote), ""))


def default_data_dir(environ: Mapping[str, str], *, is_root: bool) -> Path:
    """Return where private clusters live: ``/var/lib/strata`` for root, else below the user's data directory.

    Root's home is closed to the ordinary user that a PostgreSQL server insists on: hence a system directory.
    """
    if is_root:
        return Path("/var/lib/strata")
    base = environ.get("XDG_DATA_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "strata"


def _database_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"postgresql", "postgres"} or "://" not in text:
        raise ValueError(text)
    _ = parts.port  # raises ValueError when it is not a port
    return text


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise ValueError(text)
        return int(text)

    return read


def _directory(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        raise ValueError(text)
    return path


def _existing_directory(text: str) -> Path:
    path = Path(text).expanduser().resolve()
    if not path.is_dir():
        raise ValueError(text)
    return path


def _host(text: str) -> str:
    if not text or any(letter.isspace() or letter in "/@" for letter in text):
        raise ValueError(text)
    return text


def _rate(text: str) -> str:
    if text != "off" and not _RATE.fullmatch(text):
        raise ValueError(text)
    return text


def _keys_file(text: str) -> str:
    if text != "none" and not (Path(text).is_absolute() and Path(text).is_file()):
        raise ValueError(text)
    return text


def _networks(text: str) -> str:
    for part in () if text == "none" else text.split(","):
        ip_network(part.strip())  # raises ValueError when it is none
    return text


def _log_level(text: str) -> str:
    if text.lower() not in LOG_LEVELS:
        raise ValueError(text)
    return text.lower()


SETTINGS: Final[tuple[Setting, ...]] = (
    Setting(
        name="DATABASE_URL",
        field="database_url",
        default="a private PostgreSQL of this checkout",
        meaning="The PostgreSQL (15 to 18) that holds the law. Unset, the service starts a private one.",
        right="an address such as postgresql://user@host:5432/strata",
        read=_database_url,
    ),
    Setting(
        name="PORT",
        field="port",
        default="8000",
        meaning="TCP port that the service listens on.",
        right="a whole number from 1 to 65535",
        read=_whole(1, 65535),
    ),
    Setting(
        name="STRATA_HOST",
        field="host",
        default="127.0.0.1",
        meaning="Address that the service listens on; 0.0.0.0 for every network of the machine.",
        right="an address or host name such as 127.0.0.1 or 0.0.0.0",
        read=_host,
    ),
    Setting(
        name="STRATA_WORKERS",
        field="workers",
        default="1",
        meaning="Server processes. Each holds its own snapshot of the law in memory.",
        right="a whole number from 1 to 64",
        read=_whole(1, 64),
    ),
    Setting(
        name="STRATA_DATA_DIR",
        field="data_dir",
        default="$XDG_DATA_HOME/strata or ~/.local/share/strata; for root /var/lib/strata",
        meaning="Parent directory of the private PostgreSQL clusters, one per checkout.",
        right="an absolute path that the database's user can reach",
        read=_directory,
    ),
    Setting(
        name="STRATA_LAW_DIR",
        field="law_dir",
        default="db/law of the checkout",
        meaning="Directory of the law data that is checked and published.",
        right="an existing directory",
        read=_existing_directory,
    ),
    Setting(
        name="STRATA_POLL_SECONDS",
        field="poll_seconds",
        default="10",
        meaning="Seconds between two looks for a new release; normally a notification announces it sooner.",
        right="a whole number of seconds from 1 to 3600",
        read=_whole(1, 3600),
    ),
    Setting(
        name="STRATA_CACHE_ANSWERS",
        field="cache_answers",
        default="10000",
        meaning="Answers that each worker keeps ready; 0 keeps none.",
        right="a whole number from 0 to 10000000",
        read=_whole(0, 10_000_000),
    ),
    Setting(
        name="STRATA_POOL_SIZE",
        field="pool_size",
        default="4",
        meaning="Database connections that each worker may hold, besides the one that listens for releases.",
        right="a whole number from 1 to 64",
        read=_whole(1, 64),
    ),
    Setting(
        name="STRATA_QUERY_SECONDS",
        field="query_seconds",
        default="5",
        meaning="Seconds after which a browsing query is given up.",
        right="a whole number of seconds from 1 to 600",
        read=_whole(1, 600),
    ),
    Setting(
        name="STRATA_DRAIN_SECONDS",
        field="drain_seconds",
        default="20",
        meaning="Seconds that requests in flight are given to finish when the service is told to stop.",
        right="a whole number of seconds from 0 to 600",
        read=_whole(0, 600),
    ),
    Setting(
        name="STRATA_HEAD_SECONDS",
        field="head_seconds",
        default="10",
        meaning="Seconds in which the head of a request must arrive; also how long a quiet connection is kept.",
        right="a whole number of seconds from 1 to 600",
        read=_whole(1, 600),
    ),
    Setting(
        name="STRATA_BODY_SECONDS",
        field="body_seconds",
        default="10",
        meaning="Seconds in which the body of a request must arrive.",
        right="a whole number of seconds from 1 to 600",
        read=_whole(1, 600),
    ),
    Setting(
        name="STRATA_REQUEST_SECONDS",
        field="request_seconds",
        default="30",
        meaning="Seconds after which an answer that is not ready is given up.",
        right="a whole number of seconds from 1 to 600",
        read=_whole(1, 600),
    ),
    Setting(
        name="STRATA_RATE_ADDRESS",
        field="rate_address",
        default="off",
        meaning="How much one address may ask without a key, counted by each worker for itself.",
        right="off, or a number per second, minute or hour such as 600/minute",
        read=_rate,
    ),
    Setting(
        name="STRATA_RATE_KEY",
        field="rate_key",
        default="off",
        meaning="How much may be asked with one API key, counted by each worker for itself.",
        right="off, or a number per second, minute or hour such as 6000/minute",
        read=_rate,
    ),
    Setting(
        name="STRATA_KEYS_FILE",
        field="keys_file",
        default="none",
        meaning="File of the API keys, a line each: a name and the SHA-256 of the key. Read at the start.",
        right="none, or the absolute path of a file",
        read=_keys_file,
    ),
    Setting(
        name="STRATA_PROXIES",
        field="proxies",
        default="none",
        meaning="Proxies in front of the service, whose X-Forwarded-For is believed.",
        right="none, or addresses and networks with commas such as 10.0.0.0/8,192.0.2.1",
        read=_networks,
    ),
    Setting(
        name="STRATA_LOG_LEVEL",
        field="log_level",
        default="info",
        meaning="Least weight of the messages that are logged.",
        right="one of " + ", ".join(LOG_LEVELS),
        read=_log_level,
    ),
)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one process; ``SETTINGS`` documents each field."""

    database_url: str | None = None
    port: int = 8000
    host: str = "127.0.0.1"
    workers: int = 1
    data_dir: Path
    law_dir: Path = CHECKOUT / "db" / "law"
    poll_seconds: int = 10
    cache_answers: int = 10_000
    pool_size: int = 4
    query_seconds: int = 5
    drain_seconds: int = 20
    head_seconds: int = 10
    body_seconds: int = 10
    request_seconds: int = 30
    rate_address: str = "off"
    rate_key: str = "off"
    keys_file: str = "none"
    proxies: str = "none"
    log_level: str = "info"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Settings:
        """Read the settings from environment variables; an empty variable counts as unset.

        Raises:
            SettingsError: A value cannot be used, or a ``STRATA_`` variable is none of ours.
        """
        known = {setting.name for setting in SETTINGS}
        for name in sorted(environ):
            if name.startswith(PREFIX) and name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}."
                raise SettingsError(f"{name} is not a setting of Strata; {hint}")
        values: dict[str, object] = {"data_dir": default_data_dir(environ, is_root=os.geteuid() == 0)}
        for setting in SETTINGS:
            if text := environ.get(setting.name, "").strip():
                values[setting.field] = _read(setting, text)
        return cls(**values)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        """Show every field, a password in the database's address excepted."""
        shown = {name: getattr(self, name) for name in self.__struct_fields__}
        if self.database_url is not None:
            shown["database_url"] = redacted(self.database_url)
        return f"Settings({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def manual() -> str:
    """Return the manual's page about settings, in Markdown; the page in ``docs/`` is this text."""
    rows = [f"| `{row.name}` | {row.meaning} | {row.default} | {row.right} |" for row in SETTINGS]
    head = ["# Settings", "", "All are environment variables. An empty one counts as unset; a `STRATA_` variable"]
    head += ["that is not listed here is an error. Generated from the code by `make docs`.", ""]
    head += ["| variable | meaning | default | value |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows, ""])


def _read(setting: Setting, text: str) -> object:
    """Return the value of one variable, or raise the error that a person reads."""
    try:
        return setting.read(text)
    except ValueError:
        shown = redacted(text) if setting.name == "DATABASE_URL" else text
        raise SettingsError(f"{setting.name} is {shown!r}; it should be {setting.right}.") from None
