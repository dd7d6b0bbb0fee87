//! The reasons why a track is not matched, as values. User interfaces turn them into words.

use reprise_analysis::{Refusal, SHORTEST_MATCHED_S};

use crate::limits::LONGEST_MATCHED_S;

/// The reason why a track is not aligned with others.
#[derive(Debug, Clone, PartialEq)]
pub enum NotMatched {
    /// It is not analysed yet.
    NotAnalysed,
    /// It is silent.
    Silence,
    /// It is noise without a pitch.
    Noise,
    /// It is too short.
    TooShort {
        /// The shortest length of a track that is matched, in seconds.
        shortest_s: f64,
    },
    /// It is too long.
    TooLong {
        /// The longest length of a track that is matched, in seconds.
        longest_s: f64,
        /// Whether its sections are searched for songs, as for tracks of the library. Otherwise only the same audio is
        /// searched.
        has_sections: bool,
    },
    /// A reason that another version of Reprise gave, as its code.
    Other(String),
}

impl NotMatched {
    /// The reason is its length.
    pub(crate) fn too_long(has_sections: bool) -> Self {
        Self::TooLong { longest_s: LONGEST_MATCHED_S, has_sections }
    }

    /// The reason is its audio; `code` is one of [`Refusal::code`].
    pub(crate) fn refused(code: &str) -> Self {
        match Refusal::from_code(code) {
            Some(Refusal::Silence) => Self::Silence,
            Some(Refusal::Noise) => Self::Noise,
            Some(Refusal::TooShort) => Self::TooShort { shortest_s: SHORTEST_MATCHED_S },
            None => Self::Other(code.into()),
        }
    }
}

/// The reason why a track of the library cannot be matched.
pub(crate) fn why_not(track: &reprise_store::Track) -> NotMatched {
    match &track.refused {
        Some(code) => NotMatched::refused(code),
        None if track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S) => NotMatched::too_long(true),
        None => NotMatched::NotAnalysed,
    }
}
