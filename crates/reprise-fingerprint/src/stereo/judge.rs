//! Which differences are more than encoders, equalisers and compressors make.

use std::iter::repeat;

use super::differences::{Differences, TOGETHER, VIEWS, differences};
use super::levels::BANDS;
use super::moments::Moment;

/// A difference is this many times the usual one of its pair, below which most moments lie.
const TIMES_AS_MUCH: f32 = 3.3;

/// The usual difference counts as at least this, in decibels, by view: left, right, middle, side, together. Encoders
/// keep the loudness of both channels; low bit rates change what is between them.
const LEAST_USUAL_DB: [f32; VIEWS] = [0.35, 0.35, 0.5, 0.8, 0.3];

/// If the usual difference is more than this, in decibels, the tracks differ throughout.
const MOST_USUAL_DB: [f32; VIEWS] = [0.7, 0.7, 1.0, 1.9, 0.65];

/// In bands below this number, at 2.25 kHz, no encoder leaves out a sound. A tone may be in few of them.
const KEPT_BANDS: usize = 12;

/// Two neighbouring bands differ by at least this, in decibels, where a tone or a voice was added or removed, and by
/// this many times the usual difference of the two that differ most.
const NARROW_DB: f32 = 5.0;
const NARROW_TIMES: f32 = 4.0;

/// If the usual narrow difference is more than this, in decibels, the tracks differ throughout.
const MOST_USUAL_NARROW_DB: f32 = 1.5;

/// Where a compressor changes the loudness, this share of the change is uncertain.
const UNSTEADY_SHARE: f32 = 0.08;

/// The same for differences that last two seconds, of both channels together.
const MOST_USUAL_LASTING_DB: f32 = 0.32;

/// An equaliser changes no band by more than this, in decibels, beside the change of most bands.
const MOST_EQUALISER_DB: f32 = 7.5;

/// What was found in a pair.
pub(super) struct Judgement {
    /// Moments that differ, in order.
    pub differing: Vec<usize>,
    /// Whether the pair differs throughout.
    pub throughout: bool,
    /// The mean difference of the channels, in decibels.
    pub mean_db: f32,
}

impl Judgement {
    /// Whether nothing was found.
    pub fn is_same(&self) -> bool {
        self.differing.is_empty() && !self.throughout
    }
}

/// Judges the moments of two tracks.
pub(super) fn judge(mut moments: Vec<Moment>) -> Judgement {
    let found = differences(&mut moments);
    let mut differing = vec![false; moments.len()];
    let mut throughout = has_other_bands(&found);
    let mut mean_db = 0.0;
    for view in 0..VIEWS {
        let sizes: Vec<f32> = found.remaining_db.iter().map(|by_view| mean_size(&by_view[view])).collect();
        let usual = usual(&sizes);
        throughout |= usual > MOST_USUAL_DB[view];
        let limit = TIMES_AS_MUCH * usual.max(LEAST_USUAL_DB[view]);
        let limits = found.unsteady_db.iter().map(|db| limit + UNSTEADY_SHARE * db);
        mark(&mut differing, &sizes, limits);
        if view != TOGETHER {
            mean_db += sizes.iter().sum::<f32>() / (sizes.len() * TOGETHER).max(1) as f32;
        }
    }
    let narrow: Vec<f32> = found.remaining_db.iter().map(|by_view| narrow_size(&by_view[TOGETHER])).collect();
    throughout |= usual(&narrow) > MOST_USUAL_NARROW_DB;
    let limit = NARROW_DB.max(NARROW_TIMES * usual(&narrow));
    mark(&mut differing, &narrow, repeat(limit));
    let lasting: Vec<f32> = found.lasting_db.iter().map(|by_view| mean_size(&by_view[TOGETHER])).collect();
    throughout |= usual(&lasting) > MOST_USUAL_LASTING_DB;
    let louder: Vec<f32> = found.dynamics_db.iter().map(|db| db.abs()).collect();
    mark(&mut differing, &louder, repeat(found.allowed_db));
    let differing = (0..differing.len()).filter(|moment| differing[*moment]).collect();
    Judgement { differing, throughout, mean_db }
}

/// Marks the moments at which a size is beyond its limit.
fn mark(differing: &mut [bool], sizes: &[f32], limits: impl Iterator<Item = f32>) {
    let pairs = differing.iter_mut().zip(sizes.iter().zip(limits));
    pairs.for_each(|(differs, (size, limit))| *differs |= *size > limit);
}

/// Whether some bands are so much louder or quieter than others that no equaliser explains it.
fn has_other_bands(found: &Differences) -> bool {
    let mut bands = found.equaliser_db;
    bands.sort_by(f32::total_cmp);
    let middle = (bands[BANDS / 2 - 1] + bands[BANDS / 2]) / 2.0;
    bands[0] < middle - MOST_EQUALISER_DB || bands[BANDS - 1] > middle + MOST_EQUALISER_DB
}

/// Returns the difference of a moment in all bands.
fn mean_size(bands: &[f32; BANDS]) -> f32 {
    bands.iter().map(|db| db.abs()).sum::<f32>() / BANDS as f32
}

/// Returns the difference of the two neighbouring bands that differ most.
fn narrow_size(bands: &[f32; BANDS]) -> f32 {
    let pairs = bands[..KEPT_BANDS].windows(2).map(|pair| (pair[0].abs() + pair[1].abs()) / 2.0);
    pairs.fold(0.0, f32::max)
}

/// Returns the usual size, below which nine in ten moments lie. If more than one in ten is other audio, twice the
/// median is used instead: the median of faithful encodings is more than half as much.
fn usual(sizes: &[f32]) -> f32 {
    let mut sizes = sizes.to_vec();
    let mut at = |share: f64| {
        let place = (sizes.len() as f64 * share) as usize;
        if sizes.is_empty() { 0.0 } else { *sizes.select_nth_unstable_by(place, f32::total_cmp).1 }
    };
    at(0.9).min(2.0 * at(0.5))
}
