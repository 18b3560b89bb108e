"""Noise for whatever reads what people write: codes, rates, questions, bodies, facts, law files.

Good examples are spoilt a little, many times over. A reader may refuse what it is given, with its own error, and must
do so soon; anything else that it raises is a fault of ours.
"""

from __future__ import annotations

import csv
import random
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from service.api.batch import read_batch
from service.api.body import decode_json
from service.api.parameters import read_fields, read_query, tables_of
from service.api.problems import Problem
from service.api.values import read_code, read_date, read_heading, read_number
from service.countries import countries
from service.law.check import check_law
from service.law.decode import decode_law
from service.law.errors import LawErrors
from service.law.goods import CodeSystem
from service.law.rate_text import parse_rate, parse_special, rate_text
from tests.shipped import laws
from tests.unit.broken_law.tree import documents

SLOW: Final = 1.0
"""Seconds of processor time for one input, from which on it counts as a failure."""

RATES: Final = Path(__file__).parents[1] / "unit" / "rate_texts.csv"
CODES: Final = CodeSystem((4, 6, 8, 10), 8, (4, 2, 2, 2), ("98", "99"))
PIECES: Final = (
    "", " ", ".", ",", ":", "-", "%", "&", "=", "+", "\n", "\t", "\x00", "\ufeff", "\u0661", "\ud7ff", "é", "½", "…",
    "{", "}", "[", "]", '"', "'", "#", "*", "&a", "!!python/object:x", "|", ">", "~", "null", "true", "NaN",
    "Infinity", "-0", "1e999999", "0x1", "9" * 400, "0." + "0" * 400 + "1", "2025-02-30", "9999-12-31",
    "0000-00-00", "exempt",
    "Free", "USD/kg", "¢/kg", "on", "of", "US:0.6", "release", "code", "known_on", "a" * 5000, "((((((((", "]" * 300,
)  # fmt: skip


class Target(NamedTuple):
    """A reader: good examples of what it reads, and the errors with which it may refuse."""

    name: str
    examples: Sequence[str]
    read: Callable[[str], Any]
    refuses: tuple[type[Exception], ...]


class Failure(NamedTuple):
    """An input that met a fault."""

    target: str
    text: str
    why: str

    def __str__(self) -> str:
        """Show the input so that it can be tried again."""
        return f"--- {self.target}: {self.text[:400]!r}\n{self.why}"


def spoilt(text: str, chance: random.Random) -> str:
    """Return a text with a few of its parts removed, repeated, exchanged or replaced by noise."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice((0, 1, 1, 2, 5, 20, 200)))
        part = text[start:end]
        match chance.randrange(5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:end] + part * chance.choice((1, 2, 50)) + text[end:]
            case 2:
                text = text[:start] + part[::-1] + text[end:]
            case 3:
                text = text[:start] + chance.choice(PIECES) + text[end:]
            case _:
                text = (
                    text[:start] + chr(chance.choice((chance.randrange(128), chance.randrange(0xD800)))) + text[end:]
                )
    return text


def targets() -> tuple[Target, ...]:
    """Return all readers."""
    us = laws()["US"]
    tables = tables_of(us.facts)
    declared = "&".join(f"{it.name}={it.query_example()}" for it in tables.rates.values())
    with RATES.open(encoding="utf-8") as file_:
        rates = [row["text"] for row in csv.DictReader(file_)]
    rates += ["25%", "21 USD/kg", "0.037 USD/kg on drained weight + 5%", "4.7% on rifle + 20% on sight", "Free"]
    question = '{"importer": "US", "code": "9503.00.00.73", "origin": "CN", "us_content": 0.25}'
    body = f'{{"questions": [{question}], "release": 1}}'
    law = documents()

    def read_body(text: str) -> None:
        for item in (batch := read_batch(decode_json(text.encode("utf-8", "surrogatepass")))).questions:
            read_fields(batch.checked(item, tables.item), tables.item, json=True)

    def read_rate(text: str) -> None:
        rate_text(parse_rate(text))

    def file(name: str) -> Target:
        def read(text: str) -> None:
            for found in decode_law({**law, name: text}).values():
                check_law(found, countries())

        return Target(name, (law[name],), read, (LawErrors,))

    return (
        Target("codes", ("9503.00.00.73", "95030000", "8471.30"), CODES.digits, (ValueError,)),
        Target("codes asked", ("9503.00.00.73", "95030000"), lambda text: read_code(text, CODES), (ValueError,)),
        Target("headings", ("9903.88.03", "9802.00.80"), read_heading, (ValueError,)),
        Target("days", ("2025-07-28",), read_date, (ValueError,)),
        Target("numbers", ("0.25", "-1200.50"), read_number, (ValueError,)),
        Target("rates", rates, read_rate, (ValueError,)),
        Target("special cells", ("Free (A,AU,S+)", "2.5% (E) See 9822.05.20 (P+)"), parse_special, (ValueError,)),
        Target("queries", (declared,), lambda text: read_query(text.encode(), tables.rates), (Problem,)),
        Target("bodies", (body,), read_body, (Problem,)),
        *(file(name) for name in law if name.endswith((".yaml", ".csv"))),
    )


def tried(target: Target, text: str) -> Failure | None:
    """Let a reader read a text; return what is wrong with how it took it."""
    began = time.process_time()
    try:
        target.read(text)
    except target.refuses:
        pass
    except Exception:  # noqa: BLE001 - that is what is looked for
        return Failure(target.name, text, traceback.format_exc(limit=-4))
    spent = time.process_time() - began
    return Failure(target.name, text, f"took {spent:.1f} s") if spent > SLOW else None


def fuzz(seconds: float, seed: int | None = None) -> list[Failure]:
    """Spoil examples for a time, the readers in turn; return at most one failure for each reader."""
    seed = random.SystemRandom().randrange(1 << 32) if seed is None else seed
    chance, every = random.Random(seed), targets()  # noqa: S311 - no secret
    failures: dict[str, Failure] = {}
    counts = dict.fromkeys((target.name for target in every), 0)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for target in every:
            if target.name in failures:
                continue
            turn = time.monotonic() + 0.05
            while time.monotonic() < turn:
                counts[target.name] += 1
                if failure := tried(target, spoilt(chance.choice(target.examples), chance)):
                    failures[target.name] = failure
                    break
    print(f"seed {seed}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    return list(failures.values())
