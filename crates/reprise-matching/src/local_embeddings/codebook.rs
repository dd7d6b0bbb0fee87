//! The codebook: a codeword is the number of the centre nearest to a local embedding.

use std::sync::OnceLock;

use pulp::{Arch, NullaryFnOnce};

use super::late::LocalEmbeddings;
use super::panel::{LANES, Panel, ROWS, products, rows_from};

/// Number of nearest codewords that are kept for each codeword.
pub const NEAR_A_CODEWORD: usize = 16;

/// Number of codewords whose neighbours are computed together. Queries can use these while the next are computed.
const LOOKED_AROUND_AT_ONCE: usize = 256;

/// A codeword near a local embedding, and its weight in a search.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Number of the centre.
    pub codeword: u16,
    /// Cosine of the local embedding with this centre, less that with the nearest centre that no longer counts.
    pub weight: f32,
}

/// Centres of local embeddings, found by k-means over unit vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    centres: LocalEmbeddings,
    n_codewords: usize,
    len: usize,
    /// The codewords near each codeword, computed on first use.
    near: Vec<OnceLock<Vec<Nearby>>>,
}

impl Codebook {
    /// Creates a codebook from 1 to 65,536 unit vectors of `len` values, one after another; `None` for any other shape.
    pub fn new(centres: &[f32], len: usize) -> Option<Self> {
        let n_codewords = centres.len().checked_div(len)?;
        let fits =
            (1..=usize::from(u16::MAX) + 1).contains(&n_codewords) && n_codewords * len == centres.len();
        let near = vec![OnceLock::new(); if fits { n_codewords } else { 0 }];
        fits.then(|| Self { centres: LocalEmbeddings::new(centres.to_vec(), len), n_codewords, len, near })
    }

    /// Number of centres.
    pub fn n_codewords(&self) -> usize {
        self.n_codewords
    }

    /// Returns the codewords that an index holds for a track: the `n_held` nearest to each local embedding, nearest
    /// first, or all if there are fewer. A version's local embedding may lie on the other side of a border between two
    /// centres; with two codewords held it is found all the same (Philbin et al., "Lost in quantization", CVPR 2008).
    pub fn codewords(&self, local: &LocalEmbeddings, n_held: usize) -> Vec<u16> {
        let mut codewords = Vec::with_capacity(local.len() * n_held);
        self.compare(local, |likeness| {
            codewords.extend(largest(likeness, n_held).into_iter().map(|(codeword, _)| codeword))
        });
        codewords
    }

    /// Returns the `n` codewords nearest to every local embedding, nearest first: the codewords of a query. At most all
    /// codewords of the codebook but one are returned.
    pub fn nearby(&self, local: &LocalEmbeddings, n: usize) -> Vec<Vec<Nearby>> {
        let mut all = Vec::with_capacity(local.len());
        let kept = n.min(self.n_codewords - 1);
        self.compare(local, |likeness| {
            let mut nearest = largest(likeness, kept + 1);
            let floor = nearest.pop().map_or(0.0, |(_, floor)| floor);
            let weighed = |(codeword, cosine)| Nearby { codeword, weight: cosine - floor };
            all.push(nearest.into_iter().map(weighed).collect());
        });
        all
    }

    /// Returns the codewords of a query: the `n` codewords nearest to each local embedding, each codeword once.
    pub fn asked(&self, local: &LocalEmbeddings, n: usize) -> Vec<Nearby> {
        each_once(self.nearby(local, n).into_iter().flatten().collect())
    }

    /// Does the same from the codewords of a track alone: its nearest centre stands for each local embedding. `n` is at
    /// most [`NEAR_A_CODEWORD`].
    pub fn asked_by_codewords(&self, codewords: &[u16], n: usize) -> Vec<Nearby> {
        let mut codewords: Vec<u16> =
            codewords.iter().copied().filter(|codeword| usize::from(*codeword) < self.n_codewords).collect();
        codewords.sort_unstable();
        codewords.dedup();
        self.look_around(codewords.iter().copied());
        let near = |codeword: u16| {
            self.near[usize::from(codeword)].get().into_iter().flat_map(|near| near.iter().take(n))
        };
        each_once(codewords.into_iter().flat_map(near).copied().collect())
    }

    /// Computes the neighbours of every codeword, a second's work of one core, so that no query has to. Queries may run
    /// at the same time.
    pub fn look_around_everywhere(&self) {
        for first in (0..self.n_codewords).step_by(LOOKED_AROUND_AT_ONCE) {
            let end = self.n_codewords.min(first + LOOKED_AROUND_AT_ONCE);
            self.look_around((first..end).map(|codeword| codeword as u16));
        }
    }

    /// Computes the neighbours of those of these codewords for which they are not known yet.
    fn look_around(&self, codewords: impl Iterator<Item = u16>) {
        let unknown: Vec<usize> =
            codewords.map(usize::from).filter(|codeword| self.near[*codeword].get().is_none()).collect();
        let centre = |codeword: &usize| &self.centres.vectors()[codeword * self.len..][..self.len];
        let centres = LocalEmbeddings::new(unknown.iter().flat_map(centre).copied().collect(), self.len);
        for (codeword, nearby) in unknown.into_iter().zip(self.nearby(&centres, NEAR_A_CODEWORD)) {
            self.near[codeword].get_or_init(|| nearby);
        }
    }

    /// Calls `take` with the cosines of each local embedding with all centres.
    fn compare(&self, local: &LocalEmbeddings, mut take: impl FnMut(&[f32])) {
        if local.is_empty() || local.vectors().len() / local.len() != self.len {
            return;
        }
        let mut likeness = vec![Vec::new(); ROWS];
        for first in (0..local.len()).step_by(ROWS) {
            likeness.iter_mut().for_each(Vec::clear);
            let rows = rows_from(local.vectors(), self.len, first);
            Arch::new().dispatch(Products { rows, panel: self.centres.panel(), all: &mut likeness });
            for row in &likeness[..ROWS.min(local.len() - first)] {
                take(&row[..self.n_codewords]);
            }
        }
    }
}

/// Sorts by codeword and keeps each codeword once, with its highest weight.
fn each_once(mut codewords: Vec<Nearby>) -> Vec<Nearby> {
    codewords.sort_unstable_by(|a, b| a.codeword.cmp(&b.codeword).then(b.weight.total_cmp(&a.weight)));
    codewords.dedup_by_key(|near| near.codeword);
    codewords
}

/// Returns numbers and values of the `n` largest values, largest first; of equal values, the lower number first. A
/// value that cannot be among them costs one comparison.
fn largest(values: &[f32], n: usize) -> Vec<(u16, f32)> {
    let larger = |a: &(u16, f32), b: &(u16, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    let (mut largest, mut least) = (Vec::with_capacity(4 * n), f32::NEG_INFINITY);
    for (number, value) in values.iter().enumerate() {
        if *value >= least {
            largest.push((number as u16, *value));
            if largest.len() == 4 * n {
                largest.select_nth_unstable_by(n - 1, larger);
                largest.truncate(n);
                least = largest[n - 1].1;
            }
        }
    }
    largest.sort_unstable_by(larger);
    largest.truncate(n);
    largest
}

/// Computes the products of some vectors with all vectors of a panel. It is a struct and not a closure, so that it is
/// compiled for each instruction set for certain.
struct Products<'a> {
    rows: [&'a [f32]; ROWS],
    panel: &'a Panel,
    all: &'a mut [Vec<f32>],
}

impl NullaryFnOnce for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for block in self.panel.blocks() {
            let products: [[f32; LANES]; ROWS] = products(self.rows, block);
            self.all.iter_mut().zip(&products).for_each(|(all, some)| all.extend_from_slice(some));
        }
    }
}
