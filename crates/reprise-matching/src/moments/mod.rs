//! Vectors of moments, and how tracks are found among many by them.
//!
//! A track is some unit vectors, one for every two seconds or so, in each of its likeliest keys. Two tracks are as alike as
//! the query's moments are like what the other has best to offer ([`late_likeness`]). Among many tracks an inverted
//! index ([`Index`]) over codes of moments ([`Codebook`]) says first which ones are worth that comparison.

mod codebook;
mod index;
mod keys;
mod late;
mod panel;

pub use codebook::{Codebook, NEAR_A_CODE, Nearby};
pub use index::{Document, Found, Index, Search, SearchScratch};
pub use keys::likely_keys;
pub use late::{Keyed, Moments, late_likeness, likeness_above_chance, likeness_in_any_key};

#[cfg(test)]
mod tests;
