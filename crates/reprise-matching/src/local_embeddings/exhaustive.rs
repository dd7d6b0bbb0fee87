//! Exhaustive search: a query is compared with every track. It serves models that embed a whole track as one vector, for
//! which a codebook of local embeddings says nothing.

use super::index::{Found, Search, most};

/// Tracks by one vector for each of their keys.
#[derive(Debug, Clone, Default)]
pub struct Exhaustive {
    /// Number of values in a vector.
    len: usize,
    /// The vectors one after another, `[n, len]`. Their scale does not matter.
    values: Vec<i8>,
    vectors: Vec<Known>,
    n_tracks: usize,
}

/// A vector without its values.
#[derive(Debug, Clone, Copy)]
struct Known {
    track: u32,
    key: u8,
    /// 1 over the length of the vector; 0 for a vector of zeros.
    factor: f32,
}

impl Exhaustive {
    /// Creates an empty index of vectors of `len` values.
    pub fn new(len: usize) -> Self {
        Self { len, ..Self::default() }
    }

    /// Adds the vector of a track in one of its keys. Tracks and keys are counted by the caller from 0. A vector of
    /// another length is ignored.
    pub fn add(&mut self, track: u32, key: u8, vector: &[i8]) {
        if vector.len() != self.len {
            return;
        }
        self.values.extend_from_slice(vector);
        self.vectors.push(Known { track, key, factor: factor(vector) });
        self.n_tracks = self.n_tracks.max(track as usize + 1);
    }

    /// Returns the `wanted` tracks that are most similar to a query, given by its vector in each of its keys. A track's
    /// score is the largest cosine over the pairs of keys; tracks below 0 are not found. Vectors of another length are
    /// ignored.
    pub fn search(&self, query: &[&[i8]], wanted: usize) -> Search {
        let mut best: Vec<Found> = (0..self.n_tracks as u32)
            .map(|track| Found { track, shared: 0.0, asked_in: 0, held_in: 0 })
            .collect();
        for (asked_in, vector) in (0..).zip(query).filter(|(_, vector)| vector.len() == self.len) {
            let own = factor(vector);
            for (known, values) in self.vectors.iter().zip(self.values.chunks_exact(self.len.max(1))) {
                let shared = dot(vector, values) as f32 * own * known.factor;
                let best = &mut best[known.track as usize];
                if shared > best.shared {
                    *best = Found { track: known.track, shared, asked_in, held_in: known.key };
                }
            }
        }
        Search::of(&best, most(&best, wanted))
    }
}

fn factor(vector: &[i8]) -> f32 {
    let length = (dot(vector, vector) as f32).sqrt();
    if length > 0.0 { length.recip() } else { 0.0 }
}

/// Products of bytes fit 32 bits for vectors of up to 131,072 values.
fn dot(a: &[i8], b: &[i8]) -> i32 {
    a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEN: usize = 32;

    fn vector(seed: u64) -> Vec<i8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as i8
        };
        (0..LEN).map(|_| next()).collect()
    }

    /// The definition, in double precision.
    fn cosine(a: &[i8], b: &[i8]) -> f64 {
        let dot =
            |a: &[i8], b: &[i8]| -> f64 { a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
        dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
    }

    #[test]
    fn it_finds_what_comparing_every_pair_of_keys_finds() {
        let keys = |track: u32| [0, 1, 2].map(|key| vector(u64::from(3 * track + key) + 1));
        let mut index = Exhaustive::new(LEN);
        for track in 0..200 {
            for (key, vector) in (0..).zip(keys(track)) {
                index.add(track, key, &vector);
            }
        }
        for asked in [5, 77] {
            let query = keys(asked);
            let query: Vec<&[i8]> = query.iter().map(Vec::as_slice).collect();
            let best = |track| -> f64 {
                keys(track).iter().flat_map(|b| query.iter().map(|a| cosine(a, b))).fold(0.0, f64::max)
            };
            let mut slow: Vec<(u32, f64)> = (0..200).map(|track| (track, best(track))).collect();
            let mean = slow.iter().map(|(_, score)| score).sum::<f64>() / 200.0;
            slow.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let search = index.search(&query, 10);
            assert_eq!(search.found[0].track, asked, "nothing is as similar as the track itself");
            assert_eq!(search.found[0].asked_in, search.found[0].held_in, "in the same key");
            for (found, (track, score)) in search.found.iter().zip(&slow) {
                assert!((f64::from(found.shared) - score).abs() < 1e-5, "{track}: {found:?}, {score}");
            }
            assert!((f64::from(search.mean) - mean).abs() < 1e-5);
        }
    }

    #[test]
    fn what_is_empty_or_of_another_length_is_ignored() {
        let mut index = Exhaustive::new(LEN);
        assert!(index.search(&[&vector(1)], 5).found.is_empty());
        index.add(0, 0, &[1; LEN + 1]);
        index.add(1, 0, &[0; LEN]);
        index.add(2, 0, &vector(2));
        let found = index.search(&[&vector(2), &[1, 2, 3]], 5).found;
        assert_eq!(found.iter().map(|one| one.track).collect::<Vec<_>>(), [2]);
        assert!(index.search(&[], 5).found.is_empty());
    }
}
