//! Versions of the features, stored with every row that holds them. They change when a number of the chain does.

/// The version of each feature this program computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// CREMA chord-pitch frames, from [`crate::hcqt_frame`] and the published network.
    pub crema: &'static str,
    /// Chroma frames, from [`crate::chroma_frame`].
    pub chroma: &'static str,
    /// The sung melody, from [`crate::voice`] and the networks it names.
    pub melody: &'static str,
}

impl Versions {
    /// What is computed today. Rows of another version are stale, never mixed with these.
    pub const CURRENT: Self = Self { crema: "crema-1", chroma: "chroma-1", melody: "melody-2" };
}
