"""Lints the stored OpenAPI document and generates the clients from it.

``python clients/generate.py [lint] [python] [typescript]``: without an argument all three.

The Python package is checked by mypy, the TypeScript types by the compiler, each with the program in ``calls/``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
DOCUMENT = HERE.parent / "openapi" / "openapi.json"
PROGRAMS = Path(sys.executable).parent


def run(*command: str | Path, where: Path = HERE) -> None:
    """Run a command in a directory, our own programs first; raises ``CalledProcessError``."""
    # The Python client is tidied by ruff, which is looked for on PATH.
    environ = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ.get('PATH', os.defpath)}"}
    subprocess.run([str(part) for part in command], cwd=where, env=environ, check=True)  # noqa: S603 - ours


def tools() -> None:
    """Install the pinned tools that run on Node, unless they are there."""
    installed, pins = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < pins.stat().st_mtime:
        run("npm", "ci", "--silent")


def lint() -> None:
    """Hold the document against the rules of ``redocly.yaml``."""
    tools()
    run("node", "lint.mjs", DOCUMENT)


def python() -> None:
    """Make ``clients/python``, a package named ``strata-client``."""
    out = HERE / "python"
    run("openapi-python-client", "generate", "--path", DOCUMENT, "--config", HERE / "python.json",
        "--output-path", out, "--overwrite", "--fail-on-warning")  # fmt: skip
    environ = {**os.environ, "MYPYPATH": str(out)}
    command = [sys.executable, "-m", "mypy", "--config-file", os.devnull, "--strict", "--explicit-package-bases"]
    subprocess.run([*command, str(out / "strata_client"), str(HERE / "calls" / "rate.py")], env=environ, check=True)  # noqa: S603


def typescript() -> None:
    """Make ``clients/typescript/strata.d.ts`` and compile the program that uses it."""
    out = HERE / "typescript"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    tools()
    run("npx", "--no-install", "openapi-typescript", DOCUMENT, "--output", out / "strata.d.ts")
    run("npx", "--no-install", "tsc", "--project", HERE)


if __name__ == "__main__":
    for name in sys.argv[1:] or ["lint", "python", "typescript"]:
        {"lint": lint, "python": python, "typescript": typescript}[name]()
