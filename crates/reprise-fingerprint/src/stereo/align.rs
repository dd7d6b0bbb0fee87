//! Finds where the same sound is in two sketches: how much later, and whether one is played faster.

use super::levels::{BANDS, FRAME_S, StereoSketch};

/// A place lasts this many frames: 5 s.
const PLACE: usize = 250;

/// The offset is searched for this many frames to either side of the one that fingerprints say: 3 s.
const REACH: usize = 150;

/// Offsets beyond this, in frames, are beyond the end of every track.
const FARTHEST: f64 = 1e9;

/// Another speed is looked for up to this share, in steps of [`SLOPE_STEP`].
const MOST_SLOPE: f64 = 0.025;
const SLOPE_STEP: f64 = 0.0005;

/// A place may lie this many frames beside the line on which most lie, because decoders and clocks are not exact.
const BESIDE: isize = 4;

/// At a place with at least this correlation, the two sound alike enough to say where.
const ALIKE: f32 = 0.55;

/// The mean of this many frames to either side is taken away, so that what changes counts, not what lasts.
const AROUND: usize = 15;

/// Levels more than this many decibels below the loudest 5 % of a track are noise. What lies below counts as this.
const QUIET_DB: f32 = 45.0;

/// A place where both tracks sound alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Its middle in the first track, in frames.
    pub at: f64,
    /// How much later it is in the second track, in frames.
    pub later: f64,
}

/// How the time of one track becomes that of another.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alignment {
    /// How much later the beginning of the first track is in the second, in frames.
    pub offset: f64,
    /// How many frames are added to that in each frame: above 0 if the second track is slower.
    pub slope: f64,
    /// The places by which it was found, in order.
    pub places: Vec<Place>,
    /// The number of places that were looked at and are not silent.
    pub n_looked_at: usize,
}

impl Alignment {
    /// Returns how much later the sound of a frame of the first track is in the second, in frames.
    pub fn later_at(&self, frame: f64) -> f64 {
        self.offset + self.slope * frame
    }

    /// Returns how much later a place is than the line says, in frames.
    pub fn beside(&self, place: &Place) -> f64 {
        place.later - self.later_at(place.at)
    }
}

/// A track whose changes are compared: for each frame, how much louder each band is than around it, in decibels.
struct Changes(Vec<[f32; BANDS]>);

impl Changes {
    fn of(sketch: &StereoSketch) -> Self {
        let levels = |frame: usize| -> [f32; BANDS] {
            let [left, right, ..] = &sketch.frames[frame];
            std::array::from_fn(|band| f32::from(left[band].max(right[band])) / 2.0)
        };
        let mut levels: Vec<[f32; BANDS]> = (0..sketch.frames.len()).map(levels).collect();
        let mut all: Vec<f32> = levels.iter().flatten().copied().collect();
        if all.is_empty() {
            return Self(Vec::new());
        }
        let loud = all.len() * 19 / 20;
        let least = *all.select_nth_unstable_by(loud, f32::total_cmp).1 - QUIET_DB;
        levels.iter_mut().flatten().for_each(|level| *level = level.max(least));
        Self(without_surroundings(&levels))
    }

    /// Returns the correlation of `PLACE` frames from `start` on with those of `other` from `from` on; `None` if these
    /// do not all exist, or if nothing changes in one of them.
    fn correlation(&self, start: usize, other: &Self, from: isize) -> Option<f32> {
        let from = usize::try_from(from).ok()?;
        let (one, other) = (self.0.get(start..start + PLACE)?, other.0.get(from..from + PLACE)?);
        let (mut both, mut of_one, mut of_other) = (0.0, 0.0, 0.0);
        for (x, y) in one.iter().zip(other) {
            let mut sums = [0.0f32; 3];
            for band in 0..BANDS {
                sums[0] += x[band] * y[band];
                sums[1] += x[band] * x[band];
                sums[2] += y[band] * y[band];
            }
            both += sums[0];
            of_one += sums[1];
            of_other += sums[2];
        }
        // Less than a decibel of change in each band is no sound that has a place.
        let least = (PLACE * BANDS) as f32 * 0.25;
        (of_one > least && of_other > least).then(|| both / (of_one * of_other).sqrt())
    }
}

/// Takes the mean of the frames around it away from each frame.
pub(super) fn without_surroundings(levels: &[[f32; BANDS]]) -> Vec<[f32; BANDS]> {
    let mut sums = vec![[0.0f64; BANDS]; levels.len() + 1];
    for (frame, level) in levels.iter().enumerate() {
        sums[frame + 1] = std::array::from_fn(|band| sums[frame][band] + f64::from(level[band]));
    }
    let change = |frame: usize| {
        let (start, end) = (frame.saturating_sub(AROUND), (frame + AROUND + 1).min(levels.len()));
        let mean = |band: usize| (sums[end][band] - sums[start][band]) / (end - start) as f64;
        std::array::from_fn(|band| levels[frame][band] - mean(band) as f32)
    };
    (0..levels.len()).map(change).collect()
}

/// The correlations of one place with the other track at each offset, from `REACH` earlier to `REACH` later.
struct Correlations {
    start: usize,
    at: Vec<Option<f32>>,
}

impl Correlations {
    /// Returns the place near an expected offset, counted from the earliest that was tried; `None` if the tracks do not
    /// sound alike there.
    fn near(&self, expected: f64) -> Option<(f64, f32)> {
        let expected = expected.round() as isize;
        let value = |n: isize| usize::try_from(n).ok().and_then(|n| self.at.get(n).copied().flatten());
        let tried = expected - BESIDE..=expected + BESIDE;
        let best = tried.filter_map(|n| Some((n, value(n)?))).max_by(|x, y| x.1.total_cmp(&y.1))?;
        // The top of the parabola through the best and its neighbours.
        let peak = match (value(best.0 - 1), value(best.0 + 1)) {
            (Some(before), Some(after)) if before + after < 2.0 * best.1 => {
                f64::from(0.5 * (before - after) / (before + after - 2.0 * best.1)).clamp(-1.0, 1.0)
            }
            _ => 0.0,
        };
        (best.1 >= ALIKE).then_some((best.0 as f64 + peak, best.1))
    }
}

/// Why two sketches are not aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unaligned {
    /// There are fewer than two places with sound in both.
    NothingToCompare,
    /// They sound alike at fewer than two places.
    Unlike,
}

/// Aligns two sketches near an offset in seconds.
pub(super) fn align(a: &StereoSketch, b: &StereoSketch, near_offset_s: f64) -> Result<Alignment, Unaligned> {
    // No track is longer than this, and NaN becomes 0.
    let near = (near_offset_s / FRAME_S).round().clamp(-FARTHEST, FARTHEST) as isize;
    let earliest = near - REACH as isize;
    let (of_a, of_b) = (Changes::of(a), Changes::of(b));
    let correlations = |start: usize| {
        let tried = 0..=2 * REACH as isize;
        let at = tried.map(|n| of_a.correlation(start, &of_b, start as isize + earliest + n)).collect();
        Correlations { start, at }
    };
    let places = (0..a.frames.len() / PLACE).map(|number| correlations(number * PLACE));
    let places: Vec<Correlations> = places.filter(|place| place.at.iter().any(Option::is_some)).collect();
    if places.len() < 2 {
        return Err(Unaligned::NothingToCompare);
    }
    let (slope, offset) = line(&places).ok_or(Unaligned::NothingToCompare)?;
    let middle = |place: &Correlations| (place.start + PLACE / 2) as f64;
    let found = |place: &Correlations| {
        let (later, _) = place.near(offset + slope * middle(place))?;
        Some(Place { at: middle(place), later: later + earliest as f64 })
    };
    let found: Vec<Place> = places.iter().filter_map(found).collect();
    let (slope, offset) = fitted(&found).ok_or(Unaligned::Unlike)?;
    Ok(Alignment { offset, slope, places: found, n_looked_at: places.len() })
}

/// Returns slope and offset of the line along which the places correlate best. Its offset is counted from the earliest
/// that was tried.
fn line(places: &[Correlations]) -> Option<(f64, f64)> {
    let steps = (MOST_SLOPE / SLOPE_STEP).round() as i32;
    let middle = places.get(places.len() / 2)?.start as f64;
    let mut best: Option<(f32, f64, f64)> = None;
    // Equal speed comes first, and another one must be better.
    let slopes = (0..=steps).flat_map(|step| [step, -step]).skip(1);
    for slope in slopes.map(|step| f64::from(step) * SLOPE_STEP) {
        for at_middle in 0..=2 * REACH {
            let along = |place: &Correlations| {
                let at = at_middle as f64 + slope * (place.start as f64 - middle);
                (at >= 0.0)
                    .then(|| place.at.get(at.round() as usize).copied().flatten())
                    .flatten()
                    .unwrap_or(0.0)
            };
            let sum: f32 = places.iter().map(along).sum();
            if best.is_none_or(|(most, ..)| sum > most) {
                best = Some((sum, slope, at_middle as f64));
            }
        }
    }
    // The line goes through the middles of the places.
    best.map(|(_, slope, at_middle)| (slope, at_middle - slope * (middle + (PLACE / 2) as f64)))
}

/// Fits a line to places by medians, so that a few wrong ones do no harm: slope and offset. `None` if there are fewer
/// than two.
fn fitted(places: &[Place]) -> Option<(f64, f64)> {
    let pairs =
        places.iter().enumerate().flat_map(|(n, one)| places[n + 1..].iter().map(move |other| (one, other)));
    let mut slopes: Vec<f64> =
        pairs.map(|(one, other)| (other.later - one.later) / (other.at - one.at)).collect();
    let slope = median(&mut slopes)?;
    let mut offsets: Vec<f64> = places.iter().map(|place| place.later - slope * place.at).collect();
    Some((slope, median(&mut offsets)?))
}

/// Returns the median, which is a mean of the two in the middle; `None` of nothing.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| (values[(n - 1) / 2] + values[n / 2]) / 2.0)
}
