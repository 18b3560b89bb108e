"""``strata``: the command line.

Exit status: 0 answered or done, 1 cannot be answered or done (the reason on stderr), 2 the command not understood.
Commands are imported when they are called, so that each starts as fast as it can.
"""

from __future__ import annotations

import io
import os
import sys
from difflib import get_close_matches
from importlib import import_module
from typing import Any, Final

import click

COMMANDS: Final = {
    "serve": ("service.commands.serve:serve", "Serve the API over HTTP."),
    "rate": ("service.commands.ask:rate", "What duty, and why: one entry."),
    "timeline": ("service.commands.ask:timeline", "The duty on one kind of entry over time."),
    "headline": ("service.commands.ask:headline", "The duty on a country as a whole."),
    "coverage": ("service.commands.ask:coverage", "For which origins and days the data are complete."),
    "goods": ("service.commands.goods:goods", "Goods codes, by words or by prefix."),
    "law": ("service.commands.law:law", "The law files: check, publish, history, diff."),
    "hts": ("service.commands.hts:hts", "Official editions of the US schedule."),
    "cn": ("service.commands.cn:cn", "Official tariffs of China."),
    "releases": ("service.commands.database:releases", "The published states of the law data."),
    "db": ("service.commands.database:db", "The database: its state, and its tables."),
    "openapi": ("service.commands.contract:openapi", "The OpenAPI document."),
    "completion": ("service.commands.completion:completion", "Completion for bash, zsh and fish."),
}
"""Name -> where the command stands, and what is said of it in the list."""

COMPLETE: Final = "_STRATA_COMPLETE"


def _uncoloured(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001
    """Leave out colours here and in the commands above."""
    while value and ctx is not None:
        ctx.color = False
        ctx = ctx.parent  # type: ignore[assignment]


def _no_color() -> click.Option:
    return click.Option(
        ["--no-color"],
        is_flag=True,
        expose_value=False,
        is_eager=True,
        callback=_uncoloured,
        help="No colours on the terminal; nor with NO_COLOR set.",
    )


def _with_no_color(command: click.Command) -> None:
    """Let a command, and the commands in it, be told ``--no-color``."""
    if not any("--no-color" in param.opts for param in command.params):
        command.params.append(_no_color())
    if isinstance(command, click.Group):
        for below in command.commands.values():
            _with_no_color(below)


class _Commands(click.Group):
    """A group that imports a command when it is needed."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command, or complete one for a shell.

        Letters that the locale cannot write are written as escapes.
        """
        if COMPLETE in os.environ:
            import_module("service.commands.completion")
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")
        return super().main(*args, **{**extra, "prog_name": "strata", "complete_var": COMPLETE})

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it printed is out when it ends, so that a closed pipe is noticed here."""
        given = list(ctx.args)
        try:
            result = super().invoke(ctx)
        except click.UsageError as error:
            if "--json" not in given:
                raise
            from service.commands.common import problem_json  # noqa: PLC0415

            click.echo(problem_json(error.format_message(), usage=True), err=True)
            ctx.exit(error.exit_code)
        finally:
            sys.stdout.flush()
        return result

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; its module may add commands of its own."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        _with_no_color(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that there is not is answered with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else f" There are {', '.join(COMMANDS)}."
            ctx.fail(f"No such command {args[0]!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[Any]:
        """Complete the name of a command without importing them all."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        found = [
            CompletionItem(name, help=text) for name, (_, text) in COMMANDS.items() if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    params=[_no_color()],
    epilog="Every command has --help with an example. Status: 0 answered, 1 no answer, 2 not understood.",
)
@click.version_option(package_name="strata", prog_name="strata")
def main() -> None:
    """Import duties as dated measures laid over each other: what is owed, and why."""


if __name__ == "__main__":
    main()
