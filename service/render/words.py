"""Values in words: days, figures, facts, acts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from service.engine.answers import ActRef


def days(start: date | None, until: date | None) -> str:
    """Write half-open days as people do; ``until`` stays exclusive and is called so."""
    if start is None and until is None:
        return "always"
    return f"{start or 'always'} until {until or 'further notice'}"


def percents(values: Sequence[Decimal | None]) -> list[str]:
    """Write percentages that stand below each other with equally many places, none of them rounded."""
    places = max((_places(value) for value in values if value is not None), default=0)
    return ["-" if value is None else f"{value:.{places}f}%" for value in values]


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def fact_value(value: object) -> str:
    """Write the value of a fact as it is declared on the command line."""
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case Mapping():
            return ",".join(f"{name}:{item}" for name, item in value.items())
        case tuple() | list():
            return ",".join(str(item) for item in value)
        case _:
            return str(value)


def acts_cited(acts: Iterable[ActRef]) -> str:
    """Name acts by their citations, or by their ids where they have none."""
    return ", ".join(act.citation or act.id for act in acts)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Write how many there are of something."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
