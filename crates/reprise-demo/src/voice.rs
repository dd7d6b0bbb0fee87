//! A voice that sings syllables on notes: vocal folds, mouth, breath, and their movement from one sound to the next.

use std::f64::consts::TAU;

use crate::formants::{Filter, Formant, Resonator, Tract};
use crate::glottis::Glottis;
use crate::phrasing::{Gesture, gestures};
use crate::score::{Event, Singer};
use crate::signal::{Random, SAMPLE_RATE_HZ};

/// How many samples are between two positions of the mouth: so few that no step is audible.
const STEP: usize = 8;

/// Brings a sung note to a level of about 0.33.
const LOUDNESS: f64 = 0.014;

/// The compression has no effect well below this level.
const QUIET: f64 = 0.02;

/// The samples of `notes`, which must be in order and not overlap, from the beginning of the piece on.
pub(crate) fn sing(singer: Singer, notes: &[Event]) -> Vec<f32> {
    perform(singer, &gestures(singer, notes))
}

fn perform(singer: Singer, gestures: &[Gesture]) -> Vec<f32> {
    let (Some(first), Some(last)) = (gestures.first(), gestures.last()) else { return Vec::new() };
    let steps = ((last.start_s + 0.5) * f64::from(SAMPLE_RATE_HZ)) as usize / STEP;
    let mut voice = Voice::new(singer, first);
    let mut coming = gestures.iter().peekable();
    let silence = Gesture { voicing: 0.0, breath: 0.0, friction: 0.0, ..*first };
    let mut gesture = &silence;
    let mut samples = Vec::with_capacity(steps * STEP);
    for step in 0..steps {
        let at_s = (step * STEP) as f64 / f64::from(SAMPLE_RATE_HZ);
        while let Some(next) = coming.next_if(|next| next.start_s <= at_s) {
            gesture = next;
        }
        voice.move_to(gesture, at_s);
        samples.extend((0..STEP).map(|_| voice.next() as f32));
    }
    samples
}

struct Voice {
    singer: Singer,
    glottis: Glottis,
    filter: Filter,
    /// The hiss between tongue and teeth, which the mouth behind them does not shape.
    hiss: Resonator,
    random: Random,
    /// Smoothed values. The pitch is smoothed twice, so that a slide begins and ends gently.
    pitch: [f64; 2],
    tract: Tract,
    voicing: f64,
    breath: f64,
    friction: f64,
    /// Slow drifts of pitch and level, about -1..1.
    drift: [f64; 2],
    vibrato_phase: f64,
    hz: f64,
    /// The recent power of the sound.
    power: f64,
}

impl Voice {
    fn new(singer: Singer, first: &Gesture) -> Self {
        let seed = if singer == Singer::Alto { 11 } else { 23 };
        Self {
            singer,
            glottis: Glottis::new(seed),
            filter: Filter::new(),
            hiss: Resonator::new(Formant { hz: 6_500.0, width_hz: 2_500.0 }),
            random: Random::new(seed + 1),
            pitch: [first.pitch; 2],
            tract: first.tract,
            voicing: 0.0,
            breath: 0.0,
            friction: 0.0,
            drift: [0.0; 2],
            vibrato_phase: 0.0,
            hz: 0.0,
            power: 0.0,
        }
    }

    /// Moves all positions one step towards those of `gesture`, because muscles need time.
    fn move_to(&mut self, gesture: &Gesture, at_s: f64) {
        const STEP_S: f64 = STEP as f64 / SAMPLE_RATE_HZ as f64;
        let near = |value: &mut f64, target: f64, time_s: f64| {
            *value += (target - *value) * (1.0 - (-STEP_S / time_s).exp());
        };
        near(&mut self.pitch[0], gesture.pitch, 0.022);
        let smoothed = self.pitch[0];
        near(&mut self.pitch[1], smoothed, 0.022);
        for drift in &mut self.drift {
            near(drift, 24.0 * f64::from(self.random.next()), 0.25);
        }
        let (rate_hz, depth) = if self.singer == Singer::Alto { (5.8, 0.35) } else { (5.4, 0.4) };
        self.vibrato_phase += (rate_hz + 0.4 * self.drift[1]) * STEP_S;
        // A note begins without vibrato, which sets in later.
        let held = ((at_s - gesture.note_at_s - 0.2) / 0.35).clamp(0.0, 1.0);
        let vibrato = (TAU * self.vibrato_phase).sin() * held;
        let semitones = self.pitch[1] + depth * vibrato + 0.07 * self.drift[0];
        self.hz = 261.625_565 * (semitones / 12.0).exp2();
        for (formant, target) in self.tract.iter_mut().zip(&gesture.tract) {
            near(&mut formant.hz, target.hz, 0.02);
            near(&mut formant.width_hz, target.width_hz, 0.02);
        }
        let mut tract = self.tract;
        // On high notes singers open the mouth, so that the first resonance is not below the fundamental: Sundberg,
        // "The Science of the Singing Voice", 1987.
        tract[0].hz = tract[0].hz.max(self.hz);
        tract[1].hz = tract[1].hz.max(tract[0].hz + 200.0);
        self.filter.set(&tract);
        let swell = 1.0 + 0.08 * vibrato + 0.08 * self.drift[1];
        // With a slower change the voice would continue through the gaps that consonants make.
        near(&mut self.voicing, gesture.voicing * swell, 0.01);
        near(&mut self.breath, gesture.breath, 0.012);
        near(&mut self.friction, gesture.friction, 0.006);
    }

    fn next(&mut self) -> f64 {
        let noise = f64::from(self.random.next());
        // Even a clear voice leaks some air in pulses, which also hisses at the lips.
        let leak = self.voicing * self.glottis.opening();
        let source = self.voicing * self.glottis.next(self.hz) + 0.2 * (self.breath + 0.1 * leak) * noise;
        let sound = self.filter.next(source) + 1.2 * (self.friction + 0.015 * leak) * self.hiss.next(noise);
        self.even(LOUDNESS * sound)
    }

    /// Levels out the sound. The levels of vowels differ by more than in a recording, and even more when a partial
    /// meets a formant. Half of the difference in decibels is removed, as by the compressor of a microphone.
    fn even(&mut self, sound: f64) -> f64 {
        let power = sound * sound;
        let time_s = if power > self.power { 0.015 } else { 0.12 };
        self.power += (power - self.power) / (time_s * f64::from(SAMPLE_RATE_HZ));
        sound / (self.power.sqrt() + QUIET).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formants::{Vowel, vowel};
    use crate::score::Instrument;

    const RATE_HZ: f64 = SAMPLE_RATE_HZ as f64;

    /// The vowel a, held for three seconds.
    fn held(singer: Singer, pitch: i32) -> Vec<f32> {
        let open = Gesture {
            start_s: 0.0,
            note_at_s: 0.0,
            pitch: f64::from(pitch),
            tract: vowel(singer, Vowel::A),
            voicing: 0.8,
            breath: 0.0,
            friction: 0.0,
        };
        perform(singer, &[open, Gesture { start_s: 3.0, voicing: 0.0, ..open }])
    }

    /// The fundamental frequency of a piece of sound, expected near `hz`: the peak of the autocorrelation.
    fn fundamental_hz(frame: &[f32], hz: f64) -> f64 {
        let likeness = |lag: usize| -> f64 {
            frame
                .iter()
                .zip(&frame[lag..])
                .take(frame.len() / 2)
                .map(|(one, other)| f64::from(one * other))
                .sum()
        };
        let near = |factor: f64| (RATE_HZ / hz * factor) as usize;
        let lag = (near(0.85)..near(1.15))
            .max_by(|one, other| likeness(*one).total_cmp(&likeness(*other)))
            .unwrap();
        let [before, peak, after] = [likeness(lag - 1), likeness(lag), likeness(lag + 1)];
        RATE_HZ / (lag as f64 + 0.5 * (before - after) / (before - 2.0 * peak + after))
    }

    /// The power of `samples` within 75 Hz of `hz`.
    fn power(samples: &[f32], hz: f64) -> f64 {
        let bins = (-15..=15).map(|bin| TAU * (hz + 5.0 * f64::from(bin)) / RATE_HZ);
        bins.map(|turn| {
            let sums = samples.iter().enumerate().fold([0.0; 2], |[even, odd], (index, sample)| {
                let (sine, cosine) = (turn * index as f64).sin_cos();
                [even + f64::from(*sample) * cosine, odd + f64::from(*sample) * sine]
            });
            sums[0] * sums[0] + sums[1] * sums[1]
        })
        .sum()
    }

    #[test]
    fn a_held_note_has_its_pitch_on_the_whole_and_swings_around_it() {
        for (singer, pitch) in
            [(Singer::Alto, 5), (Singer::Alto, -5), (Singer::Tenor, 2), (Singer::Tenor, -10)]
        {
            let hz = 261.625_565 * (f64::from(pitch) / 12.0).exp2();
            let samples = held(singer, pitch);
            let held = &samples[(0.8 * RATE_HZ) as usize..(2.9 * RATE_HZ) as usize];
            let cents: Vec<f64> = held
                .windows(1_024)
                .step_by(256)
                .map(|frame| 1_200.0 * (fundamental_hz(frame, hz) / hz).log2())
                .collect();
            let mean = cents.iter().sum::<f64>() / cents.len() as f64;
            assert!(mean.abs() < 5.0, "{singer:?} {pitch}: {mean} cents");
            let swing = cents.iter().fold(0.0f64, |most, cents| most.max((cents - mean).abs()));
            assert!((20.0..70.0).contains(&swing), "{singer:?} {pitch}: {swing} cents");
        }
    }

    #[test]
    fn a_sung_vowel_has_its_formants() {
        for singer in [Singer::Alto, Singer::Tenor] {
            let samples = held(singer, -17);
            let samples = &samples[RATE_HZ as usize..2 * RATE_HZ as usize];
            let [first, second, third, ..] = vowel(singer, Vowel::A).map(|formant| formant.hz);
            let valley = power(samples, (second + third) / 2.0);
            for hz in [first, second, third] {
                assert!(power(samples, hz) > 4.0 * valley, "{singer:?} {hz}");
            }
        }
    }

    #[test]
    fn singing_is_the_same_every_time_and_silent_before_and_after() {
        let note = Event {
            start_s: 2.0,
            length_s: 1.0,
            pitch: 3,
            level: 0.8,
            instrument: Instrument::Voice(Singer::Alto),
        };
        let samples = sing(Singer::Alto, &[note]);
        assert!(samples == sing(Singer::Alto, &[note]));
        let loudest = |from_s: f64, to_s: f64| {
            let part = &samples[(from_s * RATE_HZ) as usize..(to_s * RATE_HZ) as usize];
            part.iter().fold(0.0f32, |most, sample| most.max(sample.abs()))
        };
        assert!((0.2..1.0).contains(&loudest(2.0, 3.0)), "{}", loudest(2.0, 3.0));
        assert!(loudest(0.0, 1.4) < 0.01 && loudest(3.4, 3.5) < 0.01);
    }
}
