//! Excerpts agree with the whole, and the whole agrees with the analysis: all have the same time axis.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use reprise_audio::{Error, Excerpt, decode, stream_stereo};
use support::{FIXTURES, Kept, fixture};

const RATE_HZ: u32 = 48_000;

/// Twelve seconds in each codec, see tests/fixtures/listening/README.md.
const LONG: [&str; 6] = ["long.mp3", "long.flac", "long.m4a", "long.ogg", "long.opus", "long.webm"];

fn long(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/listening", name].iter().collect()
}

/// The left and right samples from `from_s` on.
fn heard(path: &Path, from_s: f64) -> Vec<[f32; 2]> {
    let mut frames = Vec::new();
    let outcome = stream_stereo(path, Excerpt { rate_hz: RATE_HZ, from_s }, &mut |samples| {
        let (pairs, rest) = samples.as_chunks::<2>();
        assert!(rest.is_empty(), "left and right come together");
        frames.extend_from_slice(pairs);
        ControlFlow::Continue(())
    });
    outcome.unwrap_or_else(|error| panic!("{path:?}: {error}"));
    frames
}

/// The energy of the difference relative to the energy of `one`, over the frames that both have.
fn difference(one: &[[f32; 2]], other: &[[f32; 2]]) -> f64 {
    let (mut error, mut energy) = (0.0, 0.0);
    for (one, other) in one.iter().flatten().zip(other.iter().flatten()) {
        error += f64::from(one - other).powi(2);
        energy += f64::from(*one).powi(2);
    }
    (error / energy).sqrt()
}

/// How many frames `excerpt` is late as a part of `whole` from `place` on, and the difference there, which is the
/// least.
fn lateness(whole: &[[f32; 2]], excerpt: &[[f32; 2]], place: usize) -> (i64, f64) {
    let window = &excerpt[..excerpt.len().min(RATE_HZ as usize / 4)];
    let at = |lag: i64| difference(&whole[(place as i64 + lag) as usize..], window);
    (-60..=60).map(|lag| (-lag, at(lag))).min_by(|one, other| one.1.total_cmp(&other.1)).unwrap()
}

#[test]
fn an_excerpt_is_the_whole_from_there_on() {
    for name in LONG {
        let whole = heard(&long(name), 0.0);
        for from_s in [0.05, 0.4, 1.0, 2.345_678, 5.0, 7.77, 11.2] {
            let excerpt = heard(&long(name), from_s);
            let place = (from_s * f64::from(RATE_HZ)).round() as usize;
            let (late, difference) = lateness(&whole, &excerpt, place);
            // Matroska has timestamps in milliseconds, which are 48 frames here.
            let most = if name == "long.webm" { 48 } else { 0 };
            assert!(late.abs() <= most, "{name} from {from_s} s is {late} frames late");
            assert!(difference < 1e-4, "{name} from {from_s} s differs by {difference}; decoders round");
            let missing = (whole.len() - place).abs_diff(excerpt.len());
            assert!(missing <= most as usize, "{name} from {from_s} s: {} frames", excerpt.len());
        }
    }
}

#[test]
fn a_short_file_is_found_its_way_in_too() {
    for name in FIXTURES {
        let whole = heard(&fixture(name), 0.0);
        let place = (0.9 * f64::from(RATE_HZ)) as usize;
        let (late, difference) = lateness(&whole, &heard(&fixture(name), 0.9), place);
        assert!(late.abs() <= if name == "sweep.webm" { 48 } else { 0 }, "{name} is {late} frames late");
        assert!(difference < 1e-4, "{name} differs by {difference}; decoders round");
    }
}

#[test]
fn the_same_place_is_found_behind_a_link_of_a_chain() {
    let link = std::fs::read(long("long.ogg")).unwrap();
    let file = tempfile::Builder::new().suffix(".ogg").tempfile().unwrap();
    std::fs::write(file.path(), [link.clone(), link].concat()).unwrap();
    let whole = heard(file.path(), 0.0);
    for from_s in [3.0, 13.0, 20.5] {
        let (late, difference) = lateness(&whole, &heard(file.path(), from_s), (from_s * 48_000.0) as usize);
        assert!(late == 0 && difference < 1e-4, "from {from_s} s: {late} frames late, {difference}");
    }
}

#[test]
fn beyond_the_end_there_is_nothing_and_that_is_no_error() {
    for path in FIXTURES.map(fixture).into_iter().chain(LONG.map(long)) {
        for from_s in [12.2, 100.0, f64::INFINITY] {
            assert!(heard(&path, from_s).is_empty(), "{path:?} from {from_s} s");
        }
    }
}

#[test]
fn the_whole_has_the_seconds_of_the_analysis() {
    for path in FIXTURES.map(fixture).into_iter().chain(LONG.map(long)) {
        let mut mono = Kept::default();
        decode(&path, RATE_HZ, &mut mono).unwrap();
        let mean: Vec<_> = heard(&path, 0.0).iter().map(|[left, right]| 0.5 * (left + right)).collect();
        assert_eq!(mean.len(), mono.samples.len(), "{path:?}");
        let furthest = mean.iter().zip(&mono.samples).map(|(one, other)| (one - other).abs());
        let furthest = furthest.fold(0.0, f32::max);
        assert!(furthest < 1e-5, "{path:?}: {furthest}; the mean before or after resampling is rounding");
    }
}

#[test]
fn two_channels_stay_apart_and_one_is_heard_on_both_sides() {
    for (name, on_the_right) in [("sweep.mp3", 0.5), ("sweep.wav", 1.0)] {
        let frames = heard(&fixture(name), 0.2);
        let energy = |side: usize| frames.iter().map(|frame| f64::from(frame[side]).powi(2)).sum::<f64>();
        let ratio = (energy(1) / energy(0)).sqrt();
        assert!((ratio - on_the_right).abs() < 0.02, "{name}: {ratio}; the codec loses a little");
    }
}

#[test]
fn a_sink_that_has_enough_stops_the_listening() {
    let excerpt = Excerpt { rate_hz: RATE_HZ, from_s: 1.0 };
    let outcome = stream_stereo(&long("long.mp3"), excerpt, &mut |_| ControlFlow::Break(()));
    assert_eq!(outcome, Err(Error::Stopped));
}

#[test]
fn what_cannot_be_decoded_is_an_error_from_any_second_on() {
    let file = tempfile::Builder::new().suffix(".mp3").tempfile().unwrap();
    std::fs::write(file.path(), "Dear diary, this is a text file.\n".repeat(2000)).unwrap();
    for from_s in [0.0, 10.0] {
        for path in [file.path(), Path::new("/nonexistent/a.mp3")] {
            let excerpt = Excerpt { rate_hz: RATE_HZ, from_s };
            assert!(stream_stereo(path, excerpt, &mut |_| ControlFlow::Continue(())).is_err(), "{path:?}");
        }
    }
    let excerpt = Excerpt { rate_hz: 0, from_s: 0.0 };
    assert!(stream_stereo(&fixture("sweep.mp3"), excerpt, &mut |_| ControlFlow::Continue(())).is_err());
}

#[test]
fn no_byte_flipped_makes_a_search_panic() {
    let mut random = 0x2545_F491_4F6C_DD1Du64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for name in LONG {
        let whole = std::fs::read(long(name)).unwrap();
        for round in 0..8 {
            let mut bytes = whole.clone();
            for _ in 0..2 + 4 * round {
                let reach = if next() % 2 == 0 { bytes.len().min(600) } else { bytes.len() };
                bytes[next() % reach] = next() as u8;
            }
            let file = tempfile::Builder::new().suffix(&name[4..]).tempfile().unwrap();
            std::fs::write(file.path(), &bytes).unwrap();
            let excerpt = Excerpt { rate_hz: RATE_HZ, from_s: 6.0 };
            let _ = stream_stereo(file.path(), excerpt, &mut |samples| {
                assert!(samples.iter().all(|sample| sample.is_finite()), "{name}");
                ControlFlow::Continue(())
            });
        }
    }
}
