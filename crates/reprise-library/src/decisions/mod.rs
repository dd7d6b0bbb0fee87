//! What the user says of pairs of recordings and of single ones.

pub(crate) mod pairs;
pub(crate) mod renditions;
