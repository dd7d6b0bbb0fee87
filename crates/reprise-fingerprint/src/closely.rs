//! Compares two tracks that are the same audio by their fingerprints, frame by frame, for differences that fingerprints
//! do not show.
//!
//! An item of a fingerprint covers more than two seconds and is tolerant, so that encoders and equalisers do no harm.
//! But half a second of silence, a tone over a word, or a song mixed in quietly do none either. Chroma frames are
//! short, and in two encodings of one recording they differ little and evenly. A frame that differs much more than the
//! others of its pair is therefore other audio. In a noisy passage, low bit rates cause larger differences, but
//! throughout the passage: a short difference must therefore also stand out from its surroundings. Only a long one need
//! not.
//!
//! The limits were chosen on nine pieces of Debian's games in 13 variants and four others in 26. Of 72 faithful
//! encodings (MP3 at 64 and 128 kbit/s, AAC at 64 and 96, Vorbis at 48 and 64, Opus at 48, remastered), 69 differ
//! nowhere by 3.3 times the usual difference. Mutes of 0.3 s and more do so in 35 of 36, bleeps in all 9, and another
//! song for 15 s in 8 (the ninth has hardly begun by then). `training/scripts/measure_same_audio.py` measures the
//! limits on other pieces.

/// The data of a track that are compared frame by frame.
#[derive(Debug, Clone, Copy)]
pub struct Sounding<'a> {
    /// Its chroma, `[n_frames, 12]`; the loudest pitch class of each frame is 1.
    pub chroma: &'a [[f32; 12]],
    /// Frames per second.
    pub frame_rate_hz: f64,
    /// The loudest sample in each of equal parts of the track, where 255 is the loudest of all; empty if not known.
    pub peaks: &'a [u8],
}

/// The differences of two tracks along one time axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Differing {
    /// They differ at these places of the first track, given as start and end in seconds; nowhere if there are none.
    At(Vec<(f64, f64)>),
    /// They differ throughout: another mix, another speed, or other audio mixed in.
    Throughout,
}

/// Number of frames that are aligned at a time, nine seconds, because clocks may drift.
const WINDOW: usize = 100;

/// The offset of a window is searched for this many quarters of a frame to either side: 0.37 s.
const REACH: i32 = 16;
const STEPS_A_FRAME: f64 = 4.0;

/// The frames of two tracks begin at different times, so frames that contain a change contain different shares of what
/// comes before and after it. A value counts as equal if it lies within those of the other track at these distances, in
/// frames.
const NEAR: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];

/// The offset of a window is chosen by the frames that fit best, this share of all; the others may be other audio.
const FITTING_SHARE: f64 = 0.8;

/// A short difference has at least this many frames in a row.
const IN_A_ROW: usize = 3;

/// It stands out from the usual difference within this many frames to either side, 5.6 s.
const AROUND: usize = 60;

/// The usual difference around a frame is larger than that of this share of the frames there.
const USUAL_AROUND: f64 = 0.8;

/// A difference of this many frames, 2.2 s, is a long one and counts whatever surrounds it.
const LASTING: usize = 24;

/// A difference is this many times the usual one, below which nine in ten frames lie.
const TIMES_AS_MUCH: f32 = 3.3;

/// The usual difference counts as at least this: encodings differ by less.
const LEAST_USUAL: f32 = 0.04;

/// If nine in ten frames differ by this, no larger difference would stand out.
const MOST_USUAL: f32 = 0.17;

/// Frames quieter than this share of the loudest sample, in both tracks, are noise; their differences mean nothing.
const QUIET: f64 = 0.05;

/// Seconds at either end that are ignored, because every encoder pads and fades the ends in its own way.
const ENDS_S: f64 = 0.5;

/// Differences less than this many seconds apart are one difference.
const ONE_PLACE_S: f64 = 2.0;

/// With differences at more places, or over a greater share of the time, two tracks differ throughout.
const MOST_PLACES: usize = 8;
const MOST_OF_IT: f64 = 0.3;

/// Returns where `a` and `b` differ, if the same audio is `offset_s` seconds later in `b`; `None` if the two have less
/// than a window in common.
pub(crate) fn differing(a: &Sounding<'_>, b: &Sounding<'_>, offset_s: f64) -> Option<Differing> {
    let rate_hz = a.frame_rate_hz;
    let offset = offset_s * rate_hz;
    let first = (-offset).ceil().max(0.0) as usize;
    let last = (b.chroma.len() as f64 - 1.0 - offset).floor().min(a.chroma.len() as f64 - 1.0);
    if last - (first as f64) < WINDOW as f64 {
        return None;
    }
    let frames = first..last as usize + 1;
    let mut distances = vec![0.0; frames.len()];
    for (number, window) in distances.chunks_mut(WINDOW).enumerate() {
        lay_over(a.chroma, b.chroma, frames.start + number * WINDOW, offset, window);
    }
    let ends = (ENDS_S * rate_hz) as usize;
    let inner = ends..distances.len() - ends;
    let counts = |place: usize| {
        let frame = (frames.start + place) as f64;
        inner.contains(&place) && (level(a, frame) > QUIET || level(b, frame + offset) > QUIET)
    };
    let counting: Vec<bool> = (0..distances.len()).map(counts).collect();
    let mut loud: Vec<f32> = distances.iter().zip(&counting).filter(|(_, c)| **c).map(|(d, _)| *d).collect();
    if loud.len() < WINDOW {
        return None;
    }
    let usual = usual(&mut loud);
    if usual > MOST_USUAL {
        return Some(Differing::Throughout);
    }
    distances.iter_mut().zip(&counting).filter(|(_, counts)| !**counts).for_each(|(d, _)| *d = 0.0);
    let places = places(&distances, usual, (ONE_PLACE_S * rate_hz) as usize);
    let covered: usize = places.iter().map(|(start, end)| end - start).sum();
    if places.len() > MOST_PLACES || covered as f64 > MOST_OF_IT * distances.len() as f64 {
        return Some(Differing::Throughout);
    }
    let at_s = |place: usize| (frames.start + place) as f64 / rate_hz;
    Some(Differing::At(places.iter().map(|(start, end)| (at_s(*start), at_s(*end))).collect()))
}

/// Returns the usual difference of a pair, below which nine in ten frames of faithful encodings lie. If more than one
/// in ten frames is other audio, twice the median is used instead: the median of faithful encodings is more than half
/// as much.
fn usual(distances: &mut [f32]) -> f32 {
    let mut at = |share: f64| {
        let place = (distances.len() as f64 * share) as usize;
        *distances.select_nth_unstable_by(place, f32::total_cmp).1
    };
    at(0.9).min(2.0 * at(0.5)).max(LEAST_USUAL)
}

/// Computes how much each frame of `a`, from `start` on, differs from `b` at the best offset near the given one.
fn lay_over(a: &[[f32; 12]], b: &[[f32; 12]], start: usize, offset: f64, distances: &mut [f32]) {
    let mut best = (f32::INFINITY, offset);
    let mut misfits = vec![0.0; distances.len()];
    for step in -REACH..=REACH {
        let offset = offset + f64::from(step) / STEPS_A_FRAME;
        for (place, misfit) in misfits.iter_mut().enumerate() {
            let frame = start + place;
            *misfit = largest_difference(&a[frame], &between(b, frame as f64 + offset));
        }
        misfits.sort_by(f32::total_cmp);
        let fitting = (misfits.len() as f64 * FITTING_SHARE).ceil() as usize;
        let misfit = misfits[..fitting].iter().sum();
        if misfit < best.0 {
            best = (misfit, offset);
        }
    }
    for (place, distance) in distances.iter_mut().enumerate() {
        let (in_a, in_b) = ((start + place) as f64, (start + place) as f64 + best.1);
        *distance = beyond(a, in_a, b, in_b).min(beyond(b, in_b, a, in_a));
    }
}

/// Returns the most by which a pitch class of `one`, at its place, lies outside the range of `other` around its own
/// place.
fn beyond(one: &[[f32; 12]], at: f64, other: &[[f32; 12]], around: f64) -> f32 {
    let frame = between(one, at);
    let near = NEAR.map(|step| between(other, around + step));
    let beyond = |k: usize| {
        let lowest = near.iter().map(|frame| frame[k]).fold(f32::INFINITY, f32::min);
        let highest = near.iter().map(|frame| frame[k]).fold(f32::NEG_INFINITY, f32::max);
        (lowest - frame[k]).max(frame[k] - highest)
    };
    (0..12).map(beyond).fold(0.0, f32::max)
}

/// Interpolates the frame at a place between two frames; beyond the ends, returns the nearest frame.
fn between(frames: &[[f32; 12]], at: f64) -> [f32; 12] {
    let last = frames.len() - 1;
    let (before, part) = (at.floor().max(0.0), (at - at.floor()) as f32);
    let (one, next) = (&frames[(before as usize).min(last)], &frames[(before as usize + 1).min(last)]);
    std::array::from_fn(|k| one[k] + part * (next[k] - one[k]))
}

/// Returns the largest difference of a pitch class.
fn largest_difference(one: &[f32; 12], other: &[f32; 12]) -> f32 {
    one.iter().zip(other).fold(0.0, |most, (x, y)| (x - y).abs().max(most))
}

/// Returns how loud a track is at a frame, as a share of its loudest sample; 1 if that is not known.
fn level(track: &Sounding<'_>, frame: f64) -> f64 {
    let place = (frame.max(0.0) / track.chroma.len() as f64 * track.peaks.len() as f64) as usize;
    let peak = track.peaks.get(place.min(track.peaks.len().saturating_sub(1)));
    peak.map_or(1.0, |peak| f64::from(*peak) / 255.0)
}

/// Returns runs of frames that differ much more than `usual`, as start and end. Runs less than `gap` apart are joined.
fn places(distances: &[f32], usual: f32, gap: usize) -> Vec<(usize, usize)> {
    let mut differs = vec![false; distances.len()];
    let around = usual_around(distances);
    for (start, row) in distances.windows(IN_A_ROW).enumerate() {
        if mean(row) > TIMES_AS_MUCH * usual.max(around[start + IN_A_ROW / 2]) {
            differs[start..start + IN_A_ROW].fill(true);
        }
    }
    for (start, row) in distances.windows(LASTING).enumerate() {
        if mean(row) > TIMES_AS_MUCH * usual {
            let differing =
                (start..start + LASTING).filter(|frame| distances[*frame] > TIMES_AS_MUCH * usual);
            differing.for_each(|frame| differs[frame] = true);
        }
    }
    let mut places: Vec<(usize, usize)> = Vec::new();
    for frame in (0..differs.len()).filter(|frame| differs[*frame]) {
        match places.last_mut() {
            Some((_, last)) if frame <= *last + gap => *last = frame + 1,
            _ => places.push((frame, frame + 1)),
        }
    }
    places
}

fn mean(row: &[f32]) -> f32 {
    row.iter().sum::<f32>() / row.len() as f32
}

/// Returns the usual difference around each frame.
fn usual_around(distances: &[f32]) -> Vec<f32> {
    let mut near = Vec::with_capacity(2 * AROUND + 1);
    let around = |frame: usize| {
        near.clear();
        near.extend(&distances[frame.saturating_sub(AROUND)..distances.len().min(frame + AROUND + 1)]);
        let place = ((near.len() as f64 * USUAL_AROUND) as usize).min(near.len() - 1);
        *near.select_nth_unstable_by(place, f32::total_cmp).1
    };
    (0..distances.len()).map(around).collect()
}

/// Whether a track is silent between two times in seconds; false if that is not known.
pub(crate) fn is_silent(track: &Sounding<'_>, (start_s, end_s): (f64, f64)) -> bool {
    let duration_s = track.chroma.len() as f64 / track.frame_rate_hz;
    let column = |at_s: f64| (at_s / duration_s * track.peaks.len() as f64).max(0.0);
    let columns = column(start_s).floor() as usize..column(end_s).floor() as usize;
    let heard = track.peaks.get(columns.start..columns.end.min(track.peaks.len()));
    heard.is_some_and(|peaks| {
        !track.peaks.is_empty() && peaks.iter().all(|peak| f64::from(*peak) < QUIET * 255.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE_HZ: f64 = 10.0;

    /// Makes frames that change every second, with `noise` added to each value.
    fn frames(seed: u32, seconds: usize, noise: f32) -> Vec<[f32; 12]> {
        let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
        let mut random = move || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let mut chord = [0.0; 12];
        let frame = |n: usize| {
            if n.is_multiple_of(RATE_HZ as usize) {
                chord = std::array::from_fn(|k| if k == n % 12 { 1.0 } else { random() });
            }
            chord
        };
        let chords: Vec<[f32; 12]> = (0..(seconds + 1) * RATE_HZ as usize).map(frame).collect();
        // Smoothed like the frames of a transform, whose windows are longer than a frame.
        let smooth = |window: &[[f32; 12]]| -> [f32; 12] {
            std::array::from_fn(|k| window.iter().map(|chord| chord[k]).sum::<f32>() / window.len() as f32)
        };
        let smooth = chords.windows(6).map(smooth).take(seconds * RATE_HZ as usize);
        smooth.collect::<Vec<_>>().into_iter().map(|f| f.map(|x| x + noise * (random() - 0.5))).collect()
    }

    fn look(a: &[[f32; 12]], b: &[[f32; 12]], peaks: &[u8], offset_s: f64) -> Option<Differing> {
        let sounding = |chroma| Sounding { chroma, frame_rate_hz: RATE_HZ, peaks };
        differing(&sounding(a), &sounding(b), offset_s)
    }

    fn same_but(noise: f32, change: impl FnOnce(&mut Vec<[f32; 12]>)) -> Option<Differing> {
        let (plain, mut other) = (frames(1, 60, 0.0), frames(1, 60, noise));
        change(&mut other);
        look(&plain, &other, &[], 0.0)
    }

    #[test]
    fn noise_is_no_difference_and_four_tenths_of_a_second_are() {
        let nowhere = Some(Differing::At(Vec::new()));
        for noise in [0.0, 0.02, 0.1, 0.2] {
            assert_eq!(same_but(noise, |_| {}), nowhere, "noise {noise}");
        }
        for noise in [0.0, 0.05] {
            let muted = same_but(noise, |other| other[300..305].fill([0.0; 12]));
            let Some(Differing::At(places)) = muted else { panic!("{muted:?}") };
            let [(start_s, end_s)] = places[..] else { panic!("{places:?}") };
            assert!((start_s - 30.0).abs() < 0.35 && (end_s - 30.5).abs() < 0.35, "{start_s} {end_s}");
        }
    }

    #[test]
    fn a_noisy_passage_is_no_difference_and_a_mute_in_it_and_three_seconds_of_another_song_are() {
        let noisy = |other: &mut Vec<[f32; 12]>| {
            let mut seed = 7u32;
            for value in other[200..320].iter_mut().flatten() {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                *value += 0.4 * ((seed >> 8) as f32 / (1 << 24) as f32 - 0.5);
            }
        };
        assert_eq!(same_but(0.0, noisy), Some(Differing::At(Vec::new())));
        let muted = same_but(0.0, |other| {
            noisy(other);
            other[400..405].fill([0.0; 12]);
        });
        assert!(matches!(&muted, Some(Differing::At(places)) if places.len() == 1), "{muted:?}");
        for (start, frames) in [(300, 30), (300, 100)] {
            let other_song = self::frames(2, 60, 0.0);
            let replaced = same_but(0.0, |other| {
                other[start..start + frames].copy_from_slice(&other_song[start..start + frames]);
            });
            let Some(Differing::At(places)) = replaced else { panic!("{replaced:?}") };
            let [(start_s, end_s)] = places[..] else { panic!("{places:?}") };
            assert!(
                (start_s - 30.0).abs() < 1.5 && (end_s - 30.0 - frames as f64 / 10.0).abs() < 1.5,
                "{places:?}"
            );
        }
    }

    #[test]
    fn what_differs_all_over_is_said_once() {
        let mixed = same_but(0.0, |other| {
            let over = frames(2, 60, 0.0);
            other
                .iter_mut()
                .zip(over)
                .for_each(|(one, over)| *one = std::array::from_fn(|k| one[k].max(over[k])));
        });
        assert_eq!(mixed, Some(Differing::Throughout));
        let many = same_but(0.0, |other| (0..12).for_each(|n| other[20 + 45 * n..][..4].fill([0.0; 12])));
        assert_eq!(many, Some(Differing::Throughout));
    }

    #[test]
    fn a_drifting_clock_and_a_later_beginning_are_no_difference() {
        let plain = frames(1, 60, 0.0);
        let drifting: Vec<[f32; 12]> = (0..598).map(|n| between(&plain, n as f64 * 1.003)).collect();
        assert_eq!(look(&plain, &drifting, &[], 0.0), Some(Differing::At(Vec::new())));
        assert_eq!(look(&plain, &plain[73..], &[], -7.3), Some(Differing::At(Vec::new())));
        assert_eq!(look(&plain[73..], &plain, &[], 7.3), Some(Differing::At(Vec::new())));
        assert_eq!(look(&plain, &plain[550..], &[], -55.0), None, "five seconds say nothing");
    }

    #[test]
    fn what_is_quiet_in_both_says_nothing() {
        let (plain, mut other) = (frames(1, 60, 0.0), frames(1, 60, 0.0));
        other[300..330].fill([0.5; 12]);
        let mut peaks = vec![200; 60];
        assert!(
            matches!(look(&plain, &other, &peaks, 0.0), Some(Differing::At(places)) if places.len() == 1)
        );
        peaks[29..34].fill(5);
        assert_eq!(look(&plain, &other, &peaks, 0.0), Some(Differing::At(Vec::new())));
        let track = Sounding { chroma: &plain, frame_rate_hz: RATE_HZ, peaks: &peaks };
        assert!(is_silent(&track, (29.0, 34.0)) && !is_silent(&track, (29.0, 36.0)));
        assert!(!is_silent(&Sounding { peaks: &[], ..track }, (29.0, 34.0)), "nobody knows");
    }
}
