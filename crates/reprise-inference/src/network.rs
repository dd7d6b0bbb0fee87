//! Opening a network: checked against its manifest and against what this program is written for.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

use crate::device::Device;
use crate::error::Error;
use crate::manifest::{Axis, Manifest, Tensor};
use crate::runtime::Runtime;

/// What a network must be for this program to run it.
pub(crate) struct Expected {
    /// Its folder in the folder of models.
    pub folder: &'static str,
    /// Version of the specification its input follows.
    pub feature_version: u32,
    /// What it takes.
    pub input: Vec<Tensor>,
    /// What it gives.
    pub output: Vec<Tensor>,
    /// How far ONNX Runtime rearranges it.
    pub optimisation: GraphOptimizationLevel,
    /// Whether what a run needs is kept for the next one. That is faster where all runs are alike; where their lengths
    /// vary it piles up.
    pub keeps_memory: bool,
}

/// Opens a network on one thread of the processor.
///
/// Each thread that listens to tracks has its own: a second thread inside one network makes it slower, and a
/// network that threads take turns on would hold them up.
pub(crate) fn open(runtime: &Runtime, models: &Path, expected: &Expected) -> Result<Session, Error> {
    open_on(Device::Processor, runtime, models, expected)
}

/// Opens a network on a device, or says why that cannot be.
pub(crate) fn open_on(
    device: Device,
    runtime: &Runtime,
    models: &Path,
    expected: &Expected,
) -> Result<Session, Error> {
    let folder = models.join(expected.folder);
    let manifest = Manifest::read(&folder)?;
    manifest.require_feature_version(expected.feature_version)?;
    manifest.require_tensors(&expected.input, &expected.output)?;
    let session = Session::builder(runtime.environment())
        .map_err(Error::runtime("prepare a session"))?
        .with_intra_threads(1)
        .map_err(Error::runtime("keep to one thread"))?
        .with_optimization_level(expected.optimisation)
        .map_err(Error::runtime("set the optimisation level"))?
        // Weights stored as 8-bit integers become single precision once, when the model is opened. Otherwise they
        // would at every run, and the convolutions could not prepare theirs beforehand.
        .with_config_entry("session.disable_quant_qdq", "1")
        .map_err(Error::runtime("unpack the weights"))?
        .with_execution_providers(device.providers(expected.keeps_memory))
        .map_err(Error::runtime("choose the processor"))?
        .with_memory_pattern(expected.keeps_memory)
        .map_err(Error::runtime("plan its memory"))?
        .commit_from_memory(&manifest.read_model(&folder)?)
        .map_err(Error::runtime("open the model"))?;
    manifest.require_same(session.inputs(), session.outputs())?;
    Ok(session)
}

/// A tensor of single-precision numbers.
pub(crate) fn tensor(name: &str, shape: &[Axis]) -> Tensor {
    Tensor { name: name.into(), dtype: "f32".into(), shape: shape.into() }
}

/// An axis of always the same length.
pub(crate) fn fixed(length: usize) -> Axis {
    Axis::Fixed(u32::try_from(length).expect("axes have some hundred values"))
}

/// An axis as long as the input makes it.
pub(crate) fn varying(name: &str) -> Axis {
    Axis::Varying(name.into())
}

/// Runs a network with one input and one output. `frame_len`: values of a frame, to name the frame that is no number.
pub(crate) fn run_single(
    session: &mut Session,
    (input, shape, given): (&str, Vec<usize>, &[f32]),
    output: &str,
    frame_lens: [usize; 2],
) -> Result<Vec<f32>, Error> {
    // Asked before the run: rectifiers turn what is no number into 0 without a word.
    if let Some(frame) = first_not_finite(given, frame_lens[0]) {
        return Err(Error::InputNotFinite { frame });
    }
    let given = TensorRef::from_array_view((shape, given)).map_err(Error::runtime("take the input"))?;
    let outputs = session.run(ort::inputs![input => given]).map_err(Error::runtime("run the model"))?;
    let (_, values) =
        outputs[output].try_extract_tensor::<f32>().map_err(Error::runtime("give the output"))?;
    match first_not_finite(values, frame_lens[1]) {
        Some(frame) => Err(Error::OutputNotFinite { frame }),
        None => Ok(values.to_vec()),
    }
}

/// Frames in `values`, which must be whole ones.
pub(crate) fn n_frames(values: &[f32], frame_len: usize) -> Result<usize, Error> {
    if !values.len().is_multiple_of(frame_len) {
        return Err(Error::PartialFrame { n_values: values.len(), frame_len });
    }
    Ok(values.len() / frame_len)
}

/// Index of the first frame of `frame_len` values with one that is no number.
pub(crate) fn first_not_finite(values: &[f32], frame_len: usize) -> Option<usize> {
    values.iter().position(|value| !value.is_finite()).map(|index| index / frame_len)
}
