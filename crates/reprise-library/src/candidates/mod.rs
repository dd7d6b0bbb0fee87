//! Finds the possible versions of a recording among many, by their vectors.

pub(crate) mod embeddings;
pub(crate) mod model;
pub(crate) mod nearest;
pub(crate) mod recording_index;
pub(crate) mod space;
pub(crate) mod words;
