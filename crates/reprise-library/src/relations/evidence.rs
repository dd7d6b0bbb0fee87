//! What there is to know of two recordings.

use reprise_fingerprint::Sameness;
use reprise_store::Verdict;

/// What is known of two recordings.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Evidence {
    /// By the user.
    pub said: Option<Verdict>,
    /// By their tags.
    pub tagged: Option<Tagged>,
    /// Whether one was heard inside the other, among other songs.
    pub shares_a_passage: bool,
    /// What the audio that they share makes of them.
    pub shared: Option<Sameness>,
    /// How the pair stands; none if it was never aligned.
    pub score: Option<f32>,
}

/// What tags say of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// That both are one song.
    AsOneSong,
    /// That both are one recording, which they cannot be: they are no more alike than strangers.
    Wrongly,
}
