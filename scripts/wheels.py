"""Fetching from PyPI by pip, which checks hashes, on every Python: also on one that comes without pip."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Iterable
from pathlib import Path


def pip(scratch: Path) -> list[str]:
    """This Python's pip, else that of a virtual environment which is thrown away with `scratch`."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    folder = scratch / "venv"
    python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    if not python.exists():
        try:
            venv.create(folder, with_pip=True)
        except subprocess.CalledProcessError:
            sys.exit(f"{sys.executable} has neither pip nor ensurepip; on Debian, install python3-venv.")
    return [str(python), "-m", "pip"]


def requirement(package: str, hashes: Iterable[str]) -> str:
    """A line of a requirements file: a package with its version, and SHA-256 of each wheel that may be taken."""
    return " ".join([package, *(f"--hash=sha256:{sha256}" for sha256 in hashes)])


def run(scratch: Path, command: str, requirements: Path, *options: str) -> str | None:
    """pip's `download` or `install` of wheels with known hashes; if it failed, the last line of what it said."""
    line = [*pip(scratch), command, "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    line += ["--require-hashes", "--requirement", str(requirements), *options]
    finished = subprocess.run(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if finished.returncode == 0:
        return None
    said = finished.stderr.strip().splitlines()
    return said[-1].removeprefix("ERROR: ") if said else f"pip ended with {finished.returncode}"
