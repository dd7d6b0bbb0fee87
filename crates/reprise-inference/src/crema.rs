//! CREMA's chord network: constant-Q frames in, probabilities of the twelve pitch classes out.
//!
//! The network is recurrent in both directions, so a frame depends on the whole track. [`Crema::run`] takes one
//! as it is; [`Crema::segments`] bounds the memory for long ones.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;
use reprise_features::Spec;

use crate::error::Error;
use crate::manifest::{Axis, Manifest, Tensor};
use crate::runtime::Runtime;
use crate::segments::CremaStream;

/// Pitch classes of a frame; 0 is C.
pub const N_PITCH_CLASSES: usize = 12;

/// Folder of the model in the folder of models.
const FOLDER: &str = "crema";
const INPUT: &str = "hcqt_db";
const OUTPUT: &str = "chord_pitch";

/// The network, ready to run, on one thread.
///
/// Each thread that listens to tracks has its own: a second thread inside one network makes it slower, and a
/// network that threads take turns on would hold them up. One costs 15 MB, and while it runs 9 kB a frame.
///
/// McFee & Bello, "Structured training for large-vocabulary chord recognition", ISMIR 2017; weights of the
/// package crema 0.2.0, see `models/crema/README.md`.
#[derive(Debug)]
pub struct Crema {
    session: Session,
    frame_shape: [usize; 2],
}

impl Crema {
    /// Opens `crema` in the folder `models`, after checking that it is what its manifest says and that the
    /// manifest fits this program.
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = Spec::v1();
        let frame_shape = [spec.crema.n_bins, spec.crema.harmonics.len()];
        let folder = models.join(FOLDER);
        let manifest = Manifest::read(&folder)?;
        manifest.require_feature_version(spec.version)?;
        manifest.require_tensors(&[input(frame_shape)], &[output()])?;
        let session = open(runtime, &manifest.read_model(&folder)?)?;
        manifest.require_same(session.inputs(), session.outputs())?;
        Ok(Self { session, frame_shape })
    }

    /// The network over one piece, a whole track as a rule.
    ///
    /// `hcqt_db`: `[n_frames, n_bins, n_harmonics]`, dB re the loudest cell of the track per harmonic. Returns
    /// one `[f32; 12]` a frame, in 0..=1; nothing for nothing.
    pub fn run(&mut self, hcqt_db: &[f32]) -> Result<Vec<[f32; N_PITCH_CLASSES]>, Error> {
        let n_frames = self.n_frames(hcqt_db)?;
        if n_frames == 0 {
            return Ok(Vec::new());
        }
        // Asked before the run: the network's rectifiers turn what is no number into 0 without a word.
        if let Some(frame) = first_not_finite(hcqt_db, self.frame_len()) {
            return Err(Error::InputNotFinite { frame });
        }
        let [n_bins, n_harmonics] = self.frame_shape;
        let given = TensorRef::from_array_view(([1, n_frames, n_bins, n_harmonics], hcqt_db))
            .map_err(Error::runtime("take the input"))?;
        let outputs =
            self.session.run(ort::inputs![INPUT => given]).map_err(Error::runtime("run the model"))?;
        let (_, values) =
            outputs[OUTPUT].try_extract_tensor::<f32>().map_err(Error::runtime("give the output"))?;
        match first_not_finite(values, N_PITCH_CLASSES) {
            Some(frame) => Err(Error::OutputNotFinite { frame }),
            None => Ok(values.as_chunks().0.to_vec()),
        }
    }

    /// The network over a track that arrives bit by bit, in bounded memory.
    pub fn segments(&mut self) -> CremaStream<'_> {
        CremaStream::new(self)
    }

    /// Values of one input frame: bins times harmonics.
    pub fn frame_len(&self) -> usize {
        self.frame_shape.iter().product()
    }

    /// Frames in `hcqt_db`, which must be whole ones.
    pub(crate) fn n_frames(&self, hcqt_db: &[f32]) -> Result<usize, Error> {
        let frame_len = self.frame_len();
        if !hcqt_db.len().is_multiple_of(frame_len) {
            return Err(Error::PartialFrame { n_values: hcqt_db.len(), frame_len });
        }
        Ok(hcqt_db.len() / frame_len)
    }
}

fn open(runtime: &Runtime, model: &[u8]) -> Result<Session, Error> {
    Session::builder(runtime.environment())
        .map_err(Error::runtime("prepare a session"))?
        .with_intra_threads(1)
        .map_err(Error::runtime("keep to one thread"))?
        // One level below the default: the default lays the convolution's single channel out in blocks of
        // eight, which is no faster here and takes four times the memory (36 kB a frame).
        .with_optimization_level(GraphOptimizationLevel::Level2)
        .map_err(Error::runtime("set the optimisation level"))?
        .commit_from_memory(model)
        .map_err(Error::runtime("open the model"))
}

fn input([n_bins, n_harmonics]: [usize; 2]) -> Tensor {
    let axes = [Axis::Fixed(1), frames(), fixed(n_bins), fixed(n_harmonics)];
    Tensor { name: INPUT.into(), dtype: "f32".into(), shape: axes.into() }
}

fn output() -> Tensor {
    let axes = [frames(), fixed(N_PITCH_CLASSES)];
    Tensor { name: OUTPUT.into(), dtype: "f32".into(), shape: axes.into() }
}

fn frames() -> Axis {
    Axis::Varying("n_frames".into())
}

fn fixed(length: usize) -> Axis {
    Axis::Fixed(u32::try_from(length).expect("a frame has some hundred values"))
}

/// Index of the first frame of `frame_len` values with one that is no number.
fn first_not_finite(values: &[f32], frame_len: usize) -> Option<usize> {
    values.iter().position(|value| !value.is_finite()).map(|index| index / frame_len)
}

#[cfg(test)]
#[path = "crema_tests.rs"]
mod tests;
