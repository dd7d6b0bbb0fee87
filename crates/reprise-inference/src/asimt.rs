//! ASimT: what was heard of a track in, vectors out that lie close to one another for versions of a work.
//!
//! `training/src/reprise_training/{views,embedding}.py` are the reference of what happens around the network.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use reprise_features::Spec;

use crate::crema::N_PITCH_CLASSES;
use crate::error::Error;
use crate::manifest::{Axis, Manifest, VectorPlan};
use crate::network::{Expected, first_not_finite, fixed, open, tensor, varying};
use crate::runtime::Runtime;

const INPUT: &str = "frames";
const WHOLE: &str = "embedding";
const MOMENTS: &str = "moments";

/// The view that is read as what a frame has more of than the track; others are read as they are.
const CENTRED: &str = "chroma";

/// Of chroma against chords; as in the alignment.
const CHROMA_WEIGHT: f32 = 0.7;

/// Windows that run together: 20 minutes of music, 12 MB of input.
const BATCH: usize = 64;

/// Below this a frame is silent.
const SILENCE: f32 = 1e-6;

/// The vectors of a track in one key, each of unit length.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Of the track as a whole.
    pub whole: Vec<f32>,
    /// One after another, a moment every 2.2 seconds; at least one.
    pub moments: Vec<f32>,
    /// Values of a moment.
    pub moment_len: usize,
}

/// Which of the networks that embed tracks: they differ in what they read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Embedder {
    /// Reads chords and chroma.
    Harmony,
    /// Reads what is sung, without its silence.
    Voice,
}

impl Embedder {
    /// Its folder in the folder of models.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Self::Harmony => "asimt",
            Self::Voice => "asimt-voice",
        }
    }

    /// What its rows are, twelve each.
    fn views(self) -> &'static [&'static str] {
        match self {
            Self::Harmony => &["crema", "chroma"],
            Self::Voice => &["melody"],
        }
    }

    fn n_rows(self) -> usize {
        N_PITCH_CLASSES * self.views().len()
    }
}

/// The network, ready to run, on one thread.
///
/// Zeng & Lau, "Training audio transformers for cover song identification", EURASIP J. Audio Speech Music Proc. 2023:31,
/// as `models/asimt/README.md` says it was changed.
#[derive(Debug)]
pub struct Asimt {
    embedder: Embedder,
    session: Session,
    plan: VectorPlan,
    window_frames: usize,
    whole_len: usize,
    moment_len: usize,
}

impl Asimt {
    /// Opens one of the networks in the folder `models`, checked as [`crate::Crema::load`] does.
    pub fn load(runtime: &Runtime, models: &Path, embedder: Embedder) -> Result<Self, Error> {
        let manifest = Manifest::read(&models.join(embedder.folder()))?;
        // Sizes are the model's own; what they count is this program's.
        let length = |tensors: &[crate::Tensor], tensor: usize, axis: usize| match tensors
            .get(tensor)
            .and_then(|tensor| tensor.shape.get(axis))
        {
            Some(Axis::Fixed(length)) => *length as usize,
            _ => 0,
        };
        let window_frames = length(&manifest.input, 0, 2);
        let (whole_len, n_moments) = (length(&manifest.output, 0, 1), length(&manifest.output, 1, 1));
        let moment_len = length(&manifest.output, 1, 2);
        let windows = varying("n_windows");
        let expected = Expected {
            folder: embedder.folder(),
            feature_version: Spec::v1().version,
            input: vec![tensor(INPUT, &[windows.clone(), fixed(embedder.n_rows()), fixed(window_frames)])],
            output: vec![
                tensor(WHOLE, &[windows.clone(), fixed(whole_len)]),
                tensor(MOMENTS, &[windows, fixed(n_moments), fixed(moment_len)]),
            ],
            optimisation: GraphOptimizationLevel::All,
            // The numbers of windows differ from track to track.
            keeps_memory: false,
        };
        let session = open(runtime, models, &expected)?;
        let plan = manifest.vectors.filter(|plan| fits(plan, embedder, window_frames, n_moments));
        let Some(plan) = plan else {
            return Err(Error::NoVectorPlan { model: manifest.id });
        };
        Ok(Self { embedder, session, plan, window_frames, whole_len, moment_len })
    }

    /// The vectors of a track raised by each of `keys` semitones. `views`: frames on the grid of what the network reads, in its
    /// order (for harmony CREMA and chroma, for the voice the sung melody); those but the first may be absent (empty), and the
    /// longer ones are cut. Nothing for nothing.
    pub fn embed(
        &mut self,
        views: &[&[[f32; N_PITCH_CLASSES]]],
        keys: &[usize],
    ) -> Result<Vec<Embedding>, Error> {
        let present = views.iter().enumerate().filter(|(place, view)| *place == 0 || !view.is_empty());
        let n_frames = present.map(|(_, view)| view.len()).min().unwrap_or(0);
        if n_frames == 0 {
            return Ok(Vec::new());
        }
        let mut rows = Vec::with_capacity(self.embedder.n_rows());
        for (place, name) in self.embedder.views().iter().enumerate() {
            let view = views.get(place).map_or(&[][..], |view| &view[..n_frames.min(view.len())]);
            if let Some(frame) = first_not_finite(view.as_flattened(), N_PITCH_CLASSES) {
                return Err(Error::InputNotFinite { frame });
            }
            let centred = if *name == CENTRED { centred(view) } else { view.to_vec() };
            rows.extend(rows_of(&centred, n_frames));
        }
        keys.iter().map(|key| self.embed_rows(&rows, n_frames, *key)).collect()
    }

    /// `rows`: `[n_rows][n_frames]`.
    fn embed_rows(&mut self, rows: &[Vec<f32>], n_frames: usize, key: usize) -> Result<Embedding, Error> {
        let VectorPlan { frames_each, hop_frames, first_kept, n_kept, step, .. } = self.plan;
        let n_windows = n_frames.div_ceil(hop_frames);
        let mut whole = vec![0.0; self.whole_len];
        let mut kept = Vec::with_capacity(n_windows * n_kept * self.moment_len);
        for first in (0..n_windows).step_by(BATCH) {
            let batch = first..n_windows.min(first + BATCH);
            let input = self.windows(rows, batch.clone(), key);
            let shape = vec![batch.len(), rows.len(), self.window_frames];
            let input =
                TensorRef::from_array_view((shape, &*input)).map_err(Error::runtime("take the input"))?;
            let outputs =
                self.session.run(ort::inputs![INPUT => input]).map_err(Error::runtime("run the model"))?;
            let given = |name: &str| -> Result<Vec<f32>, Error> {
                let (_, values) =
                    outputs[name].try_extract_tensor::<f32>().map_err(Error::runtime("give the output"))?;
                Ok(values.to_vec())
            };
            for vector in given(WHOLE)?.chunks_exact(self.whole_len) {
                whole.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
            }
            let moments = given(MOMENTS)?;
            for window in moments.chunks_exact(moments.len() / batch.len()) {
                kept.extend_from_slice(&window[first_kept * self.moment_len..][..n_kept * self.moment_len]);
            }
        }
        kept.truncate((n_frames / frames_each).max(1) * self.moment_len);
        let moments: Vec<f32> = kept.chunks_exact(self.moment_len).step_by(step).flatten().copied().collect();
        normalise(&mut whole);
        if let Some(frame) = first_not_finite(&moments, self.moment_len) {
            return Err(Error::OutputNotFinite { frame });
        }
        Ok(Embedding { whole, moments, moment_len: self.moment_len })
    }

    /// Windows of rows, `key` semitones up. The moments that count of window 0 begin with the track; what lies beyond it is
    /// silent.
    fn windows(&self, rows: &[Vec<f32>], windows: std::ops::Range<usize>, key: usize) -> Vec<f32> {
        let before = self.plan.first_kept * self.plan.frames_each;
        let mut input = vec![0.0; windows.len() * rows.len() * self.window_frames];
        for (window, values) in windows.zip(input.chunks_exact_mut(rows.len() * self.window_frames)) {
            for (row, values) in values.chunks_exact_mut(self.window_frames).enumerate() {
                let (view, class) = (row / N_PITCH_CLASSES, row % N_PITCH_CLASSES);
                let own = &rows[view * N_PITCH_CLASSES
                    + (class + N_PITCH_CLASSES - key % N_PITCH_CLASSES) % N_PITCH_CLASSES];
                let start = window * self.plan.hop_frames;
                let skipped = before.saturating_sub(start);
                let from = (start + skipped - before).min(own.len());
                let n = (self.window_frames - skipped).min(own.len() - from);
                values[skipped..skipped + n].copy_from_slice(&own[from..from + n]);
            }
        }
        input
    }
}

/// Whether a plan is one that this program can follow: the moments that count follow one another from window to window, and
/// the track lies under them.
fn fits(plan: &VectorPlan, embedder: Embedder, window_frames: usize, n_moments: usize) -> bool {
    plan.views == embedder.views()
        && plan.step > 0
        && plan.n_kept > 0
        && plan.first_kept + plan.n_kept <= n_moments
        && n_moments * plan.frames_each == window_frames
        && plan.n_kept * plan.frames_each == plan.hop_frames
}

/// What each frame has more or less of than the track on the whole. `chroma` in any scale; silent frames stay silent.
fn centred(chroma: &[[f32; N_PITCH_CLASSES]]) -> Vec<[f32; N_PITCH_CLASSES]> {
    let shares: Vec<[f32; N_PITCH_CLASSES]> = chroma
        .iter()
        .map(|frame| {
            let total: f32 = frame.iter().sum();
            frame.map(|value| if total > SILENCE { value / total } else { 0.0 })
        })
        .collect();
    let mut mean = [0.0_f64; N_PITCH_CLASSES];
    for frame in &shares {
        mean.iter_mut().zip(frame).for_each(|(sum, value)| *sum += f64::from(*value));
    }
    let mean = mean.map(|sum| (sum / shares.len().max(1) as f64) as f32);
    let is_silent = |frame: &[f32; N_PITCH_CLASSES]| frame.iter().all(|value| *value == 0.0);
    shares
        .iter()
        .map(|frame| {
            let mut centred = *frame;
            if !is_silent(frame) {
                centred.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
            }
            let length = centred.iter().map(|value| value * value).sum::<f32>().sqrt().max(SILENCE);
            centred.map(|value| CHROMA_WEIGHT * value / length)
        })
        .collect()
}

/// A view as `[N_PITCH_CLASSES][n_frames]`; one that is absent is silent.
fn rows_of(view: &[[f32; N_PITCH_CLASSES]], n_frames: usize) -> impl Iterator<Item = Vec<f32>> {
    (0..N_PITCH_CLASSES).map(move |class| match view {
        [] => vec![0.0; n_frames],
        view => view.iter().map(|frame| frame[class]).collect(),
    })
}

fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
    vector.iter_mut().for_each(|value| *value /= length);
}

#[cfg(test)]
#[path = "asimt_tests.rs"]
mod tests;
