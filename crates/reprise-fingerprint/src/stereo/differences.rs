//! How much two tracks differ at each moment, once a constant equaliser and slow dynamics are allowed for.

use super::levels::{BANDS, CHANNELS};
use super::moments::{Energies, Moment};

/// Decibels below the loudness around a moment and band from which on a difference counts less and less: encoders put
/// their noise there.
const MASKED_DB: f32 = 12.0;

/// The same below the neighbouring bands. A louder band hides more in the one above it than in the one below.
const MASKED_BY_LOWER_DB: f32 = 15.0;
const MASKED_BY_HIGHER_DB: f32 = 20.0;

/// The same below all bands around a moment, each as loud as it usually is.
const MASKED_BY_ALL_DB: f32 = 25.0;

/// The same below the usual loudness of a band.
const SILENT_DB: f32 = 45.0;

/// What is this much quieter than usual, in decibels, does not show how loud a moment is.
const NOISE_DB: f32 = 65.0;

/// A band counts as at most this much quieter than all bands together, in decibels.
const QUIETEST_BAND_DB: f32 = 30.0;

/// Moments to either side that count as around: 0.4 s.
const AROUND: usize = 10;

/// Moments to either side over which differences are averaged, so that each covers 0.2 s.
const POOLED: usize = 2;

/// Moments to either side within which a change of loudness makes a moment uncertain.
const UNSTEADY: usize = 5;

/// The same over which lasting differences are averaged.
const LASTING: usize = 25;

/// The usual change of loudness of a pair, times this, is the greatest change that may be a compressor's work.
const DYNAMICS_TIMES: f32 = 14.0;

/// The greatest change of loudness, in decibels, that is allowed for in all pairs, and in a pair with much dynamics.
const LEAST_DYNAMICS_DB: f32 = 3.0;
const MOST_DYNAMICS_DB: f32 = 14.0;

/// Differences by view and band.
pub(super) type ByView = [[f32; BANDS]; VIEWS];

/// The channels, and both together.
pub(super) const VIEWS: usize = CHANNELS + 1;

/// The view of left and right together.
pub(super) const TOGETHER: usize = CHANNELS;

/// The differences of two tracks in decibels; above 0 where the first is louder.
pub(super) struct Differences {
    /// How much louder each band of the first track is on the whole.
    pub equaliser_db: [f32; BANDS],
    /// How much louder each moment is than the whole.
    pub dynamics_db: Vec<f32>,
    /// The greatest change of loudness of a moment that was allowed for.
    pub allowed_db: f32,
    /// By how much that change differs within 0.2 s of each moment.
    pub unsteady_db: Vec<f32>,
    /// What remains, by moment.
    pub remaining_db: Vec<ByView>,
    /// The same averaged over two seconds, in which what encoders do comes to little.
    pub lasting_db: Vec<ByView>,
}

/// Compares the moments. `moments` is changed: the second track gets the equaliser and the dynamics of the first.
pub(super) fn differences(moments: &mut [Moment]) -> Differences {
    let equaliser_db = equaliser(moments);
    let gains = equaliser_db.map(ratio);
    for channel in moments.iter_mut().flat_map(|moment| &mut moment.b) {
        channel.iter_mut().zip(&gains).for_each(|(energy, gain)| *energy *= gain);
    }
    let usual = usual_loudness(moments);
    let dynamics_to = |noise_db: f32| -> Vec<f32> {
        moments.iter().map(|moment| dynamics(moment, &usual, ratio(-noise_db))).collect()
    };
    let (dynamics, heard) = (dynamics_to(NOISE_DB), dynamics_to(SILENT_DB));
    let allowed_db = allowed(&dynamics);
    for (moment, db) in moments.iter_mut().zip(&dynamics) {
        let gain = ratio(db.clamp(-allowed_db, allowed_db));
        moment.b.iter_mut().flatten().for_each(|energy| *energy *= gain);
    }
    let floors = floors(moments, &usual);
    let remaining: Vec<ByView> =
        moments.iter().zip(&floors).map(|(moment, floor)| difference(moment, floor)).collect();
    let dynamics_db = smoothed(&heard.iter().map(|db| [[*db]]).collect::<Vec<_>>(), POOLED);
    Differences {
        equaliser_db,
        dynamics_db: dynamics_db.iter().map(|[[db]]| *db).collect(),
        allowed_db,
        unsteady_db: unsteady(&dynamics, allowed_db),
        remaining_db: smoothed(&remaining, POOLED),
        lasting_db: smoothed(&remaining, LASTING),
    }
}

/// Returns the ratio of energies that decibels stand for.
fn ratio(db: f32) -> f32 {
    10f32.powf(db / 10.0)
}

/// Returns the difference of two energies in decibels.
fn decibels(a: f32, b: f32) -> f32 {
    10.0 * (a / b).log10()
}

/// Returns how much louder each band of the first track is at most moments, in decibels. Both must sound there.
fn equaliser(moments: &[Moment]) -> [f32; BANDS] {
    std::array::from_fn(|band| {
        let energies = moments.iter().map(|moment| moment.both_channels(band));
        let (loud_a, loud_b) =
            energies.clone().fold((0.0f32, 0.0f32), |most, e| (most.0.max(e.0), most.1.max(e.1)));
        let sounding = energies.filter(|(a, b)| *a > loud_a * 1e-3 && *b > loud_b * 1e-5);
        let mut all: Vec<f32> = sounding.map(|(a, b)| decibels(a, b)).collect();
        middle(&mut all)
    })
}

/// Returns the median; 0 of nothing.
fn middle(values: &mut [f32]) -> f32 {
    let place = values.len() / 2;
    if values.is_empty() { 0.0 } else { *values.select_nth_unstable_by(place, f32::total_cmp).1 }
}

/// Returns the mean energy of each band, where no band is much quieter than all together.
fn usual_loudness(moments: &[Moment]) -> [f32; BANDS] {
    let n = moments.len().max(1) as f32;
    let mean = |band| moments.iter().map(|moment| moment.both_channels(band).0).sum::<f32>() / n;
    let means: [f32; BANDS] = std::array::from_fn(mean);
    let least = means.iter().sum::<f32>() * ratio(-QUIETEST_BAND_DB);
    means.map(|mean| mean.max(least))
}

/// Returns how much louder the first track is at a moment, in decibels, in most bands. In each there is noise, given as
/// a share of its usual loudness.
fn dynamics(moment: &Moment, usual: &[f32; BANDS], noise: f32) -> f32 {
    let of_band = |band: usize| {
        let (a, b) = moment.both_channels(band);
        let noise = noise * usual[band] + f32::MIN_POSITIVE;
        decibels(a + noise, b + noise)
    };
    let mut bands: [f32; BANDS] = std::array::from_fn(of_band);
    bands.sort_by(f32::total_cmp);
    (bands[BANDS / 2 - 1] + bands[BANDS / 2]) / 2.0
}

/// Returns the greatest change of loudness that may be a compressor's work, which changes the loudness all the time.
fn allowed(dynamics_db: &[f32]) -> f32 {
    let mut sizes: Vec<f32> = dynamics_db.iter().map(|db| db.abs()).collect();
    (DYNAMICS_TIMES * middle(&mut sizes)).clamp(LEAST_DYNAMICS_DB, MOST_DYNAMICS_DB)
}

/// Returns by how much the allowed changes of loudness differ around each moment.
fn unsteady(dynamics_db: &[f32], allowed_db: f32) -> Vec<f32> {
    let around = |n: usize| {
        let near = &dynamics_db[n.saturating_sub(UNSTEADY)..(n + UNSTEADY + 1).min(dynamics_db.len())];
        let near = near.iter().map(|db| db.clamp(-allowed_db, allowed_db));
        near.clone().fold(f32::NEG_INFINITY, f32::max) - near.fold(f32::INFINITY, f32::min)
    };
    (0..dynamics_db.len()).map(around).collect()
}

/// Returns the energy of each moment and band below which differences count less and less.
fn floors(moments: &[Moment], usual: &[f32; BANDS]) -> Vec<[f32; BANDS]> {
    let louder = |moment: &Moment, band: usize| {
        let (a, b) = moment.both_channels(band);
        a.max(b)
    };
    let louder: Vec<[[f32; BANDS]; 1]> =
        moments.iter().map(|moment| [std::array::from_fn(|band| louder(moment, band))]).collect();
    let all: f32 = usual.iter().sum::<f32>().max(f32::MIN_POSITIVE);
    let [by_itself, by_lower, by_higher, by_all, silent] =
        [MASKED_DB, MASKED_BY_LOWER_DB, MASKED_BY_HIGHER_DB, MASKED_BY_ALL_DB, SILENT_DB]
            .map(|db| ratio(-db));
    let floor = |[around]: &[[f32; BANDS]; 1]| -> [f32; BANDS] {
        let now: f32 = around.iter().sum();
        let near = |band: Option<usize>| band.and_then(|band| around.get(band)).copied().unwrap_or(0.0);
        std::array::from_fn(|band| {
            by_itself * around[band]
                + by_lower * near(band.checked_sub(1))
                + by_higher * near(Some(band + 1))
                + by_all * now * usual[band] / all
                + silent * usual[band]
                + f32::MIN_POSITIVE
        })
    };
    smoothed(&louder, AROUND).iter().map(floor).collect()
}

/// Returns the difference of a moment in each view and band, in decibels.
fn difference(moment: &Moment, floor: &[f32; BANDS]) -> ByView {
    let of = |energies: &Energies, view: usize, band: usize| match energies.get(view) {
        Some(channel) => channel[band],
        None => (energies[0][band] + energies[1][band]) / 2.0,
    };
    let db = |view: usize, band: usize| {
        decibels(of(&moment.a, view, band) + floor[band], of(&moment.b, view, band) + floor[band])
    };
    std::array::from_fn(|view| std::array::from_fn(|band| db(view, band)))
}

/// Returns the mean of each value and those up to `reach` moments away.
pub(super) fn smoothed<const M: usize, const N: usize>(
    values: &[[[f32; N]; M]],
    reach: usize,
) -> Vec<[[f32; N]; M]> {
    let add = |sum: &mut [[f64; N]; M], value: &[[f32; N]; M], sign: f64| {
        let pairs = sum.iter_mut().flatten().zip(value.iter().flatten());
        pairs.for_each(|(sum, value)| *sum += sign * f64::from(*value));
    };
    let mut sum = [[0.0; N]; M];
    values.iter().take(reach).for_each(|value| add(&mut sum, value, 1.0));
    let mean = |n: usize| {
        values.get(n + reach).into_iter().for_each(|value| add(&mut sum, value, 1.0));
        n.checked_sub(reach + 1).into_iter().for_each(|gone| add(&mut sum, &values[gone], -1.0));
        let count = (n + reach + 1).min(values.len()) - n.saturating_sub(reach);
        sum.map(|row| row.map(|value| (value / count as f64) as f32))
    };
    (0..values.len()).map(mean).collect()
}
