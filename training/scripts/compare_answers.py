"""Whether two builds of Reprise give the same answers about one folder of music.

    python training/scripts/compare_answers.py --before BIN --after BIN --music FOLDER --out DIR [--works CSV] [--voice]

Each build scans FOLDER into a library of its own below `--out` (a library that is there is scanned again, which is
quick). Both are asked about the library of the first one, of which the second gets a copy: for songs, copies, exports
and the covers of every track, as JSON, and for `eval` if a list of works is given. The covers that the second build
finds in its own library are compared, too; the order of songs is not, since it depends on which file was done first.
Prints how many answers are equal and the first differences; the exit status is 1 if any differ.
"""

import argparse
import json
import shutil
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
    own = {name: options.out / f"{name}.db" for name in ("before", "after")}
    scan(options.before, own["before"], options)
    scan(options.after, own["after"], options)
    copy = options.out / "before-copy.db"
    shutil.copyfile(own["before"], copy)
    copy.with_name(f"{copy.name}.lock").touch()
    # A build that has another schema upgrades its copy.
    run(options.after, copy, "listen")
    before, after = ask(options.before, own["before"], options.works), ask(options.after, copy, options.works)
    scanned = ask(options.after, own["after"], None)
    covers = [question for question in before if question.startswith("covers ")]
    before |= {f"{question}, own scan": before[question] for question in covers}
    after |= {f"{question}, own scan": scanned.get(question, "") for question in covers}
    different = [question for question in before if before[question] != after.get(question)]
    print(f"{len(before) - len(different)} of {len(before)} answers are equal")
    for question in different[:SHOWN]:
        lines = before[question].splitlines(), after.get(question, "").splitlines()
        changes = list(unified_diff(*lines, "before", "after", lineterm="", n=0))
        print(f"\n{question}", *changes[2 : 2 + LINES_SHOWN], sep="\n  ")
    sys.exit(1 if different or before.keys() != after.keys() else 0)


def run(program: Path, library: Path, *arguments: str) -> str:
    """What a build prints, or why it failed."""
    command = [str(program), "--library", str(library), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else f"exit {done.returncode}: {done.stderr}"


def scan(program: Path, library: Path, options: argparse.Namespace) -> None:
    """Scans the folder into a library."""
    run(program, library, "scan", "--voice", "now" if options.voice else "never", str(options.music))


def ask(program: Path, library: Path, works: Path | None) -> dict[str, str]:
    """Every answer of one build about a library, by its question."""
    answers = {question: run(program, library, question, "--json") for question in ("clusters", "duplicates")}
    for form in EXPORTS:
        answers[f"export {form}"] = run(program, library, "export", "--format", form)
    for path in sorted(set(tracks_of(answers["export json"]))):
        answers[f"covers {path}"] = run(program, library, "covers", "--limit", "50", "--json", path)
    if works:
        for method in METHODS:
            answers[f"eval {method}"] = run(program, library, "eval", "--json", "--method", method, str(works))
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
