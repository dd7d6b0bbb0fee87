//! The blocks of a track in one view, laid out for alignment: one vector of pitch classes for about a second.

use crate::transpose::rolled;

/// Block vectors of `D` values: 12 for each feature.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Blocks<const D: usize> {
    /// `[n_blocks, D]`.
    pub rows: Vec<[f32; D]>,
    /// The same as `[D, n_blocks]`, the layout that loops over candidate blocks read.
    pub columns: Vec<f32>,
    /// Squared length of each block vector, `[n_blocks]`.
    pub norms: Vec<f32>,
}

impl<const D: usize> Blocks<D> {
    pub fn new(rows: Vec<[f32; D]>) -> Self {
        let norms = rows.iter().map(|row| row.iter().map(|v| v * v).sum()).collect();
        let columns = (0..D).flat_map(|d| rows.iter().map(move |row| row[d])).collect();
        Self { rows, columns, norms }
    }

    /// Number of blocks.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
}

/// Moves a block vector up by `shift` semitones in each of its features.
#[inline(always)]
pub(crate) fn rolled_row<const D: usize>(row: &[f32; D], shift: usize) -> [f32; D] {
    let mut moved = [0.0; D];
    for (out, feature) in moved.chunks_exact_mut(12).zip(row.chunks_exact(12)) {
        out.copy_from_slice(&rolled(feature, shift));
    }
    moved
}

/// Divides a block by its norm. A block close to zero becomes zero.
pub(crate) fn scaled(block: &[f32; 12], norm: impl Fn(&[f32; 12]) -> f32) -> [f32; 12] {
    let norm = norm(block);
    if norm > 1e-9 { block.map(|value| value / norm) } else { [0.0; 12] }
}

pub(crate) fn l1(block: &[f32; 12]) -> f32 {
    block.iter().map(|value| value.abs()).sum()
}

pub(crate) fn l2(block: &[f32; 12]) -> f32 {
    block.iter().map(|value| value * value).sum::<f32>().sqrt()
}
