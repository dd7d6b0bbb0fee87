//! What follows about a pair from what is already known of others. If A and B are one song and B and C are, nobody needs
//! to be asked about A and C.

use std::collections::{HashMap, HashSet};

use reprise_store::RecordingId;

use crate::relations::evidence::Evidence;
use crate::relations::thresholds::{Relation, Thresholds};

/// Recordings grouped by what is known without a score.
#[derive(Default)]
pub(crate) struct Implied {
    /// The least recording of each group, by recording. A recording that is alone may be absent.
    group_of: HashMap<RecordingId, RecordingId>,
    /// Pairs of groups that the user called different songs, lesser one first.
    apart: HashSet<(RecordingId, RecordingId)>,
}

impl Implied {
    /// What follows from the evidence about all pairs.
    pub fn by(known: &HashMap<(RecordingId, RecordingId), Evidence>, thresholds: &Thresholds) -> Self {
        let mut implied = Self::default();
        let mut rejected = Vec::new();
        for (pair, evidence) in known {
            match thresholds.relation_of(&Evidence { score: None, ..*evidence }) {
                Relation::Rejected => rejected.push(*pair),
                relation if relation.is_one_song() => implied.join(*pair),
                _ => {}
            }
        }
        let ends = |pair: &(RecordingId, RecordingId)| implied.groups(*pair);
        implied.apart = rejected.iter().map(ends).collect();
        implied
    }

    /// The groups of two recordings, lesser one first.
    pub fn groups(&self, (a, b): (RecordingId, RecordingId)) -> (RecordingId, RecordingId) {
        let (a, b) = (self.group(a), self.group(b));
        (a.min(b), a.max(b))
    }

    /// Whether it is known if these two groups are one song.
    pub fn is_settled(&self, groups: (RecordingId, RecordingId)) -> bool {
        groups.0 == groups.1 || self.apart.contains(&groups)
    }

    fn group(&self, recording: RecordingId) -> RecordingId {
        let mut group = recording;
        while let Some(next) = self.group_of.get(&group).filter(|next| **next != group) {
            group = *next;
        }
        group
    }

    fn join(&mut self, pair: (RecordingId, RecordingId)) {
        let (least, other) = self.groups(pair);
        self.group_of.insert(other, least);
        // Shorter ways to the group of each, for the next search.
        self.group_of.insert(pair.0, least);
        self.group_of.insert(pair.1, least);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn implied(said: &[(u32, u32, bool)]) -> Implied {
        let evidence = |is_yes| Evidence { is_one_song: Some(is_yes), ..Evidence::default() };
        let known = said.iter().map(|(a, b, is_yes)| ((id(*a.min(b)), id(*a.max(b))), evidence(*is_yes)));
        Implied::by(&known.collect(), &Thresholds::among(100))
    }

    fn id(n: u32) -> RecordingId {
        RecordingId(n)
    }

    #[test]
    fn a_yes_goes_on_to_what_is_one_song_and_a_no_to_all_of_it() {
        let implied = implied(&[(5, 4, true), (4, 9, true), (2, 3, true), (3, 9, false), (7, 8, false)]);
        let is_settled = |a, b| implied.is_settled(implied.groups((id(a), id(b))));
        assert!(is_settled(5, 9), "by way of 4");
        assert!(is_settled(2, 5), "by way of 3 and 9, and 4");
        assert!(is_settled(8, 7));
        assert!(!is_settled(1, 9) && !is_settled(7, 2));
        assert_eq!(implied.groups((id(9), id(1))), (id(1), id(4)));
    }

    #[test]
    fn a_long_chain_in_any_order_is_one_group() {
        let mut chain: Vec<(u32, u32, bool)> = (0..200).map(|n| (n, n + 1, true)).collect();
        chain.reverse();
        let implied = implied(&chain);
        assert_eq!(implied.groups((id(200), id(100))), (id(0), id(0)));
    }
}
