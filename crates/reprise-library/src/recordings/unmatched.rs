//! Why a track is not matched.

use reprise_analysis::Refusal;

use crate::limits::LONGEST_MATCHED_S;

/// Why a long track is not aligned as a whole, and what is done instead.
pub(crate) fn too_long(looked_for: &str) -> String {
    let minutes = LONGEST_MATCHED_S / 60.0;
    format!("is longer than {minutes:.0} minutes, so only {looked_for} is looked for")
}

/// Why a track cannot be matched.
pub(crate) fn why_not(track: &reprise_store::Track) -> String {
    match &track.refused {
        Some(code) => Refusal::sentence(code),
        None if track.duration_s.is_some_and(|s| s > LONGEST_MATCHED_S) => {
            too_long("what is heard inside it")
        }
        None => "has not been heard yet".into(),
    }
}
