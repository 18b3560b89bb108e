"""Half-open periods of days, in the two clocks of the law.

A day is a ``datetime.date`` at the edges of the program and its ordinal number inside. A period without an
end has ``until = None``; there is no "infinity" date.
"""

from __future__ import annotations

from datetime import date

import msgspec

FOREVER = date.max.toordinal() + 1
"""Ordinal after every real day: the end of a period without an end. Never shown, never stored."""

ALWAYS = 0
"""Ordinal before every real day: the start of what has been known since always."""


class Period(msgspec.Struct, frozen=True, order=True, gc=False):
    """Days ``start <= day < until`` as ordinals; ``FOREVER`` ends an open period, ``ALWAYS`` starts one."""

    start: int
    until: int = FOREVER

    def __contains__(self, day: int) -> bool:
        """Tell whether the ordinal ``day`` lies in the period."""
        return self.start <= day < self.until

    def __and__(self, other: Period) -> Period | None:
        """Return the common days, or None."""
        start, until = max(self.start, other.start), min(self.until, other.until)
        return Period(start, until) if start < until else None

    @property
    def first(self) -> date | None:
        """First day as a date; None when the period has no start."""
        return None if self.start == ALWAYS else date.fromordinal(self.start)

    @property
    def end(self) -> date | None:
        """Day after the last as a date; None when the period has no end."""
        return None if self.until >= FOREVER else date.fromordinal(self.until)


def period(start: date | None, until: date | None = None) -> Period:
    """Build a period from dates.

    Raises ``ValueError`` when ``until`` is not after ``start``.
    """
    low = ALWAYS if start is None else start.toordinal()
    high = FOREVER if until is None else until.toordinal()
    if low >= high:
        raise ValueError(f"the period ends on {until}, not after its start {start}")
    return Period(low, high)


EVER = Period(ALWAYS, FOREVER)
