#!/usr/bin/env python3
"""Puts ONNX Runtime's shared library into vendor/onnxruntime, from the pinned wheel on PyPI.

    python3 scripts/onnxruntime.py [PLATFORM]

PLATFORM is a wheel platform such as win_amd64 or macosx_14_0_arm64, to stage another machine's library;
without it, this machine's. Prints the library's path; does nothing else when it is there.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

VERSION = "1.32.0"
# Which wheel is taken must not depend on this machine's Python: the library inside is the same for all.
PYTHON_OF_WHEEL = "3.12"
FOLDER = Path(__file__).resolve().parent.parent / "vendor" / "onnxruntime"
STAMP = FOLDER / "VERSION"


def main() -> None:
    """Downloads, takes the library out, and stamps the folder last."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else None
    source = f"{VERSION} {wanted or f'{platform.system()} {platform.machine()}'}"
    library = staged(source)
    if library is None:
        print(f"Fetching ONNX Runtime {VERSION} from PyPI", file=sys.stderr)
        with tempfile.TemporaryDirectory() as scratch:
            wheel = download(Path(scratch), wanted)
            FOLDER.mkdir(parents=True, exist_ok=True)
            library = take_library(wheel)
        STAMP.write_text(f"{source}\n{library.name}\n")
    print(library)


def staged(source: str) -> Path | None:
    """The library, if it is there and from `source`."""
    if not STAMP.is_file():
        return None
    stamped_source, _, name = STAMP.read_text().partition("\n")
    library = FOLDER / (name.strip() or "nothing")
    return library if stamped_source == source and library.is_file() else None


def download(scratch: Path, wanted: str | None) -> Path:
    """Fetches the wheel with pip; nothing is installed."""
    command = [*pip(scratch), "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:"]
    command += ["--python-version", PYTHON_OF_WHEEL, "--dest", str(scratch)]
    command += ["--platform", wanted] if wanted else []
    result = subprocess.run([*command, f"onnxruntime=={VERSION}"])
    if result.returncode != 0:
        sys.exit(
            f"onnxruntime {VERSION} could not be fetched from PyPI for {wanted or platform.platform()}. "
            "Check the network, or set ORT_DYLIB_PATH to an ONNX Runtime library of version 1.24 or newer."
        )
    return next(scratch.glob("*.whl"))


def pip(scratch: Path) -> list[str]:
    """This Python's pip, else that of a virtual environment which is thrown away with `scratch`."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    venv.create(scratch / "venv", with_pip=True)
    return [str(scratch / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"), "-m", "pip"]


def take_library(wheel: Path) -> Path:
    """Copies the library out of the wheel under the name `reprise` looks for."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            name = plain_name(member)
            if name:
                partial = FOLDER / f"{name}.partial"
                partial.write_bytes(archive.read(member))
                return partial.replace(FOLDER / name)
    sys.exit(f"{wheel.name} holds no ONNX Runtime library; set ORT_DYLIB_PATH to one")


def plain_name(member: str) -> str | None:
    """libonnxruntime.so.1.32.0 -> libonnxruntime.so; None for everything that is not the library."""
    folder, _, name = member.rpartition("/")
    if folder != "onnxruntime/capi":
        return None
    if name.startswith("libonnxruntime.so"):
        return "libonnxruntime.so"
    if name.startswith("libonnxruntime.") and name.endswith(".dylib"):
        return "libonnxruntime.dylib"
    return name if name == "onnxruntime.dll" else None


if __name__ == "__main__":
    main()
