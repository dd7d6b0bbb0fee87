//! Signals with several instruments and a voice, and what is done to them.

mod levels;
mod steps;
mod verdicts;

use super::levels::{STEREO_RATE_HZ, StereoSketch, StereoSketcher};

const RATE: usize = STEREO_RATE_HZ as usize;

/// A stereo signal.
type Sound = Vec<[f32; 2]>;

/// Random numbers from 0 to 1.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u32 << 24) as f32
    }
}

/// Adds a note with six partials that fade.
fn add_note(sound: &mut [[f32; 2]], hz: f32, gains: [f32; 2]) {
    for (n, frame) in sound.iter_mut().enumerate() {
        let t = n as f32 / RATE as f32;
        let fade = (-3.0 * t).exp() * (t * 200.0).min(1.0);
        let turn = std::f32::consts::TAU * hz * t;
        let tone: f32 = (1..7).map(|k| (turn * k as f32).sin() / k as f32).sum();
        frame.iter_mut().zip(gains).for_each(|(sample, gain)| *sample += 0.1 * gain * fade * tone);
    }
}

/// Makes a line of notes, each `note_s` long.
fn line(seed: u64, seconds: usize, note_s: f32, lowest_hz: f32, gains: [f32; 2]) -> Sound {
    let (mut random, mut sound) = (Random::new(seed), vec![[0.0; 2]; seconds * RATE]);
    for note in sound.chunks_mut((note_s * RATE as f32) as usize) {
        add_note(note, lowest_hz * 2f32.powf((random.next() * 24.0).floor() / 12.0), gains);
    }
    sound
}

/// Makes a piece without its voice: bass, two instruments at the sides, and noise that stands for drums.
fn instrumental(seed: u64, seconds: usize) -> Sound {
    let mut random = Random::new(seed + 1000);
    let mut drum = |n: usize| (-(n as f32) / 600.0).exp() * 0.05 * (random.next() - 0.5);
    let drums: Sound = (0..seconds * RATE).map(|n| [drum(n % 8000); 2]).collect();
    let parts = [
        line(seed + 1, seconds, 0.5, 55.0, [0.9, 0.9]),
        line(seed + 2, seconds, 0.25, 220.0, [0.9, 0.2]),
        line(seed + 3, seconds, 0.4, 330.0, [0.15, 0.8]),
        drums,
    ];
    parts.into_iter().reduce(|sum, part| mixed(&sum, &part, 1.0)).unwrap()
}

fn voice(seed: u64, seconds: usize) -> Sound {
    line(seed + 4, seconds, 0.6, 180.0, [0.7, 0.7])
}

/// Makes a piece. Each seed gives another one.
fn piece(seed: u64, seconds: usize) -> Sound {
    mixed(&instrumental(seed, seconds), &voice(seed, seconds), 1.0)
}

fn mixed(one: &[[f32; 2]], other: &[[f32; 2]], gain: f32) -> Sound {
    let pairs = one.iter().zip(other);
    pairs.map(|(one, other)| [one[0] + gain * other[0], one[1] + gain * other[1]]).collect()
}

fn each(sound: &[[f32; 2]], change: impl FnMut(&[f32; 2]) -> [f32; 2]) -> Sound {
    sound.iter().map(change).collect()
}

/// Changes the frames between two times in seconds.
fn between(sound: &[[f32; 2]], from_s: f32, to_s: f32, change: impl FnOnce(&mut [[f32; 2]])) -> Sound {
    let mut sound = sound.to_vec();
    let at = |second: f32| ((second * RATE as f32) as usize).min(sound.len());
    let range = at(from_s)..at(to_s);
    change(&mut sound[range]);
    sound
}

/// Plays a sound at another speed, by straight lines between its samples.
fn at_speed(sound: &[[f32; 2]], speed: f64) -> Sound {
    let at = |n: usize| {
        let place = n as f64 * speed;
        let (before, part) = (place as usize, place.fract() as f32);
        let next = sound.get(before + 1)?;
        Some([0, 1].map(|c| sound[before][c] + part * (next[c] - sound[before][c])))
    };
    (0..).map_while(at).collect()
}

fn sketch(sound: &[[f32; 2]]) -> StereoSketch {
    let mut sketcher = StereoSketcher::new();
    sketcher.push(sound.as_flattened());
    sketcher.finish()
}
