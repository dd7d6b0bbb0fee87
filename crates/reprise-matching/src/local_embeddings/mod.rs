//! Local embeddings, and the search for similar tracks by them.
//!
//! A track has some unit vectors, one for about every two seconds, in each of its likeliest keys. The similarity of two
//! tracks is the mean over the query's local embeddings of the best match in the candidate ([`late_interaction`]).
//! Among many tracks, an inverted index ([`Index`]) over the codewords of local embeddings ([`Codebook`]) first selects
//! the tracks that are worth this comparison. Models that embed a whole track as one vector need no codebook: all vectors
//! are compared ([`Exhaustive`]).

mod codebook;
mod exhaustive;
mod index;
mod keys;
mod late;
mod panel;

pub use codebook::{Codebook, NEAR_A_CODEWORD, Nearby};
pub use exhaustive::Exhaustive;
pub use index::{Document, Found, Index, Search, SearchScratch};
pub use keys::likely_keys;
pub use late::{Keyed, LocalEmbeddings, late_interaction, similarity_above_chance, similarity_in_any_key};

#[cfg(test)]
mod tests;
