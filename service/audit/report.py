"""One audit: an official edition held against the law of the day on which it was published."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import msgspec

from service.audit.compare import Finding, Knowledge, compare
from service.audit.exceptions import Pass, pass_for
from service.audit.footnotes import Lists, Pointer
from service.audit.printed import read_printed
from service.law.importer import ImporterLaw


class Block(msgspec.Struct, frozen=True):
    """The figures of one block of headings: ``same`` of ``counted``; ``explained`` are among those that differ."""

    block: str
    counted: int
    same: int
    explained: int


class Difference(msgspec.Struct, frozen=True):
    """A heading that is not the same here; ``reason``: why, where that is known."""

    heading: str
    verdict: str
    text: str
    reason: str | None


class Report(msgspec.Struct, frozen=True):
    """The outcome: in ``blocks`` first the whole (``9903``); ``missed``: footnotes that our lists do not follow."""

    file: str
    date: date
    dormant: int
    blocks: tuple[Block, ...]
    differences: tuple[Difference, ...]
    footnotes: int
    missed: tuple[tuple[str, str], ...]

    @property
    def unexplained(self) -> int:
        """How many headings differ without a reason."""
        return sum(it.reason is None for it in self.differences)


def audit(path: Path, law: ImporterLaw, day: date, exceptions: tuple[Pass, ...]) -> Report:
    """Audit one edition, as printed on ``day``; raises ``EditionError``, ``OSError`` for what cannot be read."""
    edition = read_printed(path)
    findings, dormant = [], 0
    for finding in compare(edition.headings, Knowledge(law), day, day):
        known = pass_for(exceptions, finding.heading.number, day)
        if known is not None and known.kind == "dormant":
            dormant += 1
        else:
            findings.append((finding, known))
    pointers = list(Lists(law, day, day).check(edition.footnotes))
    return Report(
        file=path.name,
        date=day,
        dormant=dormant,
        blocks=_blocks(findings),
        differences=tuple(
            Difference(it.heading.number, it.verdict, str(it), None if known is None else known.reason)
            for it, known in findings
            if it.verdict != "same"
        ),
        footnotes=len(pointers),
        missed=tuple((it.code, it.heading) for it in pointers if not _followed(it, exceptions, day)),
    )


def _followed(pointer: Pointer, exceptions: tuple[Pass, ...], day: date) -> bool:
    return pointer.hit or pass_for(exceptions, pointer.heading, day) is not None


def _blocks(findings: list[tuple[Finding, Pass | None]]) -> tuple[Block, ...]:
    counted: Counter[str] = Counter()
    same: Counter[str] = Counter()
    explained: Counter[str] = Counter()
    for finding, known in findings:
        for block in ("9903", finding.heading.block):
            counted[block] += 1
            same[block] += finding.verdict == "same"
            explained[block] += finding.verdict != "same" and known is not None
    return tuple(Block(name, counted[name], same[name], explained[name]) for name in sorted(counted))
