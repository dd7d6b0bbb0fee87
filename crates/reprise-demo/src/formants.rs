//! The vocal tract: the resonances of vowels, and a filter with these resonances.

use std::f64::consts::TAU;

use crate::score::Singer;
use crate::signal::SAMPLE_RATE_HZ;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vowel {
    A,
    E,
    I,
    O,
    U,
}

/// A resonance.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Formant {
    pub hz: f64,
    /// The distance between the points 3 dB below its peak.
    pub width_hz: f64,
}

/// The resonances of one position of the mouth.
pub(crate) type Tract = [Formant; 5];

const fn tract(hz: [f64; 5], width_hz: [f64; 5]) -> Tract {
    let mut formants = [Formant { hz: 0.0, width_hz: 0.0 }; 5];
    let mut number = 0;
    while number < 5 {
        formants[number] = Formant { hz: hz[number], width_hz: width_hz[number] };
        number += 1;
    }
    formants
}

/// Sung vowels, from the table of formant values in the appendix of the Csound reference manual
/// (<https://csound.com/docs/manual/MiscFormants.html>).
pub(crate) const fn vowel(singer: Singer, vowel: Vowel) -> Tract {
    match (singer, vowel) {
        (Singer::Alto, Vowel::A) => tract([800., 1150., 2800., 3500., 4950.], [80., 90., 120., 130., 140.]),
        (Singer::Alto, Vowel::E) => tract([400., 1600., 2700., 3300., 4950.], [60., 80., 120., 150., 200.]),
        (Singer::Alto, Vowel::I) => tract([350., 1700., 2700., 3700., 4950.], [50., 100., 120., 150., 200.]),
        (Singer::Alto, Vowel::O) => tract([450., 800., 2830., 3500., 4950.], [70., 80., 100., 130., 135.]),
        (Singer::Alto, Vowel::U) => tract([325., 700., 2530., 3500., 4950.], [50., 60., 170., 180., 200.]),
        (Singer::Tenor, Vowel::A) => tract([650., 1080., 2650., 2900., 3250.], [80., 90., 120., 130., 140.]),
        (Singer::Tenor, Vowel::E) => tract([400., 1700., 2600., 3200., 3580.], [70., 80., 100., 120., 120.]),
        (Singer::Tenor, Vowel::I) => tract([290., 1870., 2800., 3250., 3540.], [40., 90., 100., 120., 120.]),
        (Singer::Tenor, Vowel::O) => tract([400., 800., 2600., 2800., 3000.], [40., 80., 100., 120., 120.]),
        (Singer::Tenor, Vowel::U) => tract([350., 600., 2700., 2900., 3300.], [40., 60., 100., 120., 120.]),
    }
}

/// The closed mouth in m and n: the first resonance is low and the nose damps the others (Fujimura, "Analysis of nasal
/// consonants", Journal of the Acoustical Society of America 34(12), 1962).
pub(crate) const NASAL: Tract = tract([280., 1050., 2250., 3100., 4500.], [90., 350., 350., 400., 500.]);

/// The position in l: the tongue touches the palate and air passes at its sides.
pub(crate) const LATERAL: Tract = tract([340., 1150., 2700., 3300., 4500.], [70., 150., 200., 250., 300.]);

/// Resonances above those that form the vowel. They hardly move. Without them the voice would sound dull, because each
/// raises everything below it.
const HIGHER: [Formant; 5] =
    tract([4_200., 5_900., 7_200., 8_500., 9_800.], [500., 700., 900., 1_200., 1_500.]);

/// Resonators in series, as in Klatt, "Software for a cascade/parallel formant synthesizer", Journal of the Acoustical
/// Society of America 67(3), 1980.
pub(crate) struct Filter {
    resonators: [Resonator; 5],
    higher: [Resonator; 5],
}

impl Filter {
    pub fn new() -> Self {
        Self { resonators: [Resonator::default(); 5], higher: HIGHER.map(Resonator::new) }
    }

    /// Moves the resonances without interrupting the sound.
    pub fn set(&mut self, tract: &Tract) {
        for (resonator, formant) in self.resonators.iter_mut().zip(tract) {
            resonator.set(*formant);
        }
    }

    pub fn next(&mut self, sample: f64) -> f64 {
        let all = self.resonators.iter_mut().chain(&mut self.higher);
        all.fold(sample, |sample, resonator| resonator.next(sample))
    }
}

/// A resonator with two poles, which does not change the lowest frequencies.
#[derive(Clone, Copy, Default)]
pub(crate) struct Resonator {
    gain: f64,
    feedback: [f64; 2],
    last: [f64; 2],
}

impl Resonator {
    pub fn new(formant: Formant) -> Self {
        let mut resonator = Self::default();
        resonator.set(formant);
        resonator
    }

    fn set(&mut self, formant: Formant) {
        let rate = f64::from(SAMPLE_RATE_HZ);
        let radius = (-TAU / 2.0 * formant.width_hz / rate).exp();
        self.feedback = [2.0 * radius * (TAU * formant.hz / rate).cos(), -radius * radius];
        self.gain = 1.0 - self.feedback[0] - self.feedback[1];
    }

    pub fn next(&mut self, sample: f64) -> f64 {
        let value = self.gain * sample + self.feedback[0] * self.last[0] + self.feedback[1] * self.last[1];
        self.last = [value, self.last[0]];
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_filter_resounds_at_the_formants_and_not_between_them() {
        for singer in [Singer::Alto, Singer::Tenor] {
            for name in [Vowel::A, Vowel::E, Vowel::I, Vowel::O, Vowel::U] {
                let formants = vowel(singer, name);
                for pair in formants[..3].windows(2) {
                    let [low, high] = [pair[0].hz, pair[1].hz].map(|hz| response(&formants, hz));
                    let between = response(&formants, (pair[0].hz + pair[1].hz) / 2.0);
                    // Higher peaks are lower in level, so the valley is measured from the line that joins the two
                    // peaks.
                    assert!(
                        (low * high).sqrt() > 1.2 * between,
                        "{singer:?} {name:?} {pair:?}: {low} {between} {high}"
                    );
                }
            }
        }
    }

    /// The level of a sine after the filter has settled.
    fn response(tract: &Tract, hz: f64) -> f64 {
        let mut filter = Filter::new();
        filter.set(tract);
        let turn = TAU * hz / f64::from(SAMPLE_RATE_HZ);
        let heard = (0..6_000).map(|index| filter.next((turn * f64::from(index)).sin()));
        heard.skip(4_000).fold(0.0, |loudest, sample| loudest.max(sample.abs()))
    }
}
