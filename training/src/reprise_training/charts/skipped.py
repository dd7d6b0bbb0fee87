"""What an importer left out, and why."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Skipped:
    """Counts by reason."""

    charts: Counter[str] = field(default_factory=Counter)
    """Charts left out, by reason."""
    symbols: Counter[str] = field(default_factory=Counter)
    """Chord symbols that are not known, which were taken for their triads or for silence."""
