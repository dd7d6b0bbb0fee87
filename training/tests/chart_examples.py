"""Charts and chords written by hand, for the tests of charts."""

from reprise_training.charts.chart import Chart, Chord, Section, joined

MAJOR, MINOR, SEVENTH, MINOR_SEVENTH, MAJOR_SEVENTH = (
    (0, 4, 7),
    (0, 3, 7),
    (0, 4, 7, 10),
    (0, 3, 7, 10),
    (0, 4, 7, 11),
)


def chord(beats: float, root: int, intervals: tuple[int, ...], bass: int | None = None) -> Chord:
    return Chord(beats, root, frozenset((root + interval) % 12 for interval in intervals), bass)


def silence(beats: float) -> Chord:
    return Chord(beats, None, frozenset(), None)


def chart(title: str, chords: list[Chord], corpus: str = "ireal", composer: str = "") -> Chart:
    return Chart(title, composer, corpus, 0, False, 4, None, (Section("A", joined(chords)),))
