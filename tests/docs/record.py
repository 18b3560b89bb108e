"""Records the answers that the OpenAPI document shows as examples: ``python -m tests.docs.record``.

Then ``strata openapi --write`` puts them into the document. What was recorded and is still true but for what changes
by nature (``recordings.CHANGING``) is left as it is, so that a change of the law shows only what it changes.
"""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from service.api.openapi_recorded import DIRECTORY, recorded
from service.api.replies import encode
from tests.docs.recordings import ALL, Key, answers, body_of, lasting
from tests.servers import NEWEST, running, scratch_directory

COMMAND = "make recordings, which runs python -m tests.docs.record and strata openapi --write"


def write(found: dict[Key, httpx.Response]) -> None:
    """Write the files of recorded answers."""
    files: dict[str, dict[str, Any]] = {}
    for asked in ALL:
        body = body_of(asked, found[asked.key])
        before = recorded(asked.of).get(asked.name)
        if before is not None and lasting(before.body) == lasting(body):
            body = before.body
        kept = {"summary": asked.summary, "asked": asked.shown, "body": body}
        files.setdefault(asked.of, {})[asked.name] = kept
    DIRECTORY.mkdir(exist_ok=True)
    for path in DIRECTORY.glob("*.json"):
        if path.stem not in files:
            path.unlink()
    for name, examples in files.items():
        text = msgspec.json.format(encode(examples), indent=2)
        (DIRECTORY / f"{name}.json").write_bytes(text + b"\n")


if __name__ == "__main__":
    with scratch_directory() as scratch, running(NEWEST, scratch) as server:
        write(answers(scratch, server))
