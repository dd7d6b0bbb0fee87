//! CREMA's chord network: constant-Q frames in, probabilities of the twelve pitch classes out.
//!
//! The network is recurrent in both directions, so a frame depends on the whole track. [`Crema::run`] takes one
//! as it is; [`CremaStream`](crate::CremaStream) bounds the memory for long ones.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use reprise_features::Spec;

use crate::error::Error;
use crate::network::{Expected, fixed, n_frames, open, run_single, tensor, varying};
use crate::runtime::Runtime;

/// Pitch classes of a frame; 0 is C.
pub const N_PITCH_CLASSES: usize = 12;

const INPUT: &str = "hcqt_db";
const OUTPUT: &str = "chord_pitch";

/// The network, ready to run, on one thread.
///
/// One costs 15 MB, and while it runs 9 kB a frame.
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
        let frames = varying("n_frames");
        let input = [fixed(1), frames.clone(), fixed(frame_shape[0]), fixed(frame_shape[1])];
        let expected = Expected {
            folder: "crema",
            feature_version: spec.version,
            input: vec![tensor(INPUT, &input)],
            output: vec![tensor(OUTPUT, &[frames, fixed(N_PITCH_CLASSES)])],
            // One level below the default: the default lays the convolution's single channel out in blocks of
            // eight, which is no faster here and takes four times the memory (36 kB a frame).
            optimisation: GraphOptimizationLevel::Level2,
            keeps_memory: true,
        };
        Ok(Self { session: open(runtime, models, &expected)?, frame_shape })
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
        let [n_bins, n_harmonics] = self.frame_shape;
        let shape = vec![1, n_frames, n_bins, n_harmonics];
        let lengths = [self.frame_len(), N_PITCH_CLASSES];
        let values = run_single(&mut self.session, (INPUT, shape, hcqt_db), OUTPUT, lengths)?;
        Ok(values.as_chunks().0.to_vec())
    }

    /// Values of one input frame: bins times harmonics.
    pub fn frame_len(&self) -> usize {
        self.frame_shape.iter().product()
    }

    /// Frames in `hcqt_db`, which must be whole ones.
    pub(crate) fn n_frames(&self, hcqt_db: &[f32]) -> Result<usize, Error> {
        n_frames(hcqt_db, self.frame_len())
    }
}

#[cfg(test)]
#[path = "crema_tests.rs"]
mod tests;
