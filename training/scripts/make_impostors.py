"""Makes the bundled impostor cohort from the features of free-licensed pieces.

    python training/scripts/make_impostors.py --features DIR --pieces pieces.csv [--out models/impostors]

DIR holds `<name>.crema.npy`, `<name>.chroma.npy` and `<name>.melody.npy`, from `reprise features --as-if-sung`;
pieces.csv comes from fetch_debian_music.py.
"""

import argparse
import sys
from pathlib import Path

from reprise_training import impostors

OUT = Path(__file__).resolve().parents[2] / "models" / "impostors"


def main() -> int:
    """Writes the cohort; 1 when there is nothing to write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--pieces", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    pieces = impostors.shortened(impostors.read_pieces(options.pieces, options.features))
    if not pieces:
        print(f"{options.features}: features of no piece of the cohort in {options.pieces}", file=sys.stderr)
        return 1
    size_bytes = impostors.write(pieces, options.out)
    print(f"{options.out}: {len(pieces)} pieces, {size_bytes} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
