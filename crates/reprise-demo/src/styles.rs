//! Who plays the songs: three renditions of each, unlike in key, tempo, sound and structure. All names are invented.

use crate::arrange::{Pattern, Style};
use crate::formants::Singer::{Alto, Tenor};
use crate::synth::Instrument::{Brass, Flute, Guitar, Organ, Piano, Strings, Voice};

/// Renditions of each work.
pub(crate) const RENDITIONS: usize = 3;

const ACOUSTIC: [&str; 3] = ["The Harbour Street Trio", "Ida Lindqvist", "Two Rivers"];
const BAND: [&str; 3] = ["The Paper Lanterns", "Northbound Nine", "Marlow & the Tides"];
const CHAMBER: [&str; 3] = ["Quartet Alder", "The Glass Room", "Ensemble Halden"];

/// The style of one rendition of the song at `song`.
pub(crate) fn style(song: usize, rendition: usize) -> Style {
    // Steps that share no factor with 12 keep keys of one song apart and differ from song to song.
    let key = [0, 3, -4, 2, -1, 5, -3, 1, 4, -2, 6, -5];
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
