"""The words of the OpenAPI document: what is said of the service, its operations and its examples."""

from __future__ import annotations

from typing import Any, Final

SUMMARY: Final = "What duty does an importer levy on a good of an origin entered on a date, and why?"

DESCRIPTION: Final = """\
Strata keeps tariff law as dated measures, lays them over each other the way the law does, and explains every layer of
the answer: the heading, the act, since when it was known, what did not apply, and what would have changed that.

**Two clocks.** `date` is the day of entry: which terms apply. `known_on` is the day up to whose end the law is taken
as known. The same day of entry can have different answers, asked with the knowledge of different days, and each is
exact.

**Two views.** `collected` is what the importer pays; `law` is what is owed by the law.

**Facts.** What is not declared is not guessed: the answer names every assumption it made (`assumptions`), bounds the
total over the ordinary ones (`range`) and says what the exceptional ones would change (`could_change`).

**Errors** are problems (RFC 9457) of a documented type. A malformed, unknown or repeated parameter is an error; it is
never ignored. Repeated keys in a body are an error too.

**Numbers.** Percentages and shares are JSON numbers without exponent; money is a string. Intervals are half-open:
`from` belongs to them, `until` does not, and null means open.

**Headers.** Every response also carries, for browsers, Content-Security-Policy, Referrer-Policy,
X-Content-Type-Options and X-Frame-Options. HEAD is answered wherever GET is, with the same headers and no body. A
request that is not HTTP, or whose head is too large, gets 400 or 431 from the server itself, without a body and
without any of these headers, and the connection is closed.

**Growth.** Fields, facts, problem types and words of a closed set may be added within version 1: read what you know,
pass over the rest.
"""

KEY: Final = "An API key, where the operator gave one; it has an allowance of its own. Without a key one may ask too."

TAGS: Final = {
    "rates": "The questions: one entry, many entries, one entry over time, a country as a whole.",
    "law": "What the answers rest on.",
    "operations": "For who runs the service.",
    "reference": "Documentation that programs can read.",
}

OPERATIONS: Final[dict[str, tuple[str, str]]] = {
    "getRate": (
        "The duty on one entry, layer by layer",
        (
            "Answers with every layer of the duty in the order in which the importer's customs wants the headings "
            "declared, everything considered that does not apply with the reason, and the largest interval around "
            "the date over which the answer does not change."
        ),
    ),
    "postRates": (
        "The duties on up to 1,000 entries",
        (
            "Each question is answered or refused by itself, in the order given, all from one release. Keys are the "
            "names of the parameters of GET; maps are objects, lists are arrays."
        ),
    ),
    "getTimeline": (
        "The duty on one kind of entry over time",
        "Answers with the maximal intervals over which nothing changes, for one known day and view.",
    ),
    "getHeadline": (
        "The duty on a country as a whole",
        (
            "The layers that fall on every ordinary entry, and the distribution of ad valorem duty over all rate "
            "lines in force that day."
        ),
    ),
    "getCoverage": (
        "For which goods, origins and days the data are complete",
        (
            "Per importer: the days covered and last verified, known doubts, programs known to exist that are not "
            "encoded, and for each program encoded the last act included."
        ),
    ),
    "listReleases": ("The published states of the law data", "Newest first."),
    "getRelease": ("One published state of the law data", "With the law files that it was made from."),
    "getLiveness": ("Whether the process answers", "For a supervisor: when this fails, start the process anew."),
    "getReadiness": (
        "Whether questions should be sent here",
        "Turns to 503 before the service stops, and stands at 503 until a release is loaded.",
    ),
    "getMetrics": ("Counters, for Prometheus", "Routes are labelled by their template."),
    "getOpenApi": ("This document", "With the facts of the current release."),
    "listProblemTypes": ("Every type of problem, explained", "As HTML for browsers, else as JSON."),
    "getProblemType": ("One type of problem, explained", "As HTML for browsers, else as JSON."),
}

QUERY_EXAMPLES: Final[dict[str, Any]] = {
    "two-days-of-knowledge": {
        "summary": "The same entry, asked with the knowledge of two days",
        "value": {
            "questions": [
                {
                    "importer": "US",
                    "code": "9503.00.00.73",
                    "origin": "CN",
                    "date": "2025-08-13",
                    "known_on": "2025-07-28",
                },
                {
                    "importer": "US",
                    "code": "9503.00.00.73",
                    "origin": "CN",
                    "date": "2025-08-13",
                    "known_on": "2025-08-13",
                },
            ]
        },
    },
    "declared-facts": {
        "summary": "An entry with declared facts",
        "value": {
            "questions": [
                {
                    "importer": "US",
                    "code": "9503.00.00.73",
                    "origin": "CN",
                    "date": "2025-07-28",
                    "us_content": 0.25,
                    "loaded_on": "2025-07-01",
                }
            ]
        },
    },
}
