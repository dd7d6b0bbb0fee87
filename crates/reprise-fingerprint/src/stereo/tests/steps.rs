//! The steps of a comparison, each beside a slow one.

use proptest::prelude::*;

use super::super::align::{Alignment, align, without_surroundings};
use super::super::differences::smoothed;
use super::super::levels::{BANDS, FRAME_S};
use super::super::refine::refined;
use super::{RATE, at_speed, piece, sketch};

fn aligned(one: &[[f32; 2]], other: &[[f32; 2]], near_s: f64) -> Alignment {
    let (a, b) = (sketch(one), sketch(other));
    refined(&a, &b, align(&a, &b, near_s).unwrap())
}

#[test]
fn the_offset_is_found_to_a_few_milliseconds() {
    let plain = piece(1, 30);
    for samples in [0, 77, 160, 16_000, 23_456, 48_000] {
        let late = [vec![[0.0; 2]; samples], plain.clone()].concat();
        let expected = samples as f64 / RATE as f64;
        for error_s in [-2.5, 0.0, 1.3] {
            let found = aligned(&plain, &late, expected + error_s);
            let offset_s = found.offset * FRAME_S;
            assert!((offset_s - expected).abs() < 0.004, "{offset_s} instead of {expected}");
            let back = aligned(&late, &plain, -expected).offset * FRAME_S;
            assert!((back + expected).abs() < 0.004, "{back} instead of -{expected}");
        }
    }
}

#[test]
fn another_speed_is_found_whatever_it_is() {
    let plain = piece(2, 60);
    for per_cent in [-1.0, -0.3, -0.05, 0.05, 0.1, 0.5, 1.5] {
        let faster = at_speed(&plain, 1.0 + per_cent / 100.0);
        let found = align(&sketch(&plain), &sketch(&faster), 0.0).unwrap();
        let slope = found.slope * 100.0;
        assert!((slope + per_cent).abs() < 0.03, "{slope} % for {per_cent} %");
    }
}

proptest! {
    #[test]
    fn means_are_those_of_the_slow_sum(
        values in prop::collection::vec(-100.0f32..100.0, 1..60),
        reach in 0usize..12,
    ) {
        let rows: Vec<[[f32; 2]; 1]> = values.iter().map(|x| [[*x, -2.0 * x]]).collect();
        for (n, [[one, other]]) in smoothed(&rows, reach).into_iter().enumerate() {
            let near = &values[n.saturating_sub(reach)..values.len().min(n + reach + 1)];
            let mean = near.iter().sum::<f32>() / near.len() as f32;
            prop_assert!((one - mean).abs() < 1e-3 && (other + 2.0 * mean).abs() < 2e-3);
        }
    }

    #[test]
    fn changes_are_what_the_slow_mean_leaves(values in prop::collection::vec(-100.0f32..100.0, 1..60)) {
        let rows: Vec<[f32; BANDS]> = values.iter().map(|x| [*x; BANDS]).collect();
        for (n, change) in without_surroundings(&rows).into_iter().enumerate() {
            let near = &values[n.saturating_sub(15)..values.len().min(n + 16)];
            let mean = near.iter().sum::<f32>() / near.len() as f32;
            prop_assert!((change[3] - (values[n] - mean)).abs() < 1e-3);
        }
    }
}
