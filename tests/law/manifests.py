"""What a goods list holds on a day, as known on a day: a count and a fingerprint, so that no row changes unseen.

``python -m tests.law.manifests`` prints an entry for every boundary of every list that ``lists.yaml`` does not
have yet: the last day before and the first day of everything an act did, as known on the day it was announced, and
as known today. The figures are to be compared with those of the act before they are pasted.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

import msgspec

from service.law.importer import ImporterLaw
from service.law.periods import ALWAYS, FOREVER
from service.law.terms import Act, GoodsListSource, ListRow
from tests.law.cases import HERE, read_yaml
from tests.law.mutants import NOT_COVERED
from tests.shipped import TODAY, laws

FILE = HERE / "lists.yaml"


class Manifest(msgspec.Struct, frozen=True):
    """``count``: codes with a row that takes them in; ``lines``: rate lines of the schedule of the day among them.

    Entries of importers other than the United States name theirs (``importer: CN``).
    """

    list: str
    on: date
    known_on: date
    count: int
    lines: int
    sha256: str
    source: str = ""
    why: str = ""
    official: int | None = None
    importer: str = "US"

    @property
    def point(self) -> tuple[int, int]:
        return self.on.toordinal(), self.known_on.toordinal()


@cache
def read_manifests() -> tuple[Manifest, ...]:
    """Read ``lists.yaml``."""
    return tuple(_manifest(item) for item in read_yaml(FILE) or ()) if FILE.exists() else ()


def _manifest(item: Mapping[str, Any]) -> Manifest:
    return Manifest(
        item["list"],
        date.fromisoformat(item["on"]),
        date.fromisoformat(item["known_on"]) if "known_on" in item else TODAY,
        int(item["count"]),
        int(item["lines"]),
        item["sha256"],
        item.get("source", ""),
        item.get("why", ""),
        int(item["official"]) if "official" in item else None,
        item.get("importer", "US"),
    )


State = tuple[str, tuple[tuple[str, str], ...]]
"""What a row says of its code: the change and the attributes."""


def state_of(rows: Iterable[tuple[int, ListRow]], acts: Mapping[str, Act], on: int, known: int) -> State | None:
    """Return what the rows of one code, with their places in the file, say on a day as known on a day."""
    held = [
        (acts[row.act].rank, place, row)
        for place, row in rows
        if on in row.valid and acts[row.act].announced.toordinal() <= known
    ]
    if not held:
        return None
    row = max(held, key=lambda h: h[:2])[2]
    return None if row.change == "off" else (row.change, row.attributes)


def held(source: GoodsListSource, acts: Mapping[str, Act], on: int, known: int) -> dict[str, State]:
    """Return what a list holds."""
    found = {code: state_of(rows, acts, on, known) for code, rows in by_code(source).items()}
    return {code: state for code, state in sorted(found.items()) if state is not None}


def by_code(source: GoodsListSource) -> dict[str, list[tuple[int, ListRow]]]:
    """Return the rows of each code with their places in the file."""
    found: dict[str, list[tuple[int, ListRow]]] = {}
    for place, row in enumerate(source.rows):
        found.setdefault(row.code, []).append((place, row))
    return found


def fingerprint(content: Mapping[str, State]) -> str:
    """Return the SHA-256 of the codes in order, one a line: mark, code, attributes."""
    text = "".join(
        f"{'+' if change == 'include' else '-'}{code}{''.join(f' {name}={value}' for name, value in attributes)}\n"
        for code, (change, attributes) in sorted(content.items())
    )
    return hashlib.sha256(text.encode()).hexdigest()


def measured(law: ImporterLaw, name: str, on: date, known_on: date) -> Manifest:
    """Return the manifest of a list as it is."""
    content = held(law.lists[name], law.acts, on.toordinal(), known_on.toordinal())
    count = sum(change == "include" for change, _ in content.values())
    lines = sum(_takes(content, line) for line in _lines(law.importer.code, on, known_on))
    return Manifest(name, on, known_on, count, lines, fingerprint(content), importer=law.importer.code)


@cache
def _lines(importer: str, on: date, known_on: date) -> tuple[str, ...]:
    day, known = on.toordinal(), known_on.toordinal()
    return tuple(sorted(v.code for v in laws()[importer].lines if day in v.valid and known in v.known))


def _takes(content: Mapping[str, State], line: str) -> bool:
    """Tell whether the longest row above a rate line takes it in."""
    for end in range(len(line), 1, -1):
        if line[:end] in content:
            return content[line[:end]][0] == "include"
    return False


# --- what should have a manifest --------------------------------------------------------------------------


def boundaries(source: GoodsListSource, acts: Mapping[str, Act]) -> Iterator[tuple[date, date]]:
    """Yield (day, known day): both sides of each first and last day, as known when announced and as known today."""
    points: set[tuple[int, int]] = set()
    announced = {acts[row.act].announced.toordinal() for row in source.rows}
    for row in source.rows:
        for day in (row.valid.start, row.valid.until):
            if day in (ALWAYS, FOREVER):
                continue
            for known in (acts[row.act].announced.toordinal(), TODAY.toordinal()):
                # Several acts announced before this day make the same state: the last of them stands for all.
                seen = max(a for a in announced if a <= known) if known != TODAY.toordinal() else known
                points |= {(day - 1, seen), (day, seen)}
    last = max(announced)
    for on, known in sorted(points):
        if known != last:  # as known today is the same
            yield date.fromordinal(on), date.fromordinal(known)


def missing(law: ImporterLaw, have: Iterable[Manifest]) -> Iterator[Manifest]:
    """Yield a manifest as measured for each boundary that has none."""
    points = {(m.list, m.on, m.known_on) for m in have if m.importer == law.importer.code}
    for name, source in law.lists.items():
        if name.startswith(NOT_COVERED):
            continue
        for on, known_on in boundaries(source, law.acts):
            if (name, on, known_on) not in points:
                yield measured(law, name, on, known_on)


def written(manifest: Manifest) -> str:
    """Write an entry of ``lists.yaml``; source and reason are for people to fill in."""
    known = "" if manifest.known_on == TODAY else f"\n  known_on: {manifest.known_on}"
    importer = "" if manifest.importer == "US" else f"\n  importer: {manifest.importer}"
    return (
        f"- list: {manifest.list}{importer}\n  on: {manifest.on}{known}\n  count: {manifest.count}\n"
        f"  lines: {manifest.lines}\n  sha256: {manifest.sha256}\n  source: \n"
    )


def main() -> int:
    """Print the entries that are missing."""
    for law in laws().values():
        for manifest in missing(law, read_manifests()):
            sys.stdout.write(written(manifest))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
