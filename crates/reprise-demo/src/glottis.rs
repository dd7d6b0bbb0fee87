//! The vocal folds: a band-limited train of pulses, each slightly different from the one before.

use std::f64::consts::{PI, TAU};

use crate::signal::{Random, SAMPLE_RATE_HZ};

/// How many partials of the pulse are computed: more than any note has below the highest frequency.
const PARTIALS: usize = 160;

/// Partials fade out over this width below the highest frequency, so that none is aliased or switched on suddenly.
const FADE_HZ: f64 = 1_500.0;

pub(crate) struct Glottis {
    /// The cosine and sine parts of each partial, from the fundamental upwards.
    pulse: Vec<[f64; 2]>,
    /// The position in the pulse, 0..1. The folds are open in its first part.
    phase: f64,
    /// By how much the period and the level of this pulse deviate.
    unrest: [f64; 2],
    random: Random,
}

impl Glottis {
    pub fn new(seed: u32) -> Self {
        Self { pulse: pulse(), phase: 0.0, unrest: [0.0; 2], random: Random::new(seed) }
    }

    /// The next sample of a tone with frequency `hz`.
    pub fn next(&mut self, hz: f64) -> f64 {
        // In healthy voices the period varies by about 0.5 % and the level by about 3 % from pulse to pulse.
        const JITTER: f64 = 0.008;
        const SHIMMER: f64 = 0.05;
        let rate = f64::from(SAMPLE_RATE_HZ);
        self.phase += hz * (1.0 + JITTER * self.unrest[0]) / rate;
        if self.phase >= 1.0 {
            self.phase -= 1.0;
            self.unrest = [f64::from(self.random.next()), f64::from(self.random.next())];
        }
        let (sine, cosine) = (TAU * self.phase).sin_cos();
        let mut turned = [cosine, sine];
        let mut sum = 0.0;
        for (partial, [even, odd]) in (1..).zip(&self.pulse) {
            let room = (rate / 2.0 - f64::from(partial) * hz) / FADE_HZ;
            if room <= 0.0 {
                break;
            }
            sum += room.min(1.0) * (even * turned[0] + odd * turned[1]);
            turned = [turned[0] * cosine - turned[1] * sine, turned[1] * cosine + turned[0] * sine];
        }
        sum * (1.0 + SHIMMER * self.unrest[1])
    }

    /// How far the folds are open, 0..1. Most breath passes when they are open.
    pub fn opening(&self) -> f64 {
        flow(self.phase)
    }
}

/// The pulse of two arcs from Rosenberg, "Effect of glottal pulse shape on the quality of natural vowels", Journal of
/// the Acoustical Society of America 49(2), 1971. It opens for two fifths of the period and closes in one fifth.
fn flow(phase: f64) -> f64 {
    const OPENING: f64 = 0.4;
    const CLOSING: f64 = 0.18;
    if phase < OPENING {
        0.5 - 0.5 * (PI * phase / OPENING).cos()
    } else if phase < OPENING + CLOSING {
        (PI / 2.0 * (phase - OPENING) / CLOSING).cos()
    } else {
        0.0
    }
}

/// The Fourier series of the derivative of the flow, which is what the lips radiate.
fn pulse() -> Vec<[f64; 2]> {
    const STEPS: usize = 2_048;
    let change = |step: usize| {
        let at = |step: usize| flow(step as f64 / STEPS as f64);
        at(step + 1) - at(step)
    };
    let partial = |partial: usize| {
        (0..STEPS).fold([0.0; 2], |[even, odd], step| {
            let (sine, cosine) = (TAU * (partial * step) as f64 / STEPS as f64).sin_cos();
            [even + change(step) * cosine, odd + change(step) * sine]
        })
    };
    (1..=PARTIALS).map(partial).collect()
}
