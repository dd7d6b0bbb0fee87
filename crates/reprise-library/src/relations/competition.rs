//! The standing of a pair among its rivals. If a recording is strongly linked with a third one, it is less likely to be
//! a version of this one as well, unless all three are versions of each other. This separates the versions of a song
//! from songs that merely have the same chords.

use std::collections::{HashMap, HashSet};

use reprise_store::{Link, RecordingId, Store};

use crate::error::Error;
use crate::recordings::ALIGNER;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::thresholds::LINKED;

/// The share of the strongest rival of either recording that is subtracted from the normalised score of a pair. Chosen
/// on half of the sung set and half of the rendered archive (training/scripts/compare_rankings.py).
const SHARE: f32 = 0.25;

/// The normalised score of a rival counts up to this value. A rival with this value is certain, so more adds nothing.
const MOST: f32 = 15.0;

/// The parameters of standings, as a part of the parameters of links.
pub(crate) fn rule() -> String {
    format!("less {SHARE} of rivals up to {MOST}")
}

/// The links of one recording.
pub(crate) struct Ties {
    /// Normalised scores, strongest first.
    scores: Vec<(RecordingId, f32)>,
    linked: HashSet<RecordingId>,
}

impl Ties {
    /// Links made from normalised scores; scores too low for a link are left out.
    pub fn new(scores: impl Iterator<Item = (RecordingId, f32)>) -> Self {
        let mut scores: Vec<_> = scores.filter(|(_, score)| *score >= LINKED).collect();
        scores.sort_by(|a, b| b.1.total_cmp(&a.1));
        Self { linked: scores.iter().map(|(id, _)| *id).collect(), scores }
    }

    /// The links of a recording of the library.
    pub fn of(reader: &Store, recording: RecordingId) -> Result<Self, Error> {
        let links = reader.links_of(recording)?;
        Ok(Self::new(links.iter().map(|link| (recording.other_of(link.a, link.b), link.score))))
    }

    /// The strongest score with a recording that is not linked with `other`, whose links are `ties`; 0 if there is
    /// none.
    fn rival(&self, other: Option<RecordingId>, ties: &Ties) -> f32 {
        let is_rival = |id: &RecordingId| Some(*id) != other && !ties.linked.contains(id);
        self.scores.iter().find(|(id, _)| is_rival(id)).map_or(0.0, |(_, score)| score.min(MOST))
    }
}

/// The standing of a pair with this normalised score: the score less a share of the strongest rival of either
/// recording. The id of a recording is `None` if it is not in the library.
pub(crate) fn standing(
    score: f32,
    one: (Option<RecordingId>, &Ties),
    other: (Option<RecordingId>, &Ties),
) -> f32 {
    score - SHARE * (one.1.rival(other.0, other.1) + other.1.rival(one.0, one.1))
}

/// The standings of `asker` with recordings of the library, computed from its normalised scores with them. `asker` is
/// `None` for an external file.
pub(crate) fn standings(
    reader: &Store,
    asker: Option<RecordingId>,
    scores: HashMap<RecordingId, f32>,
) -> Result<HashMap<RecordingId, f32>, Error> {
    let own = Ties::new(scores.iter().map(|(id, score)| (*id, *score)));
    let stands = |(id, score)| {
        let ties = Ties::of(reader, id)?;
        Ok((id, standing(score, (asker, &own), (Some(id), &ties))))
    };
    scores.into_iter().map(stands).collect()
}

/// Sets the standing of each of `links`. `ties` must contain both recordings of every link.
pub(crate) fn settle(links: &mut [Link], ties: &HashMap<RecordingId, Ties>) {
    for link in links {
        link.standing = standing(link.score, (Some(link.a), &ties[&link.a]), (Some(link.b), &ties[&link.b]));
    }
}

/// The ties of both recordings of every link. `links` must be all links.
pub(crate) fn ties_of_all(links: &[Link]) -> HashMap<RecordingId, Ties> {
    let mut scores: HashMap<RecordingId, Vec<(RecordingId, f32)>> = HashMap::new();
    for link in links {
        scores.entry(link.a).or_default().push((link.b, link.score));
        scores.entry(link.b).or_default().push((link.a, link.score));
    }
    scores.into_iter().map(|(id, scores)| (id, Ties::new(scores.into_iter()))).collect()
}

/// The standing of two recordings; `None` if they were not aligned.
pub(crate) fn stored_standing(
    reader: &Store,
    one: RecordingId,
    other: RecordingId,
) -> Result<Option<f32>, Error> {
    let Some(pair) = reader.alignment(one, other, ALIGNER)? else { return Ok(None) };
    let Some(score) = ScoreNormalisation::between(reader, [one, other].into_iter())?.pair_score(&pair) else {
        return Ok(None);
    };
    let (ties, other_ties) = (Ties::of(reader, one)?, Ties::of(reader, other)?);
    Ok(Some(standing(score, (Some(one), &ties), (Some(other), &other_ties))))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The standing of the first of some links. Each is given by its two recordings and its normalised score.
    fn first_standing(links: &[(u32, u32, f32)]) -> f32 {
        let link = |(a, b, score): &(u32, u32, f32)| Link::new(RecordingId(*a), RecordingId(*b), *score);
        let mut links: Vec<Link> = links.iter().map(link).collect();
        let ties = ties_of_all(&links);
        settle(&mut links, &ties);
        links[0].standing
    }

    #[test]
    fn a_pair_without_rivals_stands_by_its_edge() {
        assert_eq!(first_standing(&[(1, 2, 8.0), (3, 4, 30.0)]), 8.0);
    }

    #[test]
    fn what_either_is_linked_with_and_the_other_is_not_rivals_their_pair() {
        let rivalled = [(1, 2, 8.0), (2, 3, 6.0), (2, 4, 12.0), (1, 5, 10.0)];
        assert_eq!(first_standing(&rivalled), 8.0 - SHARE * (12.0 + 10.0));
        let swapped = [(1, 2, 8.0), (1, 3, 6.0), (1, 4, 12.0), (2, 5, 10.0)];
        assert_eq!(first_standing(&rivalled), first_standing(&swapped), "whoever asks");
        let beyond = |score| first_standing(&[(1, 2, 8.0), (2, 3, score)]);
        assert_eq!(beyond(MOST), beyond(90.0));
    }

    #[test]
    fn versions_of_one_song_are_no_rivals() {
        assert_eq!(first_standing(&[(1, 2, 20.0), (1, 3, 25.0), (2, 3, LINKED)]), 20.0);
        assert!(first_standing(&[(1, 2, 20.0), (1, 3, 25.0), (2, 3, LINKED - 0.1)]) < 20.0);
    }

    #[test]
    fn a_visitor_stands_among_the_rivals_of_whom_it_met() {
        let (met, known) =
            (Ties::new([(RecordingId(1), 9.0)].into_iter()), Ties::new([(RecordingId(2), 12.0)].into_iter()));
        assert_eq!(standing(9.0, (None, &met), (Some(RecordingId(1)), &known)), 9.0 - SHARE * 12.0);
    }
}
