//! Opens a network and checks it against its manifest and against the requirements of this program.

use std::path::{Path, PathBuf};

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use ort::value::TensorRef;

use crate::device::Device;
use crate::error::Error;
use crate::manifest::{Axis, Manifest, Tensor};
use crate::runtime::Runtime;

/// The properties a network must have for this program to run it.
pub(crate) struct Expected {
    /// Its folder inside the folder of models.
    pub folder: &'static str,
    /// The folder of the model's file, if it is not beside its manifest.
    pub file_in: Option<PathBuf>,
    /// Version of the specification that its input follows.
    pub feature_version: u32,
    /// Its inputs.
    pub input: Vec<Tensor>,
    /// Its outputs.
    pub output: Vec<Tensor>,
    /// How far ONNX Runtime optimises the graph.
    pub optimisation: GraphOptimizationLevel,
    /// Whether the memory of a run is kept for the next one. That is faster if all runs are alike; if their lengths
    /// vary, the memory accumulates.
    pub keeps_memory: bool,
}

/// Opens a network on one thread of the CPU.
///
/// Each thread that analyses tracks has its own network. A second thread inside one network makes it slower, and
/// threads that share a network would wait for one another.
pub(crate) fn open(runtime: &Runtime, models: &Path, expected: &Expected) -> Result<Session, Error> {
    open_on(Device::Processor, runtime, models, expected)
}

/// Opens a network on a device, or returns the reason why that is not possible.
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
        // Weights stored as 8-bit integers are converted to single precision once, when the model is opened. Otherwise
        // they would be converted in every run, and the convolutions could not prepare their weights in advance.
        .with_config_entry("session.disable_quant_qdq", "1")
        .map_err(Error::runtime("unpack the weights"))?
        .with_execution_providers(device.providers(expected.keeps_memory))
        .map_err(Error::runtime("choose the processor"))?
        .with_memory_pattern(expected.keeps_memory)
        .map_err(Error::runtime("plan its memory"))?
        .commit_from_memory(&manifest.read_model(expected.file_in.as_deref().unwrap_or(&folder))?)
        .map_err(Error::runtime("open the model"))?;
    manifest.require_same(session.inputs(), session.outputs())?;
    Ok(session)
}

/// A tensor of single-precision numbers.
pub(crate) fn tensor(name: &str, shape: &[Axis]) -> Tensor {
    Tensor { name: name.into(), dtype: "f32".into(), shape: shape.into() }
}

/// A tensor of whole numbers.
pub(crate) fn integers(name: &str, shape: &[Axis]) -> Tensor {
    Tensor { name: name.into(), dtype: "i64".into(), shape: shape.into() }
}

/// An axis of fixed length.
pub(crate) fn fixed(length: usize) -> Axis {
    Axis::Fixed(u32::try_from(length).expect("axes have some hundred values"))
}

/// An axis whose length depends on the input.
pub(crate) fn varying(name: &str) -> Axis {
    Axis::Varying(name.into())
}

/// Runs a network with one input and one output. `frame_lens`: number of values in an input and in an output frame, to
/// name a frame that is not finite.
pub(crate) fn run_single(
    session: &mut Session,
    (input, shape, given): (&str, Vec<usize>, &[f32]),
    output: &str,
    frame_lens: [usize; 2],
) -> Result<Vec<f32>, Error> {
    // Checked before the run, because rectifiers silently turn a NaN into 0.
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

/// Returns the number of frames in `values`. They must be whole frames.
pub(crate) fn n_frames(values: &[f32], frame_len: usize) -> Result<usize, Error> {
    if !values.len().is_multiple_of(frame_len) {
        return Err(Error::PartialFrame { n_values: values.len(), frame_len });
    }
    Ok(values.len() / frame_len)
}

/// Returns the index of the first frame of `frame_len` values that contains a value that is not finite.
pub(crate) fn first_not_finite(values: &[f32], frame_len: usize) -> Option<usize> {
    values.iter().position(|value| !value.is_finite()).map(|index| index / frame_len)
}
