"""Completion: the scripts are sound, and a real shell completes with them."""

from __future__ import annotations

import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from service.commands.completing import measures, programs
from tests.process.services import STRATA, strata

pytestmark = [pytest.mark.process, pytest.mark.slow]

ENTRY = "strata rate US 9503.00.00.73 CN"
PATH = f"{STRATA.parent}:{os.environ['PATH']}"


def in_bash(line: str, **environ: str) -> list[str]:
    """Return what bash would offer for a line with the cursor at its end."""
    script = (
        "source <(strata completion bash); COMP_LINE=$LINE COMP_POINT=${#LINE}; _strata_completion strata; "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script],
        env=os.environ | {"PATH": PATH, "LINE": line} | environ,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_is_sound(shell: str, tmp_path: Path):
    done = strata("completion", shell)
    assert done.returncode == 0
    assert "_STRATA_COMPLETE" in done.stdout
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(done.stdout)
    subprocess.run([shell, "-n", script], check=True, timeout=30)


def test_a_shell_there_is_no_script_for():
    done = strata("completion", "tcsh")
    assert done.returncode == 2
    assert "'bash'" in done.stderr


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("strata ra", ["rate"]),
        ("strata law ", ["check", "diff", "history", "publish"]),
        ("strata rate ", ["US"]),
        ("strata rate US 9503.00.00.73 C", ["CA", "CN", "CH"]),
        (f"{ENTRY} --kn", ["--known-on"]),
        (f"{ENTRY} --view ", ["collected", "law"]),
        (f"{ENTRY} --declare us_con", ["us_content=", "us_content_approved="]),
        (f"{ENTRY} --declare transport=m", ["mail"]),
        (f"{ENTRY} --declare=donation=t", ["true"]),
        (f"{ENTRY} --declare steel_melt_pour=US:0.5,C", ["0.5,CN:", "0.5,CA:"]),
        ("strata law history us/ie", ["us/ieepa/fentanyl-china", "us/ieepa/reciprocal"]),
        ("strata law history us/mfn col", ["column-2"]),
        ("strata goods --importer ", ["US"]),
        ("strata completion f", ["fish"]),
        ("strata --no", ["--no-color"]),
    ],
)
def test_bash_offers_what_there_is(line: str, offered: list[str]):
    assert set(offered) <= set(in_bash(line))


@pytest.mark.parametrize("line", [f"{ENTRY} --declare nope=", "strata law history us/nope x", "strata zzz"])
def test_bash_offers_nothing_where_there_is_nothing(line: str):
    assert in_bash(line) == []


def test_completion_is_quiet_where_the_law_cannot_be_read():
    assert in_bash(f"{ENTRY} --declare us_", STRATA_LAW_DIR="/nonexistent") == []
    assert in_bash("strata ra", STRATA_NOPE="1") == ["rate"]


def test_completion_is_quick_enough_to_be_used():
    started = time.monotonic()
    in_bash(f"{ENTRY} --declare us_con")
    assert time.monotonic() - started < 5  # a second at most on an idle machine, two starts of Python included


def test_the_programs_offered_are_those_of_the_law():
    import click  # noqa: PLC0415

    from service.settings import CHECKOUT  # noqa: PLC0415
    from service.store.documents import law_documents  # noqa: PLC0415

    context = click.Context(click.Command("history"))
    offered = {item.value for item in programs(context, click.Argument(["program"]), "")}
    files = [path for path in law_documents(CHECKOUT / "db" / "law") if "/programs/" in path]
    assert len(offered) == len(files)
    context.params["program"] = "us/section-301/china"
    assert any(item.value == "list-3" for item in measures(context, click.Argument(["measure"]), "list"))


def test_a_bash_with_a_terminal_completes_what_is_typed(tmp_path: Path):
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(tmp_path)
        environ = os.environ | {"PATH": PATH, "PS1": "READY ", "TERM": "dumb", "HISTFILE": ""}
        os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"], environ)  # noqa: S606
    try:
        _until(terminal, "READY ")
        os.write(terminal, b"source <(strata completion bash)\n")
        _until(terminal, "READY ")
        os.write(terminal, b"strata rate US 9503.00.00.73 CN --vi\t")
        _until(terminal, "--view ")
        os.write(terminal, b"coll\t")
        _until(terminal, "collected ")
        os.write(terminal, b"--declare transpo\t")
        _until(terminal, "transport=")
        os.write(terminal, b"ma\t")
        _until(terminal, "transport=mail ", "mail ", "il ")
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(terminal)


def _until(terminal: int, *wanted: str) -> None:
    """Read what the terminal shows until one of the texts was shown."""
    shown, end = "", time.monotonic() + 30
    while not any(text in shown for text in wanted):
        left = end - time.monotonic()
        assert left > 0, shown
        if select.select([terminal], [], [], left)[0]:
            shown += os.read(terminal, 4096).decode()
