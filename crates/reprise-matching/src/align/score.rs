//! The score of a pair: how much of each track has a match in the other, in the same order.

use pulp::Arch;

use crate::align::matrix::{Matrix, maximum};
use crate::blocks::Blocks;
use crate::settings::Settings;
use crate::track::Track;
use crate::transpose::{likeliest_shifts, signed};

/// The result of comparing two tracks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// At least 0; grows with the length of the match. Scores of different recordings are comparable only after
    /// normalisation.
    pub score: f32,
    /// Semitones by which the candidate is higher, -5..=6.
    pub key_shift: i8,
}

/// Buffers that [`score`] reuses; use one per thread.
#[derive(Debug, Default, Clone)]
pub struct Scratch {
    matrix: Matrix,
    /// Three rows of Q, each with two zeros before it.
    rows: [Vec<f32>; 3],
    best_of_column: Vec<f32>,
    arch: Arch,
}

/// Aligns two tracks in the likeliest keys and returns the largest score; among equal scores, that of the likeliest
/// key. A track shorter than a window scores 0, and so do two tracks that never change: see `Matrix::discount_crowds`.
pub fn score(query: &Track, candidate: &Track, scratch: &mut Scratch) -> Score {
    score_with(query, candidate, &Settings::RECIPE, scratch)
}

/// Does the same as [`score`], with other windows, another share of near windows or more keys.
pub fn score_with(query: &Track, candidate: &Track, settings: &Settings, scratch: &mut Scratch) -> Score {
    let shifts = likeliest_shifts(&query.mean_crema, &candidate.mean_crema);
    let tried = &shifts[..settings.keys_tried.clamp(1, 12)];
    best_of(&query.harmony, &candidate.harmony, tried, settings, scratch)
}

/// Returns the score in one key: the query is moved up by `shift` semitones.
pub(crate) fn score_at<const D: usize>(
    query: &Blocks<D>,
    candidate: &Blocks<D>,
    shift: usize,
    settings: &Settings,
    scratch: &mut Scratch,
) -> f32 {
    let arch = scratch.arch;
    arch.dispatch(|| {
        if scratch.matrix.fill(query, candidate, shift, settings) { scratch.longest_chains() } else { 0.0 }
    })
}

/// Number of keys in which voices are aligned. The mean pitch-class profile names the right key among its first four in
/// all but a few pairs.
const VOICE_KEYS_TRIED: usize = 4;

/// Aligns the sung melodies of two tracks as [`score`] aligns their harmony. Returns `None` if one of them has no
/// voice.
pub fn voice_score(query: &Track, candidate: &Track, scratch: &mut Scratch) -> Option<Score> {
    let (own, other) = (query.voice.as_ref()?, candidate.voice.as_ref()?);
    let shifts = likeliest_shifts(&own.profile, &other.profile);
    Some(best_of(&own.blocks, &other.blocks, &shifts[..VOICE_KEYS_TRIED], &Settings::RECIPE, scratch))
}

/// Returns the largest score over some keys; among equal scores, that of the first key.
fn best_of<const D: usize>(
    query: &Blocks<D>,
    candidate: &Blocks<D>,
    shifts: &[usize],
    settings: &Settings,
    scratch: &mut Scratch,
) -> Score {
    let mut best = Score { score: 0.0, key_shift: signed(shifts[0]) };
    for shift in shifts {
        let score = score_at(query, candidate, *shift, settings, scratch);
        if score > best.score {
            best = Score { score, key_shift: signed(*shift) };
        }
    }
    best
}

impl Scratch {
    /// Computes Q[i,j] = max(0, max(Q[i-1,j-1], Q[i-2,j-1], Q[i-1,j-2]) + s[i,j]), where s is the similarity. Returns
    /// the mean over rows of the best Q plus the mean over columns of the best Q. No cell depends on its own row, so
    /// rows can be vectorised.
    #[inline(always)]
    fn longest_chains(&mut self) -> f32 {
        let width = self.matrix.n_columns;
        for row in &mut self.rows {
            row.clear();
            row.resize(width + 2, 0.0);
        }
        self.best_of_column.clear();
        self.best_of_column.resize(width, 0.0);
        let mut sum_of_rows = 0.0;
        for likeness in self.matrix.windows.chunks_exact(width) {
            let [before_last, last, current] = &mut self.rows;
            let previous = last[1..].iter().zip(&before_last[1..]).zip(&last[..]);
            let out = current[2..].iter_mut().zip(&mut self.best_of_column);
            for (((value, best), likeness), ((diagonal, skip_query), skip_candidate)) in
                out.zip(likeness).zip(previous)
            {
                let chain = if *diagonal > *skip_query { *diagonal } else { *skip_query };
                let chain = if chain > *skip_candidate { chain } else { *skip_candidate };
                let chain = chain + likeness;
                let chain = if chain > 0.0 { chain } else { 0.0 };
                *value = chain;
                *best = if chain > *best { chain } else { *best };
            }
            sum_of_rows += maximum(&current[2..]);
            self.rows.rotate_left(1);
        }
        sum_of_rows / self.matrix.n_rows as f32 + self.best_of_column.iter().sum::<f32>() / width as f32
    }
}
