//! The fast aligner against its obvious twin, and what must hold of any aligner.

use proptest::prelude::*;

use crate::align::path::align;
use crate::align::score::{Scratch, score, score_at};
use crate::synthetic::song;
use crate::track::{BLOCK_FRAMES, Track};
use crate::transpose::rolled;

const FRAME_RATE_HZ: f64 = 10.77;

fn track(blocks: &[[f32; 12]]) -> Track {
    Track::from_blocks(blocks, blocks, BLOCK_FRAMES as f64 / FRAME_RATE_HZ)
}

fn shifted(blocks: &[[f32; 12]], shift: usize) -> Vec<[f32; 12]> {
    blocks.iter().map(|block| rolled(block, shift)).collect()
}

/// `blocks` played `ratio` times as fast: sampled at the nearest block.
fn stretched(blocks: &[[f32; 12]], ratio: f64) -> Vec<[f32; 12]> {
    let length = (blocks.len() as f64 / ratio) as usize;
    (0..length).map(|t| blocks[((t as f64 + 0.5) * ratio) as usize]).collect()
}

/// The recipe as written down, in double precision, with sorting for quantiles and full matrices.
fn obvious_score(query: &Track, candidate: &Track, shift: usize) -> f64 {
    const WINDOW: usize = 6;
    if query.n_blocks() < WINDOW || candidate.n_blocks() < WINDOW {
        return 0.0;
    }
    let at = |track: &Track, i: usize, d: usize| f64::from(track.rows[i][d]);
    let moved = |i: usize, d: usize| {
        if d < 12 {
            at(query, i, (d + 12 - shift) % 12)
        } else {
            at(query, i, 12 + (d - 12 + 12 - shift) % 12)
        }
    };
    let distance =
        |i: usize, j: usize| (0..24).map(|d| (moved(i, d) - at(candidate, j, d)).powi(2)).sum::<f64>();
    let (rows, columns) = (query.n_blocks() + 1 - WINDOW, candidate.n_blocks() + 1 - WINDOW);
    let window = |i: usize, j: usize| (0..WINDOW).map(|k| distance(i + k, j + k)).sum::<f64>();
    let windows: Vec<Vec<f64>> = (0..rows).map(|i| (0..columns).map(|j| window(i, j)).collect()).collect();
    let near = |mut values: Vec<f64>| {
        let count = (0.095 * values.len() as f64).ceil().max(1.0) as usize;
        values.sort_by(f64::total_cmp);
        values[count - 1].max(1e-3)
    };
    let row_limit: Vec<f64> = windows.iter().map(|row| near(row.clone())).collect();
    let column_limit: Vec<f64> =
        (0..columns).map(|j| near(windows.iter().map(|row| row[j]).collect())).collect();
    let mut q = vec![vec![0.0f64; columns]; rows];
    for i in 0..rows {
        for j in 0..columns {
            let likeness = (2.0 * (1.0 - windows[i][j] / row_limit[i].min(column_limit[j]))).clamp(-0.3, 1.0);
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
            let fast = f64::from(score_at(&query, &candidate, shift, &mut scratch));
            let obvious = obvious_score(&query, &candidate, shift);
            // Quantiles are searched to 1/4096 of a row's range, which moves a likeness by at most a few hundredths
            // where values lie sparse, and with it the chains through that cell.
            let tolerance = 0.02 * obvious.max(1.0);
            assert!(
                (fast - obvious).abs() <= tolerance,
                "{n} x {m} at {shift}: fast {fast}, obvious {obvious}"
            );
        }
    }
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
            // A chain grows by at most 1 a window, so no pair exceeds the sum of both mean lengths.
            assert!(scored <= 160.0);
            assert!(align(a, b).spans.iter().all(|span| span.query_end_s > span.query_start_s));
        }
    }
    assert_eq!(score(&short, &other, &mut scratch).score, 0.0, "shorter than a window");
    assert!(align(&empty, &other).spans.is_empty());
}

#[test]
fn spans_overlap_neither_in_the_query_nor_in_the_candidate() {
    let (a, b) = (song(60, 71), song(60, 72));
    // The candidate plays the two halves the other way round.
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
        let there = score_at(&a, &b, shift, &mut scratch);
        let back = score_at(&b, &a, (12 - shift) % 12, &mut scratch);
        // Rows are searched from their own range and columns from theirs, so quantiles differ within their step.
        prop_assert!((there - back).abs() <= 0.02 * there.max(1.0), "{} {}", there, back);
    }

    #[test]
    fn a_scratch_remembers_nothing(n in 0usize..60, m in 0usize..60, seed in 0u64..1000) {
        let (a, b) = (track(&song(n, seed)), track(&song(m, seed + 1)));
        let mut used = Scratch::default();
        score(&track(&song(70, 3)), &track(&song(64, 4)), &mut used);
        prop_assert_eq!(score(&a, &b, &mut used), score(&a, &b, &mut Scratch::default()));
    }
}
