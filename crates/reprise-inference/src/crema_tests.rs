//! The network as a function, on whole tracks and in pieces. Parity with the published one is tested in
//! `tests/golden_crema.rs`.

use super::*;
use crate::segments::{CremaStream, Cut};
use crate::{SEGMENT_FRAMES, find_models, find_runtime_library};

/// Largest difference of two runs that should be equal: with other lengths, sums may be computed in another order.
const ROUNDING: f32 = 1e-5;

fn crema() -> Crema {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Crema::load(&runtime, &find_models().unwrap()).unwrap()
}

/// Makes something like music, in dB: a triad that changes every 20 frames, with partials, over a quiet floor.
fn chords(n_frames: usize) -> Vec<f32> {
    let spec = Spec::v1();
    let n_harmonics = spec.crema.harmonics.len();
    let mut hcqt_db = vec![-80.0; n_frames * spec.crema.n_bins * n_harmonics];
    for (t, frame) in hcqt_db.chunks_exact_mut(spec.crema.n_bins * n_harmonics).enumerate() {
        let root = (t / 20 * 7) % 12;
        for (interval, octave) in [(0, 0), (0, 1), (4, 1), (7, 1), (0, 2), (4, 2)] {
            let bin = 3 * (root + interval + 12 * octave) + 1;
            for (harmonic, &ratio) in spec.crema.harmonics.iter().enumerate() {
                let shift = if ratio == 1 { 36 } else { 0 };
                frame[(bin + shift) * n_harmonics + harmonic] = -6.0 * octave as f32;
            }
        }
    }
    hcqt_db
}

fn stream(crema: &mut Crema, cut: Cut, hcqt_db: &[f32], frames_a_push: usize) -> Vec<[f32; N_PITCH_CLASSES]> {
    let push_len = crema.frame_len() * frames_a_push;
    let mut frames = Vec::new();
    let mut segments = CremaStream::with_cut(crema, cut);
    for piece in hcqt_db.chunks(push_len) {
        segments.push(piece, &mut |frame| frames.push(*frame)).unwrap();
    }
    segments.finish(&mut |frame| frames.push(*frame)).unwrap();
    frames
}

/// The slow twin of [`CremaStream`]: cuts the whole track by index arithmetic.
fn stream_slowly(crema: &mut Crema, cut: Cut, hcqt_db: &[f32]) -> Vec<[f32; N_PITCH_CLASSES]> {
    let frame_len = crema.frame_len();
    let n_frames = hcqt_db.len() / frame_len;
    let step = cut.segment_frames - 2 * cut.context_frames;
    let mut frames = Vec::new();
    for start in (0..).map(|piece| piece * step) {
        let end = n_frames.min(start + cut.segment_frames);
        let heard = crema.run(&hcqt_db[start * frame_len..end * frame_len]).unwrap();
        let keep_to = if end == n_frames { n_frames } else { end - cut.context_frames };
        frames.extend_from_slice(&heard[frames.len() - start..keep_to - start]);
        if end == n_frames {
            return frames;
        }
    }
    unreachable!("a track has an end")
}

fn largest_difference(a: &[[f32; N_PITCH_CLASSES]], b: &[[f32; N_PITCH_CLASSES]]) -> f32 {
    assert_eq!(a.len(), b.len(), "as many frames");
    a.as_flattened().iter().zip(b.as_flattened()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

fn mean_difference(a: &[[f32; N_PITCH_CLASSES]], b: &[[f32; N_PITCH_CLASSES]]) -> f32 {
    assert_eq!(a.len(), b.len(), "as many frames");
    let (a, b) = (a.as_flattened(), b.as_flattened());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f32>() / a.len() as f32
}

#[test]
fn a_frame_in_is_a_frame_out_and_a_probability() {
    let mut crema = crema();
    for n_frames in [1, 2, 81] {
        let frames = crema.run(&chords(n_frames)).unwrap();
        assert_eq!(frames.len(), n_frames);
        assert!(frames.as_flattened().iter().all(|p| (0.0..=1.0).contains(p)));
    }
}

#[test]
fn no_frames_give_no_frames() {
    let mut crema = crema();
    assert!(crema.run(&[]).unwrap().is_empty());
    let mut n_frames = 0;
    CremaStream::new(&mut crema).finish(&mut |_| n_frames += 1).unwrap();
    assert_eq!(n_frames, 0);
}

#[test]
fn the_notes_of_a_chord_are_heard() {
    let frames = crema().run(&chords(200)).unwrap();
    let (sounding, silent) = (frames[10], [1, 3, 6, 8, 10]);
    for pitch_class in [0, 4, 7] {
        assert!(sounding[pitch_class] > 0.5, "C major has {pitch_class}: {sounding:?}");
    }
    for pitch_class in silent {
        assert!(sounding[pitch_class] < 0.5, "C major has no {pitch_class}: {sounding:?}");
    }
}

#[test]
fn a_track_of_one_segment_is_heard_whole() {
    let mut crema = crema();
    let cut = Cut { segment_frames: 300, context_frames: 40 };
    let hcqt_db = chords(300);
    let whole = crema.run(&hcqt_db).unwrap();
    assert_eq!(stream(&mut crema, cut, &hcqt_db, 7), whole, "the same run, so the same bits");
}

#[test]
fn pieces_are_cut_and_joined_as_the_slow_twin_does() {
    let mut crema = crema();
    let cut = Cut { segment_frames: 200, context_frames: 40 };
    for (n_frames, frames_a_push) in [(201, 1), (320, 64), (321, 33), (777, 500)] {
        let hcqt_db = chords(n_frames);
        let frames = stream(&mut crema, cut, &hcqt_db, frames_a_push);
        let expected = stream_slowly(&mut crema, cut, &hcqt_db);
        assert_eq!(frames.len(), n_frames);
        let difference = largest_difference(&frames, &expected);
        assert!(difference <= ROUNDING, "{n_frames} frames, {frames_a_push} a push: {difference}");
    }
}

#[test]
fn a_long_track_in_segments_differs_little_from_the_whole() {
    let mut crema = crema();
    let hcqt_db = chords(SEGMENT_FRAMES + 900);
    let whole = crema.run(&hcqt_db).unwrap();
    let mut frames = Vec::new();
    let mut segments = CremaStream::new(&mut crema);
    segments.push(&hcqt_db, &mut |frame| frames.push(*frame)).unwrap();
    segments.finish(&mut |frame| frames.push(*frame)).unwrap();
    // The tolerance covers what the network remembers from beyond the context; see SEGMENT_FRAMES for real music.
    assert!(mean_difference(&frames, &whole) <= 0.05, "{}", mean_difference(&frames, &whole));
}

#[test]
fn part_of_a_frame_is_refused() {
    let mut crema = crema();
    let sentence = "433 values are no whole number of frames of 432 values";
    assert_eq!(crema.run(&[0.0; 433]).unwrap_err().to_string(), sentence);
    let refused = CremaStream::new(&mut crema).push(&[0.0; 433], &mut |_| ()).unwrap_err();
    assert_eq!(refused.to_string(), sentence);
}

#[test]
fn input_that_is_not_finite_is_refused_and_the_next_track_is_not_harmed() {
    let mut crema = crema();
    let healthy = chords(30);
    let before = crema.run(&healthy).unwrap();
    let mut damaged = healthy.clone();
    damaged[7 * crema.frame_len() + 5] = f32::NAN;
    assert!(matches!(crema.run(&damaged), Err(Error::InputNotFinite { frame: 7 })));
    assert_eq!(crema.run(&healthy).unwrap(), before);
}

#[test]
fn threads_with_a_network_each_hear_the_same() {
    let hcqt_db = chords(100);
    let expected = crema().run(&hcqt_db).unwrap();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| crema().run(&hcqt_db).unwrap())).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), expected);
        }
    });
}
