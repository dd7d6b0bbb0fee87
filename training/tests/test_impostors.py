"""The bundled impostor cohort on synthetic features."""

import csv
import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest

from reprise_training import impostors


def random_features(n_frames: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    source = np.random.default_rng(seed)
    crema, chroma = source.random((2, n_frames, 12), dtype=np.float32)
    return crema, chroma


def save(folder: Path, name: str, n_frames: int, seed: int, melody: np.ndarray | None = None) -> None:
    crema, chroma = random_features(n_frames, seed)
    np.save(folder / f"{name}.crema.npy", crema)
    np.save(folder / f"{name}.chroma.npy", chroma)
    if melody is not None:
        np.save(folder / f"{name}.melody.npy", melody)


def sung_until(frame: int, n_frames: int) -> np.ndarray:
    melody = np.zeros((n_frames, 12), np.float32)
    melody[:frame, 7] = 1
    return melody


def write_pieces(path: Path, rows: list[tuple[str, str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as table:
        writer = csv.writer(table)
        writer.writerow(["path", "package", "version", "title", "role"])
        writer.writerows((f"x/{name}.ogg", package, "1", f'"{name}"\n', role) for name, package, role in rows)


def test_blocks_are_the_rounded_means_of_twelve_frames() -> None:
    crema, chroma = random_features(5 * 12 + 7, 1)
    blocks = impostors.quantised_blocks(crema, chroma)
    assert blocks.shape == (5, 24) and blocks.dtype == np.uint8
    for block in range(5):
        for column in range(24):
            source = crema[:, column] if column < 12 else chroma[:, column - 12]
            mean = sum(float(value) for value in source[block * 12 : block * 12 + 12]) / 12
            assert blocks[block, column] == round(mean * 255)


def test_full_scale_stays_full_scale_and_silence_zero() -> None:
    ones, zeros = np.ones((12, 12), np.float32), np.zeros((12, 12), np.float32)
    assert impostors.quantised_blocks(ones, zeros).tolist() == [[255] * 12 + [0] * 12]


@pytest.mark.parametrize("bad", [np.full((12, 12), 1.1), np.full((12, 12), -0.1), np.full((12, 12), np.nan)])
def test_what_is_no_probability_is_refused(bad: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"0\.\.=1"):
        impostors.quantised_blocks(bad, np.zeros((12, 12)))


def test_features_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        impostors.quantised_blocks(np.zeros((12, 12)), np.zeros((13, 12)))


def test_only_a_cohort_of_known_licence_and_length_is_taken(tmp_path: Path) -> None:
    rows = [
        ("long", "megaglest-data", "cohort"),
        ("short", "megaglest-data", "cohort"),
        ("other", "megaglest-data", "evaluation"),
        ("unknown", "no-such-package", "cohort"),
        ("absent", "megaglest-data", "cohort"),
    ]
    write_pieces(tmp_path / "pieces.csv", rows)
    for name, n_frames in (("long", 400), ("short", 300), ("other", 400), ("unknown", 400)):
        save(tmp_path, name, n_frames, n_frames)
    pieces = impostors.read_pieces(tmp_path / "pieces.csv", tmp_path)
    assert [(piece.title, len(piece.blocks)) for piece in pieces] == [('"long"\n', 33)]


def test_a_tune_is_lent_where_one_leads(tmp_path: Path) -> None:
    write_pieces(tmp_path / "pieces.csv", [(name, "megaglest-data", "cohort") for name in "abcd"])
    melodies = {"a": sung_until(120, 400), "b": sung_until(10, 400), "c": sung_until(120, 380), "d": None}
    for name, melody in melodies.items():
        save(tmp_path, name, 400, 1, melody)
    led, hardly, of_another_length, none = impostors.read_pieces(tmp_path / "pieces.csv", tmp_path)
    assert led.melody is not None and led.melody.shape == (33, 12)
    assert led.melody[:10, 7].tolist() == [255] * 10 and led.melody[10:].sum() == 0
    assert hardly.melody is None and of_another_length.melody is None and none.melody is None


def test_pieces_are_cut_until_all_fit() -> None:
    blocks, melody = np.zeros((1000, 24), np.uint8), np.zeros((1000, 12), np.uint8)
    few = impostors.shortened([impostors.Piece("a", "megaglest-data", blocks, melody)])
    assert few[0].melody is not None
    assert len(few[0].blocks) == len(few[0].melody) == impostors.blocks_of(240) == 215
    many = impostors.shortened([impostors.Piece("a", "megaglest-data", blocks, None)] * 200)
    assert {len(piece.blocks) for piece in many} == {93}
    assert 200 * 93 * 24 <= impostors.LARGEST_BYTES < 200 * 94 * 24


def test_the_manifest_describes_the_data(tmp_path: Path) -> None:
    pieces = [
        impostors.Piece('a "quoted" \\ title\n', "megaglest-data", np.full((30, 24), 7, np.uint8), None),
        impostors.Piece("b", "naev-data", np.full((40, 24), 9, np.uint8), np.full((40, 12), 3, np.uint8)),
    ]
    size_bytes = impostors.write(pieces, tmp_path)
    content = (tmp_path / "blocks.u8").read_bytes()
    manifest = tomllib.loads((tmp_path / "manifest.toml").read_text(encoding="utf-8"))
    melodies = (tmp_path / "melodies.u8").read_bytes()
    assert manifest["size_bytes"] == len(content) == 70 * 24
    assert size_bytes == len(content) + len(melodies) == 70 * 24 + 40 * 12
    assert manifest["melody_sha256"] == hashlib.sha256(melodies).hexdigest()
    assert [piece["has_melody"] for piece in manifest["piece"]] == [False, True]
    assert manifest["sha256"] == hashlib.sha256(content).hexdigest()
    assert (manifest["block_frames"], manifest["feature_versions"]) == (12, ["crema-1", "chroma-1", "melody-1"])
    assert [piece["n_blocks"] for piece in manifest["piece"]] == [30, 40]
    assert manifest["piece"][0]["title"] == 'a "quoted" \\ title'
    assert content[: 30 * 24] == bytes([7] * 30 * 24)
    assert "naev-data" in (tmp_path / "README.md").read_text(encoding="utf-8")
