//! From scores to confidences. Only this module decides what counts as a version.
//!
//! Confidences are probabilities: of 100 certain versions 99 are right, of 100 likely ones 90. They depend on the
//! standing of a pair. training/scripts/fit_calibration.py fitted them on half of the works of the rendered MIDI
//! archive, in which nobody sings, together with half of the sung set; BENCHMARKS.md has the results on the other
//! halves. In a larger library more impostors reach any given score, so the odds fall as the library grows. In a
//! smaller library they rise.
//!
//! The user's answers may add a personal calibration to the shipped one. It changes what is certain and likely, not what
//! is possible, because a pair must stay visible to be answered.

use reprise_fingerprint::Sameness;
use reprise_matching::cluster::Linkage;

use crate::relations::evidence::{Evidence, Tagged};
use crate::relations::platt::Platt;

/// The size of the library in which the thresholds were measured.
const MEASURED_AMONG: usize = 784;

/// Smaller libraries are treated as if they had this size: the tracks of a collection of three albums are more similar
/// to each other than impostors are.
const SMALLEST: usize = 100;

/// How much one standard deviation adds to the logarithm of the odds.
pub(crate) const LOG_ODDS_A_DEVIATION: f32 = 1.013;

/// The standing from which on two recordings are certainly one song (99 %), in a library of the measured size.
pub(crate) const CERTAIN: f32 = 11.3;

/// The logarithm of odds of 99 to 1.
const CERTAIN_LOG_ODDS: f32 = 4.595;

/// The standing from which on they are likely one song (90 %).
pub(crate) const LIKELY: f32 = 8.9;

/// How far a personal calibration may lower a threshold, in standard deviations. It may raise one without limit, because
/// a false merge is worse than a false split.
const MOST_LOWER: f32 = 0.5;

/// The standing from which on linked recordings are shown as possible versions. On the halves used for fitting, two of
/// three such pairs are versions, and no version is lost. The value does not fall in smaller libraries.
pub(crate) const POSSIBLE: f32 = 2.0;

/// Pairs with at least this normalised score are stored as links. On the half used for fitting, half of those pairs
/// among the best ten of each track that reach it are versions (training/scripts/fit_threshold.py).
pub(crate) const LINKED: f32 = 5.2;

/// The normalised score from which on a song inside a recording is likely: 90 % of whole recordings with such a score
/// are versions if nothing is known about rivals. The songs of a medley are always rivals of each other.
const LIKELY_BY_ITSELF: f32 = 12.3;

/// The relation of two tracks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The same audio, packet for packet.
    Copy,
    /// The same recording from end to end, encoded or mastered differently.
    Recording,
    /// The same recording, cut differently.
    Edit,
    /// The user decided that they are one song.
    Confirmed,
    /// Their tags name one MusicBrainz work, or one recording.
    Tagged,
    /// One song by the score.
    Version,
    /// A part of one is in the other: a song in a set or a medley, a sample, or a shared passage.
    Part,
    /// Their tags name one MusicBrainz recording, but they are no more similar than impostors: nothing is claimed.
    Conflict,
    /// The score does not decide it.
    Possible,
    /// There is no evidence for it; it is listed only to fill a ranking.
    Unlikely,
    /// The user decided that they are not one song.
    Rejected,
}

impl Relation {
    /// Whether Reprise calls two tracks with this relation one song.
    pub fn is_one_song(self) -> bool {
        matches!(
            self,
            Self::Copy | Self::Recording | Self::Edit | Self::Confirmed | Self::Tagged | Self::Version
        )
    }
}

/// The confidence in a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// The relation is known, or at least 99 of 100 such pairs are one song.
    Certain,
    /// At least 90 of 100 such pairs are one song.
    Likely,
    /// Some such pairs are one song.
    Possible,
    /// Hardly any such pair is one song.
    Unlikely,
}

/// The thresholds for a library of a given size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Thresholds {
    certain: f32,
    likely: f32,
    possible: f32,
    linked: f32,
    likely_by_itself: f32,
    /// The shipped threshold of what is certain, from which log-odds are counted.
    shipped_certain: f32,
    /// What the user's answers add to the shipped calibration.
    personal: Option<Platt>,
}

/// By how many standard deviations a personal calibration raises what a standing must reach; negative if it lowers it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shifts {
    /// For a pair to be certain.
    pub certain: f32,
    /// For a pair to be likely.
    pub likely: f32,
}

impl Shifts {
    pub(crate) fn by(personal: &Platt) -> Self {
        let shift = |log_odds: f32| {
            let shipped = personal.shipped_log_odds(f64::from(log_odds)) as f32;
            ((shipped - log_odds) / LOG_ODDS_A_DEVIATION).max(-MOST_LOWER)
        };
        let likely_log_odds = CERTAIN_LOG_ODDS + LOG_ODDS_A_DEVIATION * (LIKELY - CERTAIN);
        Self { certain: shift(CERTAIN_LOG_ODDS), likely: shift(likely_log_odds) }
    }
}

impl Thresholds {
    /// The thresholds for a library with this many recordings that can be matched.
    pub fn among(recordings: usize) -> Self {
        let times = recordings.max(SMALLEST) as f32 / MEASURED_AMONG as f32;
        let more = deviations(times);
        Self {
            certain: CERTAIN + more,
            likely: LIKELY + more,
            possible: POSSIBLE + more.max(0.0),
            linked: LINKED + more.max(0.0),
            likely_by_itself: LIKELY_BY_ITSELF + more,
            shipped_certain: CERTAIN + more,
            personal: None,
        }
    }

    /// These shipped thresholds, with a personal calibration on top.
    pub fn with(self, personal: Platt) -> Self {
        let Shifts { certain, likely } = Shifts::by(&personal);
        let (certain, likely) = (self.certain + certain, self.likely + likely);
        Self { certain, likely, personal: Some(personal), ..self }
    }

    /// How many more standard deviations are required of a pair that is the best of this many.
    pub fn worth_of_more(chances: usize) -> f32 {
        deviations(chances.max(1) as f32)
    }

    /// The standing from which on a pair is shown as a version.
    pub fn version(&self) -> f32 {
        self.likely
    }

    /// Whether a normalised score alone makes it likely that a part of one recording is in the other.
    pub fn is_likely_by_itself(&self, score: f32) -> bool {
        score >= self.likely_by_itself
    }

    /// Whether a normalised score alone makes this possible.
    pub fn is_possible_by_itself(&self, score: f32) -> bool {
        score >= self.linked
    }

    /// The relation of two recordings. Priority has the user's no, then fingerprints, then the user's yes, then the
    /// tags.
    pub fn relation_of(&self, known: &Evidence) -> Relation {
        let by_score = known.score.map_or(Relation::Unlikely, |score| self.relation(score));
        match (known.is_one_song, known.shared) {
            (Some(false), _) => Relation::Rejected,
            (_, Some(Sameness::Whole)) => Relation::Recording,
            (_, Some(Sameness::Edit)) => Relation::Edit,
            (Some(true), _) => Relation::Confirmed,
            (None, _) if known.tagged == Some(Tagged::AsOneSong) => Relation::Tagged,
            (None, _) if known.tagged == Some(Tagged::Wrongly) => Relation::Conflict,
            (None, Some(Sameness::Inside)) => Relation::Part,
            (None, _) if known.shares_a_passage => Relation::Part,
            // The score is that of the rest. Two programmes spoken by the same voice have a high score there, too, so
            // that a likely score is not enough.
            (None, Some(Sameness::Part)) if known.score.is_none_or(|score| score < self.certain) => {
                Relation::Part
            }
            (None, _) => by_score,
        }
    }

    /// The probability that a pair of this standing is one song.
    pub fn probability(&self, score: f32) -> f32 {
        let shipped = self.shipped_log_odds(score);
        let log_odds = match &self.personal {
            None => shipped,
            // The limit of the thresholds is that of the odds, so that both always say the same.
            Some(personal) => {
                let limit = self.shipped_log_odds(score + MOST_LOWER);
                (personal.log_odds(f64::from(shipped)) as f32).min(limit)
            }
        };
        1.0 / (1.0 + (-log_odds).exp())
    }

    /// The logarithm of the odds that a pair of this standing is one song, by the shipped calibration alone.
    pub fn shipped_log_odds(&self, score: f32) -> f32 {
        CERTAIN_LOG_ODDS + LOG_ODDS_A_DEVIATION * (score - self.shipped_certain)
    }

    /// The relation given by the standing alone.
    pub fn relation(&self, score: f32) -> Relation {
        match self.confidence(score) {
            Confidence::Certain | Confidence::Likely => Relation::Version,
            Confidence::Possible => Relation::Possible,
            Confidence::Unlikely => Relation::Unlikely,
        }
    }

    /// The confidence given by the standing alone.
    pub fn confidence(&self, score: f32) -> Confidence {
        match score {
            s if s >= self.certain => Confidence::Certain,
            s if s >= self.likely => Confidence::Likely,
            s if s >= self.possible => Confidence::Possible,
            _ => Confidence::Unlikely,
        }
    }

    /// The confidence in a relation. It follows from the score, unless the user decided the relation or the audio is
    /// the same. Parts with the same audio are never certain, because there are too few such pairs to measure it on.
    pub fn confidence_of(&self, relation: Relation, score: Option<f32>) -> Confidence {
        match relation {
            Relation::Copy | Relation::Recording | Relation::Edit | Relation::Confirmed => {
                Confidence::Certain
            }
            // Equal work ids may be the tagger's mistake. If the audio does not confirm them either, the relation is
            // not certain.
            Relation::Tagged if score.is_some_and(|score| self.relation(score) == Relation::Unlikely) => {
                Confidence::Likely
            }
            Relation::Tagged => Confidence::Certain,
            Relation::Part => Confidence::Likely,
            Relation::Rejected | Relation::Conflict => Confidence::Unlikely,
            // A pair that was not examined closely stays possible, however high its score is.
            Relation::Possible => Confidence::Possible,
            _ => score.map_or(Confidence::Unlikely, |score| self.confidence(score)),
        }
    }

    /// The condition for two groups of recordings to be one song: at least one pair of them is certainly a version, and
    /// all pairs together are at least possible.
    pub fn linkage(&self) -> Linkage {
        Linkage { best: self.certain, mean: self.possible }
    }
}

/// How many standard deviations offset this many times as many impostors.
fn deviations(times: f32) -> f32 {
    times.ln() / LOG_ODDS_A_DEVIATION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_the_library_the_more_a_score_has_to_say() {
        let (small, measured) = (Thresholds::among(3), Thresholds::among(MEASURED_AMONG));
        assert_eq!(small, Thresholds::among(SMALLEST));
        assert!(small.certain < measured.certain && small.possible == measured.possible);
        assert_eq!(measured.confidence(CERTAIN), Confidence::Certain);
        assert_eq!(Thresholds::among(100_000).confidence(CERTAIN), Confidence::Possible);
        assert!((measured.probability(CERTAIN) - 0.99).abs() < 1e-4);
        assert!((measured.probability(LIKELY) - 0.90).abs() < 0.01);
        assert!(Thresholds::among(100_000).probability(CERTAIN) < 0.5);
        // Among 11 times as many impostors, odds of 99 to 1 become 99 to 11, which is likely.
        let eleven_times = Thresholds::among(MEASURED_AMONG * 11);
        assert!((eleven_times.likely - CERTAIN).abs() < 0.1, "{}", eleven_times.likely);
    }

    #[test]
    fn what_the_user_said_is_certain_whatever_the_score() {
        let thresholds = Thresholds::among(MEASURED_AMONG);
        assert_eq!(thresholds.confidence_of(Relation::Confirmed, Some(-3.0)), Confidence::Certain);
        assert_eq!(thresholds.confidence_of(Relation::Rejected, Some(30.0)), Confidence::Unlikely);
        assert_eq!(thresholds.confidence_of(Relation::Version, Some(9.5)), Confidence::Likely);
        assert_eq!(thresholds.relation(9.5), Relation::Version);
        assert_eq!(thresholds.relation(f32::NAN), Relation::Unlikely);
    }

    #[test]
    fn a_no_is_above_the_same_audio_which_is_above_a_yes_and_any_score() {
        let thresholds = Thresholds::among(MEASURED_AMONG);
        let relation_of = |is_one_song, shared, score| {
            thresholds.relation_of(&Evidence { is_one_song, shared, score, ..Evidence::default() })
        };
        let (yes, no) = (Some(true), Some(false));
        for score in [None, Some(-2.0), Some(POSSIBLE), Some(30.0)] {
            for (sameness, relation) in
                [(Sameness::Whole, Relation::Recording), (Sameness::Edit, Relation::Edit)]
            {
                assert_eq!(relation_of(no, Some(sameness), score), Relation::Rejected);
                assert_eq!(relation_of(yes, Some(sameness), score), relation);
                assert_eq!(relation_of(None, Some(sameness), score), relation);
            }
            let inside = Some(Sameness::Inside);
            assert_eq!(relation_of(None, inside, score), Relation::Part, "a medley is no version");
            assert_eq!(relation_of(yes, inside, score), Relation::Confirmed);
            assert_eq!(relation_of(yes, Some(Sameness::Part), score), Relation::Confirmed);
            assert_eq!(relation_of(yes, None, score), Relation::Confirmed);
        }
        let part = Some(Sameness::Part);
        assert_eq!(relation_of(None, part, Some(POSSIBLE)), Relation::Part);
        assert_eq!(relation_of(None, part, Some(LIKELY)), Relation::Part, "one speaker and one jingle");
        assert_eq!(relation_of(None, part, Some(CERTAIN)), Relation::Version, "a remix may hold a part");
        assert_eq!(relation_of(None, None, None), Relation::Unlikely);
    }
    #[test]
    fn tags_are_above_any_score_and_below_the_user_and_the_same_audio() {
        let thresholds = Thresholds::among(MEASURED_AMONG);
        let tagged = |is_one_song, shared| {
            thresholds.relation_of(&Evidence {
                is_one_song,
                shared,
                tagged: Some(Tagged::AsOneSong),
                shares_a_passage: true,
                score: Some(-2.0),
            })
        };
        assert_eq!(tagged(None, None), Relation::Tagged);
        assert_eq!(tagged(None, Some(Sameness::Inside)), Relation::Tagged);
        assert_eq!(tagged(Some(false), None), Relation::Rejected);
        assert_eq!(tagged(Some(true), None), Relation::Confirmed);
        assert_eq!(tagged(None, Some(Sameness::Whole)), Relation::Recording);
        assert_eq!(thresholds.confidence_of(Relation::Tagged, Some(POSSIBLE)), Confidence::Certain);
        assert_eq!(thresholds.confidence_of(Relation::Tagged, None), Confidence::Certain);
        assert_eq!(
            thresholds.confidence_of(Relation::Tagged, Some(-2.0)),
            Confidence::Likely,
            "nothing else says so"
        );
        assert!(Relation::Tagged.is_one_song());
        let wrongly = |is_one_song, shared| {
            thresholds.relation_of(&Evidence {
                is_one_song,
                shared,
                tagged: Some(Tagged::Wrongly),
                ..Evidence::default()
            })
        };
        assert_eq!(wrongly(None, None), Relation::Conflict);
        assert_eq!(wrongly(None, Some(Sameness::Part)), Relation::Conflict);
        assert_eq!(wrongly(Some(true), None), Relation::Confirmed);
        assert_eq!(wrongly(Some(false), None), Relation::Rejected);
        assert!(!Relation::Conflict.is_one_song());
        let held = Evidence { shares_a_passage: true, score: Some(30.0), ..Evidence::default() };
        assert_eq!(thresholds.relation_of(&held), Relation::Part, "a medley is no version, however alike");
    }
}
