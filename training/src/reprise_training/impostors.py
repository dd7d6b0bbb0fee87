"""The bundled impostor cohort: feature blocks of real pieces, a few bytes a second, from which no sound comes back.

What is written here is read by crates/reprise-library/src/recordings/impostors.rs.
"""

import csv
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from reprise_training import spec

BLOCK_FRAMES = 12
"""As the aligner averages: 1.11 s."""

SHORTEST_S = 30
LONGEST_S = 240
LARGEST_BYTES = 450_000
BLOCK_BYTES = 24
FEATURE_VERSIONS = ("crema-1", "chroma-1", "melody-1")

SUNG_FRAME = 0.2
LEAST_SUNG = 0.15
"""A piece lends its tune when this share of its frames has a pitch class of at least that salience: as sung as songs
are."""

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
    """One piece: what its audio is called, blocks [n, 24] of u8, 12 of CREMA and then 12 of chroma, and [n, 12] of the
    tune that leads, if one does."""

    title: str
    package: str
    blocks: np.ndarray
    melody: np.ndarray | None


def frames_per_second() -> float:
    """Of CREMA and chroma alike."""
    v1 = spec.read()
    return v1.audio.sample_rate_hz / v1.cqt.hop_samples


def quantised_blocks(crema: np.ndarray, chroma: np.ndarray) -> np.ndarray:
    """Means over whole blocks of two [T, 12] matrices in 0..=1, as u8 [T // 12, 24]; a last part block is dropped."""
    if crema.ndim != 2 or crema.shape[1] != 12 or crema.shape != chroma.shape:
        raise ValueError(f"expected two matrices [T, 12] of one length, got {crema.shape} and {chroma.shape}")
    return quantised(np.concatenate([crema, chroma], axis=1))


def quantised(frames: np.ndarray) -> np.ndarray:
    """Means over whole blocks of a matrix [T, n] in 0..=1, as u8 [T // 12, n]; a last part block is dropped."""
    frames = frames.astype(np.float64)
    if frames.size and not (frames.min() >= 0 and frames.max() <= 1 + 1e-6):
        raise ValueError(f"expected values in 0..=1, got {frames.min()} to {frames.max()}")
    n_blocks = len(frames) // BLOCK_FRAMES
    means = frames[: n_blocks * BLOCK_FRAMES].reshape(n_blocks, BLOCK_FRAMES, -1).mean(axis=1)
    return np.round(np.minimum(means, 1) * 255).astype(np.uint8)


def leading_melody(path: Path, n_blocks: int) -> np.ndarray | None:
    """The tune of a piece as u8 [n_blocks, 12]; none where there is no file or hardly a tune in it."""
    if not path.exists():
        return None
    melody = np.load(path)
    if (melody.max(axis=1) >= SUNG_FRAME).mean() < LEAST_SUNG:
        return None
    blocks = quantised(melody)
    return blocks if len(blocks) == n_blocks else None


def read_pieces(table: Path, features: Path) -> list[Piece]:
    """The pieces of the cohort in pieces.csv that may be bundled, last long enough and have features."""
    with table.open(newline="", encoding="utf-8") as rows:
        wanted = [row for row in csv.DictReader(rows) if row["role"] == "cohort"]
    pieces = []
    for row in sorted(wanted, key=lambda row: row["path"]):
        name = Path(row["path"]).stem
        crema, chroma = features / f"{name}.crema.npy", features / f"{name}.chroma.npy"
        if row["package"] not in LICENCES or not (crema.exists() and chroma.exists()):
            continue
        blocks = quantised_blocks(np.load(crema), np.load(chroma))
        if len(blocks) >= blocks_of(SHORTEST_S):
            melody = leading_melody(features / f"{name}.melody.npy", len(blocks))
            pieces.append(Piece(row["title"], row["package"], blocks, melody))
    return pieces


def blocks_of(duration_s: float) -> int:
    """Whole blocks in so many seconds."""
    return int(duration_s * frames_per_second()) // BLOCK_FRAMES


def shortened(pieces: list[Piece]) -> list[Piece]:
    """Every piece cut to the longest duration, or to the longest common one at which all fit in the size allowed."""
    longest = blocks_of(LONGEST_S)
    while sum(min(len(piece.blocks), longest) for piece in pieces) * BLOCK_BYTES > LARGEST_BYTES:
        longest -= 1

    return [
        replace(
            piece,
            blocks=piece.blocks[:longest],
            melody=None if piece.melody is None else piece.melody[:longest],
        )
        for piece in pieces
    ]


def write(pieces: list[Piece], out: Path) -> int:
    """Writes blocks.u8, melodies.u8, manifest.toml and README.md; the size of the first two in bytes."""
    out.mkdir(parents=True, exist_ok=True)
    content = b"".join(piece.blocks.tobytes() for piece in pieces)
    melodies = b"".join(piece.melody.tobytes() for piece in pieces if piece.melody is not None)
    (out / "blocks.u8").write_bytes(content)
    (out / "melodies.u8").write_bytes(melodies)
    (out / "manifest.toml").write_text(manifest(pieces, content, melodies), encoding="utf-8")
    (out / "README.md").write_text(readme(pieces, content, melodies), encoding="utf-8")
    return len(content) + len(melodies)


def manifest(pieces: list[Piece], content: bytes, melodies: bytes) -> str:
    """manifest.toml: what the data is, and whose blocks follow one another in it."""
    versions = ", ".join(quoted(version) for version in FEATURE_VERSIONS)
    head = [
        "# Written by training/scripts/make_impostors.py; read and verified by crates/reprise-library.",
        'id               = "background-1"',
        'file             = "blocks.u8"',
        f'sha256           = "{hashlib.sha256(content).hexdigest()}"',
        f"size_bytes       = {len(content)}",
        'melody_file      = "melodies.u8"',
        f'melody_sha256    = "{hashlib.sha256(melodies).hexdigest()}"',
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
        f"has_melody = {'true' if piece.melody is not None else 'false'}",
    ]


def quoted(text: str) -> str:
    """A TOML basic string on one line."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def readme(pieces: list[Piece], content: bytes, melodies: bytes) -> str:
    """README.md: what the data is, why it is there, how it was made, under which licences the pieces are."""
    seconds = sum(len(piece.blocks) for piece in pieces) * BLOCK_FRAMES / frames_per_second()
    packages = sorted({piece.package for piece in pieces})
    counts = {package: sum(piece.package == package for piece in pieces) for package in packages}
    rows = "\n".join(f"| `{package}` | {counts[package]} | {LICENCES[package]} |" for package in packages)
    return README.format(
        pieces=len(pieces),
        minutes=round(seconds / 60),
        size=round(len(content) / 1000),
        tunes=sum(piece.melody is not None for piece in pieces),
        tune_size=round(len(melodies) / 1000),
        rows=rows,
    )


README = """\
# Impostor cohort

{pieces} pieces of music ({minutes} minutes, {size} kB) that are versions of nothing in a library. A track's scores
against them are scores against impostors. Reprise subtracts their mean from the track's other scores and divides by
their deviation (cohort statistics) before it calls two tracks the same song; see `crates/reprise-matching`,
`normalise`. A large library provides its own cohort; a library of three songs cannot, so this one comes with the
program.

`blocks.u8` holds 24 bytes for every block of 12 frames (1.11 s): the mean of CREMA's 12 pitch classes, then of
chroma's, each as round(255 v), pieces one after the other as `manifest.toml` lists them. Features only: neither sound
nor tune can be made from them, and no audio is in this repository.

`melodies.u8` ({tune_size} kB) has 12 bytes for every block of the {tunes} pieces in which a tune leads: what Reprise
would take for sung if it took every lead for a voice (`--as-if-sung`). Nobody sings in them; their tunes serve as
impostors for those of songs.

Made by

    python training/scripts/fetch_debian_music.py --out DIR
    reprise features DIR/cohort/* --stage crema --stage chroma --stage melody --as-if-sung --out FEATURES
    python training/scripts/make_impostors.py --features FEATURES --pieces DIR/pieces.csv

which take at most four minutes of each piece, and less where all together would exceed 450 kB. Pieces with the role
`evaluation` in `pieces.csv` are left to evaluation. The table names the licences of the music as the packages'
copyright files state them; the authors are named there.

| Debian package | pieces | licence of the music |
|---|---|---|
{rows}
"""
