//! Whether somebody sings in a recording: told from excerpts, so that most of what has no voice is never separated.

use reprise_audio::Resampler;
use reprise_features::Spec;
use reprise_features::voice::{Spectra, VoiceSpec};

use super::follow::Follower;
use super::separate::Separator;
use super::{Networks, Singing};
use crate::error::HearError;

/// A voice is near when it is at most so many dB below the mix.
const NEAR_DB: f32 = -12.0;

/// A pitch class is sung when it is at least this salient.
const SALIENT: f32 = 0.2;

/// What the detector's probabilities are averaged over, in seconds.
const ACTIVE_WINDOW_S: f64 = 3.0;

/// From this mean on the detector hears a voice.
const ACTIVE_MEAN: f32 = 0.1;

/// One excerpt in so many times its length.
const STRIDE: usize = 3;

/// What is heard in some seconds of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Excerpt {
    /// Share of moments in which the separated voice is near the mix, 0..=1.
    pub near: f32,
    /// Share of moments in which it is near and a pitch is salient, 0..=1.
    pub tuned: f32,
    /// Mean probability of a voice that the detector gives, 0..=1.
    pub activity: f32,
    /// Share of moments in which it is near, a pitch is salient and the detector hears a voice around it, 0..=1.
    pub sung: f32,
}

/// Takes excerpts of a track as it arrives: the middle third of each three lengths of the separator's segments.
pub(super) struct Excerpts {
    /// Of the three lengths that are being filled.
    window: Vec<f32>,
    length: usize,
    taken: usize,
}

impl Excerpts {
    /// At the beginning of a track.
    pub fn new() -> Self {
        let spec = &VoiceSpec::v2().separation;
        Self { window: Vec::new(), length: spec.segment_frames * spec.hop_samples, taken: 0 }
    }

    /// Takes the next samples; gives an excerpt when one is complete.
    pub fn push(&mut self, samples: &[f32]) -> Option<Vec<f32>> {
        self.window.extend_from_slice(samples);
        if self.window.len() < STRIDE * self.length {
            return None;
        }
        let rest = self.window.split_off(STRIDE * self.length);
        let window = std::mem::replace(&mut self.window, rest);
        self.taken += 1;
        Some(window[self.length..2 * self.length].to_vec())
    }

    /// An excerpt of what is left, if that is long or nothing else was heard.
    pub fn finish(mut self) -> Option<Vec<f32>> {
        let is_wanted = self.window.len() >= self.length || (self.taken == 0 && !self.window.is_empty());
        let start = self.length.min(self.window.len().saturating_sub(self.length));
        is_wanted.then(|| {
            let mut excerpt = self.window.split_off(start);
            excerpt.truncate(self.length);
            excerpt
        })
    }
}

/// Hears an excerpt of a recording tuned `tuning_cents` away from A = 440 Hz.
pub(super) fn hear(samples: &[f32], tuning_cents: f32, ear: &mut Networks) -> Result<Excerpt, HearError> {
    let spec = VoiceSpec::v2();
    let mut spectra = Spectra::new(&spec.separation);
    let mut separator = Separator::new(1);
    let mut vocals = Vec::new();
    // The one frame behind the last whole segment is not worth another segment.
    let segments = spectra.push(samples);
    let segments = if segments.is_empty() { spectra.finish() } else { segments };
    for segment in segments {
        vocals.extend(separator.push(segment, ear.vocals)?);
    }
    let (rest, powers) = separator.finish(ear.vocals)?;
    vocals.extend(rest);
    vocals.truncate(samples.len());
    let n_frames = (samples.len() / Spec::v1().cqt.hop_samples).max(1);
    let near: Vec<bool> = powers.prominence_db(0..n_frames).iter().map(|db| *db >= NEAR_DB).collect();
    let share = |n: usize| n as f32 / n_frames as f32;
    let n_near = near.iter().filter(|near| **near).count();
    let probabilities = probabilities(&vocals, ear)?;
    let activity = probabilities.iter().sum::<f32>() / probabilities.len().max(1) as f32;
    let active = active(&probabilities, n_frames);
    let mut follower = Follower::new(tuning_cents, Singing::Assumed);
    follower.push(&vocals, &powers, ear)?;
    let melody = follower.finish(n_frames, &powers, ear)?;
    let is_salient = |frame: &[f32; 12]| frame.iter().any(|value| *value >= SALIENT);
    let tuned: Vec<bool> = near.iter().zip(&melody).map(|(near, frame)| *near && is_salient(frame)).collect();
    let n_tuned = tuned.iter().filter(|tuned| **tuned).count();
    let n_sung = tuned.iter().zip(&active).filter(|(tuned, active)| **tuned && **active).count();
    Ok(Excerpt { near: share(n_near), tuned: share(n_tuned), activity, sung: share(n_sung) })
}

/// The detector's probabilities of a voice, frame by frame.
fn probabilities(vocals: &[f32], ear: &mut Networks) -> Result<Vec<f32>, HearError> {
    let spec = VoiceSpec::v2();
    let mut resampled = Vec::new();
    if let Some(mut resampler) = Resampler::new(spec.separation.sample_rate_hz, spec.activity.sample_rate_hz) {
        resampler.push(vocals, &mut |samples| resampled.extend_from_slice(samples));
        resampler.finish(&mut |samples| resampled.extend_from_slice(samples));
    }
    Ok(ear.activity.probabilities(&resampled)?)
}

/// Around which frames of the grid the detector hears a voice. Long vowels look less like speech than what is around them, hence
/// the window.
fn active(probabilities: &[f32], n_frames: usize) -> Vec<bool> {
    let activity = &VoiceSpec::v2().activity;
    let rate_hz = f64::from(activity.sample_rate_hz) / activity.frame_samples as f64;
    let reach = (ACTIVE_WINDOW_S * rate_hz / 2.0) as usize;
    let is_active = |grid_frame: usize| {
        let at = (grid_frame as f64 / Spec::v1().frame_rate_hz() * rate_hz) as usize;
        let around = &probabilities
            [at.saturating_sub(reach).min(probabilities.len())..(at + reach + 1).min(probabilities.len())];
        around.iter().sum::<f32>() >= ACTIVE_MEAN * around.len() as f32 && !around.is_empty()
    };
    (0..n_frames).map(is_active).collect()
}
