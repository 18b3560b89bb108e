"""Recorded answers: what the service really said, shown as examples by the OpenAPI document.

They are kept in ``recorded/``: one file for each operation, named by its id, and ``problems.json`` with one problem
of each type. ``make recordings`` writes them; the tests ask the same again.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec

DIRECTORY: Final = Path(__file__).resolve().parent / "recorded"
PROBLEMS: Final = "problems"


class Recorded(msgspec.Struct, frozen=True):
    """One answer: what was asked (``GET /v1/coverage``), in a few words why it is shown, and the body."""

    summary: str
    asked: str
    body: Any

    def example(self) -> dict[str, Any]:
        """Return it as an example of the document."""
        return {"summary": self.summary, "description": f"Recorded: {self.asked}", "value": self.body}


_decoder = msgspec.json.Decoder(dict[str, Recorded], float_hook=Decimal)


@cache
def recorded(name: str) -> dict[str, Recorded]:
    """Return the recorded answers of an operation, or the problems by type; empty when there are none."""
    path = DIRECTORY / f"{name}.json"
    return _decoder.decode(path.read_bytes()) if path.exists() else {}
