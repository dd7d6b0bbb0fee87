//! The fast aligner compared with its slow twin, and properties that any aligner must have.

use proptest::prelude::*;

use crate::align::path::align;
use crate::align::score::{Scratch, score, score_at, score_with};
use crate::blocks::Blocks;
use crate::settings::BLOCK_FRAMES;
use crate::settings::Settings;
use crate::synthetic::song;
use crate::track::{LONGEST_BLOCKS, Track};
use crate::transpose::rolled;

const FRAME_RATE_HZ: f64 = 10.77;

fn track(blocks: &[[f32; 12]]) -> Track {
    Track::from_blocks(blocks, blocks, BLOCK_FRAMES as f64 / FRAME_RATE_HZ)
}

pub(super) fn shifted(blocks: &[[f32; 12]], shift: usize) -> Vec<[f32; 12]> {
    blocks.iter().map(|block| rolled(block, shift)).collect()
}

/// Returns `blocks` played `ratio` times as fast, sampled at the nearest block.
pub(super) fn stretched(blocks: &[[f32; 12]], ratio: f64) -> Vec<[f32; 12]> {
    let length = (blocks.len() as f64 / ratio) as usize;
    (0..length).map(|t| blocks[((t as f64 + 0.5) * ratio) as usize]).collect()
}

/// The score by definition, in double precision, with sorting for quantiles and with full matrices.
pub(super) fn obvious_score<const D: usize>(
    query: &Blocks<D>,
    candidate: &Blocks<D>,
    shift: usize,
    settings: &Settings,
) -> f64 {
    let window_blocks = settings.window_blocks;
    if query.len() < window_blocks || candidate.len() < window_blocks {
        return 0.0;
    }
    let at = |track: &Blocks<D>, i: usize, d: usize| f64::from(track.rows[i][d]);
    let moved = |i: usize, d: usize| at(query, i, d / 12 * 12 + (d % 12 + 12 - shift) % 12);
    let distance =
        |i: usize, j: usize| (0..D).map(|d| (moved(i, d) - at(candidate, j, d)).powi(2)).sum::<f64>();
    let (rows, columns) = (query.len() + 1 - window_blocks, candidate.len() + 1 - window_blocks);
    let window = |i: usize, j: usize| (0..window_blocks).map(|k| distance(i + k, j + k)).sum::<f64>();
    let windows: Vec<Vec<f64>> = (0..rows).map(|i| (0..columns).map(|j| window(i, j)).collect()).collect();
    // The distance up to which windows are near, and the weight of being near.
    let near = |mut values: Vec<f64>| {
        let (n, share) = (values.len() as f64, f64::from(settings.near_share));
        let count = (share * n).ceil().max(1.0);
        let equal = values.iter().filter(|value| **value <= 1e-3).count() as f64;
        let weight = if equal <= count { 1.0 } else { (count / equal - count / n) / (1.0 - count / n) };
        values.sort_by(f64::total_cmp);
        (values[count as usize - 1].max(1e-3), weight)
    };
    let of_rows: Vec<(f64, f64)> = windows.iter().map(|row| near(row.clone())).collect();
    let of_columns: Vec<(f64, f64)> =
        (0..columns).map(|j| near(windows.iter().map(|row| row[j]).collect())).collect();
    let mut q = vec![vec![0.0f64; columns]; rows];
    for i in 0..rows {
        for j in 0..columns {
            let limit = of_rows[i].0.min(of_columns[j].0);
            let likeness = (2.0 * (1.0 - windows[i][j] / limit)).clamp(-0.3, 1.0);
            let weight = of_rows[i].1.min(of_columns[j].1);
            let likeness = if likeness > 0.0 { likeness * weight } else { likeness };
            let before = |down: usize, right: usize| {
                if i >= down && j >= right { q[i - down][j - right] } else { 0.0 }
            };
            q[i][j] = (before(1, 1).max(before(2, 1)).max(before(1, 2)) + likeness).max(0.0);
        }
    }
    let best_of_rows: f64 = q.iter().map(|row| row.iter().copied().fold(0.0, f64::max)).sum();
    let best_of_columns: f64 = (0..columns).map(|j| q.iter().map(|row| row[j]).fold(0.0, f64::max)).sum();
    best_of_rows / rows as f64 + best_of_columns / columns as f64
}

#[test]
fn the_fast_score_is_the_obvious_one() {
    let mut scratch = Scratch::default();
    for (n, m, seed) in [(60, 60, 1), (97, 41, 2), (6, 200, 3), (7, 7, 4), (130, 131, 5)] {
        let (query, candidate) = (track(&song(n, seed)), track(&song(m, seed + 50)));
        for shift in [0, 1, 6, 11] {
            let fast = f64::from(score_at(
                &query.harmony,
                &candidate.harmony,
                shift,
                &Settings::RECIPE,
                &mut scratch,
            ));
            let obvious = obvious_score(&query.harmony, &candidate.harmony, shift, &Settings::RECIPE);
            // Quantiles are found to 1/4096 of a row's range. Where values are sparse, this changes a similarity by at
            // most a few hundredths, and with it the chains through that cell.
            let tolerance = 0.02 * obvious.max(1.0);
            assert!(
                (fast - obvious).abs() <= tolerance,
                "{n} x {m} at {shift}: fast {fast}, obvious {obvious}"
            );
        }
    }
}

#[test]
fn the_fast_score_is_the_obvious_one_whatever_the_settings() {
    let mut scratch = Scratch::default();
    let (query, candidate) = (track(&song(70, 8)), track(&song(90, 9)));
    for (window_blocks, near_share) in [(1, 0.095), (4, 0.2), (6, 0.05), (9, 0.095)] {
        let settings = Settings { window_blocks, near_share, ..Settings::RECIPE };
        let fast = f64::from(score_at(&query.harmony, &candidate.harmony, 3, &settings, &mut scratch));
        let obvious = obvious_score(&query.harmony, &candidate.harmony, 3, &settings);
        // As above: the resolution of the quantiles.
        let tolerance = 0.02 * obvious.max(1.0);
        assert!((fast - obvious).abs() <= tolerance, "{settings:?}: fast {fast}, obvious {obvious}");
    }
}

#[test]
fn more_keys_never_score_less_and_settings_without_sense_count_as_the_nearest_sensible_ones() {
    let mut scratch = Scratch::default();
    let (query, candidate) = (track(&song(70, 8)), track(&song(90, 9)));
    let with = |keys_tried: usize, scratch: &mut Scratch| {
        score_with(&query, &candidate, &Settings { keys_tried, ..Settings::RECIPE }, scratch).score
    };
    let scores = [0, 1, 2, 6, 12, 99].map(|keys| with(keys, &mut scratch));
    assert!(scores.windows(2).all(|pair| pair[0] <= pair[1]), "{scores:?}");
    assert_eq!((scores[0], scores[4]), (scores[1], scores[5]));
    assert_eq!(scores[2], score(&query, &candidate, &mut scratch).score, "the recipe tries two");
    let frames = song(50, 3);
    let none = Settings { block_frames: 0, window_blocks: 0, ..Settings::RECIPE };
    let own = Track::from_frames_with(&frames, &frames, FRAME_RATE_HZ, &none);
    assert_eq!(own.n_blocks(), 50, "blocks of a frame");
    assert!(score_with(&own, &own, &none, &mut scratch).score.is_finite());
}

#[test]
fn a_track_matches_itself_whole_in_its_own_key_and_tempo() {
    let blocks = song(160, 9);
    let own = track(&blocks);
    let alignment = align(&own, &own);
    assert_eq!(alignment.key_shift, 0);
    assert_eq!(alignment.tempo_ratio, 1.0);
    assert_eq!(alignment.spans.len(), 1, "{:?}", alignment.spans);
    let length_s = own.n_blocks() as f64 * own.block_s;
    let span = alignment.spans[0];
    assert!(span.query_end_s - span.query_start_s >= 0.95 * length_s, "{span:?} of {length_s}");
    assert!(span.query_end_s <= length_s + 1e-9, "a span ends with the track");
}

#[test]
fn a_transposed_copy_is_found_at_its_shift_and_seen_from_the_other_side_at_the_opposite() {
    let blocks = song(120, 21);
    let own = track(&blocks);
    for (shift, said) in [(1, 1), (5, 5), (6, 6), (7, -5), (10, -2)] {
        let higher = track(&shifted(&blocks, shift));
        assert_eq!(align(&own, &higher).key_shift, said, "positive when the candidate is higher");
        let back = align(&higher, &own).key_shift;
        assert_eq!((back + said).rem_euclid(12), 0);
    }
}

#[test]
fn a_faster_copy_is_found_at_its_tempo() {
    let blocks = song(200, 33);
    let own = track(&blocks);
    for ratio in [0.8, 0.9, 1.1, 1.25] {
        let other = track(&stretched(&blocks, ratio));
        let found = f64::from(align(&own, &other).tempo_ratio);
        assert!((found / ratio - 1.0).abs() < 0.04, "ratio {ratio}, found {found}");
    }
}

#[test]
fn an_excerpt_is_found_where_it_stands() {
    let blocks = song(180, 41);
    let (own, part) = (track(&blocks), track(&blocks[70..120]));
    let alignment = align(&part, &own);
    let span = alignment.spans.iter().max_by(|a, b| length(a).total_cmp(&length(b))).unwrap();
    assert!((span.candidate_start_s - 70.0 * own.block_s).abs() < 3.0 * own.block_s, "{span:?}");
    assert!(length(span) > 40.0 * own.block_s);
}

fn length(span: &crate::Span) -> f64 {
    span.query_end_s - span.query_start_s
}

#[test]
fn a_version_outscores_strangers() {
    let mut scratch = Scratch::default();
    let blocks = song(150, 51);
    let version: Vec<[f32; 12]> = shifted(&stretched(&blocks, 1.06), 3);
    let (own, version) = (track(&blocks), track(&version));
    let strangers = (100..120).map(|seed| score(&own, &track(&song(150, seed)), &mut scratch).score);
    let best_stranger = strangers.fold(0.0f32, f32::max);
    assert!(score(&own, &version, &mut scratch).score > 2.0 * best_stranger);
}

#[test]
fn loops_silence_and_short_tracks_have_defined_scores() {
    let mut scratch = Scratch::default();
    let constant = track(&vec![[0.5; 12]; 80]);
    let silent = track(&vec![[0.0; 12]; 80]);
    let (short, empty, other) = (track(&song(5, 1)), track(&[]), track(&song(80, 2)));
    for a in [&constant, &silent, &short, &empty, &other] {
        for b in [&constant, &silent, &short, &empty, &other] {
            let scored = score(a, b, &mut scratch).score;
            assert!(scored.is_finite() && scored >= 0.0);
            // A chain grows by at most 1 per window, so no score exceeds the sum of both mean lengths.
            assert!(scored <= 160.0);
            let fast = f64::from(score_at(&a.harmony, &b.harmony, 0, &Settings::RECIPE, &mut scratch));
            // As above: the resolution of the quantiles.
            let obvious = obvious_score(&a.harmony, &b.harmony, 0, &Settings::RECIPE);
            assert!((fast - obvious).abs() <= 0.02 * obvious.max(1.0), "fast {fast}, obvious {obvious}");
            assert!(align(a, b).spans.iter().all(|span| span.query_end_s > span.query_start_s));
        }
    }
    assert_eq!(score(&short, &other, &mut scratch).score, 0.0, "shorter than a window");
    assert!(align(&empty, &other).spans.is_empty());
}

#[test]
fn two_drones_are_no_versions_and_loops_count_the_less_the_shorter_they_are() {
    let mut scratch = Scratch::default();
    let drone = track(&vec![song(1, 3)[0]; 80]);
    assert_eq!(score(&drone, &drone, &mut scratch).score, 0.0, "everything is like everything");
    assert!(align(&drone, &track(&vec![song(1, 3)[0]; 60])).spans.is_empty());
    let looped = |period: usize| {
        let bars = song(period, 7);
        track(&(0..160).map(|t| bars[t % period]).collect::<Vec<_>>())
    };
    let scores = [2, 4, 8, 32].map(|period| score(&looped(period), &looped(period), &mut scratch).score);
    assert!(scores.windows(2).all(|pair| pair[0] < pair[1]), "{scores:?}");
    let song = track(&song(160, 7));
    assert_eq!(scores[3], score(&song, &song, &mut scratch).score, "a loop of 36 s is a song");
    assert!(scores[0] > 0.0 && scores[0] < 0.2 * scores[3], "{scores:?}");
    for period in [2, 4, 8, 32] {
        let fast = f64::from(score(&looped(period), &looped(period), &mut scratch).score);
        let obvious = obvious_score(&looped(period).harmony, &looped(period).harmony, 0, &Settings::RECIPE);
        // Distances are 0 or those of two different chords, so no quantile is approximate: only rounding differs.
        assert!((fast - obvious).abs() <= 1e-3 * obvious, "period {period}: fast {fast}, obvious {obvious}");
    }
}

#[test]
fn values_that_are_no_numbers_give_a_score_all_the_same() {
    let mut scratch = Scratch::default();
    let mut broken = song(80, 3);
    broken[40] = [f32::INFINITY; 12];
    broken[50][3] = f32::NAN;
    let (broken, other) = (track(&broken), track(&song(80, 3)));
    for (a, b) in [(&broken, &other), (&other, &broken), (&broken, &broken)] {
        let alignment = align(a, b);
        assert!(alignment.score.is_finite() && alignment.tempo_ratio.is_finite());
        assert_eq!(score(a, b, &mut scratch).score, alignment.score);
    }
}

#[test]
fn what_is_beyond_the_longest_track_is_dropped() {
    let blocks = song(LONGEST_BLOCKS + 300, 5);
    assert_eq!(track(&blocks).n_blocks(), LONGEST_BLOCKS);
    assert_eq!(track(&blocks), track(&blocks[..LONGEST_BLOCKS]));
}

#[test]
fn spans_overlap_neither_in_the_query_nor_in_the_candidate() {
    let (a, b) = (song(60, 71), song(60, 72));
    // The candidate plays the two halves in the opposite order.
    let query = track(&[a.clone(), b.clone()].concat());
    let candidate = track(&[b, a].concat());
    let spans = align(&query, &candidate).spans;
    assert!(spans.len() >= 2, "both halves are found: {spans:?}");
    let mut in_candidate: Vec<_> = spans.iter().map(|s| (s.candidate_start_s, s.candidate_end_s)).collect();
    in_candidate.sort_by(|x, y| x.0.total_cmp(&y.0));
    assert!(in_candidate.windows(2).all(|pair| pair[0].1 <= pair[1].0 + 1e-9));
    assert!(spans.windows(2).all(|pair| pair[0].query_end_s <= pair[1].query_start_s + 1e-9));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_score_does_not_depend_on_who_asks(n in 6usize..90, m in 6usize..90, seed in 0u64..1000, shift in 0usize..12) {
        let mut scratch = Scratch::default();
        let (a, b) = (track(&song(n, seed)), track(&song(m, seed + 7)));
        let there = score_at(&a.harmony, &b.harmony, shift, &Settings::RECIPE, &mut scratch);
        let back = score_at(&b.harmony, &a.harmony, (12 - shift) % 12, &Settings::RECIPE, &mut scratch);
        // Quantiles of rows are searched in the row's range, those of columns in the column's, so they differ by up to
        // one step of the search.
        prop_assert!((there - back).abs() <= 0.02 * there.max(1.0), "{} {}", there, back);
    }

    #[test]
    fn a_scratch_remembers_nothing(n in 0usize..60, m in 0usize..60, seed in 0u64..1000) {
        let (a, b) = (track(&song(n, seed)), track(&song(m, seed + 1)));
        let mut used = Scratch::default();
        score(&track(&song(70, 3)), &track(&song(64, 4)), &mut used);
        prop_assert_eq!(score(&a, &b, &mut used), score(&a, &b, &mut Scratch::default()));
    }

    #[test]
    fn any_song_matches_itself_whole(n in 20usize..160, seed in 0u64..1000) {
        let own = track(&song(n, seed));
        let alignment = align(&own, &own);
        prop_assert_eq!((alignment.key_shift, alignment.tempo_ratio), (0, 1.0));
        prop_assert_eq!(alignment.spans.len(), 1);
        prop_assert!(length(&alignment.spans[0]) >= 0.95 * n as f64 * own.block_s);
    }

    #[test]
    fn any_transposition_is_found_whole(n in 20usize..120, seed in 0u64..1000, shift in 0usize..12) {
        let blocks = song(n, seed);
        let (own, higher) = (track(&blocks), track(&shifted(&blocks, shift)));
        let alignment = align(&own, &higher);
        prop_assert_eq!(usize::from(alignment.key_shift.rem_euclid(12).unsigned_abs()), shift);
        prop_assert!((-5..=6).contains(&alignment.key_shift));
        let itself = score(&own, &own, &mut Scratch::default()).score;
        prop_assert!((alignment.score - itself).abs() <= 1e-3 * itself, "a key is only a rotation");
    }

    #[test]
    fn any_tempo_is_found(seed in 0u64..1000, ratio in 0.8f64..1.25) {
        let blocks = song(200, seed);
        let found = f64::from(align(&track(&blocks), &track(&stretched(&blocks, ratio))).tempo_ratio);
        prop_assert!((found / ratio - 1.0).abs() < 0.03, "ratio {}, found {}", ratio, found);
    }

    #[test]
    fn the_other_way_round_is_the_same_alignment_turned(
        n in 60usize..140, cut in 0usize..30, seed in 0u64..1000, shift in 0usize..12, ratio in 0.9f64..1.1,
    ) {
        let blocks = song(n, seed);
        let version = track(&shifted(&stretched(&blocks[cut..], ratio), shift));
        let own = track(&blocks);
        let (there, back) = (align(&own, &version), align(&version, &own));
        // Only rounding differs, except where the resolution of the quantiles moves a window across its threshold.
        prop_assert!((there.score - back.score).abs() <= 0.02 * there.score.max(1.0));
        prop_assert_eq!((there.key_shift + back.key_shift).rem_euclid(12), 0);
        prop_assert!((there.tempo_ratio * back.tempo_ratio - 1.0).abs() < 0.01);
        prop_assert_eq!(there.spans.len(), back.spans.len());
        // Passages that cross come in another order if query and candidate are exchanged. Among equal ways a chain
        // prefers the query's step, so an end may differ by a block or two.
        let mut back = back.spans;
        back.sort_by(|x, y| x.candidate_start_s.total_cmp(&y.candidate_start_s));
        for (a, b) in there.spans.iter().zip(&back) {
            prop_assert!((a.query_start_s - b.candidate_start_s).abs() <= 2.0 * own.block_s);
            prop_assert!((a.candidate_end_s - b.query_end_s).abs() <= 2.0 * own.block_s);
        }
    }
}
