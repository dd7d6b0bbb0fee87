//! Whether one file may be removed as a copy of another one: the sound of both, end to end, at its worst moment.

use super::align::{Alignment, Unaligned, align};
use super::channels::{ChannelDifference, judge_channels};
use super::ends::Loudness;
use super::judge::Judgement;
use super::levels::{FRAME_S, StereoSketch};
use super::moments::{Moment, STEP, moments};
use super::refine::refined;

/// Clocks of converters differ by less than this share. A greater difference of speed is another speed, if it adds up
/// to [`MOST_DRIFT`] frames.
const SAME_SPEED: f64 = 0.0002;
const MOST_DRIFT: f64 = 1.0;

/// Differences less than this many moments apart are one place: 2 s.
const ONE_PLACE: usize = 50;

/// Two offsets this close, in frames, are the same: 10 ms.
const SAME_OFFSET: f64 = 0.5;

/// Two places in a row whose offset differs by more than this, in frames (15 ms), show that something was cut out or
/// put in.
const MOVED: f64 = 0.75;

/// At another speed, at least this share of the places lies this near the line, in frames: 20 ms.
const MOST_ON_THE_LINE: f64 = 0.75;
const ON_THE_LINE: f64 = 1.0;

/// Share of the places of an alignment that must lie on its line.
const MOST_PLACES: f64 = 0.5;

/// The result of a comparison of two sketches.
#[derive(Debug, Clone, PartialEq)]
pub struct TrueCopy {
    /// How much later the beginning of the first track is in the second, in seconds. Where nothing was found, what was
    /// given.
    pub offset_s: f64,
    /// Whether the offset is the same at the beginning, in the middle and at the end, within 10 ms.
    pub offset_is_sure: bool,
    /// What the second track is to the first.
    pub verdict: Verdict,
}

/// What one track is to another one.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The same sound in both channels from end to end: they differ only as encodings, equalisers, compressors and
    /// silence at the ends make them differ.
    Same,
    /// Another speed. Whether the sound is otherwise the same was not looked at closely.
    Speed {
        /// How much faster the second track is, in per cent; below 0 if it is slower.
        per_cent: f64,
    },
    /// The same sound from end to end, in other channels.
    Channels(ChannelDifference),
    /// Other sound at some places, or everywhere.
    Different {
        /// The places as start and length in seconds of the first track, in order. Where only the second track has
        /// sound, they begin before 0 or end after the first track.
        places: Vec<(f64, f64)>,
    },
    /// It cannot be said: there is less than ten seconds of sound to compare, or nothing changes in it.
    Unclear,
}

/// Compares two sketches near an offset: how much later the same sound is expected in `b`, in seconds, to 3 s.
pub fn compare(a: &StereoSketch, b: &StereoSketch, near_offset_s: f64) -> TrueCopy {
    let answer = |verdict| TrueCopy { offset_s: near_offset_s, offset_is_sure: false, verdict };
    let alignment = match align(a, b, near_offset_s) {
        Ok(alignment) => refined(a, b, alignment),
        Err(Unaligned::NothingToCompare) => return answer(Verdict::Unclear),
        Err(Unaligned::Unlike) => return answer(Verdict::Different { places: vec![(0.0, a.duration_s())] }),
    };
    let moments = moments(a, b, &alignment);
    let overlap = moments.first().map(|moment| moment.frame).zip(moments.last().map(|moment| moment.frame));
    let Some((first, last)) = overlap else { return answer(Verdict::Unclear) };
    let drift = alignment.slope.abs() * (last - first) as f64;
    TrueCopy {
        offset_s: alignment.offset * FRAME_S,
        offset_is_sure: drift <= SAME_OFFSET && is_sure(&alignment, first as f64, last as f64),
        verdict: verdict([a, b], &alignment, &moments, drift),
    }
}

/// Returns the verdict about two aligned tracks.
fn verdict(tracks: [&StereoSketch; 2], alignment: &Alignment, moments: &[Moment], drift: f64) -> Verdict {
    let (difference, judgement) = judge_channels(moments);
    let is_alike = alignment.places.len() as f64 >= MOST_PLACES * alignment.n_looked_at as f64;
    let has_other_speed = alignment.slope.abs() > SAME_SPEED && drift > MOST_DRIFT;
    if has_other_speed && is_alike && is_straight(alignment) {
        return Verdict::Speed { per_cent: (1.0 / (1.0 + alignment.slope) - 1.0) * 100.0 };
    }
    let throughout = judgement.throughout || has_other_speed || !is_alike;
    let places = if throughout { everywhere(moments) } else { places(&judgement, moments) };
    let places = joined([places, moved(alignment), beyond(tracks, alignment)].concat());
    match difference {
        _ if !places.is_empty() => Verdict::Different { places },
        Some(difference) => Verdict::Channels(difference),
        None => Verdict::Same,
    }
}

/// Whether most places lie on the line of an alignment: where something was cut out, they lie on two.
fn is_straight(alignment: &Alignment) -> bool {
    let n_on_it =
        alignment.places.iter().filter(|place| alignment.beside(place).abs() <= ON_THE_LINE).count();
    n_on_it as f64 >= MOST_ON_THE_LINE * alignment.places.len() as f64
}

/// Whether the offset is the same within each third of the time that both tracks have.
fn is_sure(alignment: &Alignment, first: f64, last: f64) -> bool {
    let third = (last - first) / 3.0;
    (0..3).all(|number| {
        let start = first + f64::from(number) * third;
        let within = alignment.places.iter().filter(|place| (start..start + third).contains(&place.at));
        let beside: Vec<f64> = within.map(|place| alignment.beside(place).abs()).collect();
        let n_near = beside.iter().filter(|beside| **beside <= SAME_OFFSET).count();
        n_near > 0 && 3 * n_near >= 2 * beside.len()
    })
}

/// Returns the time that both tracks have as one place.
fn everywhere(moments: &[Moment]) -> Vec<(f64, f64)> {
    let ends = moments.first().zip(moments.last());
    ends.map(|(first, last)| place(first.frame, last.frame + STEP)).into_iter().collect()
}

/// Returns the places that consist of the differing moments.
fn places(judgement: &Judgement, moments: &[Moment]) -> Vec<(f64, f64)> {
    let moments_in = judgement.differing.iter().map(|moment| moments[*moment].frame);
    moments_in.map(|frame| place(frame, frame + STEP)).collect()
}

/// Returns the places at which the offset is another one.
fn moved(alignment: &Alignment) -> Vec<(f64, f64)> {
    let pairs = alignment.places.windows(2).filter(|pair| {
        let [one, next] = [alignment.beside(&pair[0]), alignment.beside(&pair[1])];
        one.min(next) > MOVED || one.max(next) < -MOVED
    });
    pairs.map(|pair| place(pair[0].at as usize, pair[1].at as usize)).collect()
}

/// Returns the places at which only one of the tracks has sound, because it begins earlier or ends later.
fn beyond([a, b]: [&StereoSketch; 2], alignment: &Alignment) -> Vec<(f64, f64)> {
    let (n_a, n_b) = (a.frames.len() as f64, b.frames.len() as f64);
    let end_later = alignment.later_at(n_a);
    let (of_a, of_b) = (Loudness::of(a), Loudness::of(b));
    let only_in_a = [
        of_a.sound_within(0, (-alignment.offset).max(0.0) as usize),
        of_a.sound_within((n_b - end_later).max(0.0) as usize, a.frames.len()),
    ];
    let only_in_b = [
        (of_b.sound_within(0, alignment.offset.max(0.0) as usize), alignment.offset),
        (of_b.sound_within((n_a + end_later).max(0.0) as usize, b.frames.len()), end_later),
    ];
    let in_time_of_a = |(sound, later): (Option<(f64, f64)>, f64)| {
        sound.map(|(start_s, length_s)| (start_s - later * FRAME_S, length_s))
    };
    only_in_a.into_iter().flatten().chain(only_in_b.into_iter().filter_map(in_time_of_a)).collect()
}

/// Returns the frames from `start` to `end` as start and length in seconds.
fn place(start: usize, end: usize) -> (f64, f64) {
    (start as f64 * FRAME_S, (end - start) as f64 * FRAME_S)
}

/// Sorts places and joins those that are near each other.
fn joined(mut places: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    places.sort_by(|one, other| one.0.total_cmp(&other.0));
    let gap_s = (ONE_PLACE * STEP) as f64 * FRAME_S;
    let mut joined: Vec<(f64, f64)> = Vec::new();
    for (start_s, length_s) in places {
        match joined.last_mut() {
            Some((first_s, long_s)) if start_s <= *first_s + *long_s + gap_s => {
                *long_s = long_s.max(start_s + length_s - *first_s);
            }
            _ => joined.push((start_s, length_s)),
        }
    }
    joined
}
