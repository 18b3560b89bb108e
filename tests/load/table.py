"""The table that the benchmark prints."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Row(msgspec.Struct, frozen=True):
    """One requirement. ``good`` is None where there is no target, or no telling whether it was met."""

    what: str
    target: str
    measured: str
    good: bool | None = None


def at_least(what: str, least: float, measured: float, unit: str = "", note: str = "") -> Row:
    """Return a row whose figure must reach a number."""
    return Row(what, f">= {number(least)}{unit}", f"{number(measured)}{unit}{note}", measured >= least)


def at_most(what: str, most: float, measured: float, unit: str = "", note: str = "") -> Row:
    """Return a row whose figure must not exceed a number."""
    return Row(what, f"<= {number(most)}{unit}", f"{number(measured)}{unit}{note}", measured <= most)


def number(value: float) -> str:
    """Write a figure: thousands apart, small ones to two places."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def table(rows: Sequence[Row]) -> str:
    """Return the rows under a head, in columns."""
    cells = [("measurement", "target", "measured", "verdict")]
    cells += [(row.what, row.target, row.measured, _verdict(row)) for row in rows]
    widths = [max(len(cell[at]) for cell in cells) for at in range(4)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(cell, widths, strict=True)).rstrip() for cell in cells
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def _verdict(row: Row) -> str:
    if row.good is None:
        return "unclear" if row.target else ""
    return "met" if row.good else "MISSED"
