//! The evidence about two recordings.

use reprise_fingerprint::Sameness;

/// The question to the user whether two recordings are versions of one song.
pub const ONE_SONG: &str = "one song";

/// Everything that is known about two recordings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence {
    /// The user's answer to [`ONE_SONG`].
    pub is_one_song: Option<bool>,
    /// What their tags say about them.
    pub tagged: Option<Tagged>,
    /// Whether one was found inside the other, among other songs.
    pub shares_a_passage: bool,
    /// How their shared audio relates them.
    pub shared: Option<Sameness>,
    /// The standing of the pair; `None` if the pair was not aligned.
    pub score: Option<f32>,
}

/// What the tags say about a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// Both are one song.
    AsOneSong,
    /// Both are one recording, which is wrong: they are no more similar than impostors.
    Wrongly,
}
