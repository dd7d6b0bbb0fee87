//! The styles of the renditions. There are three of each song, with different keys, tempi, sounds and structures, and
//! one or two of them are sung. The last one has other chords if the song has some. All names are invented.

use crate::arrange::{Pattern, Style};
use crate::score::Instrument::{Brass, Flute, Guitar, Organ, Piano, Strings, Voice};
use crate::score::Singer::{Alto, Tenor};

/// The number of renditions of each work.
pub(crate) const RENDITIONS: usize = 3;

const ACOUSTIC: [&str; 3] = ["The Harbour Street Trio", "Ida Lindqvist", "Two Rivers"];
const BAND: [&str; 3] = ["The Paper Lanterns", "Northbound Nine", "Marlow & the Tides"];
const CHAMBER: [&str; 3] = ["Quartet Alder", "The Glass Room", "Ensemble Halden"];

/// The style of one rendition of the song at `song`.
pub(crate) fn style(song: usize, rendition: usize) -> Style {
    // The steps have no common factor with 12, so that the renditions of a song have different keys, which vary from
    // song to song.
    let key = [0, 3, -4, 1, -1, 5, 2, -3, 4, -2, 6, -5];
    let transposition = key[(song + 5 * rendition) % key.len()];
    let number = song % 3;
    match rendition {
        0 => Style {
            artist: ACOUSTIC[number],
            remark: None,
            year: 1998 + song as u32,
            transposition,
            tempo: 1.0,
            lead: [Voice(Alto), Voice(Alto), Piano][number],
            chords: Guitar,
            pattern: Pattern::Broken,
            has_drums: false,
            intro_bars: 2,
            last_verse: 1.0,
            reharmonises: false,
        },
        1 => Style {
            artist: BAND[number],
            remark: Some("Live"),
            year: 2009 + song as u32,
            transposition,
            tempo: [1.12, 1.1, 1.15][number],
            lead: [Voice(Tenor), Brass, Flute][number],
            chords: [Organ, Piano, Organ][number],
            pattern: Pattern::OffBeat,
            has_drums: true,
            intro_bars: 4,
            last_verse: 0.5,
            reharmonises: false,
        },
        _ => Style {
            artist: CHAMBER[number],
            remark: None,
            year: 1979 + song as u32,
            transposition,
            tempo: [0.88, 0.92, 0.86][number],
            lead: [Strings, Voice(Tenor), Voice(Alto)][number],
            chords: [Piano, Strings, Strings][number],
            pattern: Pattern::Held,
            has_drums: false,
            intro_bars: 0,
            last_verse: 1.0,
            reharmonises: true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrange::arrange;
    use crate::notation::parse_melody;
    use crate::score::{Event, Singer};
    use crate::songs::SONGS;

    /// The melody of the first verse: semitones above the first note, and lengths in eighths.
    fn tune(song: usize, rendition: usize) -> Vec<(i32, usize)> {
        let (song, style) = (&SONGS[song], style(song, rendition));
        let verse: usize =
            parse_melody(song.melody).unwrap().iter().flatten().filter(|note| note.pitch.is_some()).count();
        let eighth_s = 30.0 / (song.tempo_bpm * style.tempo);
        let events = arrange(song, &style).unwrap();
        let sung: Vec<&Event> = events.iter().filter(|event| event.singer().is_some()).take(verse).collect();
        let eighths = |event: &Event| (event.length_s / 0.95 / eighth_s).round() as usize;
        sung.iter().map(|event| (event.pitch - sung[0].pitch, eighths(event))).collect()
    }

    #[test]
    fn all_sung_renditions_of_a_song_have_one_tune_whatever_the_harmony() {
        let mut pairs = 0;
        for (song, written) in SONGS.iter().enumerate() {
            let tunes = (0..RENDITIONS).map(|rendition| tune(song, rendition));
            let tunes: Vec<_> = tunes.filter(|tune| !tune.is_empty()).collect();
            assert!(tunes.windows(2).all(|pair| pair[0] == pair[1]), "{}", written.title);
            pairs += tunes.len() - 1;
        }
        assert_eq!(pairs, 8, "songs that two singers sing");
    }

    #[test]
    fn singers_stay_within_their_range() {
        for (song, written) in SONGS.iter().enumerate() {
            for rendition in 0..RENDITIONS {
                for event in arrange(written, &style(song, rendition)).unwrap() {
                    let range = match event.singer() {
                        Some(Singer::Alto) => -8..=16,
                        Some(Singer::Tenor) => -17..=9,
                        None => continue,
                    };
                    assert!(range.contains(&event.pitch), "{} {rendition}: {}", written.title, event.pitch);
                }
            }
        }
    }
}
