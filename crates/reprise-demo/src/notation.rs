//! A compact notation. `c'4` is the c above middle c for four eighths, `g#2` is a note in the middle octave, `b,2` is
//! in the octave below, `r2` is a rest and `|` is a bar line. Chords are `C`, `Am`, `G7`, `Dm7`, `F#dim`, one or two
//! per bar.

use crate::error::Error;

/// A note or a rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note {
    /// Semitones above middle c; `None` for a rest.
    pub pitch: Option<i32>,
    pub eighths: usize,
}

/// A chord: its root and the intervals above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chord {
    /// The pitch class of the root, 0..12.
    pub root: usize,
    /// Semitones above the root.
    pub intervals: &'static [usize],
}

impl Chord {
    /// The pitch classes of the chord.
    pub fn tones(&self) -> impl Iterator<Item = usize> {
        let root = self.root;
        self.intervals.iter().map(move |interval| (root + interval) % 12)
    }
}

/// Parses bars of notes.
pub(crate) fn parse_melody(text: &str) -> Result<Vec<Vec<Note>>, Error> {
    text.split('|').map(|bar| bar.split_whitespace().map(parse_note).collect()).collect()
}

/// Parses bars of chords.
pub(crate) fn parse_chords(text: &str) -> Result<Vec<Vec<Chord>>, Error> {
    text.split('|').map(|bar| bar.split_whitespace().map(parse_chord).collect()).collect()
}

fn parse_note(text: &str) -> Result<Note, Error> {
    let wrong = || Error::Notation(text.to_owned());
    let digits = text.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
    let eighths = text[digits..].parse().map_err(|_| wrong())?;
    let (name, octave) = split_pitch(&text[..digits]);
    if name == "r" {
        return Ok(Note { pitch: None, eighths });
    }
    let above: i32 = octave.chars().map(|mark| if mark == '\'' { 12 } else { -12 }).sum();
    let pitch = pitch_class(name).ok_or_else(wrong)? as i32 + above;
    Ok(Note { pitch: Some(pitch), eighths })
}

/// Splits `g#'` into `g#` and `'`.
fn split_pitch(text: &str) -> (&str, &str) {
    text.split_at(text.find(['\'', ',']).unwrap_or(text.len()))
}

fn pitch_class(name: &str) -> Option<usize> {
    let natural = match name.get(..1)? {
        "c" => 0,
        "d" => 2,
        "e" => 4,
        "f" => 5,
        "g" => 7,
        "a" => 9,
        "b" => 11,
        _ => return None,
    };
    match name.get(1..)? {
        "" => Some(natural),
        "#" => Some((natural + 1) % 12),
        _ => None,
    }
}

fn parse_chord(text: &str) -> Result<Chord, Error> {
    let wrong = || Error::Notation(text.to_owned());
    let root_length = if text.get(1..2) == Some("#") { 2 } else { 1 };
    let root = text.get(..root_length).ok_or_else(wrong)?.to_ascii_lowercase();
    let intervals: &[usize] = match &text[root_length..] {
        "" => &[0, 4, 7],
        "m" => &[0, 3, 7],
        "7" => &[0, 4, 7, 10],
        "m7" => &[0, 3, 7, 10],
        "dim" => &[0, 3, 6],
        _ => return Err(wrong()),
    };
    Ok(Chord { root: pitch_class(&root).ok_or_else(wrong)?, intervals })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_have_pitch_octave_and_length() {
        let bars = parse_melody("c'4 g#2 | b,1 r3").unwrap();
        let note = |pitch, eighths| Note { pitch, eighths };
        assert_eq!(bars, [vec![note(Some(12), 4), note(Some(8), 2)], vec![note(Some(-1), 1), note(None, 3)]]);
    }

    #[test]
    fn chords_have_roots_and_kinds() {
        let bars = parse_chords("Am G7 | F#dim").unwrap();
        assert_eq!(bars[0][0].tones().collect::<Vec<_>>(), [9, 0, 4]);
        assert_eq!(bars[0][1].tones().collect::<Vec<_>>(), [7, 11, 2, 5]);
        assert_eq!(bars[1][0].tones().collect::<Vec<_>>(), [6, 9, 0]);
    }

    #[test]
    fn what_is_no_notation_is_named() {
        for wrong in ["h4", "c", "c#x2", "4"] {
            let message = parse_melody(wrong).unwrap_err().to_string();
            assert!(message.contains(wrong), "{message}");
        }
        assert!(parse_chords("Xm").is_err() && parse_chords("Cmaj13").is_err());
    }
}
