//! The works: melodies and harmonies in the public domain, in the notation of `notation.rs`.

/// A song as written, in C major or A minor.
pub(crate) struct Song {
    pub title: &'static str,
    /// How many eighths a bar has.
    pub eighths_per_bar: usize,
    /// Its own tempo, in quarters per minute.
    pub tempo_bpm: f64,
    /// Bars of notes.
    pub melody: &'static str,
    /// Bars of chords, as many as the melody has.
    pub chords: &'static str,
    /// The same bars with other chords, for the rendition that is reharmonised. Either a few chords are replaced, or
    /// all of them, with two per bar, so that only the tune remains of the song.
    pub other_chords: Option<&'static str>,
}

/// Twelve works, no two of which share a chord progression.
pub(crate) const SONGS: [Song; 12] = [
    // English, sixteenth century.
    Song {
        title: "Greensleeves",
        eighths_per_bar: 6,
        tempo_bpm: 132.0,
        melody: "c'4 d'2 | e'3 f'1 e'2 | d'4 b2 | g3 a1 b2 | c'4 a2 | a3 g#1 a2 | b4 g#2 | e4 a2 \
                 | c'4 d'2 | e'3 f'1 e'2 | d'4 b2 | g3 a1 b2 | c'3 b1 a2 | g#3 f#1 g#2 | a6 | a6 \
                 | g'6 | g'3 f'1 e'2 | d'4 b2 | g3 a1 b2 | c'4 a2 | a3 g#1 a2 | b4 g#2 | e6 \
                 | g'6 | g'3 f'1 e'2 | d'4 b2 | g3 a1 b2 | c'3 b1 a2 | g#3 f#1 g#2 | a6 | a6",
        chords: "Am | Am | G | G | Am | Am | E | E | Am | Am | G | G | Am | E | Am | Am \
                 | C | C | G | G | Am | Am | E | E | C | C | G | G | Am | E | Am | Am",
        other_chords: Some(
            "Am | C | G | Em | F | Dm | E | E | Am | C | G | Em | F | E | Am | Am \
             | C | Am | G | Em | F | Dm | E | E | C | Am | G | Em | F | E | Am | A",
        ),
    },
    // English, seventeenth century.
    Song {
        title: "Scarborough Fair",
        eighths_per_bar: 6,
        tempo_bpm: 112.0,
        melody: "a4 a2 | e'4 e'2 | b3 c'1 b2 | a6 | r2 e'2 g'2 | a'4 g'2 | e'2 f#'2 d'2 | e'6 \
                 | r4 a'2 | a'4 a'2 | g'4 e'2 | e'2 d'2 c'2 | b2 g4 | a4 e'2 | d'4 c'2 | b2 a2 g2 | a6 | a6",
        chords: "Am | Am | G | Am | C | Am | D | Am | Am | F | C | C | G | Am | D | G | Am | Am",
        other_chords: None,
    },
    // Melody New Britain, 1829.
    Song {
        title: "Amazing Grace",
        eighths_per_bar: 6,
        tempo_bpm: 96.0,
        melody: "r4 g2 | c'4 e'1 c'1 | e'4 d'2 | c'4 a2 | g4 g2 | c'4 e'1 c'1 | e'4 d'2 | g'6 | g'4 e'2 \
                 | g'4 e'1 c'1 | e'4 d'2 | c'4 a2 | g4 g2 | c'4 e'1 c'1 | e'4 d'2 | c'6 | c'6",
        chords: "C | C | C7 | F | C | C | D | G | G7 | C | C7 | F | C | Am | G | C | C",
        other_chords: Some("C | Am | C7 | F | C | Em | D | G | G7 | Am | C7 | F | Am | Dm | G | F | C"),
    },
    // American, traditional.
    Song {
        title: "House of the Rising Sun",
        eighths_per_bar: 6,
        tempo_bpm: 120.0,
        melody: "a4 b2 | c'4 e'2 | d'2 a4 | a6 | a'4 a'2 | g'4 e'2 | e'6 | e'4 e'2 \
                 | a'4 a'2 | g'4 e'2 | d'2 a4 | a4 a2 | c'2 c'2 a2 | g#4 g#2 | a6 | a6",
        chords: "Am | C | D | F | Am | C | E | E7 | Am | C | D | F | Am | E | Am | E7",
        other_chords: None,
    },
    // Scottish, published 1799.
    Song {
        title: "Auld Lang Syne",
        eighths_per_bar: 8,
        tempo_bpm: 108.0,
        melody: "r6 g2 | c'3 c'1 c'2 e'2 | d'3 c'1 d'2 e'2 | c'3 c'1 e'2 g'2 | a'6 a'2 | g'3 e'1 e'2 c'2 \
                 | d'3 c'1 d'2 e'2 | c'3 a1 a2 g2 | c'6 a'2 | g'3 e'1 e'2 c'2 | d'3 c'1 d'2 a'2 \
                 | g'3 e'1 e'2 g'2 | a'6 a'2 | g'3 e'1 e'2 c'2 | d'3 c'1 d'2 e'2 | c'3 a1 a2 g2 | c'8",
        chords: "C | C | G | C | F | C | G | F G | C | C | G | C C7 | F | C | G | F G | C",
        other_chords: Some(
            "Gm D# | Fm D7 | A# Dm | G# A | D Bm7 | Gm F#dim | Fm7 A# | D# F | G# D | A Dm7 | A# D | Gm A \
             | F#m D | Gm F#dim | Fm7 A# | D# F | G# F",
        ),
    },
    // Ludwig van Beethoven, 1824.
    Song {
        title: "Ode to Joy",
        eighths_per_bar: 8,
        tempo_bpm: 116.0,
        melody: "e'2 e'2 f'2 g'2 | g'2 f'2 e'2 d'2 | c'2 c'2 d'2 e'2 | e'3 d'1 d'4 \
                 | e'2 e'2 f'2 g'2 | g'2 f'2 e'2 d'2 | c'2 c'2 d'2 e'2 | d'3 c'1 c'4 \
                 | d'2 d'2 e'2 c'2 | d'2 e'1 f'1 e'2 c'2 | d'2 e'1 f'1 e'2 d'2 | c'2 d'2 g4 \
                 | e'2 e'2 f'2 g'2 | g'2 f'2 e'2 d'2 | c'2 c'2 d'2 e'2 | d'3 c'1 c'4",
        chords: "C | G | Am Em | G | C | G | Am Em | G C | G C | G C | E Am | D G | C | G | Am Em | G C",
        other_chords: None,
    },
    // Johann Pachelbel, about 1690.
    Song {
        title: "Canon in D",
        eighths_per_bar: 8,
        tempo_bpm: 84.0,
        melody: "e'4 d'4 | c'4 b4 | a4 g4 | a4 b4 | c'4 b4 | a4 g4 | f4 e4 | f4 d4 \
                 | c'2 e'2 d'2 b2 | c'2 a2 b2 g2 | a2 f2 g2 e2 | a2 c'2 b2 d'2 \
                 | g'2 e'1 f'1 g'2 d'2 | c'2 c'1 d'1 e'2 b2 | a2 a1 b1 c'2 g2 | a2 c'2 b1 c'1 d'2",
        chords: "C G | Am Em | F C | F G | C G | Am Em | F C | F G | C G | Am Em | F C | F G | C G | Am Em | F C | F G",
        other_chords: None,
    },
    // American spiritual.
    Song {
        title: "When the Saints Go Marching In",
        eighths_per_bar: 8,
        tempo_bpm: 168.0,
        melody: "r2 c'2 e'2 f'2 | g'8 | r2 c'2 e'2 f'2 | g'8 | r2 c'2 e'2 f'2 | g'4 e'4 | c'4 e'4 | d'8 \
                 | r2 e'2 e'2 d'2 | c'6 c'2 | e'4 g'4 | g'2 f'6 | r4 e'2 f'2 | g'4 e'4 | c'4 d'4 | c'8",
        chords: "C | C | C | C | C | C | A7 | D G | C | C7 | C7 | F | F#dim | C A7 | D G7 | C",
        other_chords: Some(
            "Fm A# | D# Gm | G# Dm7 | A# D# | F A# | Gm A | Fm E | Gm A# | A Bm7 | G# D7 | A Dm7 | Gm D# \
             | G# A# | D# E | Fm D | G# F",
        ),
    },
    // Russian, about 1861.
    Song {
        title: "Korobeiniki",
        eighths_per_bar: 8,
        tempo_bpm: 144.0,
        melody: "e'4 b2 c'2 | d'4 c'2 b2 | a4 a2 c'2 | e'4 d'2 c'2 | b6 c'2 | d'4 e'4 | c'4 a4 | a8 \
                 | r2 d'4 f'2 | a'4 g'2 f'2 | e'6 c'2 | e'4 d'2 c'2 | b4 b2 c'2 | d'4 e'4 | c'4 a4 | a8",
        chords: "E | E | Am | Am | E | E | Am | Am | Dm | Dm | C | C | E | E | Am | Am",
        other_chords: None,
    },
    // Franz Xaver Gruber, 1818.
    Song {
        title: "Silent Night",
        eighths_per_bar: 6,
        tempo_bpm: 100.0,
        melody: "g3 a1 g2 | e6 | g3 a1 g2 | e6 | d'4 d'2 | b6 | c'4 c'2 | g6 | a4 a2 | c'3 b1 a2 \
                 | g3 a1 g2 | e6 | a4 a2 | c'3 b1 a2 | g3 a1 g2 | e6 | d'4 d'2 | f'3 d'1 b2 | c'6 | e'6 \
                 | c'3 g1 e2 | g3 f1 d2 | c6 | c6",
        chords: "C | C | C | C | G | G7 | C | C | F | F | C | C | F | F | C | C | G | G7 | C | Am | C | G7 | C | C",
        other_chords: None,
    },
    // Ludwig van Beethoven, 1810. One bar here is two of the original.
    Song {
        title: "Für Elise",
        eighths_per_bar: 6,
        tempo_bpm: 150.0,
        melody: "e'1 d#'1 e'1 b1 d'1 c'1 | a2 r1 c1 e1 a1 | b2 r1 e1 g#1 b1 | c'2 r1 e1 e'1 d#'1 \
                 | e'1 d#'1 e'1 b1 d'1 c'1 | a2 r1 c1 e1 a1 | b2 r1 e1 c'1 b1 | a3 b1 c'1 d'1 \
                 | e'3 g1 f'1 e'1 | d'3 f1 e'1 d'1 | c'3 e1 d'1 c'1 | b2 e2 e'2 \
                 | e'1 d#'1 e'1 b1 d'1 c'1 | a2 r1 c1 e1 a1 | b2 r1 e1 c'1 b1 | a6",
        chords: "E7 | Am | E | Am | E7 | Am | E | Am | C | G | Am | E7 | B7 | Am | E | Am",
        other_chords: None,
    },
    // Irish, published 1855.
    Song {
        title: "Londonderry Air",
        eighths_per_bar: 8,
        tempo_bpm: 92.0,
        melody: "r2 b,2 c2 d2 | e4 d2 e2 | a2 g2 e2 d2 | c4 a,4 | r2 e2 f2 g2 | a4 g2 e2 | c2 e2 d4 | d8 \
                 | r2 b,2 c2 d2 | e4 d2 e2 | a2 g2 e2 d2 | c4 a,4 | r2 b,2 c2 d2 | e4 f2 e2 | d2 c2 d4 | c8 \
                 | r2 g2 a2 b2 | c'4 b2 b2 | a2 g2 a2 g2 | e4 c4 | r2 g2 a2 b2 | c'4 b2 b2 | a2 g2 e4 | d8 \
                 | r2 g2 g2 g2 | e'4 d'2 d'2 | c'2 a2 c'2 g2 | e4 c4 | r2 b,2 c2 d2 | e2 a2 g2 e2 | d2 c2 b,4 | c8",
        chords: "C | C | C7 | F Fm | Dm | F C | Am D | G7 | C | C | C7 | F Fm | Dm | C A7 | D G7 | C \
                 | C G | Am | F C | Am | C G | Am | F C | D G7 | C | Am | F | C E7 | F | C Am | D G7 | C",
        other_chords: None,
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notation::{Chord, parse_chords, parse_melody};

    #[test]
    fn every_song_is_well_formed_and_has_a_chord_for_every_bar() {
        for song in &SONGS {
            let melody = parse_melody(song.melody).unwrap();
            for chords in [Some(song.chords), song.other_chords].into_iter().flatten() {
                assert_eq!(parse_chords(chords).unwrap().len(), melody.len(), "{}", song.title);
            }
            for (number, bar) in melody.iter().enumerate() {
                let eighths: usize = bar.iter().map(|note| note.eighths).sum();
                assert_eq!(eighths, song.eighths_per_bar, "{} bar {}", song.title, number + 1);
            }
        }
    }

    #[test]
    fn melodies_rest_on_their_chords() {
        for song in &SONGS {
            let (melody, chords) = (parse_melody(song.melody).unwrap(), parse_chords(song.chords).unwrap());
            let long = melody.iter().zip(&chords).flat_map(|(bar, chords)| {
                let long = bar.iter().filter(|note| note.eighths >= 3).filter_map(|note| note.pitch);
                let tones: Vec<usize> = chords.iter().flat_map(|chord| chord.tones()).collect();
                long.map(move |pitch| tones.contains(&(pitch.rem_euclid(12) as usize))).collect::<Vec<_>>()
            });
            let long: Vec<bool> = long.collect();
            let fitting = long.iter().filter(|fits| **fits).count();
            assert!(
                fitting * 10 >= long.len() * 6,
                "{}: {fitting} of {} long notes fit",
                song.title,
                long.len()
            );
        }
    }

    /// Songs in which the rendition with other chords keeps nothing of the harmony.
    const REPLACED: [&str; 2] = ["Auld Lang Syne", "When the Saints Go Marching In"];

    /// The chord in every eighth of `text`.
    fn harmony(song: &Song, text: &str) -> Vec<Chord> {
        let bars = parse_chords(text).unwrap();
        let eighths = |chords: &[Chord]| {
            chords
                .iter()
                .flat_map(|chord| vec![*chord; song.eighths_per_bar / chords.len()])
                .collect::<Vec<_>>()
        };
        bars.iter().flat_map(|chords| eighths(chords)).collect()
    }

    #[test]
    fn replaced_harmonies_have_little_in_common_with_the_original_in_any_key() {
        for song in SONGS.iter().filter(|song| REPLACED.contains(&song.title)) {
            let (written, other) = (harmony(song, song.chords), harmony(song, song.other_chords.unwrap()));
            let alike = |shift: usize| {
                let shared = |(one, other): &(&Chord, &Chord)| {
                    one.tones().filter(|tone| other.tones().any(|found| found == (tone + shift) % 12)).count()
                };
                written.iter().zip(&other).filter(|pair| shared(pair) >= 2).count() as f64
                    / written.len() as f64
            };
            assert_eq!(alike(0), 0.0, "{}: no two chords share more than one tone", song.title);
            // Two unrelated songs in C agree in about half of their time.
            assert!((1..12).all(|shift| alike(shift) < 0.4), "{}", song.title);
        }
    }

    #[test]
    fn replaced_harmonies_carry_every_note_of_the_tune() {
        for song in SONGS.iter().filter(|song| REPLACED.contains(&song.title)) {
            let melody = parse_melody(song.melody).unwrap();
            let notes = melody.iter().flatten().flat_map(|note| vec![note.pitch; note.eighths]);
            for (eighth, (pitch, chord)) in notes.zip(harmony(song, song.other_chords.unwrap())).enumerate() {
                let Some(pitch) = pitch else { continue };
                let above = (pitch as usize + 24 - chord.root) % 12;
                // Tensions: ninth and sixth on all chords except the diminished one; the fourth where there is no major
                // third that it would clash with, raised where there is; and the sevenths.
                let tensions: &[usize] = match chord.intervals {
                    [_, 3, 6] => &[9, 10],
                    [_, 3, ..] => &[2, 5, 9, 10],
                    _ => &[2, 6, 9, 10],
                };
                let fits = chord.intervals.contains(&above) || tensions.contains(&above);
                assert!(fits, "{}: eighth {eighth}, {above} semitones above {chord:?}", song.title);
            }
        }
    }
}
