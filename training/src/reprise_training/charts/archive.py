"""Text files inside a packed corpus, which is never unpacked to disk."""

import tarfile
from collections.abc import Iterator
from pathlib import Path


def texts(archive: Path, *endings: str) -> Iterator[tuple[str, str]]:
    """Path and text of every file with one of the endings, by path."""
    with tarfile.open(archive) as packed:
        members = sorted(packed.getmembers(), key=lambda member: member.name)
        for member in members:
            if member.isfile() and member.name.endswith(endings):
                file = packed.extractfile(member)
                assert file is not None
                yield member.name, file.read().decode("utf-8", errors="replace")
