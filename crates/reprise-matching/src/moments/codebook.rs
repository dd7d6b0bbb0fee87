//! Codes: the numbers of the centres that moments lie next to.

use std::sync::OnceLock;

use pulp::{Arch, NullaryFnOnce};

use super::late::Moments;
use super::panel::{LANES, Panel, ROWS, products, rows_from};

/// Codes near a code that are kept.
pub const NEAR_A_CODE: usize = 16;

/// Codes that are looked around together: what is near these is there for questions while the next are looked at.
const LOOKED_AROUND_AT_ONCE: usize = 256;

/// A code near a moment, and how much it says that a track has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearby {
    /// Number of the centre.
    pub code: u16,
    /// Cosine of moment and centre, above that of the nearest centre that does not count any more.
    pub weight: f32,
}

/// Centres of moments, from k-means over unit vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Codebook {
    centres: Moments,
    n_codes: usize,
    len: usize,
    /// The codes near each code, once they were asked for.
    near: Vec<OnceLock<Vec<Nearby>>>,
}

impl Codebook {
    /// From unit vectors of `len` values one after another, at most 65,536; none where that is not what is given.
    pub fn new(centres: &[f32], len: usize) -> Option<Self> {
        let n_codes = centres.len().checked_div(len)?;
        let fits = (1..=usize::from(u16::MAX) + 1).contains(&n_codes) && n_codes * len == centres.len();
        let near = vec![OnceLock::new(); if fits { n_codes } else { 0 }];
        fits.then(|| Self { centres: Moments::new(centres.to_vec(), len), n_codes, len, near })
    }

    /// Number of centres.
    pub fn n_codes(&self) -> usize {
        self.n_codes
    }

    /// The code of every moment: what an index keeps of a track.
    pub fn codes(&self, moments: &Moments) -> Vec<u16> {
        let mut codes = Vec::with_capacity(moments.len());
        self.compare(moments, |likeness| codes.extend(largest(likeness, 1).first().map(|(code, _)| *code)));
        codes
    }

    /// The `n` codes nearest to every moment, nearest first: what an index is asked for. Fewer where there are no more.
    pub fn nearby(&self, moments: &Moments, n: usize) -> Vec<Vec<Nearby>> {
        let mut all = Vec::with_capacity(moments.len());
        let kept = n.min(self.n_codes - 1);
        self.compare(moments, |likeness| {
            let mut nearest = largest(likeness, kept + 1);
            let floor = nearest.pop().map_or(0.0, |(_, floor)| floor);
            let weighed = |(code, cosine)| Nearby { code, weight: cosine - floor };
            all.push(nearest.into_iter().map(weighed).collect());
        });
        all
    }

    /// What the moments of a track ask of an index: the `n` codes nearest to each.
    pub fn asked(&self, moments: &Moments, n: usize) -> Vec<Nearby> {
        each_once(self.nearby(moments, n).into_iter().flatten().collect())
    }

    /// The same from its codes alone, each moment taken for the centre that it lies next to. `n`: at most [`NEAR_A_CODE`].
    pub fn asked_by_codes(&self, codes: &[u16], n: usize) -> Vec<Nearby> {
        let mut codes: Vec<u16> =
            codes.iter().copied().filter(|code| usize::from(*code) < self.n_codes).collect();
        codes.sort_unstable();
        codes.dedup();
        self.look_around(codes.iter().copied());
        let near =
            |code: u16| self.near[usize::from(code)].get().into_iter().flat_map(|near| near.iter().take(n));
        each_once(codes.into_iter().flat_map(near).copied().collect())
    }

    /// Finds what is near every code, a second's work of one core, so that no question has to: while others ask, if need be.
    pub fn look_around_everywhere(&self) {
        for first in (0..self.n_codes).step_by(LOOKED_AROUND_AT_ONCE) {
            let end = self.n_codes.min(first + LOOKED_AROUND_AT_ONCE);
            self.look_around((first..end).map(|code| code as u16));
        }
    }

    /// Finds what is near those of these codes of which it is not known yet.
    fn look_around(&self, codes: impl Iterator<Item = u16>) {
        let unknown: Vec<usize> =
            codes.map(usize::from).filter(|code| self.near[*code].get().is_none()).collect();
        let centre = |code: &usize| &self.centres.vectors()[code * self.len..][..self.len];
        let centres = Moments::new(unknown.iter().flat_map(centre).copied().collect(), self.len);
        for (code, nearby) in unknown.into_iter().zip(self.nearby(&centres, NEAR_A_CODE)) {
            self.near[code].get_or_init(|| nearby);
        }
    }

    /// Gives `take` the cosines of every moment with every centre.
    fn compare(&self, moments: &Moments, mut take: impl FnMut(&[f32])) {
        if moments.is_empty() || moments.vectors().len() / moments.len() != self.len {
            return;
        }
        let mut likeness = vec![Vec::new(); ROWS];
        for first in (0..moments.len()).step_by(ROWS) {
            likeness.iter_mut().for_each(Vec::clear);
            let rows = rows_from(moments.vectors(), self.len, first);
            Arch::new().dispatch(Products { rows, panel: self.centres.panel(), all: &mut likeness });
            for row in &likeness[..ROWS.min(moments.len() - first)] {
                take(&row[..self.n_codes]);
            }
        }
    }
}

/// Codes in their order, each as near as it is to the moment that it is nearest to.
fn each_once(mut codes: Vec<Nearby>) -> Vec<Nearby> {
    codes.sort_unstable_by(|a, b| a.code.cmp(&b.code).then(b.weight.total_cmp(&a.weight)));
    codes.dedup_by_key(|near| near.code);
    codes
}

/// Numbers and values of the `n` largest, largest first; of equal ones the lower number. What cannot be among them is passed
/// over at the price of a comparison.
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

/// Products of some vectors with all of a panel. A struct and not a closure, so that it is compiled for each instruction set
/// for certain.
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
