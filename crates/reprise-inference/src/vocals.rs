//! Spleeter's vocal U-Net: magnitudes of a piece of music in, the share of each that belongs to the voice out.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use reprise_features::voice::VoiceSpec;

use crate::device::Device;
use crate::error::Error;
use crate::network::{Expected, fixed, n_frames, run_single, tensor, varying};
use crate::placed::{PlacedSession, Trial};
use crate::runtime::Runtime;

const INPUT: &str = "magnitude";
const OUTPUT: &str = "mask";

/// Segments that a graphics processor processes together.
const GRAPHICS_BATCH: usize = 8;

/// The largest difference of a graphics processor's masks from those of the CPU.
const LARGEST_DEVIATION: f32 = 0.01;

/// The source separator, ready to run: on a graphics processor if that gives the same masks as the CPU, otherwise on
/// one thread of the CPU.
///
/// Hennequin, Khlif, Voituret & Moussallam, "Spleeter: a fast and efficient music source separation tool with
/// pre-trained models", JOSS 2020; see `models/vocals/README.md`.
#[derive(Debug)]
pub struct Vocals {
    network: PlacedSession,
    segment_shape: [usize; 2],
}

impl Vocals {
    /// Opens `vocals` in the folder `models`, with the same checks as [`crate::Crema::load`].
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = VoiceSpec::v2();
        let segment_shape = [spec.separation.segment_frames, spec.separation.n_bins];
        let shape = [varying("n_segments"), fixed(1), fixed(segment_shape[0]), fixed(segment_shape[1])];
        let expected = Expected {
            folder: "vocals",
            file_in: None,
            feature_version: spec.version,
            input: vec![tensor(INPUT, &shape)],
            output: vec![tensor(OUTPUT, &shape)],
            optimisation: GraphOptimizationLevel::All,
            // The networks of the second pass take turns: what one has needed is free for the next.
            keeps_memory: false,
        };
        let item_len = segment_shape.iter().product();
        let trial = Trial {
            items: &|| (0..GRAPHICS_BATCH * item_len).map(|i| (i % 997) as f32 / 50.0).collect(),
            item_len,
            run: &|session, magnitudes| masks(session, segment_shape, magnitudes),
            gives: "masks",
            largest_deviation: LARGEST_DEVIATION,
        };
        Ok(Self { network: PlacedSession::open(runtime, models, &expected, &trial)?, segment_shape })
    }

    /// The device on which the network runs.
    pub fn device(&self) -> Device {
        self.network.device()
    }

    /// Returns the best number of segments to process together.
    pub fn batch(&self) -> usize {
        if self.network.is_on_graphics() { GRAPHICS_BATCH } else { 1 }
    }

    /// Returns the masks of whole segments. `magnitudes` and the result are `[n_segments, segment_frames, n_bins]`;
    /// masks are in 0..=1. A segment does not depend on the others.
    pub fn masks(&mut self, magnitudes: &[f32]) -> Result<Vec<f32>, Error> {
        let shape = self.segment_shape;
        self.network.run(|session| masks(session, shape, magnitudes))
    }
}

fn masks(session: &mut Session, [frames, bins]: [usize; 2], magnitudes: &[f32]) -> Result<Vec<f32>, Error> {
    let n_segments = n_frames(magnitudes, frames * bins)?;
    if n_segments == 0 {
        return Ok(Vec::new());
    }
    let shape = vec![n_segments, 1, frames, bins];
    run_single(session, (INPUT, shape, magnitudes), OUTPUT, [bins, bins])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{find_models, find_runtime_library};

    #[test]
    fn a_graphics_processor_that_is_not_there_is_named_and_the_processor_serves() {
        let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap().offering(&[Device::Cuda]);
        let mut vocals = Vocals::load(&runtime, &find_models().unwrap()).unwrap();
        assert_eq!((vocals.device(), vocals.batch()), (Device::Processor, 1));
        assert_eq!(runtime.graphics(), None, "it is tried once, not by every thread");
        assert_eq!(runtime.unused_devices().len(), 1);
        let [frames, bins] = vocals.segment_shape;
        assert_eq!(vocals.masks(&vec![1.0; frames * bins]).unwrap().len(), frames * bins);
    }
}
