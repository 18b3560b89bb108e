"""The OpenAPI document as it is kept in the repository."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from service.commands.common import examples, fail, settings
from service.settings import CHECKOUT

DOCUMENT: Final = CHECKOUT / "openapi" / "openapi.json"


@click.command(epilog=examples("strata openapi > openapi.json", "strata openapi --check"))
@click.option("--check", "mode", flag_value="check", help="Compare with the stored document; status 1 if it differs.")
@click.option("--write", "mode", flag_value="write", help="Store the document.")
def openapi(mode: str | None) -> None:
    """Print, compare or store the OpenAPI document for the facts of the law files."""
    fresh = _document(settings().law_dir)
    if mode is None:
        click.echo(fresh, nl=False)
    elif mode == "write":
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_bytes(fresh)
        click.echo(f"wrote {DOCUMENT.relative_to(CHECKOUT)}")
    elif not DOCUMENT.exists() or DOCUMENT.read_bytes() != fresh:
        fail(f"{DOCUMENT.relative_to(CHECKOUT)} differs from what the service says: strata openapi --write")
    else:
        click.echo(f"{DOCUMENT.relative_to(CHECKOUT)} is up to date")


def _document(law_dir: Path) -> bytes:
    from service.api.openapi import document_bytes  # noqa: PLC0415
    from service.law.decode_facts import decode_facts  # noqa: PLC0415
    from service.law.errors import Faults, LawErrors  # noqa: PLC0415
    from service.law.yaml_marks import read_yaml  # noqa: PLC0415

    faults = Faults()
    try:
        root = read_yaml("facts.yaml", (law_dir / "facts.yaml").read_text("utf-8"), faults)
        facts = {} if root is None else decode_facts("facts.yaml", faults, root)
        faults.raise_any()
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    except LawErrors as error:
        fail(str(error))
    return document_bytes(facts)
