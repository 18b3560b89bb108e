"""``strata completion``: scripts that let a shell complete commands, options and values."""

from __future__ import annotations

import os
from typing import Final

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from service.commands.common import examples

SHELLS: Final = ("bash", "zsh", "fish")
VARIABLE: Final = "_STRATA_COMPLETE"

_BASH: Final = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            open) compopt -o nospace 2>/dev/null; COMPREPLY+=("$value") ;;
            *) COMPREPLY+=("$value") ;;
        esac
    done < <(env COMP_LINE="${COMP_LINE:0:COMP_POINT}" COMP_BREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


_ZSH: Final = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain told going going_told response
    local kind value about
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete ${words[1]} 2>/dev/null)}")
    for kind value about in ${response}; do
        case $kind in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            open) if [[ $about == _ ]]; then going+=("$value"); else going_told+=("$value:$about"); fi ;;
            *) if [[ $about == _ ]]; then plain+=("$value"); else told+=("$value:$about"); fi ;;
        esac
    done
    (( $#told )) && _describe -V values told -U
    (( $#going_told )) && _describe -V values going_told -U -S ''
    (( $#plain )) && compadd -U -V values -a plain
    (( $#going )) && compadd -U -V values -S '' -a going
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""


_FISH: Final = """\
function %(complete_func)s
    set -l words (commandline -cp)
    set -l word (commandline -ct)
    for line in (env COMP_WORDS="$words" COMP_CWORD="$word" %(complete_var)s=fish_complete %(prog_name)s 2>/dev/null)
        set -l item (string split -m 1 "," -- $line)
        switch $item[1]
            case dir
                __fish_complete_directories $item[2]
            case file
                __fish_complete_path $item[2]
            case plain
                echo $item[2]
        end
    end
end

complete --no-files --command %(prog_name)s --arguments "(%(complete_func)s)"
"""


class Bash(BashComplete):
    """bash, which takes ``=`` and ``:`` for ends of words: the line is read as it was typed."""

    source_template = _BASH

    def source(self) -> str:
        """Return the script, whichever bash made it."""
        return ShellComplete.source(self)

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the whole words before the cursor, and the one at it."""
        line = os.environ.get("COMP_LINE", "")
        words = split_arg_string(line)
        if not words or line[-1].isspace():
            return words[1:], ""
        return words[1:-1], words[-1]

    def format_completion(self, item: CompletionItem) -> str:
        """Write an item without the part of it that stands before the last break of the word."""
        _, word = self.get_completion_args()
        breaks = os.environ.get("COMP_BREAKS", "=:")
        before = max((word.rfind(mark) for mark in "=:" if mark in breaks), default=-1) + 1
        typed = word.partition("=")[2] if word.startswith("-") and "=" in word else word
        past = max(0, len(typed) - (len(word) - before))
        return f"{item.type},{str(item.value)[past:]}"


class Zsh(ZshComplete):
    """zsh, which appends a blank to an item unless it is told not to."""

    source_template = _ZSH


class Fish(FishComplete):
    """fish, which knows by itself that one goes on typing after ``=`` and ``:``."""

    source_template = _FISH

    def format_completion(self, item: CompletionItem) -> str:
        """Write an item as one of the kinds that the script knows."""
        kind = item.type if item.type in {"file", "dir"} else "plain"
        return super().format_completion(CompletionItem(item.value, type=kind, help=item.help))


add_completion_class(Bash, "bash")
add_completion_class(Zsh, "zsh")
add_completion_class(Fish, "fish")


@click.command(
    epilog=examples(
        "source <(strata completion bash)         # in ~/.bashrc",
        "source <(strata completion zsh)          # in ~/.zshrc",
        "strata completion fish | source          # in ~/.config/fish/config.fish",
    )
)
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that lets a SHELL complete commands, options and values.

    It completes countries, importers, views, programs, measures, and facts with their values.
    """
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - one of those that the argument allows
    click.echo(found(click.get_current_context().find_root().command, {}, "strata", VARIABLE).source(), nl=False)
