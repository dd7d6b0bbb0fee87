//! Pairs per second of the fast scorer, compared with a plain scalar twin and with Qmax, on one core, in one run.
//!
//! `cargo bench -p reprise-matching`

#![allow(clippy::print_stdout, clippy::needless_range_loop)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use reprise_matching::{Scratch, Track, align, qmax, score, voice_score};

/// Four minutes of chord-pitch frames.
const N_FRAMES: usize = 2584;
const FRAME_RATE_HZ: f64 = 10.766;

fn frames(seed: u64) -> Vec<[f32; 12]> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 33) as usize
    };
    let mut root = 0;
    (0..N_FRAMES)
        .map(|t| {
            if t % 22 == 0 {
                root = next() % 12;
            }
            let active = [root, (root + 4) % 12, (root + 7) % 12];
            std::array::from_fn(|p| if active.contains(&p) { 0.9 } else { (next() % 100) as f32 / 500.0 })
        })
        .collect()
}

/// The same score in plain nested loops: two keys, thresholds by sorting.
fn plain_score(query: &[[f32; 24]], candidate: &[[f32; 24]]) -> f32 {
    let (n, m) = (query.len(), candidate.len());
    let (rows, columns) = (n - 5, m - 5);
    let mut best = 0.0f32;
    for shift in [0, 7] {
        let mut blocks = vec![0.0f32; n * m];
        for i in 0..n {
            for j in 0..m {
                for d in 0..24 {
                    let rolled = if d < 12 { (d + 12 - shift) % 12 } else { 12 + (d - shift) % 12 };
                    blocks[i * m + j] += (query[i][rolled] - candidate[j][d]).powi(2);
                }
            }
        }
        let mut windows = vec![0.0f32; rows * columns];
        for i in 0..rows {
            for j in 0..columns {
                windows[i * columns + j] = (0..6).map(|k| blocks[(i + k) * m + j + k]).sum();
            }
        }
        let near = |mut values: Vec<f32>| {
            values.sort_by(f32::total_cmp);
            values[(0.095 * values.len() as f32) as usize]
        };
        let row_limits: Vec<f32> = windows.chunks(columns).map(|row| near(row.to_vec())).collect();
        let column = |j: usize| (0..rows).map(|i| windows[i * columns + j]).collect();
        let column_limits: Vec<f32> = (0..columns).map(|j| near(column(j))).collect();
        let mut q = vec![0.0f32; rows * columns];
        let (mut of_rows, mut of_columns) = (vec![0.0f32; rows], vec![0.0f32; columns]);
        for i in 0..rows {
            for j in 0..columns {
                let limit = row_limits[i].min(column_limits[j]);
                let likeness = (2.0 * (1.0 - windows[i * columns + j] / limit)).clamp(-0.3, 1.0);
                let at =
                    |a: usize, b: usize| if i >= a && j >= b { q[(i - a) * columns + j - b] } else { 0.0 };
                let value = (at(1, 1).max(at(2, 1)).max(at(1, 2)) + likeness).max(0.0);
                q[i * columns + j] = value;
                of_rows[i] = of_rows[i].max(value);
                of_columns[j] = of_columns[j].max(value);
            }
        }
        let mean = |values: &[f32]| values.iter().sum::<f32>() / values.len() as f32;
        best = best.max(mean(&of_rows) + mean(&of_columns));
    }
    best
}

/// Returns the least number of seconds of a call, over at least two seconds of calls.
fn least_seconds(mut call: impl FnMut()) -> f64 {
    let began = Instant::now();
    let mut least = f64::INFINITY;
    while began.elapsed() < Duration::from_secs(2) {
        let start = Instant::now();
        call();
        least = least.min(start.elapsed().as_secs_f64());
    }
    least
}

fn main() {
    let (a, b) = (frames(1), frames(2));
    let (query, candidate) =
        (Track::from_frames(&a, &a, FRAME_RATE_HZ), Track::from_frames(&b, &b, FRAME_RATE_HZ));
    let plain = |track: &[[f32; 12]]| -> Vec<[f32; 24]> {
        let blocks = track.chunks_exact(12).map(|block| block[6]);
        blocks.map(|row| std::array::from_fn(|d| row[d % 12])).collect()
    };
    let (plain_query, plain_candidate) = (plain(&a), plain(&b));
    let (q_query, q_candidate) = (qmax::Track::from_frames(&a), qmax::Track::from_frames(&b));
    let mut scratch = Scratch::default();
    let fast = least_seconds(|| {
        black_box(score(&query, &candidate, &mut scratch));
    });
    let slow = least_seconds(|| {
        black_box(plain_score(&plain_query, &plain_candidate));
    });
    let sung = |harmony: &[[f32; 12]], seed| {
        let salience = |value: f32| if value > 0.5 { 0.7 } else { 0.0 };
        let melody: Vec<[f32; 12]> = frames(seed).into_iter().map(|frame| frame.map(salience)).collect();
        Track::from_frames(harmony, harmony, FRAME_RATE_HZ).with_melody(&melody)
    };
    let (sung_query, sung_candidate) = (sung(&a, 3), sung(&b, 4));
    let fused = least_seconds(|| {
        black_box(score(&sung_query, &sung_candidate, &mut scratch));
        black_box(voice_score(&sung_query, &sung_candidate, &mut scratch));
    });
    let traced = |query: &Track, candidate: &Track| {
        least_seconds(|| {
            black_box(align(query, candidate));
        })
    };
    let (passages, sung_passages) = (traced(&query, &candidate), traced(&sung_query, &sung_candidate));
    let qmax = least_seconds(|| {
        black_box(qmax::score(&q_query, &q_candidate));
    });
    println!("4-minute tracks, {} blocks each, one core, least of many", query.n_blocks());
    println!(
        "soft aligner   {:8.3} ms a pair, {:.3} ms a key, {:6.0} pairs a second",
        fast * 1e3,
        fast * 5e2,
        1.0 / fast
    );
    println!("with a voice   {:8.3} ms a pair sung throughout ({:.1} times)", fused * 1e3, fused / fast);
    println!("its passages   {:8.3} ms a pair", passages * 1e3);
    println!(
        "of sung tracks {:8.3} ms a pair ({:.2} times: no voice is looked at)",
        sung_passages * 1e3,
        sung_passages / passages
    );
    println!("plain twin     {:8.3} ms a pair ({:.1} times the soft aligner's)", slow * 1e3, slow / fast);
    println!("Qmax           {:8.3} ms a pair ({:.1} times the soft aligner's)", qmax * 1e3, qmax / fast);
}
