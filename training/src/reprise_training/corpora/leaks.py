"""Whether training and validation share a work, by their titles."""

from collections.abc import Iterable

from reprise_training.charts.titles import is_reserved, normalised


def shared_works(training: Iterable[str], validation: Iterable[str], reserved: Iterable[str] = ()) -> list[str]:
    """Titles to train on that are titles of validation, or whose hash is among the reserved ones; in order, once each."""
    forbidden = {normalised(title) for title in validation} - {""}
    hashes = frozenset(reserved)
    return sorted({t for t in training if normalised(t) in forbidden or is_reserved(t, hashes)})
