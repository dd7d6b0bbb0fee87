//! The evidence about two recordings.

use reprise_fingerprint::Sameness;

/// The question to the user whether two recordings are versions of one song.
pub const ONE_SONG: &str = "one song";

/// Everything known of two recordings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence {
    /// The user's answer to [`ONE_SONG`].
    pub is_one_song: Option<bool>,
    /// What their tags say.
    pub tagged: Option<Tagged>,
    /// Whether one was found inside the other, among other songs.
    pub shares_a_passage: bool,
    /// What the audio that they share says of them.
    pub shared: Option<Sameness>,
    /// The standing of the pair; none if it was never aligned.
    pub score: Option<f32>,
}

/// What tags say of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// That both are one song.
    AsOneSong,
    /// That both are one recording, which they cannot be: they are no more similar than impostors.
    Wrongly,
}
