//! Silero's detector of speech, asked of separated vocals: is this a voice, or what a separator leaves of violins?

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use reprise_features::voice::VoiceSpec;

use crate::error::Error;
use crate::network::{Expected, first_not_finite, fixed, open, tensor, varying};
use crate::runtime::Runtime;

/// The detector, ready to run, on one thread.
///
/// Silero Team, "Silero VAD: pre-trained enterprise-grade voice activity detector", 2024; see
/// `models/voice-activity/README.md`.
#[derive(Debug)]
pub struct VoiceActivity {
    session: Session,
    frame_samples: usize,
    context_samples: usize,
    state_values: usize,
}

impl VoiceActivity {
    /// Opens `voice-activity` in the folder `models`, checked as [`crate::Crema::load`] does.
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = VoiceSpec::v1();
        let activity = &spec.activity;
        let state = [fixed(1), fixed(1), fixed(activity.state_values)];
        let given = activity.context_samples + activity.frame_samples;
        let expected = Expected {
            folder: "voice-activity",
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
        };
        Ok(Self {
            session: open(runtime, models, expected)?,
            frame_samples: activity.frame_samples,
            context_samples: activity.context_samples,
            state_values: activity.state_values,
        })
    }

    /// What is remembered at the beginning of a signal.
    pub fn beginning(&self) -> VoiceState {
        let state = vec![0.0; self.state_values];
        VoiceState { context: vec![0.0; self.context_samples], h: state.clone(), c: state }
    }

    /// The probability of a voice in each whole frame of `samples` (16 kHz, mono); what is left of them makes no frame.
    /// `state` is that at the beginning of `samples` and becomes that after the last whole frame.
    pub fn probabilities(&mut self, samples: &[f32], state: &mut VoiceState) -> Result<Vec<f32>, Error> {
        if let Some(frame) = first_not_finite(samples, self.frame_samples) {
            return Err(Error::InputNotFinite { frame });
        }
        let n_frames = samples.len() / self.frame_samples;
        if n_frames == 0 {
            return Ok(Vec::new());
        }
        let mut input = Vec::with_capacity(n_frames * (self.context_samples + self.frame_samples));
        for frame in samples.chunks_exact(self.frame_samples) {
            input.extend_from_slice(&state.context);
            input.extend_from_slice(frame);
            state.context.copy_from_slice(&frame[self.frame_samples - self.context_samples..]);
        }
        let frame_len = self.context_samples + self.frame_samples;
        let given = TensorRef::from_array_view(([n_frames, frame_len], &input[..]))
            .map_err(Error::runtime("take the input"))?;
        let one = |values| TensorRef::from_array_view(([1, 1, self.state_values], values));
        let h = one(&state.h[..]).map_err(Error::runtime("take the state"))?;
        let c = one(&state.c[..]).map_err(Error::runtime("take the state"))?;
        let outputs = self
            .session
            .run(ort::inputs!["input" => given, "h" => h, "c" => c])
            .map_err(Error::runtime("run the model"))?;
        let values = |name: &str| -> Result<Vec<f32>, Error> {
            let (_, values) =
                outputs[name].try_extract_tensor::<f32>().map_err(Error::runtime("give the output"))?;
            Ok(values.to_vec())
        };
        let probabilities = values("speech_probs")?;
        let (hn, cn) = (values("hn")?, values("cn")?);
        drop(outputs);
        (state.h, state.c) = (hn, cn);
        match first_not_finite(&probabilities, 1) {
            Some(frame) => Err(Error::OutputNotFinite { frame }),
            None => Ok(probabilities),
        }
    }
}

/// What the detector remembers of the samples before.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceState {
    context: Vec<f32>,
    h: Vec<f32>,
    c: Vec<f32>,
}
