"""Finding goods codes on the command line, as the API finds them."""

from __future__ import annotations

from importlib import import_module

import click

from service.commands import completing
from service.commands.common import examples, json_option


@click.command(
    epilog=examples("strata goods lithium battery", "strata goods 8507.60", "strata goods seats --prefix 94")
)
@click.argument("words", nargs=-1)
@click.option(
    "--importer",
    metavar="CODE",
    help="Whose nomenclature; needed when there are several.",
    shell_complete=completing.importers,
)
@click.option("--prefix", metavar="DIGITS", help="Only codes that begin so.")
@click.option("--date", metavar="DAY", help="Only goods that exist on this day; today by default.")
@click.option("--known-on", metavar="DAY", help="The schedule as known on this day; today by default.")
@click.option("--release", metavar="NUMBER", help="Answer from this release.")
@click.option("--limit", metavar="NUMBER", default="20", show_default=True, help="How many at most.")
@json_option()
def goods(words: tuple[str, ...], as_json: bool, **given: str | None) -> None:
    """Goods that WORDS describe, or whose codes begin with the digits given.

    Status 1 when words find nothing.
    """
    asked = {name: value for name, value in given.items() if value is not None}
    if words:
        asked["q"] = " ".join(words)
    import_module("service.commands.finding").find(asked, as_json=as_json)
