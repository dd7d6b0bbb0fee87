//! Similarity of every window of the query with every window of the candidate.
//!
//! The loops are plain and run over contiguous rows. Call them inside `pulp::Arch::dispatch`, which compiles them for
//! each instruction set and chooses one at run time.

use crate::blocks::{Blocks, rolled_row};
use crate::settings::Settings;

/// The lowest similarity of two windows: the most that one window can take off a chain.
pub(crate) const LOWEST_LIKENESS: f32 = -0.3;

/// Steps of the bisection that finds a quantile: to 1/4096 of the row's range, an error too small to matter.
const BISECTIONS: usize = 12;

/// The smallest threshold. Windows nearer than this are equal up to rounding; without it loops and drones would divide
/// by zero.
const SMALLEST_THRESHOLD: f32 = 1e-3;

/// Buffers for one pair, kept between pairs so that scoring allocates nothing once they have grown.
#[derive(Debug, Default, Clone)]
pub(crate) struct Matrix {
    /// Distances of blocks, `[n_query, n_candidate]`.
    blocks: Vec<f32>,
    /// Distances of windows, then their similarities, `[n_rows, n_columns]`.
    pub windows: Vec<f32>,
    /// Windows of the query.
    pub n_rows: usize,
    /// Windows of the candidate.
    pub n_columns: usize,
    row_inverse: Vec<f32>,
    column_inverse: Vec<f32>,
    low: Vec<f32>,
    high: Vec<f32>,
    middle: Vec<f32>,
    counts: Vec<f32>,
    /// Whether some threshold may be close to zero.
    crowded: bool,
    row_weight: Vec<f32>,
    column_weight: Vec<f32>,
}

impl Matrix {
    /// Fills [`Matrix::windows`] with similarities in -0.3..=1, with the query moved up by `shift` semitones. Returns
    /// false if a track is shorter than a window.
    #[inline(always)]
    pub fn fill<const D: usize>(
        &mut self,
        query: &Blocks<D>,
        candidate: &Blocks<D>,
        shift: usize,
        settings: &Settings,
    ) -> bool {
        let window_blocks = settings.window_blocks.max(1);
        if query.len() < window_blocks || candidate.len() < window_blocks {
            return false;
        }
        self.n_rows = query.len() + 1 - window_blocks;
        self.n_columns = candidate.len() + 1 - window_blocks;
        self.crowded = false;
        self.block_distances(query, candidate, shift);
        if window_blocks == Settings::RECIPE.window_blocks {
            self.window_distances(candidate.len());
        } else {
            self.window_distances_of(window_blocks, candidate.len());
        }
        self.row_thresholds(settings.near_share);
        self.column_thresholds(settings.near_share);
        if self.crowded {
            self.weigh_crowds(settings.near_share);
        }
        self.likeness();
        if self.crowded {
            self.discount_crowds();
        }
        true
    }

    /// Computes the squared distance |a|² + |b|² - 2 a·b of every pair of blocks.
    #[inline(always)]
    fn block_distances<const D: usize>(&mut self, query: &Blocks<D>, candidate: &Blocks<D>, shift: usize) {
        let n = candidate.len();
        self.blocks.resize(query.len() * n, 0.0);
        for ((row, out), norm) in query.rows.iter().zip(self.blocks.chunks_exact_mut(n)).zip(&query.norms) {
            let row = rolled_row(row, shift);
            for (value, candidate_norm) in out.iter_mut().zip(&candidate.norms) {
                *value = norm + candidate_norm;
            }
            // Four dimensions at a time, so that one pass over the row adds four products.
            for d in (0..D).step_by(4) {
                let [a, b, c, e] = [0, 1, 2, 3].map(|k| &candidate.columns[(d + k) * n..(d + k + 1) * n]);
                let [p, q, r, s] = [0, 1, 2, 3].map(|k| -2.0 * row[d + k]);
                for ((((value, a), b), c), e) in out.iter_mut().zip(a).zip(b).zip(c).zip(e) {
                    *value += (p * a + q * b) + (r * c + s * e);
                }
            }
        }
    }

    /// Sums the distances of six blocks along each diagonal: windows of the default length.
    #[inline(always)]
    fn window_distances(&mut self, n_candidate: usize) {
        let (n, width) = (n_candidate, self.n_columns);
        self.windows.resize(self.n_rows * width, 0.0);
        for (i, out) in self.windows.chunks_exact_mut(width).enumerate() {
            let part = |k: usize| &self.blocks[(i + k) * n + k..(i + k) * n + k + width];
            let parts = (part(0), part(1), part(2), part(3), part(4), part(5));
            let parts = parts.0.iter().zip(parts.1).zip(parts.2).zip(parts.3).zip(parts.4).zip(parts.5);
            for (value, (((((a, b), c), d), e), f)) in out.iter_mut().zip(parts) {
                *value = ((a + b) + (c + d)) + (e + f);
            }
        }
    }

    /// Does the same for windows of any length.
    fn window_distances_of(&mut self, window_blocks: usize, n_candidate: usize) {
        let (n, width) = (n_candidate, self.n_columns);
        self.windows.clear();
        self.windows.resize(self.n_rows * width, 0.0);
        for (i, out) in self.windows.chunks_exact_mut(width).enumerate() {
            for k in 0..window_blocks {
                let part = &self.blocks[(i + k) * n + k..(i + k) * n + k + width];
                out.iter_mut().zip(part).for_each(|(value, distance)| *value += distance);
            }
        }
    }

    /// Computes, for each window of the query, one over the distance below which windows of the candidate count as
    /// near.
    #[inline(always)]
    fn row_thresholds(&mut self, near_share: f32) {
        self.row_inverse.clear();
        let wanted = near_share * self.n_columns as f32;
        for row in self.windows.chunks_exact(self.n_columns) {
            let (mut low, mut high) = (minimum(row), maximum(row));
            for _ in 0..BISECTIONS {
                let middle = 0.5 * (low + high);
                if count_up_to(row, middle) < wanted { low = middle } else { high = middle }
            }
            self.crowded |= low < SMALLEST_THRESHOLD;
            self.row_inverse.push(1.0 / high.max(SMALLEST_THRESHOLD));
        }
    }

    /// Does the same for each window of the candidate, all columns at once, row by row.
    #[inline(always)]
    fn column_thresholds(&mut self, near_share: f32) {
        let width = self.n_columns;
        let wanted = near_share * self.n_rows as f32;
        for buffer in [&mut self.low, &mut self.high] {
            buffer.clear();
            buffer.extend_from_slice(&self.windows[..width]);
        }
        self.middle.resize(width, 0.0);
        self.counts.resize(width, 0.0);
        for row in self.windows.chunks_exact(width) {
            for ((low, high), value) in self.low.iter_mut().zip(&mut self.high).zip(row) {
                *low = if *value < *low { *value } else { *low };
                *high = if *value > *high { *value } else { *high };
            }
        }
        for _ in 0..BISECTIONS {
            for ((middle, low), high) in self.middle.iter_mut().zip(&self.low).zip(&self.high) {
                *middle = 0.5 * (low + high);
            }
            self.counts[..width].fill(0.0);
            for row in self.windows.chunks_exact(width) {
                for ((count, value), middle) in self.counts[..width].iter_mut().zip(row).zip(&self.middle) {
                    *count += if *value <= *middle { 1.0 } else { 0.0 };
                }
            }
            let bounds = self.low.iter_mut().zip(&mut self.high);
            for (((low, high), middle), count) in bounds.zip(&self.middle).zip(&self.counts) {
                let is_low = *count < wanted;
                *low = if is_low { *middle } else { *low };
                *high = if is_low { *high } else { *middle };
            }
        }
        self.crowded |= self.low.iter().any(|low| *low < SMALLEST_THRESHOLD);
        self.column_inverse.clear();
        self.column_inverse.extend(self.high.iter().map(|high| 1.0 / high.max(SMALLEST_THRESHOLD)));
    }

    /// Turns each distance D into the similarity clamp(2 (1 - D / th), -0.3, 1), where th is the smaller of both
    /// thresholds.
    #[inline(always)]
    fn likeness(&mut self) {
        for (row, row_inverse) in self.windows.chunks_exact_mut(self.n_columns).zip(&self.row_inverse) {
            for (value, column_inverse) in row.iter_mut().zip(&self.column_inverse) {
                let inverse = if *column_inverse > *row_inverse { *column_inverse } else { *row_inverse };
                let likeness = 2.0 - 2.0 * *value * inverse;
                let likeness = if likeness > 1.0 { 1.0 } else { likeness };
                *value = if likeness < LOWEST_LIKENESS { LOWEST_LIKENESS } else { likeness };
            }
        }
    }

    /// Computes the weights of rows and columns from distances. It is rarely needed, so it is not optimised.
    #[cold]
    fn weigh_crowds(&mut self, near_share: f32) {
        let (n_rows, n_columns) = (self.n_rows, self.n_columns);
        self.counts.clear();
        self.counts.resize(n_columns, 0.0);
        self.row_weight.clear();
        for row in self.windows.chunks_exact(n_columns) {
            self.row_weight.push(weight(count_up_to(row, SMALLEST_THRESHOLD), n_columns, near_share));
            for (count, value) in self.counts.iter_mut().zip(row) {
                *count += if *value <= SMALLEST_THRESHOLD { 1.0 } else { 0.0 };
            }
        }
        self.column_weight.clear();
        self.column_weight.extend(self.counts.iter().map(|equal| weight(*equal, n_rows, near_share)));
    }

    /// Reduces similarities where many windows are equal. There, the equality of two windows means little: any two
    /// drones, and any two loops of one bar, would otherwise match as well as a track matches itself. DIFFERENCE: the
    /// recipe leaves this case undefined, because its threshold is then zero. Music without exact repetition is not
    /// affected.
    #[cold]
    fn discount_crowds(&mut self) {
        for (row, row_weight) in self.windows.chunks_exact_mut(self.n_columns).zip(&self.row_weight) {
            for (value, column_weight) in row.iter_mut().zip(&self.column_weight) {
                if *value > 0.0 {
                    *value *= row_weight.min(*column_weight);
                }
            }
        }
    }
}

/// Returns the weight of a similarity where `equal` of `n` windows are equal: 1 if no more are equal than count as near
/// anyway, and down to 0 if all are.
fn weight(equal: f32, n: usize, near_share: f32) -> f32 {
    let near = (near_share * n as f32).ceil().max(1.0);
    if equal <= near {
        return 1.0;
    }
    let n = n as f32;
    (near / equal - near / n) / (1.0 - near / n)
}

/// Number of separate partial results in a loop, so that it can be vectorised.
const LANES: usize = 16;

#[inline(always)]
fn fold(row: &[f32], start: f32, join: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [start; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = join(*lane, *value);
        }
    }
    lanes.iter().chain(rest).fold(start, |joined, value| join(joined, *value))
}

#[inline(always)]
fn minimum(row: &[f32]) -> f32 {
    fold(row, f32::INFINITY, |a, b| if b < a { b } else { a })
}

/// Returns the largest of `row` and 0; distances and sums of similarities are never negative.
#[inline(always)]
pub(crate) fn maximum(row: &[f32]) -> f32 {
    fold(row, 0.0, |a, b| if b > a { b } else { a })
}

#[inline(always)]
fn count_up_to(row: &[f32], limit: f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let chunks = row.chunks_exact(LANES);
    let rest: f32 = chunks.remainder().iter().map(|value| if *value <= limit { 1.0 } else { 0.0 }).sum();
    for chunk in chunks {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane += if *value <= limit { 1.0 } else { 0.0 };
        }
    }
    lanes.iter().sum::<f32>() + rest
}
