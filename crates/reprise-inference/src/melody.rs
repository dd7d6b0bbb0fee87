//! FCPE: log-mel frames of a voice in, the salience of 360 pitches out.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use reprise_features::voice::VoiceSpec;

use crate::error::Error;
use crate::network::{Expected, fixed, n_frames, open, run_single, tensor, varying};
use crate::runtime::Runtime;

const INPUT: &str = "log_mel";
const OUTPUT: &str = "salience";

/// The pitch network, ready to run on one thread.
///
/// Luo et al., "FCPE: A fast context-based pitch estimation model", 2025. The weights are those of the package
/// torchfcpe 0.0.4; see `models/melody/README.md`.
#[derive(Debug)]
pub struct Melody {
    session: Session,
    n_mels: usize,
    n_pitches: usize,
}

impl Melody {
    /// Opens `melody` in the folder `models`, with the same checks as [`crate::Crema::load`].
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = VoiceSpec::v2();
        let (n_mels, n_pitches) = (spec.melody.n_mels, spec.melody.n_pitches);
        let expected = Expected {
            folder: "melody",
            file_in: None,
            feature_version: spec.version,
            input: vec![tensor(INPUT, &[fixed(1), varying("n_frames"), fixed(n_mels)])],
            output: vec![tensor(OUTPUT, &[fixed(1), varying("n_frames"), fixed(n_pitches)])],
            optimisation: GraphOptimizationLevel::All,
            // The networks of the second pass take turns: what one has needed is free for the next.
            keeps_memory: false,
        };
        Ok(Self { session: open(runtime, models, &expected)?, n_mels, n_pitches })
    }

    /// Returns the salience of each pitch in 0..=1, `[n_frames, n_pitches]`, for a passage `log_mel`, `[n_frames,
    /// n_mels]`. The first layers normalise over the whole passage, so its level does not matter. A frame depends on
    /// 0.5 s on either side.
    pub fn salience(&mut self, log_mel: &[f32]) -> Result<Vec<f32>, Error> {
        let n_frames = n_frames(log_mel, self.n_mels)?;
        if n_frames == 0 {
            return Ok(Vec::new());
        }
        let shape = vec![1, n_frames, self.n_mels];
        run_single(&mut self.session, (INPUT, shape, log_mel), OUTPUT, [self.n_mels, self.n_pitches])
    }
}
