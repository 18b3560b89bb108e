"""Searching goods by words: from what was typed to the stems of the descriptions, and from those to codes.

A word that no description uses is taken for a misspelling of those that look like it (trigrams find them, the ratio
of equal letters decides), and an everyday word for the phrase of the schedules. A stem counts by how rare it is, and
at a code by how much of what the code is called it says; a code has the stems of all above it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher, get_close_matches
from heapq import nsmallest
from typing import Final

import msgspec

from service.store.browsing.everyday import EVERYDAY
from service.store.connection import Connection

WORDS: Final = """
    SELECT said.word, said.lexeme, said.place,
           (SELECT true FROM goods_posting AS it
            WHERE it.importer = $2 AND it.lexeme = said.lexeme LIMIT 1) IS NOT NULL AS known
    FROM description_words($1) AS said ORDER BY said.place, said.word
"""

ALIKE: Final = """
    SELECT asked.word AS asked, near.word, near.lexeme
    FROM unnest($2::text[]) AS asked (word)
    CROSS JOIN LATERAL (
        SELECT word, lexeme FROM goods_word
        WHERE importer = $1 ORDER BY goods_word.word <-> asked.word LIMIT 32
    ) AS near
"""

POSTINGS: Final = """
    SELECT lexeme, array_agg(code) AS codes, array_agg(weight) AS weights
    FROM goods_posting WHERE importer = $1 AND lexeme = any($2::text[]) GROUP BY lexeme
"""

IN_FORCE: Final = """
    SELECT code FROM schedule_line
    WHERE schedule = $1 AND code = any($2::text[]) AND (valid @> $5::date AND known @> $6::date) IS TRUE
    UNION ALL
    SELECT code FROM statistical_number
    WHERE schedule = $1 AND code = any($3::text[]) AND (valid @> $5::date AND known @> $6::date) IS TRUE
    UNION ALL
    SELECT asked.code FROM unnest($4::text[]) AS asked (code)
    WHERE EXISTS (
        SELECT FROM schedule_line AS line
        WHERE line.schedule = $1 AND line.code > asked.code AND line.code < asked.code || ':'
          AND (line.valid @> $5::date AND line.known @> $6::date) IS TRUE
    )
"""
"""Of rate lines, of statistical numbers and of shorter codes those that exist. ``IS TRUE`` keeps the server from
looking the days up in the index that holds them, where each code would cost as much as all of them do by code."""

FOUND: Final = 300
"""Codes that a search looks at; those that rank below are never answered."""

LEAST: Final = 0.4
"""Share of the best score below which a code is not answered: it has little in common with what was typed."""

WORDS_READ: Final = 12
"""Words of a search that are read; the service refuses more."""

ALIKE_FROM: Final = 0.72
"""Share of equal letters from which on a word may be a misspelling of another."""

ALTERNATIVES: Final = 4
PER_HEADING: Final = 0.8
"""What each further code of one heading counts of the one before, so that the first answers are not all of one."""

HEADING: Final = 4
"""Digits of a heading, below which no code is described."""

GOODS: Final = 20_000
"""Order of magnitude of the codes described: the rarity of a stem is measured against it."""


class Word(msgspec.Struct, frozen=True):
    """A word as typed and what it was taken for; ``read_as`` is empty when nothing was found for it."""

    typed: str
    read_as: tuple[str, ...]


class Found(msgspec.Struct, frozen=True):
    """Codes with their scores (the best first, 1 is a perfect match), and how the words were read."""

    codes: tuple[tuple[str, float], ...]
    words: tuple[Word, ...]


class _Term(msgspec.Struct):
    """One typed word: stem -> weight of the alternative, and the words these are."""

    typed: str
    stems: dict[str, float]
    shown: list[str]
    weight: float = 1.0


async def search(
    conn: Connection, importer: str, typed: str, *, schedule: int, prefix: str, line: int, day: date, known_on: date
) -> Found:
    """Find the codes in force that are described by the words ``typed``, the best first.

    ``line``: digits of a rate line; ``prefix``: digits that every code must begin with.
    """
    terms = await _terms(conn, importer, typed)
    words = tuple(Word(term.typed, tuple(term.shown)) for term in terms if term.typed)
    stems = {stem for term in terms for stem in term.stems}
    postings = {
        row["lexeme"]: dict(zip(row["codes"], row["weights"], strict=True))
        for row in await conn.fetch(POSTINGS, importer, list(stems))
    }
    scores = _scores(terms, postings, prefix)
    best = nsmallest(FOUND, scores.items(), key=lambda it: (-it[1], it[0]))
    standing = await in_force(conn, schedule, [code for code, _ in best], line, day, known_on)
    return Found(_spread([(code, score) for code, score in best if code in standing]), words)


async def in_force(
    conn: Connection, schedule: int, codes: Collection[str], line: int, day: date, known_on: date
) -> frozenset[str]:
    """Return those of the codes that exist on a day; a heading exists while a line below it does."""
    lines = [code for code in codes if len(code) == line]
    numbers = [code for code in codes if len(code) > line]
    shorter = [code for code in codes if len(code) < line]
    rows = await conn.fetch(IN_FORCE, schedule, lines, numbers, shorter, day, known_on)
    return frozenset(row["code"] for row in rows)


def _scores(terms: Sequence[_Term], postings: Mapping[str, Mapping[str, float]], prefix: str) -> dict[str, float]:
    """Score every code at which a stem asked for first appears; what appears above a code counts for it."""
    whole = 0.0
    hits: list[dict[str, float]] = []
    for term in terms:
        rarity = {stem: _rarity(len(postings.get(stem, ()))) * term.weight for stem in term.stems}
        most = max(rarity.values(), default=_rarity(0) * term.weight)
        whole += most
        found: dict[str, float] = {}
        for stem, alike in term.stems.items():
            factor = min(most, rarity[stem]) * alike
            for code, weight in postings.get(stem, {}).items():
                if weight * factor > found.get(code, 0.0):
                    found[code] = weight * factor
        hits.append(found)
    scores: dict[str, float] = {}
    for code in set().union(*hits):
        if code.startswith(prefix):
            above = [code[:digits] for digits in range(HEADING, len(code) + 1, 2)]
            scores[code] = sum(max(found.get(it, 0.0) for it in above) for found in hits) / whole
    return scores


def _rarity(codes: int) -> float:
    return math.log1p(GOODS / (codes + 1))


async def _terms(conn: Connection, importer: str, typed: str) -> list[_Term]:
    """Return a term for each word typed, and for each further word of the phrase of an everyday word."""
    pieces: dict[int, dict[str, str]] = {}
    known: set[str] = set()
    for word, stem, place, used in await conn.fetch(WORDS, typed, importer):
        pieces.setdefault(place, {})[word] = stem
        if used:
            known.add(stem)
    terms: list[_Term] = []
    strange: list[_Term] = []
    phrases: list[str] = []
    for words in pieces.values():
        longest = max(words, key=len)
        term = _Term(longest, {}, [])
        for word, stem in words.items():
            if stem in known:
                # A part of a hyphenated word says less than the whole of it.
                term.stems[stem] = 1.0 if word == longest else 0.5
                term.shown.append(word)
        phrase = EVERYDAY.get(longest) or EVERYDAY.get(longest.removesuffix("s"))
        if phrase:
            phrases.append(phrase)
            term.shown.append(phrase)
            term.weight = 0.5
        elif words[longest] not in known:
            strange.append(term)
        terms.append(term)
    if strange:
        phrases += await _guess(conn, importer, strange)
    return terms + await _further(conn, importer, terms, phrases)


async def _guess(conn: Connection, importer: str, strange: Sequence[_Term]) -> list[str]:
    """Give words that no description uses those that they look like; return phrases of everyday words among them."""
    near: dict[str, list[tuple[float, str, str]]] = {}
    for asked, word, stem in await conn.fetch(ALIKE, importer, [term.typed for term in strange]):
        alike = SequenceMatcher(None, asked, word, autojunk=False).ratio()
        if alike >= ALIKE_FROM:
            near.setdefault(asked, []).append((alike, word, stem))
    phrases = []
    for term in strange:
        found = sorted(near.get(term.typed, ()), key=lambda it: (-it[0], it[1]))[:ALTERNATIVES]
        everyday = get_close_matches(term.typed, EVERYDAY, n=1, cutoff=max(ALIKE_FROM, found[0][0] if found else 0))
        if everyday:
            phrases.append(EVERYDAY[everyday[0]])
            term.shown.append(EVERYDAY[everyday[0]])
            term.weight = 0.5
        for alike, word, stem in found:
            # Far worse likenesses than the best one are chance.
            if alike >= found[0][0] - 0.1 and not everyday:
                term.stems.setdefault(stem, alike)
                term.shown.append(word)
    return phrases


async def _further(conn: Connection, importer: str, terms: Sequence[_Term], phrases: Sequence[str]) -> list[_Term]:
    """Return terms for the words of phrases that were not typed themselves."""
    if not phrases:
        return []
    known = {stem for term in terms for stem in term.stems}
    rows = await conn.fetch(WORDS, " ".join(phrases), importer)
    words = {row["lexeme"]: row["word"] for row in rows if row["known"] and row["lexeme"] not in known}
    return [_Term("", {stem: 1.0}, [word]) for stem, word in words.items()]


def _spread(rows: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Rank codes so that the further ones of a heading stand behind the first ones of others nearly as good."""
    seen: dict[str, int] = {}
    found = []
    least = rows[0][1] * LEAST if rows else 0.0
    for code, score in rows:
        if score < least:
            break
        place = seen[code[:HEADING]] = seen.get(code[:HEADING], -1) + 1
        found.append((code, round(score * PER_HEADING**place, 6)))
    return tuple(sorted(found, key=lambda it: (-it[1], it[0])))
