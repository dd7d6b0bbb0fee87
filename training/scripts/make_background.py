"""Makes the bundled background from the features of free-licensed pieces.

    python training/scripts/make_background.py --features DIR --pieces pieces.csv [--out models/background]

DIR holds `<name>.crema.npy`, `<name>.chroma.npy` and `<name>.melody.npy`, from `reprise features --as-if-sung`;
pieces.csv comes from fetch_debian_music.py.
"""

import argparse
import sys
from pathlib import Path

from reprise_training import background

OUT = Path(__file__).resolve().parents[2] / "models" / "background"


def main() -> int:
    """Writes the background; 1 when there is nothing to write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--features", type=Path, required=True)
    parser.add_argument("--pieces", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    pieces = background.shortened(background.read_pieces(options.pieces, options.features))
    if not pieces:
        print(f"{options.features}: features of no background piece of {options.pieces}", file=sys.stderr)
        return 1
    size_bytes = background.write(pieces, options.out)
    print(f"{options.out}: {len(pieces)} pieces, {size_bytes} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
