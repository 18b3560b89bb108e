"""A small, valid law of an invented importer, and ways to break it."""

from __future__ import annotations

from pathlib import Path

VALID = Path(__file__).parent / "valid"


def documents() -> dict[str, str]:
    """Return the valid law: path below the directory of the law -> text."""
    return {
        path.relative_to(VALID).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(VALID.rglob("*"))
        if path.is_file()
    }


def broken(file: str, old: str, new: str) -> dict[str, str]:
    """Return the law with the one place in ``file`` that reads ``old`` reading ``new``."""
    law = documents()
    assert law[file].count(old) == 1, f"{old!r} stands {law[file].count(old)} times in {file}"
    law[file] = law[file].replace(old, new)
    return law
