"""Asks what toys of China paid on a day: ``python clients/calls/rate.py http://127.0.0.1:8000``."""

from __future__ import annotations

import sys
from datetime import date

from strata_client import Client
from strata_client.api.rates import get_rate
from strata_client.models import Answer, Problem


def main(url: str) -> int:
    """Print the duty and the headings of its layers; a problem is told, and is status 1."""
    with Client(base_url=url) as client:
        answer = get_rate.sync(
            client=client, importer="US", code="9503.00.00.73", origin="CN", date=date(2025, 7, 28)
        )
    if isinstance(answer, Problem):
        print(f"{answer.title}: {answer.detail}", file=sys.stderr)
        return 1
    if not isinstance(answer, Answer):
        return 1
    print(answer.total.percent, *(layer.heading for layer in answer.layers))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"))
