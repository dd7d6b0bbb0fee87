//! The likeness that alignments are made of, for those who want to see it.

use pulp::Arch;

use crate::align::matrix::{LOWEST_LIKENESS, Matrix};
use crate::align::path::View;
use crate::settings::Settings;
use crate::track::Track;

/// How alike every window of the query is with every window of the candidate, at one key.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Likeness {
    /// By what.
    pub view: View,
    /// `[n_query, n_candidate]`, from 0, which is unlike, to 1.
    pub values: Vec<f32>,
    /// Windows of the query, a block apart; none of a track shorter than a window.
    pub n_query: usize,
    /// Windows of the candidate.
    pub n_candidate: usize,
    /// Seconds from a window to the next.
    pub step_s: f64,
    /// Seconds by which the middle of a window lies behind its beginning, less half a step: where the first cell begins
    /// when each stands for a step around its window's middle.
    pub start_s: f64,
}

/// The likeness of two tracks of the recipe's blocks by `view`, the candidate being `key_shift` semitones higher; by
/// harmony where nobody sings in one of them.
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

/// What counts in alignment reaches below 0; to be seen, it begins there.
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
