"""The public-domain tune collections that the package music21 brings: O'Neill, Ryan, Aird, Essen."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from reprise_training.tunes import abc
from reprise_training.tunes.tune import Tune

FOLDERS = {
    "oneill": "oneills1850",
    "ryan": "ryansMammoth",
    "aird": "airdsAirs",
    "essen": "essenFolksong",
}
"""Our names, and theirs."""


def read(name: str) -> Iterator[Tune]:
    """All tunes of a collection. An ImportError says that the package is not installed."""
    # Its files only: its own parser takes half an hour, and loses notes behind ties, ornaments and dotted rhythms.
    package = find_spec("music21")
    if package is None or package.origin is None:
        raise ImportError("music21 is not installed: pip install music21")
    for file in sorted((Path(package.origin).parent / "corpus" / FOLDERS[name]).glob("*.abc")):
        content = file.read_bytes()
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
        for title, notes in abc.parse(text):
            yield Tune(title, name, notes)
