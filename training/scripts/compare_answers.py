"""Whether two builds of Reprise give the same answers about one folder of music.

    python training/scripts/compare_answers.py --before BIN --after BIN --music FOLDER --out DIR [--works CSV] [--voice]

Each build scans FOLDER into a library of its own below `--out` (a library that is there is scanned again, which is
quick) and is asked for songs, copies, exports and the covers of every track, as JSON, and for `eval` where a list of
works is given. Prints how many answers are equal and the first differences; the exit status is 1 where any differ.
"""

import argparse
import json
import subprocess
import sys
from difflib import unified_diff
from pathlib import Path

EXPORTS = ("json", "csv", "m3u8")
METHODS = ("soft", "shortlist")
SHOWN = 8
LINES_SHOWN = 20


def main() -> None:
    """Asks both builds and compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", type=Path, required=True)
    parser.add_argument("--after", type=Path, required=True)
    parser.add_argument("--music", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--works", type=Path)
    parser.add_argument("--voice", action="store_true", help="hear the voices, too")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    builds = {"before": options.before, "after": options.after}
    answers = {name: ask(program, options.out / f"{name}.db", options) for name, program in builds.items()}
    before, after = answers["before"], answers["after"]
    different = [question for question in before if before[question] != after.get(question)]
    print(f"{len(before) - len(different)} of {len(before)} answers are equal")
    for question in different[:SHOWN]:
        lines = before[question].splitlines(), after.get(question, "").splitlines()
        changes = list(unified_diff(*lines, "before", "after", lineterm="", n=0))
        print(f"\n{question}", *changes[2 : 2 + LINES_SHOWN], sep="\n  ")
    sys.exit(1 if different or before.keys() != after.keys() else 0)


def ask(program: Path, library: Path, options: argparse.Namespace) -> dict[str, str]:
    """Every answer of one build by its question."""

    def run(*arguments: str) -> str:
        command = [str(program), "--library", str(library), *arguments]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else f"exit {done.returncode}: {done.stderr}"

    run("scan", "--voice", "always" if options.voice else "never", str(options.music))
    answers = {question: run(question, "--json") for question in ("clusters", "duplicates")}
    for form in EXPORTS:
        answers[f"export {form}"] = run("export", "--format", form)
    for path in sorted(set(tracks_of(answers["export json"]))):
        answers[f"covers {path}"] = run("covers", "--limit", "50", "--json", path)
    if options.works:
        for method in METHODS:
            answers[f"eval {method}"] = run("eval", "--json", "--method", method, str(options.works))
    return answers


def tracks_of(exported: str) -> list[str]:
    """Every path in an export."""
    found: list[str] = []

    def look(value: object) -> None:
        if isinstance(value, dict):
            path = value.get("path")
            if isinstance(path, str):
                found.append(path)
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(json.loads(exported))
    return found


if __name__ == "__main__":
    main()
