"""Fetches the music of some Debian games as real recordings under free licences.

    python training/scripts/fetch_debian_music.py --out DIR [--packages NAME ...]

None of the pieces is meant to be a version of another. They serve as the impostor cohort, of which only
features are kept (make_impostors.py), and as impostors in evaluation; no piece is both. Writes

    DIR/cohort/<package>-<name>.ogg        about 100 pieces, chosen by a hash of the name
    DIR/evaluation/<package>-<name>.ogg    the others
    DIR/copyright/<package>                the copyright file of each package
    DIR/pieces.csv                         path, package, version, title, role

Needs apt-get, dpkg-deb and a Debian package index; root is not needed.
"""

import argparse
import csv
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import astuple, dataclass, fields
from pathlib import Path

PACKAGES = (
    "wesnoth-1.16-music",
    "warzone2100-music",
    "naev-data",
    "supertux-data",
    "supertuxkart-data",
    "widelands-data",
    "drascula-music",
    "hedgewars-data",
    "colobot-common-sounds",
    "hyperrogue-music",
    "megaglest-data",
    "warmux-data",
    "singularity-music",
    "planetblupi-music-ogg",
)
AUDIO_KINDS = {".ogg", ".mp3", ".flac", ".opus", ".wav"}
SMALLEST_BYTES = 600_000
"""What is smaller is a jingle or an effect."""

EFFECT_FOLDERS = {"sfx", "sound", "sounds"}
"""What lies below one of these is weather, machines and beasts."""

COHORT_SHARE = 0.28
"""Of the 350 pieces that these packages hold about 100 become the cohort."""


@dataclass(frozen=True)
class Piece:
    """One row of pieces.csv; `path` is relative to the folder that holds the table."""

    path: str
    package: str
    version: str
    title: str
    role: str


def main() -> int:
    """Fetches package by package; 1 when none gave a piece."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--packages", nargs="+", default=PACKAGES)
    options = parser.parse_args()
    for folder in ("cohort", "evaluation", "copyright"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    known: set[str] = set()
    pieces: list[Piece] = []
    for package in options.packages:
        found = fetch(package, options.out, known)
        print(f"{package}: {len(found)} pieces", flush=True)
        pieces += found
    write_table(options.out / "pieces.csv", pieces)
    roles = Counter(piece.role for piece in pieces)
    print(f"{len(pieces)} pieces: {roles['cohort']} for the cohort, {roles['evaluation']} for evaluation")
    return 0 if pieces else 1


def fetch(package: str, out: Path, known: set[str]) -> list[Piece]:
    """The pieces of one package, copied into `out`; none if the package cannot be had."""
    with tempfile.TemporaryDirectory() as scratch:
        archive = download(package, Path(scratch))
        if archive is None:
            return []
        root = Path(scratch) / "root"
        subprocess.run(["dpkg-deb", "-x", str(archive), str(root)], check=True)
        version = dpkg_field(archive, "Version")
        keep_copyright(root, package, out / "copyright" / package)
        files = new_files(root, known)
        return [keep(file, name, package, version, out) for file, name in named(files, package)]


def download(package: str, folder: Path) -> Path | None:
    """The .deb of `package`, or None with a line on stderr."""
    done = subprocess.run(
        ["apt-get", "-q", "download", package], check=False, cwd=folder, capture_output=True, text=True
    )
    found = sorted(folder.glob("*.deb"))
    if done.returncode != 0 or not found:
        print(f"{package}: {done.stderr.strip()}", file=sys.stderr)
        return None
    return found[0]


def dpkg_field(archive: Path, field: str) -> str:
    """One control field of a .deb."""
    shown = subprocess.run(["dpkg-deb", "-f", str(archive), field], check=True, capture_output=True, text=True)
    return shown.stdout.strip()


def keep_copyright(root: Path, package: str, target: Path) -> None:
    """Copies the copyright file, which Debian policy demands of every package."""
    source = root / "usr/share/doc" / package / "copyright"
    if source.is_file():
        shutil.copyfile(source, target)
    else:
        print(f"{package}: has no copyright file of its own", file=sys.stderr)


def new_files(root: Path, known: set[str]) -> list[Path]:
    """Pieces of music below `root` whose bytes are not yet in `known`, which takes them in."""
    fresh = []
    for path in sorted(path for path in root.rglob("*") if is_piece(path)):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in known:
            known.add(digest)
            fresh.append(path)
    return fresh


def is_piece(path: Path) -> bool:
    """Whether a file is audio of a whole piece's size and no sound effect."""
    is_audio = path.suffix.lower() in AUDIO_KINDS and path.is_file() and not path.is_symlink()
    return is_audio and EFFECT_FOLDERS.isdisjoint(path.parts) and path.stat().st_size >= SMALLEST_BYTES


def named(files: list[Path], package: str) -> list[tuple[Path, str]]:
    """Each file with its name, unique over all packages; the folder tells apart files of one stem."""
    shared = Counter(path.stem.lower() for path in files)
    folders = ("" if shared[path.stem.lower()] == 1 else f"{path.parent.name}-" for path in files)
    names = [f"{package}-{folder}{path.stem}" for path, folder in zip(files, folders, strict=True)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        sys.exit(f"names that two files share: {', '.join(twice)}")
    return list(zip(files, names, strict=True))


def keep(file: Path, name: str, package: str, version: str, out: Path) -> Piece:
    """Copies one file into the folder of its role."""
    role = role_of(name)
    path = Path(role) / f"{name}{file.suffix.lower()}"
    shutil.copyfile(file, out / path)
    return Piece(path.as_posix(), package, version, title_of(file), role)


def role_of(name: str) -> str:
    """`cohort` for the share of names with the smallest hashes, `evaluation` for the others."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return "cohort" if number / 2**64 < COHORT_SHARE else "evaluation"


def title_of(file: Path) -> str:
    """The title in the tags, or the file's name."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags=title:stream_tags=title"]
    command += ["-of", "default=noprint_wrappers=1:nokey=1", str(file)]
    try:
        shown = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    except FileNotFoundError:
        return file.stem.replace("_", " ")
    return next((line.strip() for line in shown.stdout.splitlines() if line.strip()), file.stem.replace("_", " "))


def write_table(path: Path, pieces: list[Piece]) -> None:
    """pieces.csv."""
    with path.open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerow([field.name for field in fields(Piece)])
        rows.writerows(astuple(piece) for piece in pieces)


if __name__ == "__main__":
    sys.exit(main())
