//! From a song to the notes of one rendition: its key, tempo, structure and instruments.

use crate::error::Error;
use crate::notation::{Chord, Note, parse_chords, parse_melody};
use crate::score::{Event, Instrument};
use crate::songs::Song;

/// How a rendition differs from the song as written.
pub(crate) struct Style {
    pub artist: &'static str,
    /// The remark that is added to the title in brackets.
    pub remark: Option<&'static str>,
    pub year: u32,
    /// How many semitones it is above the written key.
    pub transposition: i32,
    /// The tempo as a multiple of the song's own tempo.
    pub tempo: f64,
    pub lead: Instrument,
    pub chords: Instrument,
    pub pattern: Pattern,
    pub has_drums: bool,
    /// How many bars of the beginning are played without the tune before the first verse.
    pub intro_bars: usize,
    /// The share of the song's bars that the last verse plays; 1 for all.
    pub last_verse: f64,
    pub reharmonises: bool,
}

/// How chords are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    /// Each chord is held for its whole length.
    Held,
    /// The tones of a chord are played one after another.
    Broken,
    /// The bass is on the beat and the chord after it.
    OffBeat,
}

/// The approximate length of renditions. Verses are added until it is reached.
const WANTED_S: f64 = 55.0;

/// The notes of a rendition, in no particular order.
pub(crate) fn arrange(song: &Song, style: &Style) -> Result<Vec<Event>, Error> {
    let melody = parse_melody(song.melody)?;
    let written = if style.reharmonises { song.other_chords.unwrap_or(song.chords) } else { song.chords };
    let chords = parse_chords(written)?;
    let eighth_s = 30.0 / (song.tempo_bpm * style.tempo);
    let bar_s = song.eighths_per_bar as f64 * eighth_s;
    let mut player = Player {
        events: Vec::new(),
        style,
        lead_transposition: style.transposition + octave(style, &melody),
        eighth_s,
        eighths_per_bar: song.eighths_per_bar,
    };
    let mut at_s = 0.0;
    for bar in 0..style.intro_bars {
        player.accompany(&chords[bar % chords.len()], at_s, 0.7);
        at_s += bar_s;
    }
    let verses = ((WANTED_S - at_s) / (bar_s * melody.len() as f64)).round().max(1.0) as usize;
    for verse in 0..verses {
        let is_last = verse + 1 == verses && verses > 1;
        let bars =
            if is_last { (melody.len() as f64 * style.last_verse).ceil() as usize } else { melody.len() };
        for (notes, chords) in melody.iter().zip(&chords).take(bars) {
            player.sing(notes, at_s);
            player.accompany(chords, at_s, 1.0);
            at_s += bar_s;
        }
    }
    player.close(&chords[chords.len() - 1], at_s);
    Ok(player.events)
}

/// By how many semitones, a multiple of 12, the melody must be moved to be nearest to the middle of the singer's range.
fn octave(style: &Style, melody: &[Vec<Note>]) -> i32 {
    let Instrument::Voice(singer) = style.lead else { return 0 };
    let pitches = || melody.iter().flatten().filter_map(|note| note.pitch);
    let middle = (pitches().min().unwrap_or(0) + pitches().max().unwrap_or(0)) / 2 + style.transposition;
    12 * (f64::from(singer.middle() - middle) / 12.0).round() as i32
}

struct Player<'a> {
    events: Vec<Event>,
    style: &'a Style,
    /// By how many semitones the melody is higher than written.
    lead_transposition: i32,
    eighth_s: f64,
    eighths_per_bar: usize,
}

impl Player<'_> {
    fn play(&mut self, instrument: Instrument, pitch: i32, start_s: f64, length_s: f64, level: f32) {
        self.events.push(Event { start_s, length_s, pitch, level, instrument });
    }

    fn sing(&mut self, notes: &[Note], bar_at_s: f64) {
        let mut at_s = bar_at_s;
        for note in notes {
            let length_s = note.eighths as f64 * self.eighth_s;
            if let Some(pitch) = note.pitch {
                self.play(self.style.lead, pitch + self.lead_transposition, at_s, length_s * 0.95, 0.8);
            }
            at_s += length_s;
        }
    }

    /// One bar of chords, bass and drums.
    fn accompany(&mut self, chords: &[Chord], bar_at_s: f64, level: f32) {
        let eighths = self.eighths_per_bar / chords.len();
        for (number, chord) in chords.iter().enumerate() {
            let at_s = bar_at_s + (number * eighths) as f64 * self.eighth_s;
            let length_s = eighths as f64 * self.eighth_s;
            self.play(Instrument::Bass, self.near(chord.root, -24), at_s, length_s * 0.9, 0.7 * level);
            self.chord(chord, at_s, eighths, level);
        }
        if self.style.has_drums {
            self.drum(bar_at_s, level);
        }
    }

    fn chord(&mut self, chord: &Chord, at_s: f64, eighths: usize, level: f32) {
        let tones: Vec<i32> = chord.tones().map(|tone| self.near(tone, -7)).collect();
        let length_s = eighths as f64 * self.eighth_s;
        let instrument = self.style.chords;
        match self.style.pattern {
            Pattern::Held => {
                tones
                    .iter()
                    .for_each(|tone| self.play(instrument, *tone, at_s, length_s * 0.98, 0.35 * level));
            }
            Pattern::Broken => {
                for eighth in 0..eighths {
                    let start_s = at_s + eighth as f64 * self.eighth_s;
                    self.play(
                        instrument,
                        tones[eighth % tones.len()],
                        start_s,
                        self.eighth_s * 2.0,
                        0.5 * level,
                    );
                }
            }
            Pattern::OffBeat => {
                for eighth in (1..eighths).step_by(2) {
                    let start_s = at_s + eighth as f64 * self.eighth_s;
                    tones.iter().for_each(|tone| {
                        self.play(instrument, *tone, start_s, self.eighth_s * 0.8, 0.4 * level);
                    });
                }
            }
        }
    }

    fn drum(&mut self, bar_at_s: f64, level: f32) {
        for eighth in 0..self.eighths_per_bar {
            let at_s = bar_at_s + eighth as f64 * self.eighth_s;
            self.play(Instrument::HiHat, 0, at_s, 0.1, 0.25 * level);
            let quarter = eighth / 2;
            if eighth % 2 == 0 && quarter % 2 == 0 {
                self.play(Instrument::Kick, 0, at_s, 0.3, 0.8 * level);
            } else if eighth % 2 == 0 {
                self.play(Instrument::Snare, 0, at_s, 0.3, 0.5 * level);
            }
        }
    }

    /// The last chord, which is held.
    fn close(&mut self, chords: &[Chord], at_s: f64) {
        let Some(chord) = chords.last() else { return };
        for tone in chord.tones().map(|tone| self.near(tone, -7)).collect::<Vec<_>>() {
            self.play(self.style.chords, tone, at_s, 2.5, 0.4);
        }
        self.play(Instrument::Bass, self.near(chord.root, -24), at_s, 2.5, 0.7);
    }

    /// A pitch class as written, transposed and moved into the octave that begins at `lowest`.
    fn near(&self, pitch_class: usize, lowest: i32) -> i32 {
        lowest + (pitch_class as i32 + self.style.transposition - lowest).rem_euclid(12)
    }
}
