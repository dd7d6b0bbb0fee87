//! Tracks to vectors. Parity with PyTorch is in `tests/golden_asimt.rs`.

use super::*;
use crate::{find_models, find_runtime_library};

/// Other numbers of windows at a time may sum in another order.
const ROUNDING: f32 = 1e-4;

const EVERY_KEY: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

fn asimt() -> Asimt {
    opened(Embedder::Harmony)
}

fn opened(embedder: Embedder) -> Asimt {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Asimt::load(&runtime, &find_models().unwrap(), embedder).unwrap()
}

/// Triads that change every 15 frames, in an order that does not repeat for long.
fn chords(n_frames: usize, key: usize) -> Vec<[f32; 12]> {
    (0..n_frames)
        .map(|t| {
            let (chord, mut frame) = (t / 15, [0.02; 12]);
            let root = (chord * chord + chord / 3) * 5 % 12 + key;
            for interval in [0, if chord % 3 == 0 { 3 } else { 4 }, 7] {
                frame[(root + interval) % 12] = 0.95;
            }
            frame
        })
        .collect()
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

#[test]
fn every_vector_has_length_one_and_there_is_a_moment_every_other_patch() {
    let mut asimt = asimt();
    for n_frames in [1, 23, 24, 25, 432, 1000] {
        let crema = chords(n_frames, 0);
        let embedded = asimt.embed(&[&crema, &crema], &[0]).unwrap().remove(0);
        let (patches, step) = ((n_frames / asimt.plan.frames_each).max(1), asimt.plan.step);
        assert_eq!(embedded.moments.len(), patches.div_ceil(step) * embedded.moment_len, "{n_frames} frames");
        for vector in embedded.moments.chunks_exact(embedded.moment_len).chain([&*embedded.whole]) {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            assert!((length - 1.0).abs() < 1e-3);
        }
    }
    assert!(asimt.embed(&[&[], &[]], &[0]).unwrap().is_empty());
}

#[test]
fn windows_are_what_index_arithmetic_says() {
    let asimt = asimt();
    let (n_frames, n_rows) = (500, Embedder::Harmony.n_rows());
    let rows: Vec<Vec<f32>> =
        (0..n_rows).map(|row| (0..n_frames).map(|t| (row * 1000 + t + 1) as f32).collect()).collect();
    let before = (asimt.plan.first_kept * asimt.plan.frames_each) as i64;
    for key in [0, 1, 11] {
        let input = asimt.windows(&rows, 0..3, key);
        for (at, value) in input.iter().enumerate() {
            let (t, row) = (at % asimt.window_frames, at / asimt.window_frames % n_rows);
            let window = at / asimt.window_frames / n_rows;
            let place = (window * asimt.plan.hop_frames + t) as i64 - before;
            let class = (row % 12 + 12 - key) % 12 + row / 12 * 12;
            let inside = usize::try_from(place).ok().filter(|place| *place < n_frames);
            assert_eq!(*value, inside.map_or(0.0, |place| rows[class][place]));
        }
    }
}

#[test]
fn a_key_higher_is_the_track_played_a_key_higher() {
    let mut asimt = asimt();
    let (here, higher) = (chords(600, 0), chords(600, 7));
    let keys = asimt.embed(&[&here, &here], &EVERY_KEY).unwrap();
    let played = asimt.embed(&[&higher, &higher], &[0]).unwrap().remove(0);
    assert_eq!(keys.len(), 12);
    assert!(largest_difference(&keys[7].moments, &played.moments) < ROUNDING);
    assert!(largest_difference(&keys[7].whole, &played.whole) < ROUNDING);
    assert!(largest_difference(&keys[0].moments, &played.moments) > 0.1);
}

#[test]
fn a_voice_is_embedded_by_itself_in_any_key() {
    let mut asimt = opened(Embedder::Voice);
    let (here, higher) = (chords(600, 0), chords(600, 7));
    let keys = asimt.embed(&[&here], &[0, 7]).unwrap();
    let played = asimt.embed(&[&higher], &[0]).unwrap().remove(0);
    assert!(largest_difference(&keys[1].moments, &played.moments) < ROUNDING);
    assert!(largest_difference(&keys[0].moments, &played.moments) > 0.1);
    assert!(asimt.embed(&[&[]], &[0]).unwrap().is_empty(), "who is silent has no moments");
}

#[test]
fn a_long_track_is_embedded_in_batches_as_it_would_be_at_once() {
    let mut asimt = asimt();
    let n_frames = (BATCH + 2) * asimt.plan.hop_frames + 31;
    let long = chords(n_frames, 0);
    let all = asimt.embed(&[&long], &[0]).unwrap().remove(0);
    // Away from where it was cut, the end of the track embeds alike by itself.
    let cut = BATCH * asimt.plan.hop_frames;
    let end = asimt.embed(&[&long[cut - asimt.plan.hop_frames..], &[]], &[0]).unwrap().remove(0);
    let skipped = asimt.plan.n_kept / asimt.plan.step * end.moment_len;
    let expected = &all.moments[all.moments.len() - (end.moments.len() - skipped)..];
    assert!(largest_difference(&end.moments[skipped..], expected) < ROUNDING);
}

#[test]
fn what_is_loud_all_the_time_is_no_chroma_and_silence_stays_silent() {
    assert_eq!(centred(&[[1.0; 12]; 5]), [[0.0; 12]; 5]);
    let mut chroma = chords(40, 0);
    chroma[3] = [0.0; 12];
    let centred_once = centred(&chroma);
    assert_eq!(centred_once[3], [0.0; 12]);
    let louder: Vec<_> = chroma.iter().map(|frame| frame.map(|value| 3.0 * value)).collect();
    for (a, b) in centred(&louder).iter().zip(&centred_once) {
        assert!(largest_difference(a, b) < 1e-5);
    }
    let length: f32 = centred_once[0].iter().map(|value| value * value).sum();
    assert!((length.sqrt() - CHROMA_WEIGHT).abs() < 1e-5);
}

#[test]
fn what_is_no_number_is_named() {
    let mut crema = chords(100, 0);
    crema[17][3] = f32::NAN;
    assert!(matches!(asimt().embed(&[&crema], &[0]), Err(Error::InputNotFinite { frame: 17 })));
}

#[test]
fn a_plan_with_gaps_or_other_views_is_refused() {
    let asimt = asimt();
    let n_moments = asimt.window_frames / asimt.plan.frames_each;
    let fits = |change: fn(&mut VectorPlan)| {
        let mut plan = asimt.plan.clone();
        change(&mut plan);
        super::fits(&plan, Embedder::Harmony, asimt.window_frames, n_moments)
    };
    assert!(fits(|_| ()));
    assert!(!fits(|plan| plan.hop_frames += 1));
    assert!(!fits(|plan| plan.step = 0));
    assert!(!fits(|plan| plan.first_kept += 100));
    assert!(!fits(|plan| plan.views.reverse()));
}
