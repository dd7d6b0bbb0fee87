//! From a centred score to a word. The only place that decides what counts as a version.
//!
//! The words are probabilities, fitted by training/scripts/fit_calibration.py on half of the works of the rendered MIDI archive
//! among 784 tracks and reported on the other half in BENCHMARKS.md: of a hundred certain versions ninety-nine are ones, of
//! a hundred likely ones ninety. In a larger library as many more strangers reach any score, so the odds fall as it grows; in
//! a smaller one they rise.

use reprise_matching::cluster::Linkage;

/// Recordings among which the words were measured.
const MEASURED_AMONG: usize = 784;

/// A smaller library is not judged more mildly than one of so many: what somebody has of three albums is more alike than
/// strangers are.
const SMALLEST: usize = 100;

/// What a deviation adds to the logarithm of the odds.
const LOG_ODDS_A_DEVIATION: f32 = 0.848;

/// From here on, among so many, two recordings are certainly one song: 99 %.
pub(crate) const CERTAIN: f32 = 15.1;

/// From here on they are likely to be: 90 %.
pub(crate) const LIKELY: f32 = 12.3;

/// From here on they are shown as possible versions: half of what is shown is right on the half that was fitted to
/// (training/scripts/fit_threshold.py). Pairs below it are not kept as links, and nothing below it is shown in a smaller
/// library either.
pub(crate) const POSSIBLE: f32 = 5.2;

/// How two tracks relate, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The same audio, packet for packet.
    Copy,
    /// The user said that they are one song.
    Confirmed,
    /// The score says so.
    Version,
    /// The score leaves it open.
    Possible,
    /// Nothing speaks for it; listed only to fill a ranking.
    Unlikely,
    /// The user said that they are not one song.
    Rejected,
}

/// How sure that is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// It is known, or at least 99 of 100 such pairs are one song.
    Certain,
    /// At least 90 of 100 are.
    Likely,
    /// Some are.
    Possible,
    /// Hardly one is.
    Unlikely,
}

/// What centred scores mean in a library of some size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Bands {
    certain: f32,
    likely: f32,
    possible: f32,
}

impl Bands {
    /// Among `recordings` that can be matched.
    pub fn among(recordings: usize) -> Self {
        let times = recordings.max(SMALLEST) as f32 / MEASURED_AMONG as f32;
        let more = times.ln() / LOG_ODDS_A_DEVIATION;
        Self { certain: CERTAIN + more, likely: LIKELY + more, possible: POSSIBLE + more.max(0.0) }
    }

    /// From here on a pair is shown as a version.
    pub fn version(&self) -> f32 {
        self.likely
    }

    /// The relation that a centred score alone suggests.
    pub fn relation(&self, score: f32) -> Relation {
        match self.confidence(score) {
            Confidence::Certain | Confidence::Likely => Relation::Version,
            Confidence::Possible => Relation::Possible,
            Confidence::Unlikely => Relation::Unlikely,
        }
    }

    /// How sure a centred score alone makes.
    pub fn confidence(&self, score: f32) -> Confidence {
        match score {
            s if s >= self.certain => Confidence::Certain,
            s if s >= self.likely => Confidence::Likely,
            s if s >= self.possible => Confidence::Possible,
            _ => Confidence::Unlikely,
        }
    }

    /// How sure it is that two are one song, by their score unless the user said so or the audio is the same.
    pub fn confidence_of(&self, relation: Relation, score: f32) -> Confidence {
        match relation {
            Relation::Copy | Relation::Confirmed => Confidence::Certain,
            Relation::Rejected => Confidence::Unlikely,
            _ => self.confidence(score),
        }
    }

    /// When two groups of recordings are one song: one pair of them is certainly a version, and all pairs together are
    /// at least possible.
    pub fn linkage(&self) -> Linkage {
        Linkage { best: self.certain, mean: self.possible }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_the_library_the_more_a_score_has_to_say() {
        let (small, measured) = (Bands::among(3), Bands::among(MEASURED_AMONG));
        assert_eq!(small, Bands::among(SMALLEST));
        assert!(small.certain < measured.certain && small.possible == measured.possible);
        assert_eq!(measured.confidence(CERTAIN), Confidence::Certain);
        assert_eq!(Bands::among(100_000).confidence(CERTAIN), Confidence::Possible);
        // Odds of 99 to 1 among 11 times as many strangers are 99 to 11, which is what is likely.
        let eleven_times = Bands::among(MEASURED_AMONG * 11);
        assert!((eleven_times.likely - CERTAIN).abs() < 0.1, "{}", eleven_times.likely);
    }

    #[test]
    fn what_the_user_said_is_certain_whatever_the_score() {
        let bands = Bands::among(MEASURED_AMONG);
        assert_eq!(bands.confidence_of(Relation::Confirmed, -3.0), Confidence::Certain);
        assert_eq!(bands.confidence_of(Relation::Rejected, 30.0), Confidence::Unlikely);
        assert_eq!(bands.confidence_of(Relation::Version, 12.5), Confidence::Likely);
        assert_eq!(bands.relation(12.5), Relation::Version);
        assert_eq!(bands.relation(f32::NAN), Relation::Unlikely);
    }
}
