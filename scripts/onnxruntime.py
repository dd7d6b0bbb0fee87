#!/usr/bin/env python3
"""Puts ONNX Runtime's shared library in its place, from the pinned wheel on PyPI.

    python3 scripts/onnxruntime.py [--gpu] [PLATFORM]

Into vendor/onnxruntime, or with --gpu the one that speaks to NVIDIA's graphics processors, with its providers beside
it (0.3 GB), into the cache folder. PLATFORM is a wheel platform such as win_amd64 or macosx_14_0_arm64, to stage
another machine's library; without it, this machine's. Prints the library's path; does nothing else when it is there.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import wheels

# Which wheel is taken must not depend on this machine's Python: the library inside is the same for all.
PYTHON_OF_WHEEL = "3.12"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reprise"


@dataclass(frozen=True)
class Package:
    """A package of PyPI that holds the library, and where the library goes."""

    name: str
    version: str
    folder: Path
    hashes: dict[str, str]
    """SHA-256 of each wheel that may be taken, by its platform."""


PROCESSOR = Package(
    "onnxruntime",
    "1.32.0",
    Path(__file__).resolve().parent.parent / "vendor" / "onnxruntime",
    {
        "manylinux_2_28_x86_64": "99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8",
        "manylinux_2_28_aarch64": "e36c187006e7a7c8b8d6d57f1a209dd63f52430dca6c282b177718ad6b841054",
        "macosx_14_0_arm64": "d52510bbbcc880c13b826f7d75cdf33ac5cf0bb864d960000fc29ce73f0cb83e",
        "win_amd64": "efe7456952c243a05a53d5b8732953625144642c2f3989094277f6217f0c0c40",
        "win_arm64": "64d394c69d561af3efd4d4f49dcac8f11d0ce135a20701c16d53b74056cd4cf8",
    },
)
GRAPHICS = Package(
    "onnxruntime-gpu",
    "1.31.1",
    CACHE / "onnxruntime-gpu-1.31.1",
    {
        "manylinux_2_28_x86_64": "05d548956197b9d01f59b625de740e0d6be3593f874e241a12dc0362650ecdf7",
        "win_amd64": "2bb1e9373baba88f6415257f5b6a589d23e23c16004f7d89adf4344eada5749e",
    },
)


def main() -> None:
    """Downloads, takes the library out, and stamps the folder last."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--gpu", action="store_true", help="the library that speaks to NVIDIA's graphics processors")
    parser.add_argument("platform", nargs="?", help="another machine's wheel platform, such as win_amd64")
    arguments = parser.parse_args()
    print(put_in_place(GRAPHICS if arguments.gpu else PROCESSOR, arguments.platform))


def put_in_place(package: Package, wanted: str | None) -> Path:
    """The library of a package, fetched if it is not there."""
    source = f"{package.version} {wanted or f'{platform.system()} {platform.machine()}'}"
    library = staged(package.folder, source)
    if library is None:
        print(f"Fetching {package.name} {package.version} from PyPI", file=sys.stderr)
        with tempfile.TemporaryDirectory() as scratch:
            wheel = download(package, Path(scratch), wanted)
            package.folder.mkdir(parents=True, exist_ok=True)
            library = take_libraries(wheel, package.folder)
        (package.folder / "VERSION").write_text(f"{source}\n{library.name}\n")
    return library


def staged(folder: Path, source: str) -> Path | None:
    """The library, if it is there and from `source`."""
    stamp = folder / "VERSION"
    if not stamp.is_file():
        return None
    stamped_source, _, name = stamp.read_text().partition("\n")
    library = folder / (name.strip() or "nothing")
    return library if stamped_source == source and library.is_file() else None


def download(package: Package, scratch: Path, wanted: str | None) -> Path:
    """Fetches the wheel with pip, which checks its hash; nothing is installed."""
    requirements = scratch / "requirements.txt"
    requirements.write_text(wheels.requirement(f"{package.name}=={package.version}", package.hashes.values()))
    options = ["--python-version", PYTHON_OF_WHEEL, "--dest", str(scratch)]
    options += ["--platform", wanted] if wanted else []
    failure = wheels.run(scratch, "download", requirements, *options)
    if failure is not None:
        sys.exit(
            f"{package.name} {package.version} could not be fetched from PyPI for {wanted or platform.platform()}; "
            f"it is known for {', '.join(package.hashes)}. "
            "Check the network, or set ORT_DYLIB_PATH to an ONNX Runtime library of version 1.24 or newer. "
            f"pip says: {failure}"
        )
    return next(scratch.glob("*.whl"))


def take_libraries(wheel: Path, folder: Path) -> Path:
    """Copies the library out of the wheel under the name `reprise` looks for, and what it loads from beside itself."""
    library = None
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            name = plain_name(member)
            if name is None:
                continue
            partial = folder / f"{name}.partial"
            with archive.open(member) as source, partial.open("wb") as copy:
                shutil.copyfileobj(source, copy)
            taken = partial.replace(folder / name)
            library = library if is_provider(name) else taken
    return library or sys.exit(f"{wheel.name} holds no ONNX Runtime library; set ORT_DYLIB_PATH to one")


def plain_name(member: str) -> str | None:
    """libonnxruntime.so.1.32.0 -> libonnxruntime.so; None for everything that is no library to be loaded."""
    folder, _, name = member.rpartition("/")
    if folder != "onnxruntime/capi":
        return None
    if name.startswith("libonnxruntime.so"):
        return "libonnxruntime.so"
    if name.startswith("libonnxruntime.") and name.endswith(".dylib"):
        return "libonnxruntime.dylib"
    return name if name == "onnxruntime.dll" or is_provider(name) else None


def is_provider(name: str) -> bool:
    """Whether a library is one of those through which ONNX Runtime speaks to a graphics processor."""
    return name.removeprefix("lib").startswith("onnxruntime_providers_") and name.endswith((".so", ".dll"))


if __name__ == "__main__":
    main()
