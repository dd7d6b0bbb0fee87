//! Errors for the interface: a code that it can act on, and a sentence that it can show.

use reprise_library::Error;
use serde::Serialize;
use specta::Type;

/// The message while another program writes to the library.
pub const IN_USE: &str =
    "Another Reprise is at work on this library, so nothing can be added or decided until it ends.";

/// What the interface can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// The track is gone: look at the list again.
    NotInLibrary,
    /// Another program writes to the library: wait.
    LibraryInUse,
    /// What the user gave cannot be used: ask again.
    BadInput,
    /// Nothing but telling.
    Failed,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct IpcError {
    pub code: ErrorCode,
    /// One sentence.
    pub message: String,
}

impl IpcError {
    /// The user's input cannot be used.
    pub fn bad_input(message: String) -> Self {
        Self { code: ErrorCode::BadInput, message }
    }

    /// Another program writes to the library.
    pub fn in_use() -> Self {
        Self { code: ErrorCode::LibraryInUse, message: IN_USE.into() }
    }

    /// Any other error.
    pub fn failed(message: String) -> Self {
        Self { code: ErrorCode::Failed, message }
    }
}

impl From<Error> for IpcError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::NoSuchTrack(_) | Error::NotInLibrary { .. } => ErrorCode::NotInLibrary,
            Error::InUse(_) => ErrorCode::LibraryInUse,
            Error::SameAudio(..) | Error::NotAnalysed(_) | Error::UnusableModel { .. } => ErrorCode::BadInput,
            _ => ErrorCode::Failed,
        };
        Self { code, message: sentence(&error.to_string()) }
    }
}

/// Converts a message to a sentence: it begins with a capital letter and ends with a full stop.
pub fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let Some(first) = letters.next() else { return "Something went wrong.".into() };
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{end}", first.to_uppercase(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_sentences_and_paths_stay_as_they_are() {
        assert_eq!(sentence("no track 7 is in the library"), "No track 7 is in the library.");
        assert_eq!(sentence("/music/a.mp3 has not been heard yet"), "/music/a.mp3 has not been heard yet.");
    }

    #[test]
    fn a_track_that_is_gone_has_its_own_code() {
        let error = IpcError::from(Error::NoSuchTrack(reprise_library::TrackId(7)));
        assert_eq!(error.code, ErrorCode::NotInLibrary);
    }
}
