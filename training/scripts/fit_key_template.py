"""Prints `keys.TEMPLATE`, from rendered songs, or `keys.VOICE_TEMPLATE`, from tunes as they are sung.

    PYTHONPATH=training/src python training/scripts/fit_key_template.py --rendered rendered.npz
    PYTHONPATH=training/src python training/scripts/fit_key_template.py --tunes tunes.json.gz

No labels are needed.
"""

import argparse
from pathlib import Path

import numpy as np

from reprise_training.keys import fitted_template
from reprise_training.simulate.rendered import read_rendered
from reprise_training.simulate.singing import Singing
from reprise_training.simulate.sung_tracks import SungTracks
from reprise_training.tunes import works
from reprise_training.views import CREMA, sung_blocks


def main() -> None:
    """Fits and prints, rotated so that it begins as the one in use does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--rendered", type=Path)
    given.add_argument("--tunes", type=Path)
    options = parser.parse_args()
    profiles = by_harmony(options.rendered) if options.rendered else by_voice(options.tunes)
    template = fitted_template(profiles)
    # The strongest class stands at 7.
    print([round(float(value), 2) for value in np.roll(template, 7 - int(template.argmax()))])


def by_harmony(rendered: Path) -> np.ndarray:
    """Mean frames of rendered songs [n, 12]."""
    songs = read_rendered(rendered, (CREMA,))
    return np.stack([r.rows.astype(np.float32).mean(axis=1) for song in songs for r in song])


def by_voice(tunes: Path) -> np.ndarray:
    """Mean frames of what is sung of every work [n, 12]."""
    melodies = SungTracks(Singing(), 1).once_each(works.read(tunes))
    heard = [sung_blocks(melody) for melody in melodies]
    return np.stack([blocks.mean(axis=1) for blocks in heard if blocks.size])


if __name__ == "__main__":
    main()
