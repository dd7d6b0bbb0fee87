//! Finds the possible versions of a recording among many, by their vectors.

pub(crate) mod codeword_index;
pub(crate) mod embeddings;
pub(crate) mod nearest;
