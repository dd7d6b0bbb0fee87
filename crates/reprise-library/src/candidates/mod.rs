//! Recordings that may be versions of one, found among many by their vectors.

pub(crate) mod codeword_index;
pub(crate) mod embeddings;
pub(crate) mod nearest;
