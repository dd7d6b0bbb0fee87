//! Vocals to the melody: where somebody sings, and which pitch classes.

use std::ops::Range;

use reprise_audio::Resampler;
use reprise_features::Spec;
use reprise_features::voice::{Grid, LogMel, PitchClasses, VoiceSpec, passages};

use super::{Networks, Singing};
use crate::error::HearError;

/// Follows the tune of one track, chunk by chunk.
pub(super) struct Follower {
    spec: &'static VoiceSpec,
    resampler: Option<Resampler>,
    /// Vocals at the networks' rate, as far as chunks to come need them; the first of them is sample `first`.
    samples: Vec<f32>,
    first: usize,
    /// Of the whole track so far, one value a frame of the detector.
    activity: Vec<f32>,
    log_mel: LogMel,
    classes: PitchClasses,
    grid: Grid,
    next_chunk: usize,
    singing: Singing,
}

impl Follower {
    /// At the beginning of a track tuned `tuning_cents` away from A = 440 Hz.
    pub fn new(tuning_cents: f32, singing: Singing) -> Self {
        let spec = VoiceSpec::v1();
        Self {
            spec,
            resampler: Resampler::new(spec.separation.sample_rate_hz, spec.melody.sample_rate_hz),
            samples: Vec::new(),
            first: 0,
            activity: Vec::new(),
            log_mel: LogMel::new(&spec.melody),
            classes: PitchClasses::new(&spec.melody, tuning_cents),
            grid: Grid::new(&spec.melody, Spec::v1()),
            next_chunk: 0,
            singing,
        }
    }

    /// Takes the next vocals, at the track's rate.
    pub fn push(&mut self, vocals: &[f32], ear: &mut Networks) -> Result<(), HearError> {
        if let Some(resampler) = &mut self.resampler {
            resampler.push(vocals, &mut |samples| self.samples.extend_from_slice(samples));
        }
        self.detect(false, ear)?;
        loop {
            let chunk = self.chunk();
            // Passages look ahead by half of their window and their margin, the network by its context.
            let ahead_s = self.spec.passages.window_s / 2.0 + self.spec.passages.margin_s;
            let ahead = (ahead_s * f64::from(self.spec.melody.sample_rate_hz)) as usize;
            let reach =
                self.spec.melody.context_frames * self.spec.melody.hop_samples + self.spec.melody.fft_samples;
            let needed = chunk.end * self.spec.melody.hop_samples + ahead.max(reach);
            if self.activity.len() * self.spec.activity.frame_samples < needed {
                return Ok(());
            }
            self.follow(chunk, ear)?;
        }
    }

    /// The mean activity in the last segment's length of what the detector has heard.
    pub fn recent_activity(&self) -> f32 {
        let separation = &self.spec.separation;
        let segment_s = (separation.segment_frames * separation.hop_samples) as f64
            / f64::from(separation.sample_rate_hz);
        let frame_s = self.spec.activity.frame_samples as f64 / f64::from(self.spec.activity.sample_rate_hz);
        let recent = &self.activity[self.activity.len().saturating_sub((segment_s / frame_s) as usize)..];
        recent.iter().sum::<f32>() / recent.len().max(1) as f32
    }

    /// The melody of the whole track, `[n_frames, 12]`.
    pub fn finish(mut self, n_frames: usize, ear: &mut Networks) -> Result<Vec<[f32; 12]>, HearError> {
        if let Some(resampler) = self.resampler.take() {
            resampler.finish(&mut |samples| self.samples.extend_from_slice(samples));
        }
        self.detect(true, ear)?;
        let end = (self.first + self.samples.len()) / self.spec.melody.hop_samples;
        while self.chunk().start < end {
            let chunk = self.chunk();
            self.follow(chunk.start..chunk.end.min(end), ear)?;
        }
        Ok(self.grid.finish(n_frames))
    }

    /// Frames of the chunk that comes next.
    fn chunk(&self) -> Range<usize> {
        let frames = self.spec.melody.chunk_frames;
        self.next_chunk * frames..(self.next_chunk + 1) * frames
    }

    /// Asks the detector about what has come since, as far as it hears it together; `is_last`: about all of it.
    fn detect(&mut self, is_last: bool, ear: &mut Networks) -> Result<(), HearError> {
        let (frame, memory) = (self.spec.activity.frame_samples, ear.activity.memory_samples());
        let asked = self.activity.len() * frame;
        let fresh = &self.samples[asked.saturating_sub(self.first).min(self.samples.len())..];
        let fresh = if is_last { fresh } else { &fresh[..fresh.len() / memory * memory] };
        for together in fresh.chunks(memory) {
            // What was never separated is silence, of which nothing need be asked.
            let known = match self.singing {
                Singing::Assumed => Some(1.0),
                Singing::Detected => together.iter().all(|sample| *sample == 0.0).then_some(0.0),
            };
            match known {
                Some(value) => self.activity.resize(self.activity.len() + together.len() / frame, value),
                None => self.activity.extend(ear.activity.probabilities(together)?),
            }
        }
        Ok(())
    }

    /// Follows the sung passages of a chunk of melody frames and lets go of samples no longer needed.
    fn follow(&mut self, chunk: Range<usize>, ear: &mut Networks) -> Result<(), HearError> {
        let (hop, frame) = (self.spec.melody.hop_samples, self.spec.activity.frame_samples);
        let detector_frames = chunk.start * hop / frame..(chunk.end * hop).div_ceil(frame);
        for passage in passages(&self.activity, detector_frames, self.spec) {
            let sung =
                (passage.start * frame / hop).max(chunk.start)..(passage.end * frame / hop).min(chunk.end);
            self.follow_passage(sung, ear)?;
        }
        self.next_chunk += 1;
        let kept_from = self.origin(chunk.end) * hop;
        let dropped = kept_from.saturating_sub(self.first).min(self.samples.len());
        self.samples.drain(..dropped);
        self.first += dropped;
        Ok(())
    }

    fn follow_passage(&mut self, sung: Range<usize>, ear: &mut Networks) -> Result<(), HearError> {
        let melody = &self.spec.melody;
        let n_frames = (self.first + self.samples.len()) / melody.hop_samples;
        let heard = sung.start.saturating_sub(melody.context_frames)
            ..(sung.end + melody.context_frames).min(n_frames);
        let origin = self.origin(sung.start);
        let samples =
            &self.samples[(origin * melody.hop_samples).saturating_sub(self.first).min(self.samples.len())..];
        let log_mel = self.log_mel.frames(samples, heard.start - origin..heard.end - origin);
        let salience = ear.melody.salience(&log_mel)?;
        let frames = heard.zip(salience.chunks_exact(melody.n_pitches));
        for (index, salience) in frames.filter(|(index, _)| sung.contains(index)) {
            self.grid.add(index, &self.classes.fold(salience));
        }
        Ok(())
    }

    /// The earliest frame whose samples are needed to hear from frame `start` on: its context and what that reaches.
    fn origin(&self, start: usize) -> usize {
        let melody = &self.spec.melody;
        start.saturating_sub(melody.context_frames + melody.fft_samples.div_ceil(melody.hop_samples))
    }
}
