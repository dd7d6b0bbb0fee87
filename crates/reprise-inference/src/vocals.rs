//! Spleeter's vocal U-Net: magnitudes of a piece of music in, the share of each that is sung out.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use reprise_features::voice::VoiceSpec;

use crate::error::Error;
use crate::network::{Expected, fixed, n_frames, open, run_single, tensor, varying};
use crate::runtime::Runtime;

const INPUT: &str = "magnitude";
const OUTPUT: &str = "mask";

/// The separator, ready to run, on one thread.
///
/// Hennequin, Khlif, Voituret & Moussallam, "Spleeter: a fast and efficient music source separation tool with
/// pre-trained models", JOSS 2020; see `models/vocals/README.md`.
#[derive(Debug)]
pub struct Vocals {
    session: Session,
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
        Ok(Self { session: open(runtime, models, expected)?, segment_shape })
    }

    /// The masks of whole segments. `magnitudes` and what is returned: `[n_segments, segment_frames, n_bins]`,
    /// the masks in 0..=1. A segment does not depend on the others.
    pub fn masks(&mut self, magnitudes: &[f32]) -> Result<Vec<f32>, Error> {
        let [frames, bins] = self.segment_shape;
        let n_segments = n_frames(magnitudes, frames * bins)?;
        if n_segments == 0 {
            return Ok(Vec::new());
        }
        let shape = vec![n_segments, 1, frames, bins];
        run_single(&mut self.session, (INPUT, shape, magnitudes), OUTPUT, [bins, bins])
    }
}
