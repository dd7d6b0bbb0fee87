//! The user's decisions about pairs of recordings and about single ones.

pub(crate) mod pairs;
pub(crate) mod renditions;
