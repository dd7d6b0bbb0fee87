//! From tracks to embeddings. Parity with PyTorch is tested in `tests/golden_asimt.rs`.

use super::*;
use crate::{find_models, find_runtime_library};

/// Tolerance: with another number of windows at a time, sums may be computed in another order.
const ROUNDING: f32 = 1e-4;

const EVERY_KEY: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

fn asimt() -> Asimt {
    opened(Embedder::Harmony)
}

fn opened(embedder: Embedder) -> Asimt {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Asimt::load(&runtime, &find_models().unwrap(), embedder).unwrap()
}

/// Makes triads that change every 15 frames, in an order that does not repeat for long.
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
        assert_eq!(embedded.local.len(), patches.div_ceil(step) * embedded.local_len, "{n_frames} frames");
        for vector in embedded.local.chunks_exact(embedded.local_len).chain([&*embedded.whole]) {
            let length: f32 = vector.iter().map(|value| value * value).sum();
            assert!((length - 1.0).abs() < 1e-3);
        }
    }
    assert!(asimt.embed(&[&[], &[]], &[0]).unwrap().is_empty());
}

#[test]
fn windows_are_what_index_arithmetic_says() {
    let asimt = asimt();
    let n_frames = 500;
    let frames = |view: usize| -> Vec<[f32; 12]> {
        (0..n_frames)
            .map(|t| std::array::from_fn(|class| (view * 7919 + class * 1000 + t + 1) as f32))
            .collect()
    };
    let (crema, chroma) = (frames(0), frames(1));
    let views = Views::of(Embedder::Harmony, &[&crema, &chroma]).unwrap();
    let before = (asimt.plan.first_kept * asimt.plan.frames_each) as i64;
    for (key, window) in [0, 1, 11].into_iter().flat_map(|key| [0, 1, 2].map(|window| (key, window))) {
        let mut input = vec![0.0; asimt.sizes.window_len()];
        asimt.write_window(&views, window, key, &mut input);
        for (at, value) in input.iter().enumerate() {
            let (t, row) = (at % asimt.sizes.window_frames, at / asimt.sizes.window_frames);
            let place = (window * asimt.plan.hop_frames + t) as i64 - before;
            let class = (row % 12 + 12 - key) % 12 + row / 12 * 12;
            let inside = usize::try_from(place).ok().filter(|place| *place < n_frames);
            assert_eq!(*value, inside.map_or(0.0, |place| views.row(class, 0)[place]));
        }
    }
    assert_eq!(views.row(3, 0)[7], 3008.0, "chords come as they are");
}

#[test]
fn tracks_that_share_runs_have_the_vectors_they_have_one_by_one() {
    let mut asimt = asimt();
    // Several lengths, so that runs end within tracks; one track is empty, one has no chroma, one has no key.
    let lengths = [700, (BATCH + 3) * asimt.plan.hop_frames, 0, 1, 2500, 300, 40];
    let tracks: Vec<Vec<[f32; 12]>> = lengths.iter().map(|n| chords(*n, n % 12)).collect();
    let keys: [&[usize]; 7] = [&[0, 5, 7], &[1], &[0, 1], &EVERY_KEY, &[3, 2], &[4], &[]];
    let views = |index: usize| -> [&[[f32; 12]]; 2] {
        [&tracks[index], if index == 4 { &[] } else { &tracks[index] }]
    };
    let views: Vec<_> = (0..tracks.len()).map(views).collect();
    let heard: Vec<EmbedderInput> =
        views.iter().zip(keys).map(|(views, keys)| EmbedderInput { views, keys }).collect();
    let together = asimt.embed_all(&heard).unwrap();
    assert_eq!(together.len(), tracks.len());
    for (index, together) in together.iter().enumerate() {
        let alone = asimt.embed(heard[index].views, heard[index].keys).unwrap();
        assert_eq!(together.len(), alone.len());
        for (together, alone) in together.iter().zip(&alone) {
            assert!(largest_difference(&together.local, &alone.local) < ROUNDING);
            assert!(largest_difference(&together.whole, &alone.whole) < ROUNDING);
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
    assert!(largest_difference(&keys[7].local, &played.local) < ROUNDING);
    assert!(largest_difference(&keys[7].whole, &played.whole) < ROUNDING);
    assert!(largest_difference(&keys[0].local, &played.local) > 0.1);
}

#[test]
fn a_voice_is_embedded_by_itself_in_any_key() {
    let mut asimt = opened(Embedder::Voice);
    let (here, higher) = (chords(600, 0), chords(600, 7));
    let keys = asimt.embed(&[&here], &[0, 7]).unwrap();
    let played = asimt.embed(&[&higher], &[0]).unwrap().remove(0);
    assert!(largest_difference(&keys[1].local, &played.local) < ROUNDING);
    assert!(largest_difference(&keys[0].local, &played.local) > 0.1);
    assert!(asimt.embed(&[&[]], &[0]).unwrap().is_empty(), "who is silent has no local embeddings");
}

#[test]
fn a_long_track_is_embedded_in_batches_as_it_would_be_at_once() {
    let mut asimt = asimt();
    let n_frames = (BATCH + 2) * asimt.plan.hop_frames + 31;
    let long = chords(n_frames, 0);
    let all = asimt.embed(&[&long], &[0]).unwrap().remove(0);
    // Away from the cut, the end of the track has the same embeddings by itself.
    let cut = BATCH * asimt.plan.hop_frames;
    let end = asimt.embed(&[&long[cut - asimt.plan.hop_frames..], &[]], &[0]).unwrap().remove(0);
    let skipped = asimt.plan.n_kept / asimt.plan.step * end.local_len;
    let expected = &all.local[all.local.len() - (end.local.len() - skipped)..];
    assert!(largest_difference(&end.local[skipped..], expected) < ROUNDING);
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
    let fits = |change: fn(&mut VectorPlan)| {
        let mut plan = asimt.plan.clone();
        change(&mut plan);
        super::fits(&plan, Embedder::Harmony, asimt.sizes)
    };
    assert!(fits(|_| ()));
    assert!(!fits(|plan| plan.hop_frames += 1));
    assert!(!fits(|plan| plan.step = 0));
    assert!(!fits(|plan| plan.first_kept += 100));
    assert!(!fits(|plan| plan.views.reverse()));
}

#[test]
fn a_graphics_processor_that_is_not_there_is_named_and_the_processor_embeds() {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    let expected = Asimt::load(&runtime.offering(&[]), &find_models().unwrap(), Embedder::Voice);
    let offering = runtime.offering(&[Device::Cuda, Device::TensorRt, Device::WebGpu]);
    let mut asimt = Asimt::load(&offering, &find_models().unwrap(), Embedder::Voice).unwrap();
    assert_eq!((asimt.device(), offering.unused_devices().len()), (Device::Processor, 3));
    let track = chords(500, 0);
    let vectors = asimt.embed(&[&track], &[0]).unwrap();
    assert_eq!(vectors, expected.unwrap().embed(&[&track], &[0]).unwrap());
}
