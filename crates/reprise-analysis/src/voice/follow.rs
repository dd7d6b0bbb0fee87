//! From vocals to melody: the sung pitch classes, where each frame is weighted by how prominent the voice is.

use std::ops::Range;

use reprise_audio::Resampler;
use reprise_features::Spec;
use reprise_features::voice::{Grid, LogMel, PitchClasses, Powers, VoiceSpec};

use super::networks::Networks;
use crate::error::Error;

/// Which frames count as sung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Singing {
    /// Only the singing voice: each frame is weighted by how prominent the voice is.
    #[default]
    Detected,
    /// All frames: the melody of any leading voice or instrument is followed. For the melodies of the impostor cohort.
    Assumed,
    /// None: the vocals are separated and no melody is followed in them.
    Ignored,
}

/// Follows the melody of one track in chunks.
pub(super) struct Follower {
    spec: &'static VoiceSpec,
    resampler: Option<Resampler>,
    /// The vocals at the sample rate of the network that later chunks need. The first of them is sample `first`.
    samples: Vec<f32>,
    first: usize,
    log_mel: LogMel,
    classes: PitchClasses,
    grid: Grid,
    next_chunk: usize,
    singing: Singing,
}

impl Follower {
    /// Starts a track that is tuned `tuning_cents` away from A = 440 Hz.
    pub fn new(tuning_cents: f32, singing: Singing) -> Self {
        let spec = VoiceSpec::v2();
        Self {
            spec,
            resampler: Resampler::new(spec.separation.sample_rate_hz, spec.melody.sample_rate_hz),
            samples: Vec::new(),
            first: 0,
            log_mel: LogMel::new(&spec.melody),
            classes: PitchClasses::new(&spec.melody, tuning_cents),
            grid: Grid::new(&spec.melody, Spec::v1()),
            next_chunk: 0,
            singing,
        }
    }

    /// Processes the next vocals, at the sample rate of the track, and the powers of the track up to there.
    pub fn push(&mut self, vocals: &[f32], powers: &Powers, networks: &mut Networks) -> Result<(), Error> {
        if self.singing == Singing::Ignored {
            return Ok(());
        }
        if let Some(resampler) = &mut self.resampler {
            resampler.push(vocals, &mut |samples| self.samples.extend_from_slice(samples));
        }
        let melody = &self.spec.melody;
        let reach = melody.context_frames * melody.hop_samples + melody.fft_samples;
        while self.first + self.samples.len() >= self.chunk().end * melody.hop_samples + reach {
            self.follow(self.chunk(), powers, networks)?;
        }
        Ok(())
    }

    /// The melody of the whole track, `[n_frames, 12]`.
    pub fn finish(
        mut self,
        n_frames: usize,
        powers: &Powers,
        networks: &mut Networks,
    ) -> Result<Vec<[f32; 12]>, Error> {
        if self.singing == Singing::Ignored {
            return Ok(Vec::new());
        }
        if let Some(resampler) = self.resampler.take() {
            resampler.finish(&mut |samples| self.samples.extend_from_slice(samples));
        }
        let end = (self.first + self.samples.len()) / self.spec.melody.hop_samples;
        while self.chunk().start < end {
            let chunk = self.chunk();
            self.follow(chunk.start..chunk.end.min(end), powers, networks)?;
        }
        Ok(self.grid.finish(n_frames))
    }

    /// The frames of the next chunk.
    fn chunk(&self) -> Range<usize> {
        let frames = self.spec.melody.chunk_frames;
        self.next_chunk * frames..(self.next_chunk + 1) * frames
    }

    /// Follows those passages of a chunk of melody frames whose weight is above zero, and drops samples that are no
    /// longer needed.
    fn follow(&mut self, chunk: Range<usize>, powers: &Powers, networks: &mut Networks) -> Result<(), Error> {
        let melody = &self.spec.melody;
        let weights = self.weights(chunk.clone(), powers);
        // Each passage has the additional cost of its context, so shorter gaps are included in it.
        for passage in audible(&weights, 2 * melody.context_frames) {
            let frames = chunk.start + passage.start..chunk.start + passage.end;
            self.follow_passage(frames, &weights[passage], networks)?;
        }
        self.next_chunk += 1;
        let kept_from = self.origin(chunk.end) * self.spec.melody.hop_samples;
        let dropped = kept_from.saturating_sub(self.first).min(self.samples.len());
        self.samples.drain(..dropped);
        self.first += dropped;
        Ok(())
    }

    /// The weight of each frame of the network.
    fn weights(&self, frames: Range<usize>, powers: &Powers) -> Vec<f32> {
        if self.singing == Singing::Assumed {
            return vec![1.0; frames.len()];
        }
        let first = self.grid.place(frames.start);
        let of_grid = powers.weights(first..self.grid.place(frames.end) + 1);
        frames.map(|frame| of_grid[self.grid.place(frame) - first]).collect()
    }

    fn follow_passage(
        &mut self,
        frames: Range<usize>,
        weights: &[f32],
        networks: &mut Networks,
    ) -> Result<(), Error> {
        let melody = &self.spec.melody;
        let n_frames = (self.first + self.samples.len()) / melody.hop_samples;
        let analysed = frames.start.saturating_sub(melody.context_frames)
            ..(frames.end + melody.context_frames).min(n_frames);
        let origin = self.origin(frames.start);
        let samples =
            &self.samples[(origin * melody.hop_samples).saturating_sub(self.first).min(self.samples.len())..];
        let log_mel = self.log_mel.frames(samples, analysed.start - origin..analysed.end - origin);
        let salience = networks.melody.salience(&log_mel)?;
        let of_analysed = salience.chunks_exact(melody.n_pitches).skip(frames.start - analysed.start);
        for ((index, weight), salience) in frames.zip(weights).zip(of_analysed) {
            self.grid.add(index, &self.classes.fold(salience).map(|value| value * weight));
        }
        Ok(())
    }

    /// The earliest frame whose samples are needed from frame `start` on. It includes the context of `start` and the
    /// window of the transform there.
    fn origin(&self, start: usize) -> usize {
        let melody = &self.spec.melody;
        start.saturating_sub(melody.context_frames + melody.fft_samples.div_ceil(melody.hop_samples))
    }
}

/// The ranges of weights above zero, including gaps of up to `gap`.
fn audible(weights: &[f32], gap: usize) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for at in (0..weights.len()).filter(|at| weights[*at] > 0.0) {
        match found.last_mut() {
            Some(last) if at - last.end <= gap => last.end = at + 1,
            _ => found.push(at..at + 1),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_counts_is_followed_and_short_gaps_with_it() {
        let mut weights = vec![0.0; 500];
        weights[20..60].fill(0.4);
        weights[100] = 0.1;
        weights[250..300].fill(1.0);
        assert_eq!(audible(&weights, 40), [20..101, 250..300]);
        assert_eq!(audible(&weights, 39), [20..60, 100..101, 250..300]);
        assert!(audible(&[0.0; 9], 3).is_empty() && audible(&[], 3).is_empty());
    }
}
