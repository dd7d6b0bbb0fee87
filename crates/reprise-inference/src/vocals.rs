//! Spleeter's vocal U-Net: magnitudes of a piece of music in, the share of each that is sung out.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use reprise_features::voice::VoiceSpec;

use crate::device::Device;
use crate::error::Error;
use crate::network::{Expected, fixed, n_frames, open, open_on, run_single, tensor, varying};
use crate::runtime::Runtime;

const INPUT: &str = "magnitude";
const OUTPUT: &str = "mask";

/// Segments that a graphics processor is given together.
const GRAPHICS_BATCH: usize = 8;

/// How far the masks of a graphics processor may be from those of the processor.
const LARGEST_DEVIATION: f32 = 0.01;

/// The separator, ready to run: on a graphics processor that gives the processor's masks, else on one thread.
///
/// Hennequin, Khlif, Voituret & Moussallam, "Spleeter: a fast and efficient music source separation tool with
/// pre-trained models", JOSS 2020; see `models/vocals/README.md`.
#[derive(Debug)]
pub struct Vocals {
    runtime: Runtime,
    processor: Session,
    graphics: Option<(Device, Session)>,
    segment_shape: [usize; 2],
}

impl Vocals {
    /// Opens `vocals` in the folder `models`, checked as [`crate::Crema::load`] does.
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = VoiceSpec::v1();
        let segment_shape = [spec.separation.segment_frames, spec.separation.n_bins];
        let shape = [varying("n_segments"), fixed(1), fixed(segment_shape[0]), fixed(segment_shape[1])];
        let expected = Expected {
            folder: "vocals",
            feature_version: spec.version,
            input: vec![tensor(INPUT, &shape)],
            output: vec![tensor(OUTPUT, &shape)],
            optimisation: GraphOptimizationLevel::All,
            keeps_memory: true,
        };
        let processor = open(runtime, models, &expected)?;
        let mut vocals = Self { runtime: runtime.clone(), processor, graphics: None, segment_shape };
        while let Some(device) = runtime.graphics() {
            match vocals.tried(open_on(device, runtime, models, &expected)) {
                Ok(session) => {
                    vocals.graphics = Some((device, session));
                    break;
                }
                Err(reason) => runtime.refuse(device, reason),
            }
        }
        Ok(vocals)
    }

    /// Where it runs.
    pub fn device(&self) -> Device {
        self.graphics.as_ref().map_or(Device::Processor, |(device, _)| *device)
    }

    /// How many segments it is best given together.
    pub fn batch(&self) -> usize {
        if self.graphics.is_some() { GRAPHICS_BATCH } else { 1 }
    }

    /// The masks of whole segments. `magnitudes` and what is returned: `[n_segments, segment_frames, n_bins]`,
    /// the masks in 0..=1. A segment does not depend on the others.
    pub fn masks(&mut self, magnitudes: &[f32]) -> Result<Vec<f32>, Error> {
        if let Some((device, session)) = &mut self.graphics {
            match masks(session, self.segment_shape, magnitudes) {
                // Its memory may be full, or the computer went to sleep: the processor takes over for good.
                Err(failure @ (Error::Runtime { .. } | Error::OutputNotFinite { .. })) => {
                    self.runtime.refuse(*device, failure.to_string());
                    self.graphics = None;
                }
                outcome => return outcome,
            }
        }
        masks(&mut self.processor, self.segment_shape, magnitudes)
    }

    /// The session, if it gives the masks that the processor gives.
    fn tried(&mut self, session: Result<Session, Error>) -> Result<Session, String> {
        let mut session = session.map_err(|failure| failure.to_string())?;
        let [frames, bins] = self.segment_shape;
        let ramp: Vec<f32> = (0..GRAPHICS_BATCH * frames * bins).map(|i| (i % 997) as f32 / 50.0).collect();
        let got = masks(&mut session, self.segment_shape, &ramp).map_err(|failure| failure.to_string())?;
        let last = (GRAPHICS_BATCH - 1) * frames * bins;
        let wanted = masks(&mut self.processor, self.segment_shape, &ramp[last..])
            .map_err(|failure| failure.to_string())?;
        let deviation = largest_deviation(&got[last..], &wanted);
        if deviation <= LARGEST_DEVIATION {
            return Ok(session);
        }
        Err(format!("its masks are up to {deviation:.3} from those of the processor"))
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

fn largest_deviation(got: &[f32], wanted: &[f32]) -> f32 {
    got.iter().zip(wanted).map(|(got, wanted)| (got - wanted).abs()).fold(0.0, f32::max)
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
        assert_eq!(runtime.device(), Device::Processor);
        let unused = runtime.unused_devices();
        assert_eq!(unused.len(), 1);
        assert!(unused[0].to_string().starts_with("the graphics processor (CUDA) was not used: "));
        let [frames, bins] = vocals.segment_shape;
        assert_eq!(vocals.masks(&vec![1.0; frames * bins]).unwrap().len(), frames * bins);
    }

    #[test]
    fn another_session_is_taken_when_it_gives_the_same_masks_and_given_up_when_it_fails() {
        let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap().offering(&[Device::WebGpu]);
        let (models, no_graphics) = (find_models().unwrap(), runtime.offering(&[]));
        let mut vocals = Vocals::load(&no_graphics, &models).unwrap();
        let twin = Vocals::load(&no_graphics, &models).unwrap().processor;
        let twin = vocals.tried(Ok(twin)).unwrap();
        vocals.runtime = runtime.clone();
        vocals.graphics = Some((Device::WebGpu, twin));
        assert_eq!((vocals.device(), vocals.batch()), (Device::WebGpu, GRAPHICS_BATCH));

        // A session that can only fail: it takes something else than magnitudes.
        let other = crate::VoiceActivity::load(&no_graphics, &models).unwrap().into_session();
        vocals.graphics = Some((Device::WebGpu, other));
        let [frames, bins] = vocals.segment_shape;
        assert_eq!(vocals.masks(&vec![1.0; frames * bins]).unwrap().len(), frames * bins);
        assert_eq!(vocals.device(), Device::Processor);
        assert_eq!(runtime.unused_devices()[0].device, Device::WebGpu);
    }

    #[test]
    fn what_is_wrong_with_the_input_is_not_blamed_on_the_device() {
        let runtime = Runtime::load(&find_runtime_library().unwrap()).unwrap().offering(&[]);
        let models = find_models().unwrap();
        let mut vocals = Vocals::load(&runtime, &models).unwrap();
        vocals.graphics = Some((Device::Cuda, Vocals::load(&runtime, &models).unwrap().processor));
        let [frames, bins] = vocals.segment_shape;
        let error = vocals.masks(&vec![f32::NAN; frames * bins]).unwrap_err();
        assert!(matches!(error, Error::InputNotFinite { frame: 0 }));
        assert_eq!(vocals.device(), Device::Cuda);
    }

    #[test]
    fn one_wrong_value_is_enough_to_refuse() {
        assert_eq!(largest_deviation(&[0.25, 1.0, 0.5], &[0.25, 0.5, 0.75]), 0.5);
    }
}
