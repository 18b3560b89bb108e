"""What each word of a closed set in an answer means: the enumerations of the OpenAPI document.

A word that stands in no row here makes the document fail, and with it the checks: a reason nobody explains is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.api.problems import PROBLEM_TYPES
from service.engine.refusals import Refusal

Words = Mapping[str, str]

_VIEWS: Final = {
    "collected": "what the importer pays that day",
    "law": "what is owed by the law, without duties that are void",
}
_GOODS: Final = {
    "heading": "4 digits of the nomenclature",
    "subheading": "a code between heading and line, of 6 digits",
    "line": "a code that a rate is set on, of 8 digits in the United States",
    "number": "a statistical number below a line",
}


def refusals() -> dict[str, str]:
    """Return the problem types by which the engine says that a question has no answer, with their titles."""
    kinds = {kind.kind for kind in Refusal.__subclasses__()}
    return {slug: PROBLEM_TYPES[slug].title[:1].lower() + PROBLEM_TYPES[slug].title[1:] for slug in sorted(kinds)}


WORDS: Final[Mapping[str, Words]] = {
    "AmendmentSaid.concerns": {
        "law": "only what is owed by the law",
        "collection": "only what the importer pays",
        "both": "both views",
    },
    "Answer.view": _VIEWS,
    "GoodsDetail.kind": _GOODS,
    "GoodsItem.kind": _GOODS,
    "GoodsNode.kind": _GOODS,
    "Headline.view": _VIEWS,
    "Near.relation": {
        "below": "a line below the heading or subheading asked",
        "near": "the code asked with the days on which it exists, or one that looks like it",
        "predecessor": "the code asked was not there yet; this one beside it exists that day and may hold its goods",
        "successor": "the code asked had ended; this one beside it exists that day and may hold its goods",
    },
    "Notice.kind": {
        "after-evidence": "the law was last verified before the day of entry; later acts are not in the answer",
        "approximate-base": "the official text of the base duty was not found; its rate is a computed stand-in",
        "not-covered": "a program that may apply to the entry is not encoded; its duty is not in the answer",
    },
    "OriginItem.kind": {"country": "one country", "group": "countries that a law names together"},
    "QuotaState.state": {
        "in": "declared: the entry is within the quota",
        "over": "declared: the quota is filled, and entry is refused",
        "unknown": "not declared: the answer holds within the quota only",
    },
    "Reason.kind": {
        "exempt": "an exempting measure of the same program decided; by is its heading",
        "displaced": "exempt because of what another program charges; by is the heading that says so",
        "suspended": "its terms are suspended that day; until is the day on which they begin again, if one is set",
        "condition": "its condition does not hold; needs is the smallest fact that would have changed that",
        "preempted": "an earlier measure of the same program decided; by is its heading",
    },
    "Stacking.view": _VIEWS,
    "Timeline.view": _VIEWS,
    "TimelineInterval.refused": refusals(),
    "VersionSaid.view": _VIEWS,
}
"""By ``Schema.property``: word -> meaning. A property whose type leaves the words open is closed to these."""
