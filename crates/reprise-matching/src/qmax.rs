//! Plain Qmax on chord-pitch frames: the readable reference for the soft aligner.
//!
//! Serrà, Serra & Andrzejak, "Cross recurrence quantification for cover song identification", New Journal of Physics
//! 11, 2009: frames of 0.46 s, nine of them stacked, the optimal transposition, mutual nearest neighbours, and the
//! longest chain with gap penalties, divided by the square root of the reference's length.

use crate::align::score::Score;
use crate::transpose::{likeliest_shifts, mean, rolled, signed};

/// Chord-pitch frames averaged into one: 0.46 s.
const AVERAGED_FRAMES: usize = 5;

/// Averaged frames stacked into one vector.
const STACKED: usize = 9;

/// The share of stacked frames that count as nearest neighbours.
const KAPPA: f32 = 0.095;

/// The penalty for opening or extending a gap.
const GAP_PENALTY: f32 = 0.5;

/// A recording prepared for Qmax.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    frames: Vec<[f32; 12]>,
    mean: [f32; 12],
}

impl Track {
    /// Prepares chord-pitch frames, `[n_frames, 12]`. Frames that do not fill an average are dropped.
    pub fn from_frames(crema: &[[f32; 12]]) -> Self {
        let frames: Vec<[f32; 12]> = crema.chunks_exact(AVERAGED_FRAMES).map(mean).collect();
        let mean = mean(&frames);
        Self { frames, mean }
    }
}

/// Returns Qmax of a query and a candidate in the likeliest key, divided by the square root of the candidate's length;
/// 0 if a track is shorter than a stacked frame.
pub fn score(query: &Track, candidate: &Track) -> Score {
    let shift = likeliest_shifts(&query.mean, &candidate.mean)[0];
    let key_shift = signed(shift);
    if query.frames.len() < STACKED || candidate.frames.len() < STACKED {
        return Score { score: 0.0, key_shift };
    }
    let query: Vec<[f32; 12]> = query.frames.iter().map(|frame| rolled(frame, shift)).collect();
    let distances = moment_distances(&query, &candidate.frames);
    let recurrence = mutual_neighbours(&distances);
    let longest = longest_chain(&recurrence);
    Score { score: longest / (distances[0].len() as f32).sqrt(), key_shift }
}

/// Returns the Euclidean distances of stacked frames, `[query][candidate]`.
fn moment_distances(query: &[[f32; 12]], candidate: &[[f32; 12]]) -> Vec<Vec<f32>> {
    let squared = |a: &[f32; 12], b: &[f32; 12]| a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
    let frames: Vec<Vec<f32>> =
        query.iter().map(|a| candidate.iter().map(|b| squared(a, b)).collect()).collect();
    let moment = |i: usize, j: usize| (0..STACKED).map(|k| frames[i + k][j + k]).sum::<f32>().sqrt();
    let (rows, columns) = (query.len() + 1 - STACKED, candidate.len() + 1 - STACKED);
    (0..rows).map(|i| (0..columns).map(|j| moment(i, j)).collect()).collect()
}

/// True where a stacked frame of the query is among the nearest of one of the candidate, and the other way round.
fn mutual_neighbours(distances: &[Vec<f32>]) -> Vec<Vec<bool>> {
    let row_limits: Vec<f32> = distances.iter().map(|row| quantile(row.clone())).collect();
    let column = |j: usize| distances.iter().map(|row| row[j]).collect::<Vec<f32>>();
    let column_limits: Vec<f32> = (0..distances[0].len()).map(|j| quantile(column(j))).collect();
    let is_near =
        |i: usize, j: usize| distances[i][j] <= row_limits[i] && distances[i][j] <= column_limits[j];
    (0..distances.len()).map(|i| (0..distances[0].len()).map(|j| is_near(i, j)).collect()).collect()
}

/// Returns the largest of the nearest share [`KAPPA`] of `values`, at least one value.
fn quantile(mut values: Vec<f32>) -> f32 {
    let nearest = ((KAPPA * values.len() as f32).ceil() as usize).clamp(1, values.len());
    *values.select_nth_unstable_by(nearest - 1, f32::total_cmp).1
}

/// Returns Qmax: 1 for each match, less the penalty for each gap, best over all chains.
///
/// DIFFERENCE: the paper leaves the first two rows and columns at zero. Here only the first are, so a chain from the
/// very start may be longer by one.
fn longest_chain(recurrence: &[Vec<bool>]) -> f32 {
    let (rows, columns) = (recurrence.len(), recurrence[0].len());
    let mut q = vec![vec![0.0f32; columns]; rows];
    let mut longest = 0.0f32;
    for i in 1..rows {
        for j in 1..columns {
            let at = |down: usize, right: usize| {
                if i >= down && j >= right { q[i - down][j - right] } else { 0.0 }
            };
            let before = at(1, 1).max(at(2, 1)).max(at(1, 2));
            q[i][j] = if recurrence[i][j] { before + 1.0 } else { (before - GAP_PENALTY).max(0.0) };
            longest = longest.max(q[i][j]);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::synthetic::song;

    /// Makes frames with chords of realistic length.
    fn melody(length: usize, seed: u64) -> Vec<[f32; 12]> {
        song(length.div_ceil(AVERAGED_FRAMES), seed)
            .into_iter()
            .flat_map(|frame| [frame; AVERAGED_FRAMES])
            .take(length)
            .collect()
    }

    #[test]
    fn a_track_matches_itself_from_end_to_end() {
        let track = Track::from_frames(&melody(900, 0));
        let moments = (track.frames.len() + 1 - STACKED) as f32;
        let score = score(&track, &track);
        assert_eq!(score.key_shift, 0);
        assert!(
            score.score >= (moments - 1.0) / moments.sqrt(),
            "every moment but the first extends the chain"
        );
    }

    #[test]
    fn a_transposed_track_scores_as_itself_and_a_stranger_less() {
        let (a, b) = (melody(900, 0), melody(900, 4));
        let up: Vec<[f32; 12]> = a.iter().map(|frame| rolled(frame, 5)).collect();
        let (a, up, b) = (Track::from_frames(&a), Track::from_frames(&up), Track::from_frames(&b));
        assert_eq!(score(&a, &up).key_shift, 5);
        assert!((score(&a, &up).score - score(&a, &a).score).abs() < 1e-4, "a key is only a rotation");
        assert!(score(&a, &b).score < score(&a, &a).score);
    }

    #[test]
    fn tracks_shorter_than_a_moment_score_nothing() {
        let short = Track::from_frames(&melody(20, 0));
        let empty = Track::from_frames(&[]);
        assert_eq!(score(&short, &short).score + score(&empty, &short).score, 0.0);
    }
}
