//! Alignment by voice: compared with the slow twin, and properties that must hold for melodies.

use super::tests::{obvious_score, shifted, stretched};
use crate::align::path::{View, align, align_by};
use crate::align::score::{Scratch, score, score_at, voice_score};
use crate::settings::Settings;
use crate::synthetic::{song, tune};
use crate::track::Track;

const BLOCK_S: f64 = 1.114;

fn sung(harmony: &[[f32; 12]], melody: &[[f32; 12]]) -> Track {
    Track::from_blocks(harmony, harmony, BLOCK_S).with_melody_blocks(melody)
}

/// Returns the scores by voice and by harmony of two tracks with voices.
fn scores(query: &Track, candidate: &Track) -> (f32, f32) {
    let scratch = &mut Scratch::default();
    (voice_score(query, candidate, scratch).unwrap().score, score(query, candidate, scratch).score)
}

#[test]
fn the_fast_score_of_a_voice_is_the_obvious_one() {
    let mut scratch = Scratch::default();
    for (n, m, seed) in [(90, 70, 1), (60, 130, 2), (40, 40, 3)] {
        let (a, b) = (sung(&song(n, seed), &tune(n, seed)), sung(&song(m, seed + 9), &tune(m, seed + 9)));
        let (a, b) = (a.voice.unwrap(), b.voice.unwrap());
        for shift in [0, 5, 11] {
            let fast = f64::from(score_at(&a.blocks, &b.blocks, shift, &Settings::RECIPE, &mut scratch));
            let slow = obvious_score(&a.blocks, &b.blocks, shift, &Settings::RECIPE);
            assert!((fast - slow).abs() <= 0.02 * slow.max(1.0), "{shift}: {fast} and {slow}");
        }
    }
}

#[test]
fn the_same_tune_over_other_chords_is_found_by_voice_and_not_by_harmony() {
    let melody = tune(160, 5);
    let original = sung(&song(160, 1), &melody);
    let cover = sung(&song(150, 2), &shifted(&stretched(&melody, 1.08), 3));
    let found = voice_score(&original, &cover, &mut Scratch::default()).unwrap();
    assert_eq!(found.key_shift, 3);
    let strangers: Vec<(f32, f32)> =
        (10..40).map(|seed| scores(&original, &sung(&song(150, seed), &tune(150, seed)))).collect();
    let highest = |of: fn(&(f32, f32)) -> f32| strangers.iter().map(of).fold(0.0, f32::max);
    assert!(found.score > 1.5 * highest(|s| s.0), "{} among {:?}", found.score, highest(|s| s.0));
    let by_harmony = score(&original, &cover, &mut Scratch::default()).score;
    assert!(by_harmony < 1.2 * highest(|s| s.1), "{by_harmony} among {}", highest(|s| s.1));
}

#[test]
fn other_tunes_over_the_same_chords_are_strangers_by_voice() {
    let harmony = song(160, 1);
    let original = sung(&harmony, &tune(160, 5));
    let strangers = (10..40).map(|seed| scores(&original, &sung(&song(160, seed), &tune(160, seed))).0);
    let highest = strangers.fold(0.0, f32::max);
    for seed in 50..60 {
        let (voice, by_harmony) = scores(&original, &sung(&harmony, &tune(160, seed)));
        assert!(voice < 1.3 * highest, "{voice} among {highest}");
        assert!(by_harmony > 2.0 * highest);
    }
}

#[test]
fn a_longer_break_between_two_verses_costs_what_it_breaks() {
    let melody = tune(120, 7);
    let mut longer = melody[..63].to_vec();
    longer.extend([[0.0; 12]; 30]);
    longer.extend(&melody[63..]);
    let (a, b) = (sung(&song(120, 1), &melody), sung(&song(150, 2), &longer));
    let found = voice_score(&a, &b, &mut Scratch::default()).unwrap();
    let itself = voice_score(&a, &a, &mut Scratch::default()).unwrap();
    assert!(found.score > 0.4 * itself.score && found.score < itself.score, "{found:?} and {itself:?}");
    let spans = align_by(View::Voice, &a, &b).spans;
    let found_s: f64 = spans.iter().map(|span| span.query_end_s - span.query_start_s).sum();
    assert!(found_s > 100.0 * BLOCK_S, "both verses are found: {spans:?}");
}

#[test]
fn a_track_without_a_voice_is_compared_as_before() {
    let (a, b) = (song(120, 1), song(120, 2));
    let plain = Track::from_blocks(&a, &a, BLOCK_S);
    let instrumental = sung(&a, &[[0.0; 12]; 120]);
    assert_eq!(plain, instrumental);
    let other = sung(&b, &tune(120, 3));
    let scratch = &mut Scratch::default();
    assert_eq!(voice_score(&plain, &other, scratch), None);
    assert_eq!(score(&plain, &other, scratch), score(&plain, &Track::from_blocks(&b, &b, BLOCK_S), scratch));
    assert_eq!(align_by(View::Voice, &plain, &other), align(&plain, &other));
}

#[test]
fn drones_and_short_songs_match_nobody() {
    let held = |p: usize| vec![std::array::from_fn(|q| if p == q { 0.8 } else { 0.0 }); 100];
    let scratch = &mut Scratch::default();
    let (a, b) = (sung(&song(100, 1), &held(2)), sung(&song(100, 2), &held(9)));
    assert_eq!(voice_score(&a, &b, scratch).unwrap().score, 0.0, "any held note is like any other");
    let short = sung(&song(11, 1), &tune(11, 1));
    assert_eq!(voice_score(&short, &a, scratch), None, "9 sung blocks are not enough");
}

#[test]
fn a_relative_key_of_the_band_does_not_hide_the_voice() {
    let (harmony, melody) = (song(160, 1), tune(160, 5));
    let original = sung(&harmony, &melody);
    let cover = sung(&shifted(&harmony, 4), &shifted(&melody, 1));
    let scratch = &mut Scratch::default();
    let (by_voice, by_harmony) = (voice_score(&original, &cover, scratch), score(&original, &cover, scratch));
    assert_eq!((by_harmony.key_shift, by_voice.unwrap().key_shift), (4, 1));
}

#[test]
fn passages_of_the_voice_are_told_in_the_track_s_own_time() {
    let melody = tune(120, 7);
    let mut later = vec![[0.0; 12]; 40];
    later.extend(&melody);
    let (a, b) = (sung(&song(120, 1), &melody), sung(&song(160, 2), &later));
    let found = align_by(View::Voice, &a, &b);
    assert_eq!((found.view, found.spans.len()), (View::Voice, 1));
    let span = found.spans[0];
    assert!(span.query_start_s < 3.0 * BLOCK_S && span.query_end_s > 110.0 * BLOCK_S, "{span:?}");
    assert!((span.candidate_start_s - span.query_start_s - 40.0 * BLOCK_S).abs() < 1e-6, "{span:?}");
    assert!((span.candidate_end_s - span.query_end_s - 40.0 * BLOCK_S).abs() < 1e-6, "{span:?}");
    assert!((found.tempo_ratio - 1.0).abs() < 1e-6);
}

#[test]
fn four_keys_by_profile_hold_the_best_of_twelve() {
    let mut missed = 0;
    for seed in 0..60 {
        let melody = tune(150, seed);
        let cover: Vec<[f32; 12]> = stretched(&melody[30..], 0.93);
        let (a, b) = (sung(&song(150, seed), &melody), sung(&song(129, seed + 99), &shifted(&cover, 7)));
        let found = voice_score(&a, &b, &mut Scratch::default()).unwrap();
        missed += usize::from(found.key_shift != -5);
    }
    assert!(missed <= 2, "{missed} of 60 keys missed");
}
