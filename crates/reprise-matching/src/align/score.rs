//! The score of a pair: how much of each track has its like in the other, in order.

use pulp::Arch;

use crate::align::matrix::{Matrix, maximum};
use crate::blocks::Blocks;
use crate::settings::Settings;
use crate::track::Track;
use crate::transpose::{likeliest_shifts, signed};

/// What comparing two tracks gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// 0 and up; grows with the length of what matches. Comparable only after centring.
    pub score: f32,
    /// Semitones by which the candidate is higher, -5..=6.
    pub key_shift: i8,
}

/// Buffers that [`score`] reuses; one for each thread.
#[derive(Debug, Default, Clone)]
pub struct Scratch {
    matrix: Matrix,
    /// Three rows of Q, each with two zeros before it.
    rows: [Vec<f32>; 3],
    best_of_column: Vec<f32>,
    arch: Arch,
}

/// Aligns two tracks at the likeliest keys and keeps the larger score, of equal ones that of the likelier key. Tracks
/// shorter than a window score 0, and so do two that never change: see `Matrix::discount_crowds`.
pub fn score(query: &Track, candidate: &Track, scratch: &mut Scratch) -> Score {
    score_with(query, candidate, &Settings::RECIPE, scratch)
}

/// As [`score`], with other windows, another share of near ones or more keys.
pub fn score_with(query: &Track, candidate: &Track, settings: &Settings, scratch: &mut Scratch) -> Score {
    let shifts = likeliest_shifts(&query.mean_crema, &candidate.mean_crema);
    let mut best = Score { score: 0.0, key_shift: signed(shifts[0]) };
    for shift in &shifts[..settings.keys_tried.clamp(1, 12)] {
        let score = score_at(&query.harmony, &candidate.harmony, *shift, settings, scratch);
        if score > best.score {
            best = Score { score, key_shift: signed(*shift) };
        }
    }
    best
}

/// The score at one key: the query moved up by `shift` semitones.
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

/// What comparing the voices of two tracks gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VoiceScore {
    /// Harmony, tone and melody in one alignment; as [`Score::score`].
    pub joint: f32,
    /// Semitones by which the candidate is higher in that alignment, -5..=6.
    pub joint_shift: i8,
    /// The melody alone.
    pub voice: f32,
    /// Semitones by which the candidate's voice is higher, -5..=6.
    pub voice_shift: i8,
}

/// Keys that the melody alone is tried at. Its profile of pitch classes names the right one among four in all but a few
/// pairs, and a pair of voices takes a fifth of what a pair of bands takes.
const VOICE_KEYS_TRIED: usize = 4;

/// Aligns what is sung in two tracks; none where nobody sings in one of them. The joint alignment is tried in the
/// likeliest key of the band and in the one of the voice, which differ when an arrangement is in the relative key.
pub fn voice_score(query: &Track, candidate: &Track, scratch: &mut Scratch) -> Option<VoiceScore> {
    let (own, other) = (query.voice.as_ref()?, candidate.voice.as_ref()?);
    let settings = &Settings::RECIPE;
    let by_profile = likeliest_shifts(&own.profile, &other.profile);
    let voices = by_profile[..VOICE_KEYS_TRIED]
        .iter()
        .map(|shift| (score_at(&own.alone, &other.alone, *shift, settings, scratch), *shift));
    let (voice, voice_key) = best(voices)?;
    let mut keys = vec![likeliest_shifts(&query.mean_crema, &candidate.mean_crema)[0], voice_key];
    keys.dedup();
    let joints =
        keys.iter().map(|shift| (score_at(&own.joint, &other.joint, *shift, settings, scratch), *shift));
    let (joint, joint_key) = best(joints)?;
    Some(VoiceScore { joint, joint_shift: signed(joint_key), voice, voice_shift: signed(voice_key) })
}

/// The largest score and its key; of equal ones the first.
fn best(scores: impl Iterator<Item = (f32, usize)>) -> Option<(f32, usize)> {
    scores.reduce(|best, one| if one.0 > best.0 { one } else { best })
}

impl Scratch {
    /// Q[i,j] = max(0, max(Q[i-1,j-1], Q[i-2,j-1], Q[i-1,j-2]) + s[i,j]); the mean over rows of the best Q plus the
    /// mean over columns of the best Q. No cell depends on its own row, so rows are vectors.
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
