//! Converts notes to what a singer does: syllables, phrases and breaths.

use crate::formants::{LATERAL, NASAL, Tract, Vowel, vowel};
use crate::score::{Event, Singer};

/// A position that the voice moves to from a point in time on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gesture {
    pub start_s: f64,
    /// The beginning of the note that it belongs to.
    pub note_at_s: f64,
    /// Semitones above middle c.
    pub pitch: f64,
    pub tract: Tract,
    /// Levels, 0..=1, of the vocal folds, of air blown through the mouth and of air at the teeth.
    pub voicing: f64,
    pub breath: f64,
    pub friction: f64,
}

/// How a syllable begins.
#[derive(Clone, Copy, PartialEq)]
enum Onset {
    Open,
    Aspirate,
    Nasal,
    Lateral,
    /// Closed and voiced, like d.
    Soft,
    /// Closed and silent, like t.
    Hard,
    Sibilant,
}

/// Syllables: the onset, the vowel, and the vowel at the end. They are not words of a language. There are thirteen, so
/// that they fall on different notes in every line.
const SYLLABLES: [(Onset, Vowel, Vowel); 13] = [
    (Onset::Lateral, Vowel::A, Vowel::A),
    (Onset::Nasal, Vowel::A, Vowel::I),
    (Onset::Soft, Vowel::O, Vowel::U),
    (Onset::Nasal, Vowel::E, Vowel::E),
    (Onset::Sibilant, Vowel::A, Vowel::A),
    (Onset::Open, Vowel::O, Vowel::O),
    (Onset::Hard, Vowel::E, Vowel::I),
    (Onset::Aspirate, Vowel::A, Vowel::U),
    (Onset::Lateral, Vowel::I, Vowel::I),
    (Onset::Soft, Vowel::A, Vowel::A),
    (Onset::Hard, Vowel::U, Vowel::U),
    (Onset::Nasal, Vowel::O, Vowel::O),
    (Onset::Sibilant, Vowel::E, Vowel::I),
];

/// The level of a breath that is drawn in.
const INHALED: f64 = 0.25;

/// The approximate length of a syllable. Longer notes have several, as nobody speaks slower than three per second.
const SYLLABLE_S: f64 = 0.3;

/// How long a note takes to end.
const LETTING_GO_S: f64 = 0.1;

/// The gestures for singing `notes`, in order of time.
pub(crate) fn gestures(singer: Singer, notes: &[Event]) -> Vec<Gesture> {
    /// In rests of at least this length the singer breathes.
    const REST_S: f64 = 0.2;
    /// After this time without a breath, the end of a long note is shortened for one.
    const LUNG_S: f64 = 4.5;
    let mut line = Line { singer, syllables: 0, gestures: Vec::new() };
    let mut breathed_s = f64::NEG_INFINITY;
    let mut sung_until_s = f64::NEG_INFINITY;
    for (number, note) in notes.iter().enumerate() {
        let end_s = note.start_s + note.length_s;
        let rest_s = notes.get(number + 1).map_or(f64::INFINITY, |next| next.start_s - end_s);
        let before_s = note.start_s - sung_until_s;
        if before_s > REST_S {
            line.inhale(note, note.start_s - (before_s - LETTING_GO_S).min(0.5));
            breathed_s = note.start_s;
        }
        let is_spent = note.length_s > 0.6 && end_s - breathed_s > LUNG_S;
        let stop_s = if is_spent && rest_s <= REST_S { end_s - 0.35 } else { end_s };
        line.note(note, stop_s);
        if rest_s > REST_S {
            line.release(stop_s);
        } else if is_spent {
            line.release(stop_s);
            line.inhale(&notes[number + 1], stop_s + LETTING_GO_S);
            breathed_s = end_s;
        }
        sung_until_s = end_s;
    }
    line.gestures
}

struct Line {
    singer: Singer,
    /// The number of syllables so far.
    syllables: usize,
    gestures: Vec<Gesture>,
}

impl Line {
    /// Adds a breath from `start_s` until shortly before the `next` note; none if there is no time for it.
    fn inhale(&mut self, next: &Event, start_s: f64) {
        const HELD_S: f64 = 0.1;
        let (start_s, end_s) = (start_s.max(0.0), next.start_s - HELD_S);
        if end_s <= start_s {
            return;
        }
        let tract = vowel(self.singer, Vowel::E);
        let breath = |start_s, breath| Gesture {
            start_s,
            note_at_s: start_s,
            pitch: f64::from(next.pitch),
            tract,
            voicing: 0.0,
            breath,
            friction: 0.0,
        };
        self.gestures.push(breath(start_s, INHALED));
        self.gestures.push(breath(end_s, 0.0));
    }

    /// Adds the syllables of a note, all on its pitch.
    fn note(&mut self, note: &Event, stop_s: f64) {
        /// The level of the syllables after the first one, which is stressed.
        const UNSTRESSED: f64 = 0.8;
        let length_s = stop_s - note.start_s;
        let count = (length_s / SYLLABLE_S).round().max(1.0) as usize;
        let at_s = |part: usize| note.start_s + length_s * part as f64 / count as f64;
        for part in 0..count {
            let stress = if part == 0 { 1.0 } else { UNSTRESSED };
            self.syllable(note, stress, at_s(part), at_s(part + 1));
        }
    }

    fn syllable(&mut self, note: &Event, stress: f64, start_s: f64, stop_s: f64) {
        let (onset, first, last) = SYLLABLES[self.syllables % SYLLABLES.len()];
        self.syllables += 1;
        let open = Gesture {
            start_s,
            note_at_s: note.start_s,
            pitch: f64::from(note.pitch),
            tract: vowel(self.singer, first),
            voicing: f64::from(note.level) * stress,
            breath: 0.0,
            friction: 0.0,
        };
        // The vowel is on the beat, so a consonant comes before it. It must leave time for the vowel of a short note
        // before it.
        let ahead_s = |length_s: f64| {
            let before_s = self.gestures.last().map_or(length_s, |before| start_s - before.start_s);
            start_s - length_s.min(before_s / 2.0).max(0.0)
        };
        let closed = Gesture { voicing: 0.0, ..open };
        let mut parts = match onset {
            Onset::Open => vec![],
            Onset::Aspirate => vec![Gesture { start_s: ahead_s(0.1), breath: 0.5, ..closed }],
            Onset::Nasal => {
                vec![Gesture { start_s: ahead_s(0.1), tract: NASAL, voicing: 0.6 * open.voicing, ..open }]
            }
            Onset::Lateral => {
                vec![Gesture { start_s: ahead_s(0.09), tract: LATERAL, voicing: 0.7 * open.voicing, ..open }]
            }
            Onset::Soft => vec![
                Gesture { start_s: ahead_s(0.08), tract: NASAL, voicing: 0.15 * open.voicing, ..open },
                Gesture { start_s: ahead_s(0.015), breath: 0.6, friction: 0.3, ..closed },
            ],
            Onset::Hard => vec![
                Gesture { start_s: ahead_s(0.12), ..closed },
                Gesture { start_s: ahead_s(0.04), breath: 1.0, friction: 0.8, ..closed },
                Gesture { start_s: ahead_s(0.02), breath: 0.5, ..closed },
            ],
            Onset::Sibilant => vec![
                Gesture { start_s: ahead_s(0.155), friction: 0.7, ..closed },
                Gesture { start_s: ahead_s(0.02), ..closed },
            ],
        };
        parts.push(open);
        if first != last {
            let start_s = stop_s - (0.4 * (stop_s - start_s)).min(0.15);
            parts.push(Gesture { start_s, tract: vowel(self.singer, last), ..open });
        }
        self.gestures.append(&mut parts);
    }

    /// Adds the end of the last note before a rest.
    fn release(&mut self, start_s: f64) {
        if let Some(last) = self.gestures.last().copied() {
            let silent = Gesture { voicing: 0.0, ..last };
            self.gestures.push(Gesture { start_s, breath: 0.05, ..silent });
            self.gestures.push(Gesture { start_s: start_s + LETTING_GO_S, ..silent });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::Instrument;

    fn notes(starts_s: &[f64], length_s: f64) -> Vec<Event> {
        let instrument = Instrument::Voice(Singer::Alto);
        starts_s
            .iter()
            .map(|start_s| Event { start_s: *start_s, length_s, pitch: 2, level: 0.8, instrument })
            .collect()
    }

    /// When breath is drawn in.
    fn breaths_s(gestures: &[Gesture]) -> Vec<f64> {
        let drawn = gestures.iter().filter(|gesture| gesture.breath == INHALED);
        drawn.map(|gesture| gesture.start_s).collect()
    }

    #[test]
    fn gestures_come_in_order_and_every_note_is_voiced_from_its_beat_on() {
        let notes = notes(&[0.5, 0.9, 1.1, 1.3, 2.4, 3.0, 3.2, 3.4, 3.6, 4.0, 4.5, 4.6, 5.0, 7.0], 0.19);
        let gestures = gestures(Singer::Alto, &notes);
        assert!(gestures.is_sorted_by_key(|gesture| (gesture.start_s * 1e6) as i64));
        for note in notes {
            assert!(gestures.iter().any(|gesture| gesture.start_s == note.start_s && gesture.voicing > 0.5));
        }
        assert_eq!(gestures[gestures.len() - 1].voicing, 0.0, "the last note ends");
    }

    #[test]
    fn a_long_note_carries_syllables_as_fast_as_speech_on_its_pitch() {
        let gestures = gestures(Singer::Alto, &notes(&[1.0], 3.0));
        let sung: Vec<&Gesture> = gestures.iter().filter(|gesture| gesture.start_s >= 1.0).collect();
        assert!(sung.iter().all(|gesture| gesture.pitch == 2.0 && gesture.note_at_s == 1.0));
        let closed = |gesture: &Gesture| gesture.voicing < 0.6;
        let syllables = sung.windows(2).filter(|pair| !closed(pair[0]) && closed(pair[1])).count();
        assert!((8..=15).contains(&syllables), "{syllables} in three seconds");
    }

    #[test]
    fn breath_is_drawn_in_rests_and_where_there_are_none_after_a_while() {
        let rests = breaths_s(&gestures(Singer::Tenor, &notes(&[1.0, 2.0, 4.0], 0.95)));
        assert!(matches!(rests[..], [first, last] if first < 1.0 && (3.0..4.0).contains(&last)), "{rests:?}");
        let starts_s: Vec<f64> = (0..20).map(f64::from).collect();
        let legato = breaths_s(&gestures(Singer::Tenor, &notes(&starts_s, 0.95)));
        assert!((3..=5).contains(&legato.len()), "{legato:?}");
    }
}
