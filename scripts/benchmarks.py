#!/usr/bin/env python3
"""Writes the tables of BENCHMARKS.md from docs/results.toml, each between its two marks.

    python3 scripts/benchmarks.py [--check]

With --check it writes nothing and fails where a table differs, or where a command names a script, an example or a
benchmark that does not exist. A cell may quote another one as {table.row.column}.
"""

from __future__ import annotations

import argparse
import re
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "docs" / "results.toml"
PAGE = ROOT / "BENCHMARKS.md"

Cell = str | int | list["Cell"]

QUOTE = re.compile(r"\{(\w+)\.(\w+)\.([^}]+)\}")
BLOCK = re.compile(r"<!-- begin (\w+) -->\n.*?<!-- end \1 -->", re.DOTALL)
FILE = re.compile(r"[\w./-]+\.(?:py|sh|js)\b")
EXAMPLE = re.compile(r"(?:--example|examples/) ?(\w+)")
BENCH = re.compile(r"--bench (\w+)")


@dataclass(frozen=True)
class Table:
    """A table of results.toml. `dates` has the rows that were measured on another day than the others."""

    columns: list[str]
    rows: dict[str, list[Cell]]
    date: datetime.date
    commands: list[str] = field(default_factory=list)
    dates: dict[str, datetime.date] = field(default_factory=dict)


def main() -> int:
    """Writes or checks; 1 when a check fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, fail where something would change")
    options = parser.parse_args()
    tables = read_tables(RESULTS)
    page = PAGE.read_text(encoding="utf-8")
    problems = missing(tables, page)
    written = BLOCK.sub(lambda block: drawn(block[1], tables) if block[1] in tables else block[0], page)
    if options.check and written != page:
        problems.append("BENCHMARKS.md is not what docs/results.toml says: run python3 scripts/benchmarks.py")
    for problem in problems:
        print(problem, file=sys.stderr)
    if not options.check and not problems:
        PAGE.write_text(written, encoding="utf-8")
    return 1 if problems else 0


def read_tables(path: Path) -> dict[str, Table]:
    """All tables by name. Numbers with a point keep the digits they are written with."""
    with path.open("rb") as file:
        tables = {name: Table(**table) for name, table in tomllib.load(file, parse_float=str).items()}
    for name, table in tables.items():
        for row, cells in table.rows.items():
            if len(cells) != len(table.columns):
                sys.exit(f"{path.name}: row {row} of {name} has {len(cells)} cells for {len(table.columns)} columns")
    return tables


def missing(tables: dict[str, Table], page: str) -> list[str]:
    """What is named and not there: tables, blocks of the page, files of commands."""
    blocks = {block[1] for block in BLOCK.finditer(page)}
    problems = [f"BENCHMARKS.md has no block for the table {name}" for name in tables if name not in blocks]
    problems += [f"docs/results.toml has no table {name}" for name in sorted(blocks) if name not in tables]
    for name, table in tables.items():
        cells = [cell for row in table.rows.values() for cell in row if isinstance(cell, str)]
        for command in table.commands + cells:
            problems += [f"{name}: {file} does not exist" for file in absent(command)]
    return problems


def absent(command: str) -> list[str]:
    """Scripts, examples and benchmarks of a command that do not exist."""
    files = [file for file in FILE.findall(command) if not (ROOT / file).exists()]
    files += [name for name in EXAMPLE.findall(command) if not list(ROOT.glob(f"crates/*/examples/{name}*"))]
    return files + [name for name in BENCH.findall(command) if not list(ROOT.glob(f"crates/*/benches/{name}.rs"))]


def drawn(name: str, tables: dict[str, Table]) -> str:
    """A block with its marks: the table, then when and how it was measured."""
    table = tables[name]
    lines = [line(table.columns), "|---" * len(table.columns) + "|"]
    lines += [line([text(cell, tables) for cell in cells]) for cells in table.rows.values()]
    if table.commands or "command" in table.columns:
        commands = ", ".join(f"`{command}`" for command in table.commands)
        lines += ["", f"{when(table)}{': ' if commands else ''}{commands}."]
    return "\n".join([f"<!-- begin {name} -->", *lines, f"<!-- end {name} -->"])


def line(cells: list[str]) -> str:
    """A line of a table; an empty cell takes one space."""
    return "|" + "|".join(f" {cell} " if cell else " " for cell in cells) + "|"


def text(cell: Cell, tables: dict[str, Table]) -> str:
    """A cell as it is read: numbers with commas, pairs as ranges, quotes filled in."""
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, list):
        return " to ".join(text(end, tables) for end in cell)
    return QUOTE.sub(lambda quote: quoted(quote[1], quote[2], quote[3], tables), cell)


def quoted(name: str, row: str, column: str, tables: dict[str, Table]) -> str:
    """The cell that {name.row.column} stands for, without what makes it bold."""
    if name not in tables or row not in tables[name].rows or column not in tables[name].columns:
        sys.exit(f"docs/results.toml: there is no cell {name}.{row}.{column}")
    table = tables[name]
    return text(table.rows[row][table.columns.index(column)], tables).strip("*")


def when(table: Table) -> str:
    """The days on which the rows were measured, from the first to the last."""
    dates = sorted(table.dates.get(row, table.date) for row in table.rows)
    first, last = dates[0], dates[-1]
    if first == last:
        return day(last)
    return f"{first.day if first.replace(day=1) == last.replace(day=1) else day(first)} to {day(last)}"


def day(date: datetime.date) -> str:
    """Such as 29 November 2026."""
    return f"{date.day} {date:%B %Y}"


if __name__ == "__main__":
    sys.exit(main())
