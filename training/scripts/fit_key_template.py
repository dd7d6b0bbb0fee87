"""Prints `keys.TEMPLATE`, from rendered songs.

    PYTHONPATH=training/src python training/scripts/fit_key_template.py --rendered rendered.npz
"""

import argparse
from pathlib import Path

import numpy as np

from reprise_training.keys import fitted_template
from reprise_training.simulate.rendered import read_rendered
from reprise_training.views import CREMA


def main() -> None:
    """Fits and prints, rotated so that it begins as the one in use does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rendered", type=Path, required=True)
    options = parser.parse_args()
    songs = read_rendered(options.rendered, (CREMA,))
    profiles = np.stack([r.rows.astype(np.float32).mean(axis=1) for song in songs for r in song])
    template = fitted_template(profiles)
    # The strongest class stands at 7.
    print(np.round(np.roll(template, 7 - int(template.argmax())), 2))


if __name__ == "__main__":
    main()
