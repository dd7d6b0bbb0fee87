//! Measures of retrieval and clustering, as defined in the cover song literature.
//!
//! Conventions: items are `0..n`; `work[i]` is the label of item `i`, or `None` for a distractor, which is never
//! relevant. A labelled item that could not be analysed is in `missing`: other queries do not find it, and its own
//! query finds nothing.

use std::collections::HashMap;
use std::path::PathBuf;

/// Mean average precision, mean rank of the first relevant item, and the share of queries whose first result is
/// relevant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// Mean average precision over the queries (MAP).
    pub map: f64,
    /// Mean rank of the first relevant item over the queries, counted from 1 (MR1).
    pub mr1: f64,
    /// Share of queries whose first result is relevant (P@1).
    pub p_at_1: f64,
    /// Labelled items that share their work with at least one other item; missing items count.
    pub queries: usize,
}

/// The outcome of one query, from which [`Ranking`] is computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QueryOutcome {
    /// Average precision of this query.
    pub average_precision: f64,
    /// Rank of the first relevant item; one past the last candidate if none was found.
    pub first_rank: usize,
    /// Whether any relevant item was found.
    pub is_found: bool,
}

/// Evaluates one ranking. `ranked_relevance[r]` tells whether the item at rank `r + 1` is relevant; `relevant` is the
/// total number of relevant items, found or not.
pub fn judge(ranked_relevance: &[bool], relevant: usize) -> QueryOutcome {
    let mut hits = 0usize;
    let mut sum = 0.0;
    for (rank, _) in ranked_relevance.iter().enumerate().filter(|(_, relevant)| **relevant) {
        hits += 1;
        sum += hits as f64 / (rank + 1) as f64;
    }
    let first = ranked_relevance.iter().position(|relevant| *relevant);
    QueryOutcome {
        average_precision: if relevant == 0 { 0.0 } else { sum / relevant as f64 },
        first_rank: first.unwrap_or(ranked_relevance.len()) + 1,
        is_found: first.is_some(),
    }
}

/// The mean of the outcomes of [`judge`] over queries; `None` if there are no queries.
pub fn summarise(outcomes: &[QueryOutcome]) -> Option<Ranking> {
    let queries = outcomes.len();
    let mean = |of: &dyn Fn(&QueryOutcome) -> f64| outcomes.iter().map(of).sum::<f64>() / queries as f64;
    (queries > 0).then(|| Ranking {
        map: mean(&|q| q.average_precision),
        mr1: mean(&|q| q.first_rank as f64),
        p_at_1: mean(&|q| f64::from(u8::from(q.is_found && q.first_rank == 1))),
        queries,
    })
}

/// How well clusters agree with works, measured over pairs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairAgreement {
    /// Share of the pairs within a cluster that are one work; `None` if no cluster joins a labelled item with another.
    pub precision: Option<f64>,
    /// Share of the pairs of one work that are in one cluster; `None` if no work has two items.
    pub recall: Option<f64>,
}

/// Compares clusters with works over pairs of which at least one item is labelled. Pairs of two distractors are left
/// out, because the truth about them is unknown.
pub fn pair_agreement(work: &[Option<&str>], cluster: &[usize]) -> PairAgreement {
    let (mut joined, mut right) = (0usize, 0usize);
    let mut of_one_work = 0usize;
    for i in 0..work.len() {
        for j in i + 1..work.len() {
            let same_work = work[i].is_some() && work[i] == work[j];
            of_one_work += usize::from(same_work);
            if cluster[i] == cluster[j] && (work[i].is_some() || work[j].is_some()) {
                joined += 1;
                right += usize::from(same_work);
            }
        }
    }
    let share = |of: usize, all: usize| (all > 0).then(|| of as f64 / all as f64);
    PairAgreement { precision: share(right, joined), recall: share(right, of_one_work) }
}

/// The number of items of each work.
pub fn work_sizes<'a>(work: impl Iterator<Item = &'a str>) -> HashMap<&'a str, usize> {
    let mut sizes = HashMap::new();
    for label in work {
        *sizes.entry(label).or_default() += 1;
    }
    sizes
}

/// A pair of tracks with their labels and score.
#[derive(Debug, Clone)]
pub struct LabelledPair {
    /// One track.
    pub a: PathBuf,
    /// The other track.
    pub b: PathBuf,
    /// The work of `a`, if it is labelled.
    pub work_a: Option<String>,
    /// The work of `b`, if it is labelled.
    pub work_b: Option<String>,
    /// The method's score.
    pub score: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfect_ranking_scores_one_and_a_reversed_one_its_worst() {
        let perfect = judge(&[true, true, false, false], 2);
        assert_eq!((perfect.average_precision, perfect.first_rank), (1.0, 1));
        let reversed = judge(&[false, false, true, true], 2);
        assert!((reversed.average_precision - (1.0 / 3.0 + 2.0 / 4.0) / 2.0).abs() < 1e-12);
        assert_eq!(reversed.first_rank, 3);
    }

    #[test]
    fn an_item_that_was_never_found_still_counts_as_relevant() {
        assert_eq!(judge(&[true, false], 2).average_precision, 0.5);
        let lost = judge(&[], 1);
        assert_eq!(lost, QueryOutcome { average_precision: 0.0, first_rank: 1, is_found: false });
        assert_eq!(summarise(&[lost]).unwrap().p_at_1, 0.0, "nothing found is not found first");
        assert_eq!(summarise(&[]), None);
    }

    #[test]
    fn a_distractor_in_a_cluster_costs_precision_and_two_of_them_cost_nothing() {
        let work = [Some("a"), Some("a"), None, None, None];
        let agreement = pair_agreement(&work, &[0, 0, 0, 1, 1]);
        assert_eq!(agreement, PairAgreement { precision: Some(1.0 / 3.0), recall: Some(1.0) });
        assert_eq!(
            pair_agreement(&work, &[0, 1, 2, 3, 3]),
            PairAgreement { precision: None, recall: Some(0.0) }
        );
    }
}
