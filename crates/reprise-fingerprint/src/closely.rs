//! A closer look at two tracks that are the same audio by their fingerprints: frame by frame, for what fingerprints do
//! not see.
//!
//! An item of a fingerprint hears more than two seconds and forgives much, so that encoders and equalisers do no harm;
//! half a second of silence, a tone over a word, a song mixed in quietly do none either. Chroma frames are short, and
//! two encodings of one recording differ in them little and evenly. A frame that differs much more than the others of
//! its pair is other audio. What low bit rates leave of a noisy passage differs more, but throughout the passage: a
//! moment must stand out from its surroundings, too, and only what lasts need not.
//!
//! Limits were chosen on nine pieces of Debian's games in 13 variants and four others in 26. Of 72 faithful encodings
//! (MP3 at 64 and 128 kbit/s, AAC at 64 and 96, Vorbis at 48 and 64, Opus at 48, mastered anew) 69 differ nowhere 3.3
//! times as much as usual, which mutes of 0.3 s and more do in 35 of 36, bleeps in all 9, and another song for 15 s in
//! 8 (the ninth has hardly begun by then). `training/scripts/measure_same_audio.py` measures them on others.

/// What is looked at of a track.
#[derive(Debug, Clone, Copy)]
pub struct Sounding<'a> {
    /// Its chroma, `[n_frames, 12]`, the loudest pitch class of each frame 1.
    pub chroma: &'a [[f32; 12]],
    /// Frames in a second.
    pub frame_rate_hz: f64,
    /// The loudest sample of each of equal parts of it, loudest 255; empty where that is not known.
    pub peaks: &'a [u8],
}

/// In what two tracks differ along one time axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Differing {
    /// At these places of the first, as start and end in seconds; nowhere, where there are none.
    At(Vec<(f64, f64)>),
    /// All over: another mix, another speed, or something else over it.
    Throughout,
}

/// So many frames are laid over each other at a time, so that clocks may drift: nine seconds.
const WINDOW: usize = 100;

/// The offset of a window is looked for so many frames to either side, in quarters of a frame: 0.37 s.
const REACH: i32 = 16;
const STEPS_A_FRAME: f64 = 4.0;

/// The grids of two tracks lie between each other, so that frames astride a change hold other shares of what is before
/// and behind it: a value counts as equal where it lies within those of the other track so near.
const NEAR: [f64; 5] = [-1.0, -0.5, 0.0, 0.5, 1.0];

/// A window lies where most of its frames fit; the others may be other audio.
const FITTING_SHARE: f64 = 0.8;

/// So many frames in a row must differ, ...
const IN_A_ROW: usize = 3;

/// ... which stand out from what is usual within so many frames to either side, 5.6 s, ...
const AROUND: usize = 60;

/// ... of which so many differ by less, ...
const USUAL_AROUND: f64 = 0.8;

/// ... or so many, 2.2 s, whatever surrounds them.
const LASTING: usize = 24;

/// So many times as much as nine in ten frames, ...
const TIMES_AS_MUCH: f32 = 3.3;

/// ... which count for at least this: what encoders leave of a track differs by less.
const LEAST_USUAL: f32 = 0.04;

/// Where nine in ten frames differ by this, nothing that differs more would stand out.
const MOST_USUAL: f32 = 0.17;

/// Frames quieter than this share of the loudest sample, in both tracks, are noise and differ for any reason.
const QUIET: f64 = 0.05;

/// At its ends a track is filled up and faded by every encoder in another way.
const ENDS_S: f64 = 0.5;

/// Differences less than so many seconds apart are one.
const ONE_PLACE_S: f64 = 2.0;

/// What differs at more places, or for a greater share, differs throughout.
const MOST_PLACES: usize = 8;
const MOST_OF_IT: f64 = 0.3;

/// In what `b` differs from `a` once it is laid `offset_s` seconds later; none where the two have less than a window in
/// common.
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

/// By how much frames of faithful encodings differ: nine in ten of them by less. Where more than one in ten is other
/// audio, that is told by the middle one, which of faithful encodings is more than half as much.
fn usual(distances: &mut [f32]) -> f32 {
    let mut at = |share: f64| {
        let place = (distances.len() as f64 * share) as usize;
        *distances.select_nth_unstable_by(place, f32::total_cmp).1
    };
    at(0.9).min(2.0 * at(0.5)).max(LEAST_USUAL)
}

/// How much each of some frames of `a`, from `start` on, differs from `b` at the best offset near the given one.
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

/// The most by which a pitch class of one track at a place lies beyond what the other one holds around its own.
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

/// The frame at a place between two; beyond the ends, the last one there.
fn between(frames: &[[f32; 12]], at: f64) -> [f32; 12] {
    let last = frames.len() - 1;
    let (before, part) = (at.floor().max(0.0), (at - at.floor()) as f32);
    let (one, next) = (&frames[(before as usize).min(last)], &frames[(before as usize + 1).min(last)]);
    std::array::from_fn(|k| one[k] + part * (next[k] - one[k]))
}

/// The most by which one pitch class differs.
fn largest_difference(one: &[f32; 12], other: &[f32; 12]) -> f32 {
    one.iter().zip(other).fold(0.0, |most, (x, y)| (x - y).abs().max(most))
}

/// How loud a track is at a frame, as a share of its loudest sample; as loud as can be where that is not known.
fn level(track: &Sounding<'_>, frame: f64) -> f64 {
    let place = (frame.max(0.0) / track.chroma.len() as f64 * track.peaks.len() as f64) as usize;
    let peak = track.peaks.get(place.min(track.peaks.len().saturating_sub(1)));
    peak.map_or(1.0, |peak| f64::from(*peak) / 255.0)
}

/// Runs of frames that differ much more than `usual`, as start and end; those less than `gap` apart are one.
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

/// By how much most frames differ around each.
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

/// Whether nothing of a track is to be heard between two times in seconds; false where that is not known.
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

    /// Frames that change every second; each value scattered by `noise`.
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
        // As those of a transform, whose windows are longer than a frame.
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
