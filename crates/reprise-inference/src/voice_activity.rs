//! Silero's detector of speech, applied to separated vocals: it distinguishes a voice from what a separator leaves of
//! violins.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use reprise_features::voice::VoiceSpec;

use crate::error::Error;
use crate::network::{Expected, first_not_finite, fixed, open, tensor, varying};
use crate::runtime::Runtime;

/// The detector, ready to run on one thread.
///
/// Silero Team, "Silero VAD: pre-trained enterprise-grade voice activity detector", 2024; see
/// `models/voice-activity/README.md`.
#[derive(Debug)]
pub struct VoiceActivity {
    session: Session,
    frame_samples: usize,
    context_samples: usize,
    memory_frames: usize,
    /// Its initial state: zeros.
    blank: Vec<f32>,
}

impl VoiceActivity {
    /// Opens `voice-activity` in the folder `models`, with the same checks as [`crate::Crema::load`].
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = VoiceSpec::v2();
        let activity = &spec.activity;
        let state = [fixed(1), fixed(1), fixed(activity.state_values)];
        let given = activity.context_samples + activity.frame_samples;
        let expected = Expected {
            folder: "voice-activity",
            file_in: None,
            feature_version: spec.version,
            input: vec![
                tensor("input", &[varying("sequence_length"), fixed(given)]),
                tensor("h", &state),
                tensor("c", &state),
            ],
            output: vec![
                tensor("speech_probs", &[varying("sequence_length")]),
                tensor("hn", &state),
                tensor("cn", &state),
            ],
            optimisation: GraphOptimizationLevel::All,
            keeps_memory: true,
        };
        Ok(Self {
            session: open(runtime, models, &expected)?,
            frame_samples: activity.frame_samples,
            context_samples: activity.context_samples,
            memory_frames: activity.memory_frames,
            blank: vec![0.0; activity.state_values],
        })
    }

    /// Returns the probability of a voice in each whole frame of `samples` (16 kHz, mono); remaining samples are
    /// ignored. The detector resets its state after every [`VoiceActivity::memory_samples`].
    pub fn probabilities(&mut self, samples: &[f32]) -> Result<Vec<f32>, Error> {
        if let Some(frame) = first_not_finite(samples, self.frame_samples) {
            return Err(Error::InputNotFinite { frame });
        }
        let mut probabilities = Vec::with_capacity(samples.len() / self.frame_samples);
        for remembered in samples.chunks(self.memory_samples()) {
            self.run(remembered, &mut probabilities)?;
        }
        match first_not_finite(&probabilities, 1) {
            Some(frame) => Err(Error::OutputNotFinite { frame }),
            None => Ok(probabilities),
        }
    }

    /// Returns the number of samples that are processed together, from one reset to the next.
    pub fn memory_samples(&self) -> usize {
        self.memory_frames * self.frame_samples
    }

    #[cfg(test)]
    pub(crate) fn into_session(self) -> Session {
        self.session
    }

    fn run(&mut self, samples: &[f32], probabilities: &mut Vec<f32>) -> Result<(), Error> {
        let n_frames = samples.len() / self.frame_samples;
        if n_frames == 0 {
            return Ok(());
        }
        let frame_len = self.context_samples + self.frame_samples;
        let mut input = Vec::with_capacity(n_frames * frame_len);
        for index in 0..n_frames {
            let start = index * self.frame_samples;
            match start.checked_sub(self.context_samples) {
                Some(before) => input.extend_from_slice(&samples[before..start]),
                None => input.resize(input.len() + self.context_samples, 0.0),
            }
            input.extend_from_slice(&samples[start..start + self.frame_samples]);
        }
        let given = TensorRef::from_array_view(([n_frames, frame_len], &input[..]))
            .map_err(Error::runtime("take the input"))?;
        let state = || {
            TensorRef::from_array_view(([1, 1, self.blank.len()], &self.blank[..]))
                .map_err(Error::runtime("take the state"))
        };
        let outputs = self
            .session
            .run(ort::inputs!["input" => given, "h" => state()?, "c" => state()?])
            .map_err(Error::runtime("run the model"))?;
        let (_, values) =
            outputs["speech_probs"].try_extract_tensor::<f32>().map_err(Error::runtime("give the output"))?;
        probabilities.extend_from_slice(values);
        Ok(())
    }
}
