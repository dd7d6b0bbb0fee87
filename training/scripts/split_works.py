"""Splits a table of labels into two halves by work, one to choose settings on and one to report.

    python training/scripts/split_works.py --labels labels.csv --out DIR

Writes DIR/labels_a.csv and DIR/labels_b.csv. The half of a work depends on its id alone, so that a larger table
moves no work from one to the other.
"""

import argparse
import csv
import hashlib
import sys
from pathlib import Path


def main() -> int:
    """Reads, splits, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with options.labels.open(newline="", encoding="utf-8") as table:
        reader = csv.DictReader(table)
        columns, rows = list(reader.fieldnames or ()), list(reader)
    options.out.mkdir(parents=True, exist_ok=True)
    for half in "ab":
        own = [row for row in rows if half_of(row["work"]) == half]
        write(options.out / f"labels_{half}.csv", columns, own)
        print(f"labels_{half}.csv: {len({row['work'] for row in own})} works, {len(own)} files")
    return 0


def half_of(work: str) -> str:
    """`a` or `b`, by the last bit of the SHA-256 of the work's id."""
    return "ab"[hashlib.sha256(work.encode()).digest()[-1] & 1]


def write(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """A table with the columns of the one it comes from."""
    with path.open("w", newline="", encoding="utf-8") as table:
        writer = csv.DictWriter(table, columns)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
