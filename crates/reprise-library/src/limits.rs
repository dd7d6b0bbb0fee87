//! The sizes from which on a library is searched instead of aligned whole, and how much of it. A library carries its
//! limits, so that tests of large libraries run the shipped code with small ones.

/// Longer recordings are analysed but not matched: sets and operas match everything a little.
pub(crate) const LONGEST_MATCHED_S: f64 = 20.0 * 60.0;

/// The sizes at which a library is processed differently.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Up to this many recordings every pair is aligned.
    pub aligned_whole: usize,
    /// In a larger library: how many candidates of the shortlist are aligned with a new recording.
    pub shortlisted: usize,
    /// In a larger library: how many candidates by voice are aligned with a new voice, beside those.
    pub shortlisted_by_voice: usize,
    /// In a larger library: how many of its recordings are in everyone's cohort.
    pub sampled: usize,
    /// The same in the middle of a scan: the sample changes until all is analysed.
    pub sampled_early: usize,
    /// In a larger library: recordings linked between two commits of links.
    pub linked_at_once: usize,
    /// From this many new recordings on they are matched provisionally first; fewer are aligned soon enough.
    pub provisional_from: usize,
    /// For a provisional match: deviations by which two recordings are more similar to each other than to the rest, on
    /// average.
    pub min_provisional_score: f32,
}

impl Limits {
    /// Those of the program.
    pub const SHIPPED: Self = Self {
        // At 0.8 ms a pair two million pairs take a quarter of an hour on two cores, once.
        aligned_whole: 2000,
        shortlisted: 200,
        // Fewer, since they are only sung ones and take four times as long; the figures are in training/README.md,
        // "What is sung".
        shortlisted_by_voice: 100,
        sampled: 150,
        sampled_early: 50,
        linked_at_once: 100,
        provisional_from: 1000,
        // Of 10,784 tracks more than half of such pairs are right, and 55 of 160 pairs of versions are found
        // (BENCHMARKS.md, "The shortlist").
        min_provisional_score: 9.0,
    };
}
