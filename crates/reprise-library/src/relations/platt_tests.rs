use proptest::prelude::*;

use super::*;

/// Answers drawn from a known line: a yes is as frequent as the line says.
fn simulated(slope: f64, offset: f64, n: usize) -> Vec<Answer> {
    let mut state = 1_u32;
    let mut random = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    let mut answers = Vec::new();
    for _ in 0..n {
        // The band of doubt, from a tenth to 97 of 100.
        let log_odds = (-2.2 + 5.6 * random()) as f32;
        let is_yes = random() < probability(slope * f64::from(log_odds) + offset);
        answers.push(Answer::new(log_odds, is_yes));
    }
    answers
}

/// The best line by trying many: a grid that becomes finer around the best so far.
fn searched(answers: &[Answer]) -> Platt {
    let (mut best, mut width) = (Platt::SHIPPED, (2.7, 12.0));
    for _ in 0..40 {
        let centre = best;
        for i in -10..=10 {
            for j in -10..=10 {
                let slope = centre.slope + f64::from(i) / 10.0 * width.0;
                let slope = slope.clamp(*SLOPES.start(), *SLOPES.end());
                let tried = Platt { slope, offset: centre.offset + f64::from(j) / 10.0 * width.1 };
                if tried.cost(answers) < best.cost(answers) {
                    best = tried;
                }
            }
        }
        width = (width.0 * 0.6, width.1 * 0.6);
    }
    best
}

#[test]
fn a_known_line_is_found_again() {
    for (slope, offset) in [(1.0, -1.5), (1.0, 1.0), (0.6, 0.5), (1.6, -0.5)] {
        let found = Platt::fitted(&simulated(slope, offset, 20_000));
        assert!((found.slope - slope).abs() < 0.1, "slope {slope}: {found:?}");
        assert!((found.offset - offset).abs() < 0.1, "offset {offset}: {found:?}");
    }
}

#[test]
fn thirty_answers_move_the_line_gently_and_none_do_not_move_it() {
    assert_eq!(Platt::fitted(&[]), Platt::SHIPPED);
    let no = vec![Answer::new(1.0, false); 30];
    let moved = Platt::fitted(&no);
    assert!((-2.5..-0.5).contains(&moved.log_odds(1.0)), "{moved:?}");
    assert!(moved.slope > 0.3, "{moved:?}");
}

#[test]
fn one_answer_far_from_doubt_hardly_counts() {
    let near = simulated(1.0, 0.0, 40);
    let mut with_outlier = near.clone();
    with_outlier.push(Answer::new(14.0, false));
    let (one, other) = (Platt::fitted(&near), Platt::fitted(&with_outlier));
    assert!((one.slope - other.slope).abs() < 0.01, "{one:?} {other:?}");
    assert_eq!(Answer::new(0.0, true).weight, 1.0);
    assert!(Answer::new(-4.0, true).weight < 0.3);
}

#[test]
fn the_slope_keeps_its_limits() {
    // Every answer contradicts the standing: the best line would fall.
    let upside_down: Vec<Answer> = simulated(-3.0, 0.0, 4_000);
    let found = Platt::fitted(&upside_down);
    assert_eq!(found.slope, *SLOPES.start());
    let cost = |offset: f64| Platt { offset, ..found }.cost(&upside_down);
    assert!(
        cost(found.offset) <= cost(found.offset + 0.01) && cost(found.offset) <= cost(found.offset - 0.01)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn newton_finds_what_trying_all_lines_finds(
        said in prop::collection::vec((-60_f32..60.0, any::<bool>()), 0..80)
    ) {
        let answers: Vec<Answer> = said.iter().map(|(at, is_yes)| Answer::new(at / 6.0, *is_yes)).collect();
        let (fast, slow) = (Platt::fitted(&answers), searched(&answers));
        prop_assert!(fast.cost(&answers) <= slow.cost(&answers) + 1e-7, "{fast:?} {slow:?}");
        prop_assert!((fast.slope - slow.slope).abs() < 2e-3, "{fast:?} {slow:?}");
        prop_assert!((fast.offset - slow.offset).abs() < 2e-3, "{fast:?} {slow:?}");
    }

    #[test]
    fn any_answers_give_a_line_that_can_be_stored(
        said in prop::collection::vec((prop::num::f32::NORMAL | prop::num::f32::ZERO, any::<bool>()), 0..40)
    ) {
        let answers: Vec<Answer> = said.iter().map(|(at, is_yes)| Answer::new(*at, *is_yes)).collect();
        let found = Platt::fitted(&answers);
        prop_assert_eq!(Platt::new(found.slope, found.offset), Some(found));
    }
}
