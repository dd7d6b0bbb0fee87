//! From tracks to embeddings. Parity with PyTorch is tested in `tests/golden_asimt.rs`.

use super::*;
use crate::plan::LocalPlan;
use crate::{find_models, find_runtime_library};

/// Tolerance: with another number of windows at a time, sums may be computed in another order.
const ROUNDING: f32 = 1e-4;

const EVERY_KEY: [usize; 12] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

fn asimt() -> Asimt {
    opened(Embedder::Harmony)
}

fn shipped(embedder: Embedder) -> std::path::PathBuf {
    find_models().unwrap().join(embedder.folder())
}

/// The plan of a model with local embeddings.
fn local(asimt: &Asimt) -> &LocalPlan {
    match &asimt.plan.kind {
        VectorKind::Local(plan) => plan,
        VectorKind::Whole => panic!("what ships has local embeddings"),
    }
}

fn opened(embedder: Embedder) -> Asimt {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    Asimt::load(&runtime, &shipped(embedder), embedder).unwrap()
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
        let (patches, step) = ((n_frames / local(&asimt).frames_each).max(1), local(&asimt).step);
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
    let views = Views::of(Embedder::Harmony, &asimt.plan.views, &[&crema, &chroma]).unwrap();
    let before = (local(&asimt).first_kept * local(&asimt).frames_each) as i64;
    for (key, window) in [0, 1, 11].into_iter().flat_map(|key| [0, 1, 2].map(|window| (key, window))) {
        let mut input = vec![0.0; asimt.sizes.window_len()];
        asimt.write_window(&views, window, key, &mut input);
        for (at, value) in input.iter().enumerate() {
            let (t, row) = (at % asimt.sizes.window_frames, at / asimt.sizes.window_frames);
            let place = (window * local(&asimt).hop_frames + t) as i64 - before;
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
    let lengths = [700, (BATCH + 3) * local(&asimt).hop_frames, 0, 1, 2500, 300, 40];
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
    let n_frames = (BATCH + 2) * local(&asimt).hop_frames + 31;
    let long = chords(n_frames, 0);
    let all = asimt.embed(&[&long], &[0]).unwrap().remove(0);
    // Away from the cut, the end of the track has the same embeddings by itself.
    let cut = BATCH * local(&asimt).hop_frames;
    let end = asimt.embed(&[&long[cut - local(&asimt).hop_frames..], &[]], &[0]).unwrap().remove(0);
    let skipped = local(&asimt).n_kept / local(&asimt).step * end.local_len;
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
    let fits = |change: fn(&mut VectorPlan, &mut LocalPlan)| {
        let (mut plan, mut kept) = (asimt.plan.clone(), local(&asimt).clone());
        change(&mut plan, &mut kept);
        super::fits(&VectorPlan { kind: VectorKind::Local(kept), ..plan }, Embedder::Harmony, asimt.sizes)
    };
    assert!(fits(|_, _| ()));
    assert!(fits(|plan, _| plan.views.reverse()), "a network has an order of its own");
    assert!(!fits(|_, kept| kept.hop_frames += 1));
    assert!(!fits(|_, kept| kept.step = 0));
    assert!(!fits(|_, kept| kept.first_kept += 100));
    assert!(!fits(|_, kept| kept.n_kept = usize::MAX));
    assert!(!fits(|_, kept| kept.frames_each = 0));
    assert!(!fits(|plan, _| plan.n_keys = 0));
    assert!(!fits(|plan, _| plan.n_keys = 13));
    let sized = |change: fn(&mut Sizes)| {
        let mut sizes = asimt.sizes;
        change(&mut sizes);
        super::fits(&VectorPlan { kind: VectorKind::Whole, ..asimt.plan.clone() }, Embedder::Harmony, sizes)
    };
    assert!(sized(|_| ()));
    assert!(!sized(|sizes| sizes.window_frames = 0));
    assert!(!sized(|sizes| sizes.window_frames = 1 << 30));
    assert!(!sized(|sizes| sizes.whole_len = 0));
    assert!(!sized(|sizes| sizes.whole_len = 1 << 20));
    for views in [&["crema", "crema"][..], &["melody"], &["crema", "melody"], &["pitch"], &[]] {
        let views: Vec<String> = views.iter().map(|view| (*view).into()).collect();
        let plan = VectorPlan { views, ..asimt.plan.clone() };
        assert!(!super::fits(&plan, Embedder::Harmony, asimt.sizes), "{:?}", plan.views);
    }
}

#[test]
fn views_are_read_in_the_order_of_the_network_and_a_missing_one_is_silent() {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let (crema, chroma) = (chords(50, 0), chords(40, 3));
    let of = |read: &[&str], offered: &[&[[f32; 12]]]| {
        Views::of(Embedder::Harmony, &names(read), offered).unwrap()
    };
    let alone = of(&["crema"], &[&crema, &chroma]);
    assert_eq!(
        (alone.n_frames(), alone.row(4, 0)[9]),
        (50, crema[9][4]),
        "chroma is not read and cuts nothing"
    );
    let (both, turned) =
        (of(&["crema", "chroma"], &[&crema, &chroma]), of(&["chroma", "crema"], &[&crema, &chroma]));
    assert_eq!((both.n_frames(), both.row(4, 0)), (40, turned.row(16, 0)));
    assert_eq!(both.row(15, 0), turned.row(3, 0));
    assert_eq!(of(&["crema", "chroma"], &[&crema]).row(13, 0), [0.0; 50]);
    assert_eq!(of(&["chroma", "crema"], &[&crema]).n_frames(), 0, "its first view is missing");
}

#[test]
fn a_model_of_whole_tracks_embeds_the_beginning_of_a_track_as_one_vector() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/models/whole");
    let folder = std::path::Path::new(folder);
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    assert_eq!(crate::embedder_of(folder).unwrap(), Embedder::Harmony);
    let mut asimt = Asimt::load(&runtime, folder, Embedder::Harmony).unwrap();
    // Of a longer track only the beginning counts; what a track lacks is silence.
    for n_frames in [1, 700, 1800, 5000] {
        let crema = chords(n_frames, 0);
        let embedded = asimt.embed(&[&crema, &[]], &[0, 2]).unwrap();
        for (embedded, key) in embedded.iter().zip([0, 2]) {
            let mut expected: Vec<f32> = (0..12 * 8)
                .map(|at| {
                    let (class, part) = (at / 8, at % 8);
                    let frames = crema.iter().skip(225 * part).take(225);
                    frames.map(|frame| frame[(class + 12 - key) % 12]).sum::<f32>() / 225.0
                })
                .collect();
            normalise(&mut expected);
            assert!(largest_difference(&embedded.whole, &expected) < 1e-5, "{n_frames} frames");
            assert_eq!((embedded.local_len, &embedded.local), (96, &embedded.whole));
        }
    }
    assert!(matches!(
        Asimt::load(&runtime, folder, Embedder::Voice),
        Err(Error::NoVectorPlan { model }) if model == "whole-fixture"
    ));
}

#[test]
fn a_graphics_processor_that_is_not_there_is_named_and_the_processor_embeds() {
    let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap();
    let expected = Asimt::load(&runtime.offering(&[]), &shipped(Embedder::Voice), Embedder::Voice);
    let offering = runtime.offering(&[Device::Cuda, Device::TensorRt, Device::WebGpu]);
    let mut asimt = Asimt::load(&offering, &shipped(Embedder::Voice), Embedder::Voice).unwrap();
    assert_eq!((asimt.device(), offering.unused_devices().len()), (Device::Processor, 3));
    let track = chords(500, 0);
    let vectors = asimt.embed(&[&track], &[0]).unwrap();
    assert_eq!(vectors, expected.unwrap().embed(&[&track], &[0]).unwrap());
}
