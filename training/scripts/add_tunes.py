r"""Adds to rendered songs the notes of their tunes, as each rendition plays them.

    PYTHONPATH=training/src python training/scripts/add_tunes.py --archive pop909.tar.gz \
        --rendered rendered.npz --out with-tunes.npz

`render_pop909.py` draws the passage of a song from its number; the same draw gives its tune here. Writes
`<song>/melody<r>`, 0 or 255, [12, T], beside what stands in the file; songs without a tune get silence.
"""

import argparse
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
from render_pop909 import Song, read_song

from reprise_training.simulate.passages import FRAMES_A_SECOND
from reprise_training.simulate.singing import roll
from reprise_training.tunes.tune import Tune


def main() -> int:
    """Reads, adds, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, required=True)
    parser.add_argument("--rendered", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with np.load(options.rendered) as content:
        arrays = {name: content[name] for name in content.files}
    with tempfile.TemporaryDirectory() as folder, tarfile.open(options.archive) as archive:
        archive.extractall(folder, filter="data")
        for path in sorted(path.parent for path in Path(folder).rglob("chord_midi.txt")):
            if f"{path.name}/ratio0" in arrays:
                arrays |= melodies(path.name, read_song(path, np.random.default_rng(int(path.name))), arrays)
    np.savez_compressed(options.out, **arrays)
    sung = sum(array.any() for name, array in arrays.items() if "/melody" in name)
    print(f"{options.out}: {sung} renditions with a tune, {options.out.stat().st_size / 1e6:.1f} MB")
    return 0


def melodies(name: str, song: Song, arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The tune of every rendition of one song."""
    notes = tuple((note.start, note.end, note.number) for note in sorted(song.tune, key=lambda note: note.start))
    tune, result, index = Tune(name, "pop909", notes), {}, 0
    while f"{name}/ratio{index}" in arrays:
        beats_per_minute = song.passage.beats_per_minute / float(arrays[f"{name}/ratio{index}"])
        n_frames = arrays[f"{name}/crema{index}"].shape[1]
        key = int(arrays[f"{name}/key{index}"])
        played = roll(tune, 0.0, 60 / beats_per_minute * FRAMES_A_SECOND, key, n_frames)
        result[f"{name}/melody{index}"] = (played * 255).astype(np.uint8)
        index += 1
    return result


if __name__ == "__main__":
    sys.exit(main())
