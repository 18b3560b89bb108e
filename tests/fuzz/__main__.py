"""``make fuzz``: noise for the parsers, then requests that the description of the interface gives rise to."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz import http, parsers


def main() -> int:
    """Run both for a time each; return 1 if either found something."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=120, help="for all parsers together")
    options.add_argument("--examples", type=int, default=100, help="for each operation of the interface")
    options.add_argument("--seed", type=int, default=None)
    chosen = options.parse_args()
    found = parsers.fuzz(chosen.seconds, chosen.seed)
    for failure in found:
        print(failure)
    status = http.fuzz(chosen.examples, chosen.seed)
    return 1 if found or status else 0


sys.exit(main())
