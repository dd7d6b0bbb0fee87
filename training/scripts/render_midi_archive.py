"""Renders the MIDI archive (reubenson/midi-archive with its labels.csv), or ASAP's performances, into audio for
`reprise eval`.

    python training/scripts/render_midi_archive.py --archive midi-archive.tar.gz --out DIR [--jobs N] [--works N]

Writes DIR/midi/<name>.flac for every file of the archive and DIR/labels.csv with the columns `file,work` for
works of several versions; the others are impostors and stay out of it. Versions of one work sound through
different soundfonts, so that no two share their timbre. What is already there is not rendered again.

Needs fluidsynth, ffmpeg and at least one General MIDI soundfont.
"""

import argparse
import csv
import hashlib
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

SOUNDFONTS = Path("/usr/share/sounds")
"""Where Debian's soundfont packages install, in sf2 and sf3."""

FOR_TRAINING = {"OPL-3_FM_128M.sf2", "sf_GMbank.sf2"}
"""Those of the packages opl3-soundfont and csound-soundfont, which render_pop909.py uses: what is trained on must not
sound like what validates it, so they are passed over."""

RATE_HZ = 44_100
GAIN = 0.1
"""Half of FluidSynth's default; the loudest file of the archive stays below full scale in every soundfont."""

ASAP_NAMES = {"file": "path", "work": "work_id"}
"""What ASAP's labels call the columns."""

LONGEST_S = 180
TIMEOUT_S = 900


@dataclass(frozen=True)
class Piece:
    """One MIDI file: where it lies, the work it is a version of, name and timbre."""

    midi: Path
    work: str
    name: str
    soundfont: Path


def main() -> int:
    """Renders what is missing and returns 1 when a file could not be rendered."""
    options = parse_options()
    audio = options.out / "midi"
    audio.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as unpacked:
        pieces = read_pieces(unpack(options.archive, Path(unpacked)), find_soundfonts(options.soundfonts))
        pieces = of_works(pieces, options.works)
        write_labels(options.out / "labels.csv", pieces)
        with ThreadPoolExecutor(options.jobs) as pool:
            problems = list(pool.map(lambda piece: render_missing(piece, audio), pieces))
    failed = {piece.name for piece, problem in zip(pieces, problems, strict=True) if problem}
    write_labels(options.out / "labels.csv", [piece for piece in pieces if piece.name not in failed])
    print(f"{len(pieces) - len(failed)} of {len(pieces)} files rendered")
    return 1 if failed else 0


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--works", type=int, default=0, help="so many works of several versions only; 0 for all")
    parser.add_argument("--soundfonts", type=Path, default=SOUNDFONTS)
    return parser.parse_args()


def unpack(archive: Path, folder: Path) -> Path:
    """Unpacks `archive` into `folder`; the folder that holds labels.csv."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    found = sorted(folder.rglob("labels.csv"))
    if not found:
        sys.exit(f"{archive}: holds no labels.csv")
    return found[0].parent


def find_soundfonts(folder: Path) -> list[Path]:
    """The soundfonts below `folder` by name, each once however many links lead to it; none of those for training."""
    found = {path.resolve() for kind in ("sf2", "sf3") for path in folder.glob(f"sf?/*.{kind}")}
    found = {path for path in found if path.name not in FOR_TRAINING}
    if not found:
        sys.exit(f"{folder}: no soundfont in sf2 or sf3; install fluid-soundfont-gm or another")
    return sorted(found, key=lambda path: path.name)


def read_pieces(root: Path, soundfonts: list[Path]) -> list[Piece]:
    """What labels.csv below `root` lists, works of several versions first, versions in order."""
    with (root / "labels.csv").open(newline="", encoding="utf-8") as table:
        rows = [
            row | {name: row[other] for name, other in ASAP_NAMES.items() if other in row}
            for row in csv.DictReader(table)
        ]
    versions = Counter(row["work"] for row in rows)
    rows.sort(key=lambda row: (versions[row["work"]] == 1, row["work"], row["version_id"], row["file"]))
    names = unique_names([Path(row["file"]) for row in rows])
    versions_seen: Counter[str] = Counter()
    pieces = []
    for row, name in zip(rows, names, strict=True):
        turn = stable_number(row["work"]) + versions_seen[row["work"]]
        versions_seen[row["work"]] += 1
        pieces.append(Piece(root / row["file"], row["work"], name, soundfonts[turn % len(soundfonts)]))
    return pieces


def of_works(pieces: list[Piece], n_works: int) -> list[Piece]:
    """The versions of some works, chosen by the hash of their names, or all pieces for 0."""
    versions = Counter(piece.work for piece in pieces)
    several = sorted((work for work, count in versions.items() if count > 1), key=stable_number)
    kept = set(several[:n_works])
    return [piece for piece in pieces if piece.work in kept] if n_works else pieces


def unique_names(files: list[Path]) -> list[str]:
    """The stem of each file, with so many of its folders in front as it takes to tell it from others (letter case does
    not)."""
    names: dict[Path, str] = {}
    for depth in range(max(len(path.parts) for path in files)):
        longer = {path: "-".join((*path.parent.parts[len(path.parent.parts) - depth :], path.stem)) for path in files}
        counts = Counter(name.lower() for name in longer.values())
        names = {path: name for path, name in longer.items() if counts[name.lower()] == 1} | names
    missing = [str(path) for path in files if path not in names]
    if missing:
        sys.exit(f"files listed twice: {', '.join(missing)}")
    return [names[path] for path in files]


def stable_number(text: str) -> int:
    """A number that depends on `text` alone and is the same on every run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def render_missing(piece: Piece, folder: Path) -> str:
    """Renders `piece` into `folder` unless it is there; the problem, or "" if there was none."""
    target = folder / f"{piece.name}.flac"
    if target.exists():
        return ""
    unfinished = folder / f".{piece.name}.part"
    problem = render(piece, unfinished)
    if problem:
        unfinished.unlink(missing_ok=True)
        print(f"{piece.name}: {problem}", file=sys.stderr, flush=True)
    else:
        unfinished.rename(target)
    return problem


def render(piece: Piece, target: Path) -> str:
    """FluidSynth into ffmpeg, which closes the pipe, and so ends FluidSynth, at the longest duration."""
    synthesis = ["fluidsynth", "-ni", "-q", "-g", str(GAIN), "-r", str(RATE_HZ), "-T", "raw", "-O", "float"]
    synthesis += [
        "-o",
        "synth.dynamic-sample-loading=1",
        "-E",
        "little",
        "-F",
        "-",
        str(piece.soundfont),
        str(piece.midi),
    ]
    encoding = ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE_HZ), "-ac", "2", "-i", "-"]
    encoding += ["-t", str(LONGEST_S), "-c:a", "flac", "-sample_fmt", "s16", "-f", "flac", str(target)]
    with subprocess.Popen(synthesis, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as synthesiser:
        try:
            encoder = subprocess.run(
                encoding,
                check=False,
                stdin=synthesiser.stdout,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            return f"not rendered within {TIMEOUT_S} s"
        finally:
            synthesiser.kill()
    if encoder.returncode != 0:
        return encoder.stderr.strip() or f"ffmpeg ended with {encoder.returncode}"
    return "" if target.stat().st_size > 10_000 else "no sound came out"


def write_labels(path: Path, pieces: list[Piece]) -> None:
    """The table that `reprise eval --truth` reads: file name and work; impostors and single versions left out."""
    versions = Counter(piece.work for piece in pieces)
    labelled = [piece for piece in pieces if versions[piece.work] > 1]
    with path.open("w", newline="", encoding="utf-8") as table:
        rows = csv.writer(table)
        rows.writerow(["file", "work"])
        rows.writerows([f"{piece.name}.flac", piece.work] for piece in labelled)


if __name__ == "__main__":
    sys.exit(main())
