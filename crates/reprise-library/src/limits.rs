//! The sizes above which a library is searched instead of aligned completely, and the extent of the search. Each
//! library has its own limits, so that tests of large libraries run the shipped code with small limits.

/// Recordings longer than this are analysed but not matched: sets and operas match everything a little.
pub(crate) const LONGEST_MATCHED_S: f64 = 20.0 * 60.0;

/// The sizes at which the processing of a library changes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Up to this many recordings, every pair is aligned.
    pub aligned_whole: usize,
    /// In a larger library: how many shortlisted candidates are aligned with a new recording.
    pub shortlisted: usize,
    /// In a larger library: how many further candidates by voice are aligned with a new sung recording.
    pub shortlisted_by_voice: usize,
    /// In a larger library: how many of its recordings are in the impostor cohort of every recording.
    pub sampled: usize,
    /// The same number during a scan: the sample changes until all files are analysed.
    pub sampled_early: usize,
    /// In a larger library: how many recordings are linked between two commits of links.
    pub linked_at_once: usize,
    /// This many or more new recordings get provisional matches first; fewer are aligned soon enough.
    pub provisional_from: usize,
    /// The score required for a provisional match: by how many standard deviations two recordings are more similar to
    /// each other than to the rest, averaged over both.
    pub min_provisional_score: f32,
}

impl Limits {
    /// The limits of the released program.
    pub const SHIPPED: Self = Self {
        // At 0.8 ms a pair, two million pairs take a quarter of an hour on two cores, once.
        aligned_whole: 2000,
        shortlisted: 200,
        // Fewer, because these are sung recordings only and their alignment takes four times as long. The figures are
        // in training/RESULTS.md, "What is sung".
        shortlisted_by_voice: 100,
        sampled: 150,
        sampled_early: 50,
        linked_at_once: 100,
        provisional_from: 1000,
        // Among 10,784 tracks, more than half of such pairs are right, and 55 of 160 pairs of versions are found
        // (BENCHMARKS.md, "The shortlist").
        min_provisional_score: 9.0,
    };
}
