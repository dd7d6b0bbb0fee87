//! ASimT: features of tracks in, embeddings out. The embeddings of versions of one work are close to one another.
//!
//! `training/src/reprise_training/{views,embedding}.py` are the reference for the steps around the network.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use reprise_features::Spec;

use crate::crema::N_PITCH_CLASSES;
use crate::device::Device;
use crate::error::Error;
use crate::manifest::{Axis, Manifest};
use crate::network::{Expected, first_not_finite, fixed, n_frames, tensor, varying};
use crate::placed::{PlacedSession, Trial};
use crate::plan::{VectorKind, VectorPlan};
use crate::runtime::Runtime;
use crate::views::{Embedder, Views};

const INPUT: &str = "frames";
const WHOLE: &str = "embedding";
const MOMENTS: &str = "moments";

/// Windows that the CPU processes together, of one track or of several: 20 minutes of music, at most 2.7 MB of input.
const BATCH: usize = 64;

/// Windows that a graphics processor processes together.
const GRAPHICS_BATCH: usize = 256;

/// The largest difference of an embedding's value from that of the CPU: an eighth of the step in which embeddings are
/// stored.
const LARGEST_DEVIATION: f32 = 0.001;

/// The longest window of a model, in frames: an hour and a half.
const LONGEST_WINDOW: usize = 1 << 16;

/// The most values of an embedding.
const LONGEST_EMBEDDING: usize = 4096;

/// Frames of a window, for which [`BATCH`] and [`GRAPHICS_BATCH`] are meant.
const BATCH_WINDOW: usize = 432;

/// The input of one track.
#[derive(Debug, Clone, Copy)]
pub struct EmbedderInput<'a> {
    /// The features that the network reads, in its order (see [`Embedder`]), one value per frame of the grid. All but
    /// the first may be absent (empty); longer ones are cut.
    pub views: &'a [&'a [[f32; N_PITCH_CLASSES]]],
    /// Semitones by which the track is raised; it gets one embedding for each.
    pub keys: &'a [usize],
}

/// The embeddings of a track in one key, each of unit length.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// The embedding of the whole track.
    pub whole: Vec<f32>,
    /// Local embeddings one after another, one every 2.2 seconds; at least one. Of a model that embeds whole tracks
    /// it is `whole`.
    pub local: Vec<f32>,
    /// Number of values in a local embedding.
    pub local_len: usize,
}

/// One of the two networks, ready to run: on a graphics processor if that gives the same embeddings as the CPU,
/// otherwise on one thread of the CPU.
///
/// Zeng & Lau, "Training audio transformers for cover song identification", EURASIP J. Audio Speech Music Proc.
/// 2023:31. `models/asimt/README.md` lists the changes.
#[derive(Debug)]
pub struct Asimt {
    embedder: Embedder,
    network: PlacedSession,
    plan: VectorPlan,
    sizes: Sizes,
}

/// Lengths that the model's manifest states.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    n_rows: usize,
    window_frames: usize,
    whole_len: usize,
    n_local: usize,
    local_len: usize,
}

impl Sizes {
    /// Reads the lengths of a model; 0 for each that it does not state.
    fn of(manifest: &Manifest) -> Self {
        let length = |tensors: &[crate::Tensor], tensor: usize, axis: usize| match tensors
            .get(tensor)
            .and_then(|tensor| tensor.shape.get(axis))
        {
            Some(Axis::Fixed(length)) => *length as usize,
            _ => 0,
        };
        Self {
            n_rows: length(&manifest.input, 0, 1),
            window_frames: length(&manifest.input, 0, 2),
            whole_len: length(&manifest.output, 0, 1),
            n_local: length(&manifest.output, 1, 1),
            local_len: length(&manifest.output, 1, 2),
        }
    }

    /// How many windows run together, so that as many frames do as in so many windows of [`BATCH_WINDOW`].
    fn batch(self, n_windows: usize) -> usize {
        (n_windows * BATCH_WINDOW / self.window_frames.max(1)).max(1)
    }

    /// Number of values in a window.
    fn window_len(self) -> usize {
        self.n_rows * self.window_frames
    }

    /// Number of values that the network returns for a window: the embedding of the whole, then the local embeddings.
    fn given_len(self) -> usize {
        self.whole_len + self.n_local * self.local_len
    }

    /// Runs the network on whole windows and returns [`Sizes::given_len`] values for each.
    fn run(self, session: &mut Session, windows: &[f32]) -> Result<Vec<f32>, Error> {
        let n_windows = n_frames(windows, self.window_len())?;
        let shape = vec![n_windows, self.n_rows, self.window_frames];
        let input = TensorRef::from_array_view((shape, windows)).map_err(Error::runtime("take the input"))?;
        let outputs = session.run(ort::inputs![INPUT => input]).map_err(Error::runtime("run the model"))?;
        let output = |name: &str| outputs[name].try_extract_tensor::<f32>();
        let (_, whole) = output(WHOLE).map_err(Error::runtime("give the output"))?;
        let local = match self.n_local {
            0 => &[][..],
            _ => output(MOMENTS).map_err(Error::runtime("give the output"))?.1,
        };
        let local_len = self.n_local * self.local_len;
        if (whole.len(), local.len()) != (n_windows * self.whole_len, n_windows * local_len) {
            let reason = format!("{} and {} values for {n_windows} windows", whole.len(), local.len());
            return Err(Error::Runtime { task: "give the output", reason });
        }
        let mut given = Vec::with_capacity(n_windows * self.given_len());
        for (window, whole) in whole.chunks_exact(self.whole_len).enumerate() {
            given.extend_from_slice(whole);
            given.extend_from_slice(&local[window * local_len..][..local_len]);
        }
        match first_not_finite(&given, self.given_len()) {
            Some(frame) => Err(Error::OutputNotFinite { frame }),
            None => Ok(given),
        }
    }
}

impl Asimt {
    /// Opens the model in `folder`, which must read what `embedder` offers, with the same checks as
    /// [`crate::Crema::load`].
    pub fn load(runtime: &Runtime, folder: &Path, embedder: Embedder) -> Result<Self, Error> {
        let manifest = Manifest::read(folder)?;
        // The model determines the sizes; this program determines what they count.
        let sizes = Sizes::of(&manifest);
        let Some(plan) = manifest.vectors.filter(|plan| fits(plan, embedder, sizes)) else {
            return Err(Error::NoVectorPlan { model: manifest.id });
        };
        let windows = varying("n_windows");
        let n_rows = fixed(plan.views.len() * N_PITCH_CLASSES);
        let mut output = vec![tensor(WHOLE, &[windows.clone(), fixed(sizes.whole_len)])];
        if matches!(plan.kind, VectorKind::Local(_)) {
            let local = [windows.clone(), fixed(sizes.n_local), fixed(sizes.local_len)];
            output.push(tensor(MOMENTS, &local));
        }
        let expected = Expected {
            folder: "",
            file_in: None,
            feature_version: Spec::v1().version,
            input: vec![tensor(INPUT, &[windows, n_rows, fixed(sizes.window_frames)])],
            output,
            optimisation: GraphOptimizationLevel::All,
            // The number of windows differs from run to run.
            keeps_memory: false,
        };
        let trial = Trial {
            items: &|| pretended_notes(sizes.batch(GRAPHICS_BATCH) * sizes.n_rows, sizes.window_frames),
            item_len: sizes.window_len(),
            run: &|session, windows| sizes.run(session, windows),
            gives: "vectors",
            largest_deviation: LARGEST_DEVIATION,
        };
        let network = PlacedSession::open(runtime, folder, &expected, &trial)?;
        Ok(Self { embedder, network, plan, sizes })
    }

    /// The device on which the network runs.
    pub fn device(&self) -> Device {
        self.network.device()
    }

    /// Returns the embeddings of a track, raised by each of `keys` semitones; see [`EmbedderInput`]. Returns nothing
    /// for a track without frames.
    pub fn embed(
        &mut self,
        views: &[&[[f32; N_PITCH_CLASSES]]],
        keys: &[usize],
    ) -> Result<Vec<Embedding>, Error> {
        Ok(self.embed_all(&[EmbedderInput { views, keys }])?.pop().unwrap_or_default())
    }

    /// Returns the embeddings of several tracks, for each the same as [`Asimt::embed`]. Their windows share the runs of
    /// the network. Besides the tracks it holds the windows of one run in memory, however long the tracks are.
    pub fn embed_all(&mut self, tracks: &[EmbedderInput]) -> Result<Vec<Vec<Embedding>>, Error> {
        let views = tracks.iter().map(|track| Views::of(self.embedder, &self.plan.views, track.views));
        let views = views.collect::<Result<Vec<_>, _>>()?;
        let mut renditions = Vec::new();
        for (track, heard) in tracks.iter().enumerate().filter(|(track, _)| views[*track].n_frames() > 0) {
            renditions.extend(heard.keys.iter().map(|key| Rendition::new(track, *key, self.sizes)));
        }
        let n_windows = |of: &Rendition| match &self.plan.kind {
            VectorKind::Whole => 1,
            VectorKind::Local(plan) => views[of.track].n_frames().div_ceil(plan.hop_frames),
        };
        let windows: Vec<(usize, usize)> = (0..renditions.len())
            .flat_map(|index| (0..n_windows(&renditions[index])).map(move |window| (index, window)))
            .collect();
        let sizes = self.sizes;
        let batch = sizes.batch(if self.network.is_on_graphics() { GRAPHICS_BATCH } else { BATCH });
        for batch in windows.chunks(batch) {
            let mut input = vec![0.0; batch.len() * sizes.window_len()];
            for ((index, window), values) in batch.iter().zip(input.chunks_exact_mut(sizes.window_len())) {
                let Rendition { track, key, .. } = renditions[*index];
                self.write_window(&views[track], *window, key, values);
            }
            let given = self.network.run(|session| sizes.run(session, &input))?;
            for ((index, _), given) in batch.iter().zip(given.chunks_exact(sizes.given_len())) {
                renditions[*index].take(given, &self.plan, sizes);
            }
        }
        let mut embeddings = vec![Vec::new(); tracks.len()];
        for rendition in renditions {
            let n_frames = views[rendition.track].n_frames();
            embeddings[rendition.track].push(rendition.finish(n_frames, &self.plan, sizes));
        }
        Ok(embeddings)
    }

    /// Writes a window of a track, raised by `key` semitones. In window 0 the first local embedding that is kept lies
    /// at the start of the track. Frames outside the track are silent.
    fn write_window(&self, views: &Views, window: usize, key: usize, values: &mut [f32]) {
        let (before, start) = match &self.plan.kind {
            VectorKind::Whole => (0, 0),
            VectorKind::Local(plan) => (plan.first_kept * plan.frames_each, window * plan.hop_frames),
        };
        for (row, values) in values.chunks_exact_mut(self.sizes.window_frames).enumerate() {
            let own = views.row(row, key);
            let skipped = before.saturating_sub(start);
            let from = (start + skipped - before).min(own.len());
            let n = (self.sizes.window_frames - skipped).min(own.len() - from);
            values[skipped..skipped + n].copy_from_slice(&own[from..from + n]);
        }
    }
}

/// A track in one key, while its windows pass through the network.
struct Rendition {
    track: usize,
    key: usize,
    whole: Vec<f32>,
    kept: Vec<f32>,
}

impl Rendition {
    fn new(track: usize, key: usize, sizes: Sizes) -> Self {
        Self { track, key, whole: vec![0.0; sizes.whole_len], kept: Vec::new() }
    }

    /// Adds the network's output for the next window.
    fn take(&mut self, given: &[f32], plan: &VectorPlan, sizes: Sizes) {
        let (whole, local) = given.split_at(sizes.whole_len);
        self.whole.iter_mut().zip(whole).for_each(|(sum, value)| *sum += value);
        if let VectorKind::Local(plan) = &plan.kind {
            let len = sizes.local_len;
            self.kept.extend_from_slice(&local[plan.first_kept * len..][..plan.n_kept * len]);
        }
    }

    fn finish(mut self, n_frames: usize, plan: &VectorPlan, sizes: Sizes) -> Embedding {
        normalise(&mut self.whole);
        let VectorKind::Local(plan) = &plan.kind else {
            return Embedding { local: self.whole.clone(), local_len: self.whole.len(), whole: self.whole };
        };
        let local_len = sizes.local_len;
        self.kept.truncate((n_frames / plan.frames_each).max(1) * local_len);
        let local = self.kept.chunks_exact(local_len).step_by(plan.step).flatten().copied().collect();
        Embedding { whole: self.whole, local, local_len }
    }
}

/// Whether this program can follow a plan with what the embedder offers.
fn fits(plan: &VectorPlan, embedder: Embedder, sizes: Sizes) -> bool {
    let Sizes { window_frames, whole_len, n_local, local_len, .. } = sizes;
    let is_length = |values: usize| (1..=LONGEST_EMBEDDING).contains(&values);
    let can_be_kept = match &plan.kind {
        VectorKind::Whole => true,
        VectorKind::Local(local) => is_length(local_len) && local.covers(n_local, window_frames),
    };
    Embedder::offering(&plan.views) == Some(embedder)
        && (1..=LONGEST_WINDOW).contains(&window_frames)
        && (1..=N_PITCH_CLASSES).contains(&plan.n_keys)
        && is_length(whole_len)
        && can_be_kept
}

/// Rows of windows to test a device with: notes that begin and end, in a different pattern in every window.
fn pretended_notes(n_rows: usize, window_frames: usize) -> Vec<f32> {
    let rows = (0..n_rows).flat_map(|row| (0..window_frames).map(move |t| (row, t)));
    rows.map(|(row, t)| ((row * 7 + t / 15 * 5) % 12) as f32 / 11.0).collect()
}

fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt().max(1e-9);
    vector.iter_mut().for_each(|value| *value /= length);
}

#[cfg(test)]
#[path = "asimt_tests.rs"]
mod tests;
