"""``strata``: the command line.

Exit status: 0 answered or done, 1 cannot be answered or done (the reason on stderr), 2 the command not understood.
Commands are imported when they are called, so that each starts as fast as it can.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "serve": ("service.commands.serve:serve", "Serve the API over HTTP."),
    "rate": ("service.commands.ask:rate", "What duty, and why: one entry."),
    "timeline": ("service.commands.ask:timeline", "The duty on one kind of entry over time."),
    "headline": ("service.commands.ask:headline", "The duty on a country as a whole."),
    "goods": ("service.commands.goods:goods", "Goods codes, by words or by prefix."),
    "law": ("service.commands.law:law", "The law files: check, publish, history, diff."),
    "hts": ("service.commands.hts:hts", "Official editions of the US schedule."),
    "cn": ("service.commands.cn:cn", "Official tariffs of China."),
    "releases": ("service.commands.database:releases", "The published states of the law data."),
    "db": ("service.commands.database:db", "The database."),
    "openapi": ("service.commands.contract:openapi", "The OpenAPI document."),
}
"""Name -> where the command stands, and what is said of it in the list."""


class _Commands(click.Group):
    """A group that imports a command when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; its module may add commands of its own."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80})
@click.version_option(package_name="strata", prog_name="strata")
def main() -> None:
    """Import duties as dated measures laid over each other: what is owed, and why."""


if __name__ == "__main__":
    main()
