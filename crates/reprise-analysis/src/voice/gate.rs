//! Determines from excerpts whether somebody sings in a recording, so that most recordings without a voice are never
//! separated completely.

use reprise_audio::Resampler;
use reprise_features::Spec;
use reprise_features::voice::{Spectra, VoiceSpec};

use super::follow::{Follower, Singing};
use super::networks::Networks;
use super::separate::Separator;
use crate::error::Error;

/// A voice is near if its level is at most this many dB below the mix.
const NEAR_DB: f32 = -12.0;

/// A pitch class is sung if its salience is at least this.
const SALIENT: f32 = 0.2;

/// The probabilities of the voice detector are averaged over this window, in seconds.
const ACTIVE_WINDOW_S: f64 = 3.0;

/// From this mean on, the detector reports a voice.
const ACTIVE_MEAN: f32 = 0.1;

/// The distance between excerpts, as a multiple of their length.
const STRIDE: usize = 3;

/// The measurements of an excerpt.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Excerpt {
    /// The share of frames in which the separated voice is near, 0..=1.
    pub near: f32,
    /// The share of frames in which it is near and a pitch is salient, 0..=1; 0 if the detector finds no voice near it.
    pub tuned: f32,
    /// The mean probability of a voice according to the detector, 0..=1.
    pub activity: f32,
    /// The share of frames in which it is near, a pitch is salient and the detector finds a voice around it, 0..=1.
    pub sung: f32,
}

/// From this share of sung frames on, somebody sings. Eight of 547 recordings of instrumental music reach it. All songs
/// in which a speech detector finds more than a breath of the singer exceed it.
const SUNG_SHARE: f32 = 0.08;

/// Whether the excerpts of a whole recording show that somebody sings in it.
pub(crate) fn is_sung(excerpts: &[Excerpt]) -> bool {
    mean_share(excerpts, excerpts.len()) >= SUNG_SHARE
}

/// Whether the excerpts so far show it for a recording of length `duration_s`, whatever the rest contains.
pub(crate) fn is_surely_sung(excerpts: &[Excerpt], duration_s: f64) -> bool {
    let spec = &VoiceSpec::v2().separation;
    let length_s = (spec.segment_frames * spec.hop_samples) as f64 / f64::from(spec.sample_rate_hz);
    let most = (duration_s / (STRIDE as f64 * length_s)).ceil() as usize;
    mean_share(excerpts, most.max(excerpts.len())) >= SUNG_SHARE
}

fn mean_share(excerpts: &[Excerpt], of: usize) -> f32 {
    excerpts.iter().map(|excerpt| excerpt.sung).sum::<f32>() / of.max(1) as f32
}

/// Cuts excerpts from a track as it arrives: the middle third of every three segments of the separator.
pub(super) struct Excerpts {
    /// The samples of the current three segments.
    window: Vec<f32>,
    length: usize,
    taken: usize,
}

impl Excerpts {
    /// Starts a track.
    pub fn new() -> Self {
        let spec = &VoiceSpec::v2().separation;
        Self { window: Vec::new(), length: spec.segment_frames * spec.hop_samples, taken: 0 }
    }

    /// Processes the next samples; returns an excerpt when one is complete.
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

    /// An excerpt of the remaining samples, if they are long enough or there was no other excerpt.
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

/// Measures an excerpt of a recording that is tuned `tuning_cents` away from A = 440 Hz.
pub(super) fn analyse(samples: &[f32], tuning_cents: f32, networks: &mut Networks) -> Result<Excerpt, Error> {
    let spec = VoiceSpec::v2();
    let mut spectra = Spectra::new(&spec.separation);
    let mut separator = Separator::new(1);
    let mut vocals = Vec::new();
    let mut segments = spectra.push(samples);
    segments.extend(spectra.finish());
    // A single frame after the last whole segment does not justify another run of the network.
    segments.truncate(1);
    for segment in segments {
        vocals.extend(separator.push(segment, networks.vocals)?);
    }
    let (rest, powers) = separator.finish(networks.vocals)?;
    vocals.extend(rest);
    vocals.truncate(samples.len());
    let n_frames = (samples.len() / Spec::v1().cqt.hop_samples).max(1);
    let near: Vec<bool> = powers.prominence_db(0..n_frames).iter().map(|db| *db >= NEAR_DB).collect();
    let share = |n: usize| n as f32 / n_frames as f32;
    let n_near = near.iter().filter(|near| **near).count();
    let probabilities = probabilities(&vocals, networks)?;
    let activity = probabilities.iter().sum::<f32>() / probabilities.len().max(1) as f32;
    let active = active(&probabilities, n_frames);
    if !near.iter().zip(&active).any(|(near, active)| *near && *active) {
        // Nobody sings here, even if something has a pitch.
        return Ok(Excerpt { near: share(n_near), activity, ..Excerpt::default() });
    }
    let mut follower = Follower::new(tuning_cents, Singing::Assumed);
    follower.push(&vocals, &powers, networks)?;
    let melody = follower.finish(n_frames, &powers, networks)?;
    let is_salient = |frame: &[f32; 12]| frame.iter().any(|value| *value >= SALIENT);
    let tuned: Vec<bool> = near.iter().zip(&melody).map(|(near, frame)| *near && is_salient(frame)).collect();
    let n_tuned = tuned.iter().filter(|tuned| **tuned).count();
    let n_sung = tuned.iter().zip(&active).filter(|(tuned, active)| **tuned && **active).count();
    Ok(Excerpt { near: share(n_near), tuned: share(n_tuned), activity, sung: share(n_sung) })
}

/// The probability of a voice in each frame, according to the detector.
fn probabilities(vocals: &[f32], networks: &mut Networks) -> Result<Vec<f32>, Error> {
    let spec = VoiceSpec::v2();
    let mut resampled = Vec::new();
    if let Some(mut resampler) = Resampler::new(spec.separation.sample_rate_hz, spec.activity.sample_rate_hz)
    {
        resampler.push(vocals, &mut |samples| resampled.extend_from_slice(samples));
        resampler.finish(&mut |samples| resampled.extend_from_slice(samples));
    }
    Ok(networks.activity.probabilities(&resampled)?)
}

/// The frames of the time grid around which the detector finds a voice. The window is needed because long vowels are
/// less similar to speech than the sounds around them.
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

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: usize = 512 * 1024;

    /// The start and the length of each excerpt of a track of `n` samples.
    fn taken(n: usize) -> Vec<(usize, usize)> {
        let samples: Vec<f32> = (0..n).map(|i| i as f32).collect();
        let mut excerpts = Excerpts::new();
        let mut all: Vec<Vec<f32>> = samples.chunks(50_000).filter_map(|some| excerpts.push(some)).collect();
        all.extend(excerpts.finish());
        all.iter().map(|excerpt| (excerpt[0] as usize, excerpt.len())).collect()
    }

    #[test]
    fn a_third_of_a_track_is_analysed_and_the_shortest_whole() {
        assert_eq!(taken(0), []);
        assert_eq!(taken(1000), [(0, 1000)]);
        assert_eq!(taken(LENGTH + 10), [(10, LENGTH)]);
        assert_eq!(taken(3 * LENGTH), [(LENGTH, LENGTH)]);
        assert_eq!(taken(4 * LENGTH - 1), [(LENGTH, LENGTH)]);
        assert_eq!(taken(5 * LENGTH + 7), [(LENGTH, LENGTH), (4 * LENGTH, LENGTH)]);
    }

    #[test]
    fn who_sings_is_told_early_only_where_the_rest_cannot_change_it() {
        let excerpt = |sung| Excerpt { sung, ..Excerpt::default() };
        let (sung, silent) = (excerpt(0.5), excerpt(0.0));
        assert!(is_sung(&[silent, silent, sung]) && !is_sung(&[silent; 5]) && !is_sung(&[]));
        // A track of three minutes has at most six excerpts, of which one is enough; an hour has 101.
        assert!(is_surely_sung(&[sung], 180.0) && !is_surely_sung(&[sung], 3600.0));
        assert!(!is_surely_sung(&[silent; 5], 180.0) && !is_surely_sung(&[], 180.0));
        for n in 1..8 {
            let analysed = vec![silent; n];
            assert!(!is_surely_sung(&analysed, 100.0));
        }
    }

    #[test]
    fn a_detector_that_hears_a_voice_for_a_moment_counts_for_what_is_around_it() {
        let mut probabilities = vec![0.0f32; 400];
        probabilities[200..220].fill(0.9);
        let active = active(&probabilities, 128);
        let second = |frame: usize| frame as f64 * 4096.0 / 44_100.0;
        for (frame, active) in active.iter().enumerate() {
            // 20 frames of 32 ms from 6.4 s on: enough for a mean of 0.1 over three seconds while twelve of them are in
            // the window.
            let is_near = (second(frame) - 6.72).abs() < 1.3;
            let is_far = (second(frame) - 6.72).abs() > 1.9;
            assert!((*active || !is_near) && !(*active && is_far), "frame {frame}");
        }
        assert!(!super::active(&[], 3).contains(&true));
    }
}
