//! How two recordings that share a passage of the same audio are related apart from this passage. Examples are episodes
//! that begin with the same jingle, songs that sample the same break, and programmes with the same advertisement. If
//! they were aligned as a whole, they would match by what they share and be called one song. So the shared audio is cut
//! out of both, and the rest is aligned.

use std::collections::HashSet;

use reprise_analysis::Frames;
use reprise_features::Spec;
use reprise_fingerprint::{Sameness, Stretch, shared_anywhere};
use reprise_matching::{Scratch, Track, score, voice_score};
use reprise_store::{Alignment, Recording, RecordingId, Store, VoiceScore};

use crate::error::Error;
use crate::recordings::is_sung;
use crate::recordings::prepared::{prepared, stored_frames, sung_melody};
use crate::relations::passages::Places;
use crate::relations::same_audio::{of_pair, stored_fingerprint};

/// How much more is cut out before and after the shared audio: the ends of fingerprints are no more exact than this,
/// and jingles are faded.
const MARGIN_S: f64 = 2.0;

/// If less than this remains of either recording, nothing is concluded from the rest.
const SHORTEST_S: f64 = 30.0;

/// Pairs, lesser recording first, that share a passage and are not one recording.
pub(crate) fn sharing_a_passage(reader: &Store) -> Result<HashSet<(RecordingId, RecordingId)>, Error> {
    let pairs = reader.shared_audio()?;
    let is_part = |pair: &&_| of_pair(pair).is_some_and(|same| same.sameness == Sameness::Part);
    Ok(pairs.iter().filter(is_part).map(|pair| (pair.a, pair.b)).collect())
}

/// Aligns two recordings of the library, leaving out the audio that both contain.
pub(crate) fn aligned_besides(
    reader: &Store,
    (a, b): (&Recording, &Recording),
    scratch: &mut Scratch,
) -> Result<Alignment, Error> {
    let fingerprints = stored_fingerprint(reader, a.id)?.zip(stored_fingerprint(reader, b.id)?);
    let shared = fingerprints.map_or_else(Vec::new, |(one, other)| shared_anywhere(&one, &other));
    let (of_a, of_b) = places(&shared);
    let tracks = rest_of(reader, a, &of_a)?.zip(rest_of(reader, b, &of_b)?);
    let harmony = tracks.as_ref().map(|(one, other)| score(one, other, scratch));
    let voice = tracks.as_ref().and_then(|(one, other)| voice_score(one, other, scratch));
    // Two sung recordings always get a score by voice; otherwise the score would be owed again and again.
    let voice = (is_sung(a) && is_sung(b)).then_some(match voice {
        Some(voice) => VoiceScore { score: voice.score, key_shift: voice.key_shift },
        None => VoiceScore { score: 0.0, key_shift: 0 },
    });
    Ok(Alignment {
        a: a.id,
        b: b.id,
        score: harmony.map_or(0.0, |harmony| harmony.score),
        key_shift: harmony.map_or(0, |harmony| harmony.key_shift),
        voice,
        words: None,
    })
}

/// The raw score by harmony of two tracks without the audio that both contain; 0 if too little is left.
pub(crate) fn score_besides(one: &Frames, other: &Frames, shared: &[Stretch], scratch: &mut Scratch) -> f32 {
    let (of_one, of_other) = places(shared);
    let tracks = less(one, None, &of_one).zip(less(other, None, &of_other));
    tracks.map_or(0.0, |(one, other)| score(&one, &other, scratch).score)
}

/// The places of the stretches in each of the two recordings, with a margin, as start and end in seconds.
fn places(shared: &[Stretch]) -> (Places, Places) {
    let place = |start_s: f64, length_s: f64| (start_s - MARGIN_S, start_s + length_s + MARGIN_S);
    shared.iter().map(|one| (place(one.a_start_s, one.length_s), place(one.b_start_s, one.length_s))).unzip()
}

fn rest_of(reader: &Store, recording: &Recording, cut: &[(f64, f64)]) -> Result<Option<Track>, Error> {
    let (frames, melody) =
        (stored_frames(reader, &recording.sound.payload)?, sung_melody(reader, recording)?);
    Ok(less(&frames, melody.as_deref(), cut))
}

/// A track without the parts in `cut`; `None` if too little is left.
fn less((crema, chroma): &Frames, melody: Option<&[[f32; 12]]>, cut: &[(f64, f64)]) -> Option<Track> {
    let rate_hz = Spec::v1().frame_rate_hz();
    let stays = |frame: usize| {
        let at_s = frame as f64 / rate_hz;
        !cut.iter().any(|(start_s, end_s)| (*start_s..*end_s).contains(&at_s))
    };
    let left = |frames: &[[f32; 12]]| -> Vec<[f32; 12]> {
        let numbered = frames.iter().enumerate();
        numbered.filter(|(frame, _)| stays(*frame)).map(|(_, values)| *values).collect()
    };
    let (crema, chroma) = (left(crema), left(chroma));
    if (crema.len().min(chroma.len()) as f64) < SHORTEST_S * rate_hz {
        return None;
    }
    Some(prepared(&(crema, chroma), melody.map(left).as_deref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Random chords, one per second.
    fn chords(seed: u32, seconds: f64) -> Vec<[f32; 12]> {
        let rate_hz = Spec::v1().frame_rate_hz();
        let frame = |n: usize| {
            let chord = (n as f64 / rate_hz) as u32;
            let mixed =
                (chord.wrapping_mul(0x9e37_79b1) ^ seed.wrapping_mul(0x85eb_ca77)).wrapping_mul(0xc2b2_ae3d);
            let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x27d4_eb2f);
            let (root, third) = ((mixed >> 16) % 12, 3 + (mixed >> 30) % 2);
            let mut frame = [0.05; 12];
            [0, third, 7].iter().for_each(|step| frame[((root + step) % 12) as usize] = 0.9);
            frame
        };
        (0..(seconds * rate_hz) as usize).map(frame).collect()
    }

    fn frames(parts: &[(u32, f64)]) -> Frames {
        let frames: Vec<_> = parts.iter().flat_map(|(seed, seconds)| chords(*seed, *seconds)).collect();
        (frames.clone(), frames)
    }

    #[test]
    fn a_jingle_makes_no_version_and_a_song_around_one_stays_one() {
        let jingle = Stretch { a_start_s: 0.0, b_start_s: 0.0, length_s: 40.0, bit_errors: 1.0 };
        let mut scratch = Scratch::default();
        let mut besides = |one: &Frames, other: &Frames| score_besides(one, other, &[jingle], &mut scratch);
        let (one, other) = (frames(&[(1, 40.0), (2, 120.0)]), frames(&[(1, 40.0), (3, 120.0)]));
        let impostors = besides(&one, &other);
        let versions = besides(&one, &one);
        let whole = |one: &Frames, other: &Frames| {
            let [one, other] = [one, other].map(|frames| prepared(frames, None));
            score(&one, &other, &mut Scratch::default()).score
        };
        assert!(impostors < 0.5 * whole(&one, &other), "{impostors} {}", whole(&one, &other));
        assert!(versions > 2.0 * impostors, "{versions} {impostors}");
        let short = frames(&[(1, 40.0), (2, 20.0)]);
        assert_eq!(besides(&short, &short), 0.0, "of twenty seconds nothing follows");
    }
}
