//! Why a track is not matched, as values: user interfaces have the words.

use reprise_analysis::{Refusal, SHORTEST_MATCHED_S};

use crate::limits::LONGEST_MATCHED_S;

/// Why a track is not aligned with others.
#[derive(Debug, Clone, PartialEq)]
pub enum NotMatched {
    /// It was not analysed yet.
    NotAnalysed,
    /// It is silent.
    Silence,
    /// It is noise without pitch.
    Noise,
    /// It is shorter than this.
    TooShort {
        /// The least length of a track that is matched.
        shortest_s: f64,
    },
    /// It is longer than this.
    TooLong {
        /// The greatest length of a track that is matched.
        longest_s: f64,
        /// Whether songs are searched in its sections, as in those of the library; else only the same audio is.
        has_sections: bool,
    },
    /// For a reason of another version, given by its code.
    Other(String),
}

impl NotMatched {
    /// Because of its length.
    pub(crate) fn too_long(has_sections: bool) -> Self {
        Self::TooLong { longest_s: LONGEST_MATCHED_S, has_sections }
    }

    /// Because of its audio; `code`: of [`Refusal::code`].
    pub(crate) fn refused(code: &str) -> Self {
        match Refusal::from_code(code) {
            Some(Refusal::Silence) => Self::Silence,
            Some(Refusal::Noise) => Self::Noise,
            Some(Refusal::TooShort) => Self::TooShort { shortest_s: SHORTEST_MATCHED_S },
            None => Self::Other(code.into()),
        }
    }
}

/// Why a track of the library cannot be matched.
pub(crate) fn why_not(track: &reprise_store::Track) -> NotMatched {
    match &track.refused {
        Some(code) => NotMatched::refused(code),
        None if track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S) => NotMatched::too_long(true),
        None => NotMatched::NotAnalysed,
    }
}
