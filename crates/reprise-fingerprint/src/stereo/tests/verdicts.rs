//! What may be offered as a copy, and what may not.

use proptest::prelude::*;

use super::super::levels::StereoSketch;
use super::{RATE, Random, Sound, at_speed, between, each, instrumental, line, mixed, piece, sketch, voice};
use crate::stereo::{ChannelDifference, StereoSketcher, TrueCopy, Verdict, compare};

const SECONDS: usize = 40;

fn compared(one: &[[f32; 2]], other: &[[f32; 2]]) -> TrueCopy {
    let (a, b) = (sketch(one), sketch(other));
    let answer = compare(&a, &b, 0.0);
    let back = compare(&b, &a, 0.0);
    let words = [&answer, &back].map(|one| std::mem::discriminant(&one.verdict));
    assert_eq!(words[0], words[1], "whichever comes first: {answer:?} {back:?}");
    answer
}

fn verdict(one: &[[f32; 2]], other: &[[f32; 2]]) -> Verdict {
    compared(one, other).verdict
}

/// Returns the places at which a changed piece differs.
fn places(one: &[[f32; 2]], other: &[[f32; 2]]) -> Vec<(f64, f64)> {
    match verdict(one, other) {
        Verdict::Different { places } => places,
        verdict => panic!("{verdict:?}"),
    }
}

/// Adds what a poor encoder adds: noise 18 dB below the sound that has its spectrum, other noise at either side.
fn encoded(sound: &[[f32; 2]]) -> Sound {
    let mut random = Random::new(99);
    let mut echoes = [(1, 0.0); 2];
    let frame = |n: usize| {
        if n.is_multiple_of(320) {
            echoes = [0, 1].map(|_| (1 + (40.0 * random.next()) as usize, 0.25 * (random.next() - 0.5)));
        }
        [0, 1].map(|c| sound[n][c] + echoes[c].1 * sound[n.saturating_sub(echoes[c].0)][c])
    };
    (0..sound.len()).map(frame).collect()
}

/// Lets a compressor with a fast attack and an equaliser work on a sound.
fn mastered(sound: &[[f32; 2]]) -> Sound {
    let (mut level, mut low) = (0.0f32, [0.0f32; 2]);
    each(sound, |frame| {
        let peak = frame[0].abs().max(frame[1].abs());
        level += if peak > level { 0.003 } else { 0.0003 } * (peak - level);
        let gain = 2.0 / (1.0 + 8.0 * level);
        [0, 1].map(|c| {
            low[c] += 0.1 * (frame[c] - low[c]);
            gain * (frame[c] + 0.6 * low[c])
        })
    })
}

#[test]
fn encodings_gains_masters_and_silence_at_the_ends_are_the_same() {
    let plain = piece(1, SECONDS);
    let silence = vec![[0.0; 2]; 2 * RATE];
    let others = [
        ("itself", plain.clone()),
        ("encoded", encoded(&plain)),
        ("quieter", each(&plain, |frame| frame.map(|sample| 0.3 * sample))),
        ("both channels inverted", each(&plain, |frame| frame.map(|sample| -sample))),
        ("mastered", mastered(&plain)),
        ("mastered and encoded", encoded(&mastered(&plain))),
        ("silence at the ends", [silence.clone(), plain.clone(), silence].concat()),
    ];
    for (name, other) in others {
        let answer = compared(&plain, &other);
        assert_eq!(answer.verdict, Verdict::Same, "{name}: {answer:?}");
        assert!(answer.offset_is_sure, "{name}: {answer:?}");
        let later_s = if name == "silence at the ends" { 2.0 } else { 0.0 };
        assert!((answer.offset_s - later_s).abs() < 0.005, "{name}: {answer:?}");
    }
}

/// What is done to a part of a sound.
type Change<'a> = &'a dyn Fn(&mut [[f32; 2]]);

#[test]
fn a_short_difference_is_found_where_it_is() {
    let plain = piece(2, SECONDS);
    let tone = |n: usize| 0.2 * (std::f32::consts::TAU * 1000.0 * n as f32 / RATE as f32).sin();
    let word = voice(50, SECONDS);
    let changes: [(&str, f32, Change<'_>); 5] = [
        ("muted", 0.5, &|part| part.fill([0.0; 2])),
        ("right channel muted", 0.5, &|part| part.iter_mut().for_each(|frame| frame[1] = 0.0)),
        ("bleeped", 0.6, &|part| part.iter_mut().enumerate().for_each(|(n, frame)| *frame = [tone(n); 2])),
        ("reversed", 0.4, &|part| part.reverse()),
        ("another word", 0.6, &|part| {
            part.iter_mut().zip(&word).for_each(|(frame, word)| *frame = [0, 1].map(|c| frame[c] + word[c]));
        }),
    ];
    for (name, length_s, change) in changes {
        let changed = between(&plain, 20.05, 20.05 + length_s, change);
        for (kind, other) in [("plain", changed.clone()), ("encoded", encoded(&changed))] {
            let found = places(&plain, &other);
            let [(start_s, found_s)] = found[..] else { panic!("{name}, {kind}: {found:?}") };
            let is_there = start_s > 19.7 && start_s + found_s < 20.35 + f64::from(length_s);
            assert!(is_there && found_s > 0.03, "{name}, {kind}: {found:?}");
        }
    }
}

#[test]
fn another_song_mixed_in_is_found_however_quiet() {
    let (plain, other) = (piece(3, SECONDS), piece(4, SECONDS));
    for gain in [0.3, 0.6, 1.0, 1.5] {
        let answer = verdict(&plain, &encoded(&mixed(&plain, &other, gain)));
        assert!(matches!(answer, Verdict::Different { .. }), "{gain}: {answer:?}");
    }
    let tune = line(77, SECONDS, 0.3, 300.0, [0.15, 0.15]);
    places(&plain, &encoded(&mixed(&plain, &tune, 1.0)));
}

#[test]
fn a_mix_without_the_voice_or_without_the_middle_is_not_the_same() {
    let plain = piece(5, SECONDS);
    places(&plain, &encoded(&instrumental(5, SECONDS)));
    places(&plain, &encoded(&mixed(&instrumental(5, SECONDS), &voice(6, SECONDS), 1.0)));
    places(&plain, &each(&plain, |[left, right]| [left - right, right - left]));
}

#[test]
fn other_channels_are_named() {
    let plain = piece(6, SECONDS);
    let in_other_channels =
        |change: fn(&[f32; 2]) -> [f32; 2]| verdict(&plain, &encoded(&each(&plain, change)));
    use ChannelDifference::{Inverted, Missing, Mono, Swapped};
    assert_eq!(in_other_channels(|[left, _]| [*left, 0.0]), Verdict::Channels(Missing));
    assert_eq!(in_other_channels(|[_, right]| [0.0, *right]), Verdict::Channels(Missing));
    assert_eq!(in_other_channels(|[left, right]| [*right, *left]), Verdict::Channels(Swapped));
    assert_eq!(in_other_channels(|[left, right]| [*right, -*left]), Verdict::Channels(Swapped));
    assert_eq!(in_other_channels(|[left, right]| [*left, -*right]), Verdict::Channels(Inverted));
    let exactly = |change: fn(&[f32; 2]) -> [f32; 2]| verdict(&plain, &each(&plain, change));
    assert_eq!(exactly(|[left, right]| [(left + right) / 2.0; 2]), Verdict::Channels(Mono));
    assert_eq!(exactly(|[left, _]| [*left; 2]), Verdict::Channels(Missing));
    assert_eq!(exactly(|[_, right]| [*right; 2]), Verdict::Channels(Missing));
}

#[test]
fn what_is_nearly_mono_has_no_channels_to_miss() {
    let narrow = each(&piece(7, SECONDS), |[left, right]| {
        let (mid, side) = ((left + right) / 2.0, (left - right) / 100.0);
        [mid + side, mid - side]
    });
    let mono = each(&narrow, |[left, right]| [(left + right) / 2.0; 2]);
    assert_eq!(sketch(&mono).n_channels(), 1);
    assert_eq!(verdict(&narrow, &mono), Verdict::Same);
    assert_eq!(verdict(&narrow, &each(&narrow, |[left, right]| [*right, *left])), Verdict::Same);
}

#[test]
fn another_speed_is_said() {
    let plain = piece(8, SECONDS);
    for faster in [-0.5, 0.1, 0.5, 1.0] {
        let Verdict::Speed { per_cent } = verdict(&plain, &encoded(&at_speed(&plain, 1.0 + faster / 100.0)))
        else {
            panic!("{faster} % faster is another speed")
        };
        assert!((per_cent - faster).abs() < 0.03, "{per_cent} instead of {faster}");
    }
}

#[test]
fn what_one_has_more_at_an_end_or_within_is_found() {
    let (plain, other) = (piece(9, SECONDS), piece(10, SECONDS));
    let shorter = plain[3 * RATE..].to_vec();
    let found = compare(&sketch(&plain), &sketch(&shorter), -3.0).verdict;
    let Verdict::Different { places: found } = found else { panic!("{found:?}") };
    assert!(found.len() == 1 && found[0].0 < 0.1 && (found[0].1 - 3.0).abs() < 0.2, "{found:?}");
    let longer = compare(&sketch(&shorter), &sketch(&plain), 3.0).verdict;
    let Verdict::Different { places: found } = longer else { panic!("{longer:?}") };
    assert!((found[0].0 + 3.0).abs() < 0.2, "before the first track begins: {found:?}");
    places(&plain, &plain[..38 * RATE]);
    places(&plain, &[&other[..8 * RATE], &plain[8 * RATE..]].concat());
    places(&plain, &[&plain[..10 * RATE], &plain[15 * RATE..]].concat());
    // A gap of 80 ms, in which nothing else changes.
    places(&plain, &[&plain[..20 * RATE], &plain[20 * RATE + 1280..]].concat());
}

#[test]
fn other_performances_and_other_pieces_are_different() {
    let notes = |note_s: f32| line(12, SECONDS, note_s, 220.0, [0.7, 0.6]);
    for other in [notes(0.44), notes(0.37), piece(13, SECONDS)] {
        let answer = verdict(&notes(0.4), &other);
        assert!(matches!(answer, Verdict::Different { .. } | Verdict::Unclear), "{answer:?}");
    }
}

#[test]
fn nothing_is_said_of_jingles_silence_and_held_tones() {
    let jingle = piece(14, 2);
    let silence = vec![[0.0; 2]; SECONDS * RATE];
    let tone = |n: usize| [0.3 * (std::f32::consts::TAU * 440.0 * n as f32 / RATE as f32).sin(); 2];
    let tone: Sound = (0..SECONDS * RATE).map(tone).collect();
    for (one, other) in [(&jingle, &jingle), (&silence, &silence), (&tone, &tone), (&Sound::new(), &jingle)] {
        assert_eq!(verdict(one, other), Verdict::Unclear);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_sketch_and_no_offset_is_too_strange(
        samples in prop::collection::vec([-1.0f32..1.0, -1.0f32..1.0], 0..400),
        repeats in 0usize..1000,
        offset_s in prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(-1e300), -20.0f64..20.0],
    ) {
        let mut sketcher = StereoSketcher::new();
        (0..repeats).for_each(|_| sketcher.push(samples.as_flattened()));
        let strange = sketcher.finish();
        let usual: StereoSketch = sketch(&piece(15, 12));
        for (a, b) in [(&strange, &usual), (&usual, &strange), (&strange, &strange)] {
            compare(a, b, offset_s);
        }
    }
}
