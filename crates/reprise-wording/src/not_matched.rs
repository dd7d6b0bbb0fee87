//! Why a track is not matched.

use reprise_library::NotMatched;

/// The reason, following "This track".
pub fn not_matched(reason: &NotMatched) -> String {
    match reason {
        NotMatched::NotAnalysed => "has not been heard yet".into(),
        NotMatched::Silence => "is silent, so it is not matched".into(),
        NotMatched::Noise => "is noise without pitch, so it is not matched".into(),
        NotMatched::TooShort { shortest_s } => {
            format!("is shorter than {shortest_s:.0} seconds, so it is not matched")
        }
        NotMatched::TooLong { longest_s, has_sections } => {
            let sought = if *has_sections { "what is heard inside it" } else { "the same audio" };
            format!("is longer than {:.0} minutes, so only {sought} is looked for", longest_s / 60.0)
        }
        NotMatched::Other(code) => format!("is not matched ({code})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_goes_on_from_this_track() {
        let too_short = NotMatched::TooShort { shortest_s: 15.0 };
        assert_eq!(not_matched(&too_short), "is shorter than 15 seconds, so it is not matched");
        let too_long = |has_sections| NotMatched::TooLong { longest_s: 1200.0, has_sections };
        assert_eq!(
            not_matched(&too_long(true)),
            "is longer than 20 minutes, so only what is heard inside it is looked for"
        );
        assert_eq!(
            not_matched(&too_long(false)),
            "is longer than 20 minutes, so only the same audio is looked for"
        );
        assert_eq!(not_matched(&NotMatched::Other("speech".into())), "is not matched (speech)");
    }
}
