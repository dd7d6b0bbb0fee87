"""Titles as they are compared, and the titles that no training set may contain."""

import hashlib
import re
import unicodedata
from pathlib import Path

BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
APOSTROPHES = re.compile("['’`]")
ARTICLES = ("the", "a", "an")


def normalised(title: str) -> str:
    """Lower case, no accents, no text in brackets, no article first or last, single spaces."""
    decomposed = unicodedata.normalize("NFKD", title)
    text = "".join(char for char in decomposed if not unicodedata.combining(char)).lower()
    text = BRACKETED.sub(" ", text).replace("&", " and ")
    text = re.sub(r"[^a-z0-9]+", " ", APOSTROPHES.sub("", text)).strip()
    words = text.split()
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    if len(words) > 1 and words[-1] in ARTICLES:
        words = words[:-1]
    return " ".join(words)


def fingerprint(title: str) -> str:
    """How the list of reserved titles writes a title: 16 hex digits of a SHA-256."""
    return hashlib.sha256(normalised(title).encode()).hexdigest()[:16]


def is_reserved(title: str, reserved: frozenset[str]) -> bool:
    """Whether the title is on the list. What stands in brackets is often half of a title or the other title,
    so the title with its brackets open and each bracket alone count as well: refusing one chart too many
    costs little."""
    opened = re.sub(r"[()\[\]]", " ", title)
    alone = [match[1:-1] for match in BRACKETED.findall(title)]
    return any(fingerprint(spelling) in reserved for spelling in (title, opened, *alone) if normalised(spelling))


def read_reserved(path: Path) -> frozenset[str]:
    """The list, one fingerprint a line."""
    lines = {line.strip() for line in path.read_text(encoding="utf-8").splitlines()}
    reserved = frozenset(line for line in lines if line and not line.startswith("#"))
    for line in reserved:
        if not re.fullmatch("[0-9a-f]{16}", line):
            raise ValueError(f"{path} has a line that is no fingerprint: {line}")
    return reserved
