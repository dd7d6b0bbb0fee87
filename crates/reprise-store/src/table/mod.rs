//! One file per table: schema, rows and queries together.

pub(crate) mod alignments;
pub(crate) mod backgrounds;
pub(crate) mod decisions;
pub(crate) mod features;
pub(crate) mod fingerprints;
pub(crate) mod folders;
pub(crate) mod kinds;
pub(crate) mod links;
pub(crate) mod looks;
pub(crate) mod meta;
pub(crate) mod passages;
pub(crate) mod problems;
pub(crate) mod recordings;
pub(crate) mod search;
pub(crate) mod stranger_scores;
pub(crate) mod tracks;
pub(crate) mod tracks_commit;
pub(crate) mod tracks_tagged;
pub(crate) mod vectors;
pub(crate) mod waveforms;
