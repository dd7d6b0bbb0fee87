//! One file per table: schema, rows and queries together.

pub(crate) mod alignments;
pub(crate) mod cohort_scores;
pub(crate) mod cohort_statistics;
pub(crate) mod decisions;
pub(crate) mod embeddings;
pub(crate) mod features;
pub(crate) mod fingerprints;
pub(crate) mod folders;
pub(crate) mod links;
pub(crate) mod meta;
pub(crate) mod passages;
pub(crate) mod problems;
pub(crate) mod provisional_matches;
pub(crate) mod recordings;
pub(crate) mod search;
pub(crate) mod tracks;
pub(crate) mod tracks_commit;
pub(crate) mod tracks_tagged;
pub(crate) mod waveforms;
pub(crate) mod word_pairs;
pub(crate) mod words;
