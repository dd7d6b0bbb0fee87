//! CREMA's chord network: constant-Q frames in, the probabilities of the twelve pitch classes out (chord-pitch).
//!
//! The network is recurrent in both directions, so a frame depends on the whole track. [`Crema::run`] processes a track
//! at once; [`CremaStream`](crate::CremaStream) bounds the memory for long tracks.

use std::path::Path;

use ort::session::Session;
use ort::session::builder::GraphOptimizationLevel;
use reprise_features::Spec;

use crate::error::Error;
use crate::network::{Expected, fixed, n_frames, open, run_single, tensor, varying};
use crate::runtime::Runtime;

/// Number of pitch classes in a frame; 0 is C.
pub const N_PITCH_CLASSES: usize = 12;

const INPUT: &str = "hcqt_db";
const OUTPUT: &str = "chord_pitch";

/// The network, ready to run on one thread.
///
/// It takes 15 MB, and 9 kB per frame while it runs.
///
/// McFee & Bello, "Structured training for large-vocabulary chord recognition", ISMIR 2017. The weights are those of
/// the package crema 0.2.0; see `models/crema/README.md`.
#[derive(Debug)]
pub struct Crema {
    session: Session,
    frame_shape: [usize; 2],
}

impl Crema {
    /// Opens `crema` in the folder `models`, after checking that the model matches its manifest and that the manifest
    /// fits this program.
    pub fn load(runtime: &Runtime, models: &Path) -> Result<Self, Error> {
        let spec = Spec::v1();
        let frame_shape = [spec.crema.n_bins, spec.crema.harmonics.len()];
        let frames = varying("n_frames");
        let input = [fixed(1), frames.clone(), fixed(frame_shape[0]), fixed(frame_shape[1])];
        let expected = Expected {
            folder: "crema",
            file_in: None,
            feature_version: spec.version,
            input: vec![tensor(INPUT, &input)],
            output: vec![tensor(OUTPUT, &[frames, fixed(N_PITCH_CLASSES)])],
            // One level below the default. The default arranges the convolution's single channel in blocks of eight,
            // which is no faster here and takes four times the memory (36 kB per frame).
            optimisation: GraphOptimizationLevel::Level2,
            keeps_memory: true,
        };
        Ok(Self { session: open(runtime, models, &expected)?, frame_shape })
    }

    /// Runs the network over one piece, usually a whole track.
    ///
    /// `hcqt_db`: `[n_frames, n_bins, n_harmonics]`, in dB relative to the loudest cell of the track per harmonic.
    /// Returns one `[f32; 12]` per frame, in 0..=1; an empty vector for no frames.
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

    /// Number of values in an input frame: bins times harmonics.
    pub fn frame_len(&self) -> usize {
        self.frame_shape.iter().product()
    }

    /// Returns the number of frames in `hcqt_db`. They must be whole frames.
    pub(crate) fn n_frames(&self, hcqt_db: &[f32]) -> Result<usize, Error> {
        n_frames(hcqt_db, self.frame_len())
    }
}

#[cfg(test)]
#[path = "crema_tests.rs"]
mod tests;
