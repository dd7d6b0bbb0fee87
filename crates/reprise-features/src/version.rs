//! Versions of the features, stored with every row that contains them. They change when a number of the chain changes.

/// The version of each feature that this program computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// Chord-pitch frames, from [`crate::hcqt_frame`] and the published network CREMA.
    pub crema: &'static str,
    /// Chroma frames, from [`crate::chroma_frame`].
    pub chroma: &'static str,
    /// The sung melody, from [`crate::voice`] and the networks it names.
    pub melody: &'static str,
    /// The words as heard, from [`crate::words`] and the recogniser.
    pub words: &'static str,
}

impl Versions {
    /// The current versions. Rows of another version are stale and are never mixed with these.
    pub const CURRENT: Self =
        Self { crema: "crema-1", chroma: "chroma-1", melody: "melody-2", words: "words-1" };
}
