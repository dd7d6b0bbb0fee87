"""What a band plays: the chords it was given, in time, as MIDI."""

from io import BytesIO

import numpy as np
import pytest

pytest.importorskip("mido")

import mido

from reprise_training.simulate import band
from reprise_training.simulate.band import Arrangement, Passage, drawn_arrangement, performance
from reprise_training.simulate.midi import Note, Voice, midi_bytes

C_MAJOR, G_SEVENTH = (0, 4, 7), (2, 5, 7, 11)


def passage(beats_per_minute: float = 120) -> Passage:
    """C major, nothing, G seventh; four beats each."""
    notes = np.zeros((3, 12), bool)
    notes[0, list(C_MAJOR)] = notes[2, list(G_SEVENTH)] = True
    return Passage(notes, np.array([0, -1, 7]), np.full(3, 4.0), beats_per_minute)


def sounding(content: bytes) -> list[tuple[float, int, int]]:
    """Second, channel and number of every note that begins."""
    now, result = 0.0, []
    for message in mido.MidiFile(file=BytesIO(content)):
        now += message.time
        if message.type == "note_on" and message.velocity:
            result.append((now, message.channel, message.note))
    return result


def alone(comping: str) -> Arrangement:
    return Arrangement(comping, 0, None, 32, None, None)


def test_the_truth_is_in_seconds() -> None:
    assert passage(120).ends_s().tolist() == [2, 4, 6]
    assert passage(60).ends_s().tolist() == [4, 8, 12]


@pytest.mark.parametrize("style", band.COMPING_STYLES)
def test_every_style_plays_the_whole_chord_and_nothing_else(style: str) -> None:
    heard = sounding(performance(passage(), alone(style), np.random.default_rng(1)))
    assert {number % 12 for second, _, number in heard if second < 2} == set(C_MAJOR)
    assert {number % 12 for second, _, number in heard if second >= 4} == set(G_SEVENTH)
    assert not [second for second, _, _ in heard if 2 <= second < 4]


def test_a_bass_begins_with_the_root() -> None:
    for style in band.BASS_STYLES:
        first = {note.start: note.number % 12 for note in reversed(list(band.bass(passage(), style)))}
        assert first[0.0] == 0 and first[8.0] == 7


def test_a_walking_bass_leads_into_the_next_root() -> None:
    line = [note.number for note in band.bass(passage(), "walking")]
    assert abs(line[3] - line[4]) == 1


def test_a_lead_stays_in_its_range_and_on_chord_tones_on_beats() -> None:
    for note in band.lead(passage(), np.random.default_rng(3)):
        assert band.LOWEST_LEAD <= note.number < band.LOWEST_LEAD + band.LEAD_RANGE
        if note.start == round(note.start):
            assert note.number % 12 in (C_MAJOR if note.start < 4 else G_SEVENTH)


def test_drums_have_their_channel() -> None:
    arrangement = Arrangement("block", 0, "roots", 32, "rock", 73)
    heard = sounding(performance(passage(), arrangement, np.random.default_rng(1)))
    assert {channel for _, channel, _ in heard} == {0, 1, 2, 9}


def test_a_seed_says_all() -> None:
    def once(seed: int) -> bytes:
        draw = np.random.default_rng(seed)
        return performance(passage(), drawn_arrangement(draw), draw)

    assert once(1) == once(1) and len({once(seed) for seed in range(8)}) > 1


def test_a_note_too_short_to_hear_lasts_a_tick() -> None:
    assert len(sounding(midi_bytes([Voice(0, (Note(0, 0, 60, 80),))], 120))) == 1


def test_what_cannot_be_played_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Passage(np.ones((1, 12), bool), np.array([0]), np.array([0.0]), 120)
    with pytest.raises(ValueError, match="needs chords"):
        Passage(np.ones((1, 12), bool), np.array([0, 1]), np.array([1.0]), 120)
    with pytest.raises(ValueError, match="channels"):
        midi_bytes([Voice(0, ())] * 16, 120)
