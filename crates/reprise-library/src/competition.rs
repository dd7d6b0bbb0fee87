//! In which order candidates are listed. A candidate that is a version of somebody else is less likely to be one of the track
//! asked about. What a pair is called does not depend on it: words stay calibrated, and equal for both sides.

use std::collections::HashSet;

use reprise_store::{Link, RecordingId};

use crate::bands::{Bands, POSSIBLE};
use crate::links::other_end;

/// How much of a candidate's best link with a rival is taken off its edge. On half a of the sung set and of the rendered archive
/// everything from 0.2 to 0.4 is better than nothing (training/scripts/compare_rankings.py).
const SHARE: f32 = 0.25;

/// Who does not compete for the candidates of one recording: that recording, and whom it is linked with itself. They are its
/// song, as far as anybody knows.
pub(crate) struct Competition {
    company: HashSet<RecordingId>,
    most: f32,
}

impl Competition {
    /// For the candidates of `asker`, none if it is not in the library, by its edges with others.
    pub fn around(
        asker: Option<RecordingId>,
        edges: impl Iterator<Item = (RecordingId, f32)>,
        bands: &Bands,
    ) -> Self {
        let linked = edges.filter(|(_, edge)| *edge >= POSSIBLE).map(|(id, _)| id);
        Self { company: linked.chain(asker).collect(), most: bands.certain() }
    }

    /// What a candidate is listed by: its edge, less a share of its best link with anybody but the asker's company. A link counts
    /// up to what is certain; more says no more.
    pub fn standing(&self, candidate: RecordingId, edge: f32, links: &[Link]) -> f32 {
        let rivals = links.iter().filter(|link| !self.company.contains(&other_end(link, candidate)));
        edge - SHARE * rivals.map(|link| link.edge.min(self.most)).fold(0.0, f32::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKER: RecordingId = RecordingId(1);
    const CANDIDATE: RecordingId = RecordingId(2);

    fn link(other: u32, edge: f32) -> Link {
        Link { a: CANDIDATE, b: RecordingId(other), edge }
    }

    fn around(edges: &[(u32, f32)]) -> Competition {
        let edges = edges.iter().map(|(id, edge)| (RecordingId(*id), *edge));
        Competition::around(Some(ASKER), edges, &Bands::among(784))
    }

    #[test]
    fn a_candidate_that_is_somebody_else_s_version_stands_lower() {
        let competition = around(&[(2, 8.0)]);
        let alone = competition.standing(CANDIDATE, 8.0, &[link(1, 8.0)]);
        let claimed = competition.standing(CANDIDATE, 8.0, &[link(1, 8.0), link(3, 6.0), link(4, 12.0)]);
        assert_eq!((alone, claimed), (8.0, 8.0 - SHARE * 12.0));
        let beyond = competition.standing(CANDIDATE, 8.0, &[link(3, 90.0)]);
        assert_eq!(beyond, competition.standing(CANDIDATE, 8.0, &[link(3, 40.0)]), "certain is enough");
    }

    #[test]
    fn versions_of_one_song_do_not_compete_with_each_other() {
        let competition = around(&[(2, 20.0), (3, POSSIBLE), (4, POSSIBLE - 0.1)]);
        assert_eq!(competition.standing(CANDIDATE, 20.0, &[link(1, 20.0), link(3, 25.0)]), 20.0);
        assert!(competition.standing(CANDIDATE, 20.0, &[link(4, 25.0)]) < 20.0);
    }
}
