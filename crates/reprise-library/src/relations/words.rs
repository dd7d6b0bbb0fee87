//! What the words of a pair add to its score, or take from it.

use reprise_matching::words::Likeness;
use reprise_store::WordsLikeness;

use crate::relations::thresholds::LOG_ODDS_A_DEVIATION;

/// No tune says more under other words: just below certain in the smallest library (9.27), less what a personal
/// calibration may lower that by. The surer a tune, the surer that it is the same tune; under other words that is not
/// the question.
pub(crate) const OTHER_WORDS_LIMIT: f32 = 8.7;

/// From this otherness on, words are said to be others, and the limit holds in full.
pub(crate) const SURELY_OTHERS: f32 = 0.5;

/// The normalised score of a pair with its words: `score` is that by harmony and voice. Fitted by
/// training/scripts/fit_words.py.
pub(crate) fn score_with_words(score: f32, words: Option<WordsLikeness>) -> f32 {
    let Some(words) = words.map(likeness) else { return score };
    let beyond = (score - OTHER_WORDS_LIMIT).max(0.0);
    let others = (words.otherness / SURELY_OTHERS).min(1.0);
    score + words.evidence() / LOG_ODDS_A_DEVIATION - others * beyond
}

pub(crate) fn likeness(stored: WordsLikeness) -> Likeness {
    let WordsLikeness { cosine, n_shared, otherness } = stored;
    Likeness { cosine, n_shared, otherness }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relations::thresholds::{Confidence, Thresholds};

    fn alike(cosine: f32, n_shared: f32, otherness: f32) -> Option<WordsLikeness> {
        Some(WordsLikeness { cosine, n_shared, otherness })
    }

    #[test]
    fn the_same_words_add_and_words_that_say_nothing_change_nothing() {
        for score in [-2.0, 5.0, 14.0] {
            assert_eq!(score_with_words(score, None), score);
            assert_eq!(score_with_words(score, alike(0.01, 3.0, 0.0)), score);
            assert!(score_with_words(score, alike(0.1, 60.0, 0.0)) > score + 7.0);
        }
        assert!(score_with_words(5.0, alike(0.1, 5.0, 0.0)) < 6.1, "a line in common");
    }

    #[test]
    fn a_tune_under_other_words_is_never_certain_and_words_by_themselves_neither() {
        let smallest = Thresholds::among(3);
        for (score, otherness) in [(9.0, 1.0), (15.0, SURELY_OTHERS), (40.0, SURELY_OTHERS), (40.0, 1.0)] {
            let limited = score_with_words(score, alike(0.0, 0.0, otherness));
            assert!(
                limited <= OTHER_WORDS_LIMIT + 1e-3 && smallest.confidence(limited) != Confidence::Certain
            );
        }
        assert_eq!(
            score_with_words(7.0, alike(0.0, 0.0, 1.0)),
            7.0,
            "other words take nothing from a weak tune"
        );
        assert_ne!(smallest.confidence(score_with_words(0.0, alike(1.0, 900.0, 0.0))), Confidence::Certain);
    }
}
