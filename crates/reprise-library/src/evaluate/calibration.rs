//! Whether confidences are right: 99 of 100 pairs called certain should be one song, and 90 of 100 called likely.

use crate::evaluate::metrics::LabelledPair;
use crate::relations::thresholds::{Confidence, Thresholds};

/// The number of bins of predicted probability that are compared with the true share.
const STEPS: usize = 10;

/// How well the predictions for pairs agree with the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// The expected calibration error: the mean distance between the predicted and the true share of right pairs over
    /// ten bins, weighted by the number of pairs. `None` without pairs.
    pub error: Option<f64>,
    /// Pairs called certain.
    pub certain: Promised,
    /// Pairs called likely but not certain.
    pub likely: Promised,
}

/// The pairs of one confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Promised {
    /// The number of pairs.
    pub pairs: usize,
    /// The number of pairs that are versions of one work.
    pub right: usize,
}

/// Evaluates pairs of which at least one track is labelled; the truth about two distractors is unknown.
pub(crate) fn calibration(pairs: &[LabelledPair], thresholds: &Thresholds) -> Calibration {
    let known = pairs.iter().filter(|pair| pair.work_a.is_some() || pair.work_b.is_some());
    let mut steps = [(0usize, 0.0f64, 0usize); STEPS];
    let (mut certain, mut likely) = (Promised::default(), Promised::default());
    for pair in known {
        let is_right = usize::from(pair.work_a == pair.work_b);
        let predicted = f64::from(thresholds.probability(pair.score));
        let (pairs, sum, right) = &mut steps[((predicted * STEPS as f64) as usize).min(STEPS - 1)];
        *pairs += 1;
        *sum += predicted;
        *right += is_right;
        let promised = match thresholds.confidence(pair.score) {
            Confidence::Certain => &mut certain,
            Confidence::Likely => &mut likely,
            Confidence::Possible | Confidence::Unlikely => continue,
        };
        promised.pairs += 1;
        promised.right += is_right;
    }
    let n: usize = steps.iter().map(|(pairs, _, _)| pairs).sum();
    let distance: f64 = steps.iter().map(|(_, sum, right)| (sum - *right as f64).abs()).sum();
    Calibration { error: (n > 0).then(|| distance / n as f64), certain, likely }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relations::thresholds::{CERTAIN, LIKELY};

    fn pair(work_a: Option<&str>, work_b: Option<&str>, score: f32) -> LabelledPair {
        let (work_a, work_b) = (work_a.map(Into::into), work_b.map(Into::into));
        LabelledPair { a: "a".into(), b: "b".into(), work_a, work_b, score }
    }

    #[test]
    fn promises_are_counted_by_their_word_and_strangers_not_at_all() {
        let thresholds = Thresholds::among(784);
        let pairs = [
            pair(Some("x"), Some("x"), CERTAIN + 20.0),
            pair(Some("x"), Some("x"), CERTAIN + 0.1),
            pair(Some("x"), None, LIKELY + 0.1),
            pair(Some("x"), Some("y"), -30.0),
            pair(None, None, CERTAIN + 20.0),
        ];
        let found = calibration(&pairs, &thresholds);
        assert_eq!(found.certain, Promised { pairs: 2, right: 2 });
        assert_eq!(found.likely, Promised { pairs: 1, right: 0 });
        // The last bin has three pairs: two of them are right and about 2.9 were predicted to be right.
        let promised: f32 = pairs[..3].iter().map(|pair| thresholds.probability(pair.score)).sum();
        let error = found.error.unwrap();
        assert!((error - (f64::from(promised) - 2.0) / 4.0).abs() < 1e-6, "{error}");
        assert_eq!(calibration(&pairs[4..], &thresholds).error, None);
    }
}
