//! Recordings that may be versions of one, found by their vectors among many.

pub(crate) mod code_index;
pub(crate) mod embeddings;
pub(crate) mod nearest;
