"""Questions the engine cannot answer, and why. The API maps each to a problem type."""

from __future__ import annotations

from datetime import date

import msgspec


class Near(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """A code near the one asked, with the days it exists; ``relation``: below, near, predecessor or successor."""

    code: str
    relation: str
    from_: date | None
    until: date | None


class Refusal(Exception):  # noqa: N818 -- the word users meet
    """Base of all refusals. ``field`` names the part of the question at fault."""

    kind = "outside-coverage"
    field = "code"

    def __init__(self, detail: str, near: tuple[Near, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.near = near


class UnknownCode(Refusal):
    """No such code on that day; ``near`` lists neighbours, predecessors and successors with their validity."""

    kind = "unknown-code"


class CodeTooShort(Refusal):
    """A heading or subheading; ``near`` lists the lines below it."""

    kind = "code-too-short"


class UnknownOrigin(Refusal):
    """Not a country."""

    kind = "unknown-origin"
    field = "origin"


class NotDutiable(Refusal):
    """Not a duty question: the origin is the importer, or the code is of a reserved chapter."""

    kind = "not-dutiable"


class OutsideCoverage(Refusal):
    """The law data are not complete for this origin or day."""

    kind = "outside-coverage"
    field = "origin"


class ImpossibleFacts(Refusal):
    """The declared facts contradict each other (shares above 1 in sum); ``field`` names the fact."""

    kind = "invalid-parameter"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field
