"""The bundled background: feature blocks of real pieces, a few bytes a second, from which no sound comes back.

What is written here is read by crates/reprise-library/src/strangers.rs.
"""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reprise_training import spec

BLOCK_FRAMES = 12
"""As the aligner averages: 1.11 s."""

SHORTEST_S = 30
LONGEST_S = 240
LARGEST_BYTES = 450_000
BLOCK_BYTES = 24
FEATURE_VERSIONS = ("crema-1", "chroma-1")

LICENCES = {
    "colobot-common-sounds": "GPL-3.0-or-later",
    "hedgewars-data": "GPL-2.0-only",
    "hyperrogue-music": "GPL-2.0-or-later or CC-BY-SA-3.0, by piece",
    "megaglest-data": "CC-BY-SA-3.0",
    "naev-data": "GPL-2.0-or-later, GPL-3.0, CC-BY-3.0 or CC-BY-SA-3.0, by piece",
    "planetblupi-music-ogg": "GPL-3.0-or-later",
    "singularity-music": "CC-BY-SA-3.0",
    "supertux-data": "GPL-2.0-or-later",
    "supertuxkart-data": "CC-BY-SA-3.0, CC-BY-SA-4.0, CC-BY-3.0, CC0-1.0 or GPL, by piece",
    "warmux-data": "GPL-2.0-or-later",
    "warzone2100-music": "GPL-2.0-or-later",
    "wesnoth-1.16-music": "GPL-2.0-or-later",
    "widelands-data": "GPL-2.0-or-later or CC-BY-SA-3.0, by piece",
}
"""Of the music in each package, from its copyright file. A package that is not named here is not bundled."""


@dataclass(frozen=True)
class Piece:
    """One piece: what its audio is called and blocks [n, 24] of u8, 12 of CREMA and then 12 of chroma."""

    title: str
    package: str
    blocks: np.ndarray


def frames_per_second() -> float:
    """Of CREMA and chroma alike."""
    v1 = spec.read()
    return v1.audio.sample_rate_hz / v1.cqt.hop_samples


def quantised_blocks(crema: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    """Means over whole blocks of two [T, 12] matrices in 0..=1, as u8 [T // 12, 24]; a last part block is dropped."""
    if crema.ndim != 2 or crema.shape[1] != 12 or crema.shape != chroma.shape:
        raise ValueError(f"expected two matrices [T, 12] of one length, got {crema.shape} and {chroma.shape}")
    both = np.concatenate([crema, chroma], axis=1).astype(np.float64)
    if both.size and not (both.min() >= 0 and both.max() <= 1 + 1e-6):
        raise ValueError(f"expected values in 0..=1, got {both.min()} to {both.max()}")
    n_blocks = len(both) // BLOCK_FRAMES
    means = both[: n_blocks * BLOCK_FRAMES].reshape(n_blocks, BLOCK_FRAMES, 24).mean(axis=1)
    return np.round(np.minimum(means, 1) * 255).astype(np.uint8)


def read_pieces(table: Path, features: Path) -> list[Piece]:
    """The background pieces of pieces.csv that may be bundled, last long enough and have features."""
    with table.open(newline="", encoding="utf-8") as rows:
        wanted = [row for row in csv.DictReader(rows) if row["role"] == "background"]
    pieces = []
    for row in sorted(wanted, key=lambda row: row["path"]):
        name = Path(row["path"]).stem
        crema, chroma = features / f"{name}.crema.npy", features / f"{name}.chroma.npy"
        if row["package"] not in LICENCES or not (crema.exists() and chroma.exists()):
            continue
        blocks = quantised_blocks(np.load(crema), np.load(chroma))
        if len(blocks) >= blocks_of(SHORTEST_S):
            pieces.append(Piece(row["title"], row["package"], blocks))
    return pieces


def blocks_of(duration_s: float) -> int:
    """Whole blocks in so many seconds."""
    return int(duration_s * frames_per_second()) // BLOCK_FRAMES


def shortened(pieces: list[Piece]) -> list[Piece]:
    """Every piece cut to the longest duration, or to the longest common one at which all fit in the size allowed."""
    longest = blocks_of(LONGEST_S)
    while sum(min(len(piece.blocks), longest) for piece in pieces) * BLOCK_BYTES > LARGEST_BYTES:
        longest -= 1
    return [Piece(piece.title, piece.package, piece.blocks[:longest]) for piece in pieces]


def write(pieces: list[Piece], out: Path) -> int:
    """Writes blocks.u8, manifest.toml and README.md; the size of the first in bytes."""
    out.mkdir(parents=True, exist_ok=True)
    content = b"".join(piece.blocks.tobytes() for piece in pieces)
    (out / "blocks.u8").write_bytes(content)
    (out / "manifest.toml").write_text(manifest(pieces, content), encoding="utf-8")
    (out / "README.md").write_text(readme(pieces, content), encoding="utf-8")
    return len(content)


def manifest(pieces: list[Piece], content: bytes) -> str:
    """manifest.toml: what the data is, and whose blocks follow one another in it."""
    versions = ", ".join(quoted(version) for version in FEATURE_VERSIONS)
    head = [
        "# Written by training/scripts/make_background.py; read and verified by crates/reprise-library.",
        'id               = "background-1"',
        'file             = "blocks.u8"',
        f'sha256           = "{hashlib.sha256(content).hexdigest()}"',
        f"size_bytes       = {len(content)}",
        f"block_frames     = {BLOCK_FRAMES}",
        f"feature_versions = [{versions}]",
    ]
    return "\n".join(head + [line for piece in pieces for line in entry(piece)]) + "\n"


def entry(piece: Piece) -> list[str]:
    """The lines of one piece."""
    return [
        "",
        "[[piece]]",
        f"title    = {quoted(piece.title)}",
        f"package  = {quoted(piece.package)}",
        f"licence  = {quoted(LICENCES[piece.package])}",
        f"n_blocks = {len(piece.blocks)}",
    ]


def quoted(text: str) -> str:
    """A TOML basic string on one line."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def readme(pieces: list[Piece], content: bytes) -> str:
    """README.md: what the data is, why it is there, how it was made, under which licences the pieces are."""
    seconds = sum(len(piece.blocks) for piece in pieces) * BLOCK_FRAMES / frames_per_second()
    packages = sorted({piece.package for piece in pieces})
    counts = {package: sum(piece.package == package for piece in pieces) for package in packages}
    rows = "\n".join(f"| `{package}` | {counts[package]} | {LICENCES[package]} |" for package in packages)
    return README.format(
        pieces=len(pieces), minutes=round(seconds / 60), size=round(len(content) / 1000), rows=rows
    )


README = """\
# Background

{pieces} pieces of music ({minutes} minutes, {size} kB) that are versions of nothing: what a track scores against them is
what it scores against strangers. Reprise takes the mean of these scores off and divides by their deviation before it
calls two tracks the same song (see `crates/reprise-matching`, `centre`). A large library serves as its own background;
a library of three songs cannot, so this one comes with the program.

`blocks.u8` holds for every block of 12 frames (1.11 s) 24 bytes: the mean of CREMA's 12 pitch classes, then of chroma's,
each as round(255 v), pieces one after the other as `manifest.toml` lists them. Features only: neither sound nor tune can
be made from them, and no audio is in this repository.

Made by

    python training/scripts/fetch_debian_music.py --out DIR
    reprise features DIR/background/* --stage crema --stage chroma --out FEATURES
    python training/scripts/make_background.py --features FEATURES --pieces DIR/pieces.csv

which take at most four minutes of each piece, and less where all together would exceed 450 kB. Pieces marked
`stranger` in `pieces.csv` are left to evaluation. The table names the licences of the music as the packages' copyright
files state them; the authors are named there.

| Debian package | pieces | licence of the music |
|---|---|---|
{rows}
"""
