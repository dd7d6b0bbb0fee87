//! Local embeddings, and how tracks are found among many by them.
//!
//! A track is some unit vectors, one for every two seconds or so, in each of its likeliest keys. Two tracks are as
//! alike as the query's local embeddings are like what the other has best to offer ([`late_interaction`]). Among many
//! tracks an inverted index ([`Index`]) over codewords of local embeddings ([`Codebook`]) says first which ones are
//! worth that comparison.

mod codebook;
mod index;
mod keys;
mod late;
mod panel;

pub use codebook::{Codebook, NEAR_A_CODEWORD, Nearby};
pub use index::{Document, Found, Index, Search, SearchScratch};
pub use keys::likely_keys;
pub use late::{Keyed, LocalEmbeddings, late_interaction, similarity_above_chance, similarity_in_any_key};

#[cfg(test)]
mod tests;
