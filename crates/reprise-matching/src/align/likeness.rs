//! The similarity matrix that alignments are computed from, for display.

use pulp::Arch;

use crate::align::matrix::{LOWEST_LIKENESS, Matrix};
use crate::align::path::View;
use crate::settings::Settings;
use crate::track::Track;

/// The similarity of every window of the query with every window of the candidate, in one key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likeness {
    /// The view that was compared.
    pub view: View,
    /// `[n_query, n_candidate]`, from 0 (unlike) to 1 (alike).
    pub values: Vec<f32>,
    /// Number of windows of the query, one block apart; 0 if a track is shorter than a window.
    pub n_query: usize,
    /// Number of windows of the candidate.
    pub n_candidate: usize,
    /// Seconds from one window to the next.
    pub step_s: f64,
    /// Where the first cell begins, in seconds, if each cell stands for one step around the middle of its window: half
    /// a window less half a step.
    pub start_s: f64,
}

/// Computes the similarity of two tracks by `view`, with the candidate `key_shift` semitones higher than the query.
/// Both tracks must have blocks of the default length. Uses harmony if one of the tracks has no voice.
pub fn likeness(view: View, query: &Track, candidate: &Track, key_shift: i8) -> Likeness {
    let shift = usize::from(key_shift.rem_euclid(12).unsigned_abs());
    let mut matrix = Matrix::default();
    let step_s = query.block_s;
    let start_s = (Settings::RECIPE.window_blocks - 1) as f64 / 2.0 * step_s;
    let sung = query.voice.as_ref().zip(candidate.voice.as_ref()).filter(|_| view == View::Voice);
    let view = if sung.is_some() { View::Voice } else { View::Harmony };
    let is_filled = Arch::new().dispatch(|| match sung {
        Some((own, other)) => matrix.fill(&own.blocks, &other.blocks, shift, &Settings::RECIPE),
        None => matrix.fill(&query.harmony, &candidate.harmony, shift, &Settings::RECIPE),
    });
    if !is_filled {
        return Likeness { view, step_s, start_s, ..Likeness::default() };
    }
    Likeness {
        view,
        n_query: matrix.n_rows,
        n_candidate: matrix.n_columns,
        values: matrix.windows.into_iter().map(from_zero).collect(),
        step_s,
        start_s,
    }
}

/// Scales a similarity to 0..=1 for display. In an alignment it can be as low as [`LOWEST_LIKENESS`].
fn from_zero(likeness: f32) -> f32 {
    (likeness - LOWEST_LIKENESS) / (1.0 - LOWEST_LIKENESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synthetic::song;

    fn track(blocks: &[[f32; 12]]) -> Track {
        Track::from_blocks(blocks, blocks, 1.1)
    }

    #[test]
    fn a_track_is_like_itself_along_the_diagonal() {
        let own = track(&song(40, 3));
        let likeness = likeness(View::Harmony, &own, &own, 0);
        assert_eq!((likeness.n_query, likeness.n_candidate, likeness.values.len()), (35, 35, 35 * 35));
        assert!((0..35).all(|i| likeness.values[i * 35 + i] > 0.9));
        let mean = likeness.values.iter().sum::<f32>() / likeness.values.len() as f32;
        assert!(mean < 0.3, "most windows are unlike: {mean}");
        assert!(likeness.values.iter().all(|value| (0.0..=1.0).contains(value)));
        assert!((likeness.start_s - 2.5 * own.block_s).abs() < 1e-9);
    }

    #[test]
    fn a_track_without_a_window_has_no_likeness() {
        let likeness = likeness(View::Harmony, &track(&song(3, 1)), &track(&song(40, 2)), 4);
        assert!(likeness.values.is_empty() && likeness.n_query == 0);
    }
}
