//! Instruments made of sines, a plucked string and noise. They are deterministic: the same notes give the same samples.

use std::f64::consts::TAU;

use crate::score::{Event, Instrument};
use crate::signal::{Random, SAMPLE_RATE_HZ};
use crate::voice::sing;

/// The levels of the partials of an instrument made of sines, and its movement.
struct Tone {
    partials: &'static [f32],
    attack_s: f64,
    /// The time in which it falls to a third; `None` for a tone that is held.
    decay_s: Option<f64>,
    /// The depth of a vibrato of 5.5 Hz, in semitones.
    vibrato: f64,
}

/// The level of a voice while it sings, as a multiple of the level of the band: 6 dB higher.
const VOICE_ABOVE_BAND: f32 = 2.0;

/// Mono samples of all events, with a little reverberation, at most 0.9 in level.
pub(crate) fn render(events: &[Event]) -> Vec<f32> {
    let (mut mix, voice) = parts(events);
    mix.iter_mut().zip(voice).for_each(|(sample, value)| *sample += value);
    let mut mix = with_room(&mix);
    let loudest = mix.iter().fold(1e-6f32, |loudest, sample| loudest.max(sample.abs()));
    mix.iter_mut().for_each(|sample| *sample *= 0.9 / loudest);
    mix
}

/// The played part and the sung part. The latter is empty if nobody sings.
fn parts(events: &[Event]) -> (Vec<f32>, Vec<f32>) {
    let end_s = events.iter().map(|event| event.start_s + event.length_s).fold(0.0, f64::max) + 1.5;
    let (sung, played): (Vec<Event>, Vec<Event>) = events.iter().partition(|event| event.singer().is_some());
    let mut band = vec![0.0f32; (end_s * f64::from(SAMPLE_RATE_HZ)) as usize];
    for (number, event) in played.iter().enumerate() {
        let start = (event.start_s * f64::from(SAMPLE_RATE_HZ)) as usize;
        for (sample, value) in band[start..].iter_mut().zip(note(event, number as u32)) {
            *sample += value * event.level;
        }
    }
    let Some(singer) = sung.first().and_then(Event::singer) else { return (band, Vec::new()) };
    let mut voice = sing(singer, &sung);
    let gain = VOICE_ABOVE_BAND * level(&band) / level(&voice);
    voice.iter_mut().for_each(|sample| *sample *= gain);
    (band, voice)
}

/// The root mean square of the samples that are not silent.
fn level(samples: &[f32]) -> f32 {
    let loudest = samples.iter().fold(0.0f32, |loudest, sample| loudest.max(sample.abs()));
    let (sum, n) = samples
        .iter()
        .filter(|sample| sample.abs() > 0.01 * loudest)
        .fold((0.0, 1.0), |(sum, n), sample| (sum + sample * sample, n + 1.0f32));
    (sum / n).sqrt().max(1e-6)
}

fn note(event: &Event, seed: u32) -> Vec<f32> {
    let hz = 261.625_565 * (f64::from(event.pitch) / 12.0).exp2();
    match event.instrument {
        Instrument::Guitar => plucked(hz, event.length_s + 0.6, seed),
        Instrument::Kick => kick(),
        Instrument::Snare => noise(0.18, 0.06, 0.6, seed),
        Instrument::HiHat => noise(0.06, 0.02, 0.95, seed),
        tuned => sines(&tone(tuned), hz, event.length_s),
    }
}

fn tone(instrument: Instrument) -> Tone {
    let (partials, attack_s, decay_s, vibrato): (&[f32], _, _, _) = match instrument {
        Instrument::Flute => (&[1.0, 0.25, 0.1, 0.03], 0.06, None, 0.1),
        Instrument::Piano => (&[1.0, 0.5, 0.3, 0.2, 0.12, 0.07, 0.04], 0.004, Some(0.7), 0.0),
        Instrument::Organ => (&[1.0, 0.8, 0.3, 0.5, 0.0, 0.2, 0.0, 0.3], 0.02, None, 0.0),
        Instrument::Strings => (&[1.0, 0.55, 0.4, 0.3, 0.22, 0.15, 0.1, 0.07], 0.18, None, 0.12),
        Instrument::Brass => (&[0.8, 1.0, 0.8, 0.6, 0.4, 0.25, 0.15], 0.05, None, 0.08),
        _ => (&[1.0, 0.5, 0.25, 0.1], 0.01, Some(0.9), 0.0),
    };
    Tone { partials, attack_s, decay_s, vibrato }
}

/// Sums partials as rotating phasors. The vibrato makes them rotate a little faster and slower.
fn sines(tone: &Tone, hz: f64, length_s: f64) -> Vec<f32> {
    const RELEASE_S: f64 = 0.12;
    let rate = f64::from(SAMPLE_RATE_HZ);
    let n = ((length_s + RELEASE_S) * rate) as usize;
    let mut phase = 0.0f64;
    let audible: Vec<(f64, f32)> = (1..)
        .zip(tone.partials)
        .filter(|(partial, _)| f64::from(*partial) * hz < 0.45 * rate)
        .map(|(partial, level)| (f64::from(partial), *level))
        .collect();
    let mut samples = Vec::with_capacity(n);
    for index in 0..n {
        let t = index as f64 / rate;
        let bend = tone.vibrato / 12.0 * (TAU * 5.5 * t).sin() * (t * 3.0).min(1.0);
        phase = (phase + hz * bend.exp2() / rate).fract();
        let wave: f32 =
            audible.iter().map(|(partial, level)| level * (TAU * phase * partial).sin() as f32).sum();
        let rise = (t / tone.attack_s).min(1.0);
        let fall = tone.decay_s.map_or(1.0, |decay_s| (-t / decay_s).exp());
        let release = ((length_s + RELEASE_S - t) / RELEASE_S).clamp(0.0, 1.0);
        samples.push(wave * (rise * fall * release) as f32 * 0.3);
    }
    samples
}

/// Karplus & Strong, "Digital synthesis of plucked-string and drum timbres", Computer Music Journal 7(2), 1983, with
/// a fractional delay so that high strings are in tune.
fn plucked(hz: f64, length_s: f64, seed: u32) -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE_HZ);
    // The average of two samples causes a delay of half a sample.
    let period = rate / hz - 0.5;
    let (whole, fraction) = (period.floor() as usize, period.fract() as f32);
    let mut random = Random::new(seed);
    let n = (length_s * rate) as usize;
    let mut samples: Vec<f32> = Vec::with_capacity(n);
    for index in 0..n {
        let value = if index <= whole + 1 {
            random.next() * 0.5
        } else {
            let back = |delay: usize| samples[index - delay];
            let near = |delay: usize| (1.0 - fraction) * back(delay) + fraction * back(delay + 1);
            let older = if index > whole + 2 { near(whole + 1) } else { near(whole) };
            0.996 * 0.5 * (near(whole) + older)
        };
        samples.push(value);
    }
    let n = samples.len().max(1) as f32;
    samples.iter().enumerate().map(|(index, value)| value * (1.0 - index as f32 / n)).collect()
}

fn kick() -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE_HZ);
    let at = |index: usize| {
        let t = index as f64 / rate;
        let phase = 50.0 * t + 100.0 / 30.0 * (1.0 - (-30.0 * t).exp());
        ((TAU * phase).sin() * (-t / 0.08).exp()) as f32 * 0.8
    };
    (0..(0.3 * rate) as usize).map(at).collect()
}

/// Decaying noise. A `brightness` near 1 removes low frequencies.
fn noise(length_s: f64, decay_s: f64, brightness: f32, seed: u32) -> Vec<f32> {
    let rate = f64::from(SAMPLE_RATE_HZ);
    let mut random = Random::new(seed);
    let mut last = 0.0;
    let mut next = |index: usize| {
        let value = random.next();
        let bright = value - brightness * last;
        last = value;
        bright * (-(index as f64) / rate / decay_s).exp() as f32 * 0.4
    };
    (0..(length_s * rate) as usize).map(&mut next).collect()
}

/// Adds four fading echoes, which are enough to blur the notes into each other as in a room.
fn with_room(dry: &[f32]) -> Vec<f32> {
    let mut wet = dry.to_vec();
    for (delay_s, level) in [(0.031, 0.22), (0.047, 0.18), (0.071, 0.14), (0.113, 0.1)] {
        let delay = (delay_s * f64::from(SAMPLE_RATE_HZ)) as usize;
        for (sample, earlier) in wet[delay..].iter_mut().zip(dry) {
            *sample += level * earlier;
        }
    }
    wet
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The energy at one frequency.
    fn energy(samples: &[f32], hz: f64) -> f64 {
        let turn = |index: usize| TAU * hz * index as f64 / f64::from(SAMPLE_RATE_HZ);
        let (mut re, mut im) = (0.0, 0.0);
        for (index, sample) in samples.iter().enumerate() {
            re += f64::from(*sample) * turn(index).cos();
            im += f64::from(*sample) * turn(index).sin();
        }
        re * re + im * im
    }

    #[test]
    fn every_tuned_instrument_sounds_at_its_pitch() {
        use Instrument::{Bass, Brass, Flute, Guitar, Organ, Piano, Strings};
        for instrument in [Flute, Piano, Guitar, Organ, Strings, Brass, Bass] {
            let event = Event { start_s: 0.0, length_s: 1.0, pitch: 9, level: 1.0, instrument };
            let samples = note(&event, 3);
            let (own, sharp, flat) =
                (energy(&samples, 440.0), energy(&samples, 466.16), energy(&samples, 415.3));
            assert!(
                own > 4.0 * sharp && own > 4.0 * flat,
                "{instrument:?} is out of tune: {own} {sharp} {flat}"
            );
        }
    }
}
