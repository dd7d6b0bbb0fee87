//! The headings under which user interfaces show related tracks, and their order.

use crate::relations::thresholds::{Confidence, Relation};

/// The heading of a group of related tracks; the closest relation is first. User interfaces turn it into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Heading {
    /// The same audio, or the same recording from end to end.
    SameRecording,
    /// The same recording, cut differently.
    AnotherCut,
    /// Certainly one song, or decided to be one.
    SameSong,
    /// Likely to be one song.
    LikelySameSong,
    /// A part of one is in the other.
    SharesPassage,
    /// One recording according to their tags, two according to their audio.
    Conflict,
    /// Possibly one song: the score does not decide it.
    Possible,
    /// There is no evidence that they are one song.
    Unlikely,
    /// The user rejected it.
    Rejected,
}

impl Heading {
    /// All headings, in order.
    pub const ALL: [Self; 9] = [
        Self::SameRecording,
        Self::AnotherCut,
        Self::SameSong,
        Self::LikelySameSong,
        Self::SharesPassage,
        Self::Conflict,
        Self::Possible,
        Self::Unlikely,
        Self::Rejected,
    ];

    /// The heading of a relation with this confidence.
    pub fn of(relation: Relation, confidence: Confidence) -> Self {
        match relation {
            Relation::Copy | Relation::Recording => Self::SameRecording,
            Relation::Edit => Self::AnotherCut,
            Relation::Version if confidence != Confidence::Certain => Self::LikelySameSong,
            Relation::Confirmed | Relation::Tagged | Relation::Version => Self::SameSong,
            Relation::Part => Self::SharesPassage,
            Relation::Conflict => Self::Conflict,
            Relation::Possible => Self::Possible,
            Relation::Unlikely => Self::Unlikely,
            Relation::Rejected => Self::Rejected,
        }
    }

    /// The identifier for user interfaces written in another language.
    pub fn code(self) -> &'static str {
        match self {
            Self::SameRecording => "sameRecording",
            Self::AnotherCut => "anotherCut",
            Self::SameSong => "sameSong",
            Self::LikelySameSong => "likelySameSong",
            Self::SharesPassage => "sharesPassage",
            Self::Conflict => "conflict",
            Self::Possible => "possible",
            Self::Unlikely => "unlikely",
            Self::Rejected => "rejected",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn headings_are_in_the_order_in_which_faces_show_them() {
        assert!(Heading::ALL.is_sorted());
        let codes = HashSet::from(Heading::ALL.map(Heading::code));
        assert_eq!(codes.len(), Heading::ALL.len());
        let of = |confidence| Heading::of(Relation::Version, confidence);
        assert!(of(Confidence::Certain) < of(Confidence::Likely));
        assert_eq!(Heading::of(Relation::Tagged, Confidence::Likely), Heading::SameSong, "the tags say so");
    }
}
