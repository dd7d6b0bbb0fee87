"""What went wrong, in a sentence for whoever gave the command."""

from collections.abc import Callable
from typing import TypeVar

Given = TypeVar("Given")
Item = TypeVar("Item")

FEWEST = 4
"""Works, songs or tunes of a file: two to learn from, two to watch."""


def sentence(error: Exception) -> str:
    """Of a ValueError what it says, of a file that cannot be read its name and why."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {(error.strerror or 'cannot be read').lower()}"
    return str(error)


def content_of(option: str, given: Given, read: Callable[[Given], list[Item]]) -> list[Item]:
    """What is read of the file or files given by an option; a ValueError names them when they were written for another
    one, or hold next to nothing."""
    files = " ".join(map(str, given)) if isinstance(given, list) else given
    try:
        found = read(given)
    except FileNotFoundError:
        raise
    # Whatever a reader meets in such a file.
    except Exception as error:
        raise ValueError(f"{option}: {files} is no such file as it wants ({type(error).__name__}: {error})") from error
    if len(found) < FEWEST:
        raise ValueError(f"{option}: {files} holds {len(found)}, and {FEWEST} are the fewest")
    return found
