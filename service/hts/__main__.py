"""Make the schedule files: ``python -m service.hts FOLDER_OF_EDITIONS db/law/us/schedule``."""

from __future__ import annotations

import sys
from pathlib import Path

from service.hts.build import build


def main(arguments: list[str]) -> int:
    """Build the schedule from the two folders named and say what came of it."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m service.hts SOURCE TARGET\n")
        return 2
    for edition, rows in build(Path(arguments[0]), Path(arguments[1])):
        sys.stdout.write(f"{edition.id}: {len(rows)} rows\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
