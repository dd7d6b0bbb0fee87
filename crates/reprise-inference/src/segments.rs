//! CREMA over a track of any length: pieces that overlap, of which the well-informed middle is kept.
//!
//! A track of up to [`SEGMENT_FRAMES`] runs in one piece and gives exactly what [`Crema::run`] gives.

use crate::crema::{Crema, N_PITCH_CLASSES};
use crate::error::Error;

/// Longest piece that runs at once: 6 min 20 s, 45 MB while it runs.
///
/// DIFFERENCE: longer tracks are not heard whole. The network's gates saturate, so that what it heard minutes ago still
/// tells, and no context is long enough to agree with the whole-track run. In pieces of 1024 frames with 80 of context
/// a probability differs by 0.014 to 0.025 on average and by up to 0.58; with the two figures here by 0.0003 to 0.006
/// and up to 0.27 (training/scripts/measure_crema_segments.py, on four pieces of ASAP, 7 to 28 minutes, rendered with
/// FluidSynth). It is not a matter of time: pieces of 512 to 4096 frames cost the same per frame.
pub const SEGMENT_FRAMES: usize = 4096;

/// Frames that a piece hears on either side of those that are kept of it: 95 s. Half of what a long track costs.
pub const CONTEXT_FRAMES: usize = 1024;

/// A track on its way through the network, bit by bit and in bounded memory.
#[derive(Debug)]
pub struct CremaStream<'a> {
    crema: &'a mut Crema,
    cut: Cut,
    /// Frames not yet dropped, `[n_frames, n_bins, n_harmonics]`.
    pending: Vec<f32>,
    /// How many of them, at the front, are there only as context.
    n_heard: usize,
}

/// How a track is cut into pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// Longest piece.
    pub segment_frames: usize,
    /// Overlap on either side; less than half of a piece.
    pub context_frames: usize,
}

impl<'a> CremaStream<'a> {
    /// At the beginning of a track.
    pub fn new(crema: &'a mut Crema) -> Self {
        Self::with_cut(crema, Cut { segment_frames: SEGMENT_FRAMES, context_frames: CONTEXT_FRAMES })
    }

    pub(crate) fn with_cut(crema: &'a mut Crema, cut: Cut) -> Self {
        Self { crema, cut, pending: Vec::new(), n_heard: 0 }
    }

    /// Takes the next frames, `hcqt_db` `[n_frames, n_bins, n_harmonics]` as for [`Crema::run`], and hands on those
    /// that are settled, in order.
    pub fn push(
        &mut self,
        hcqt_db: &[f32],
        emit: &mut dyn FnMut(&[f32; N_PITCH_CLASSES]),
    ) -> Result<(), Error> {
        self.crema.n_frames(hcqt_db)?;
        for frame in hcqt_db.chunks_exact(self.crema.frame_len()) {
            // A piece waits for the frame after it, so that the last piece of a track is never an empty one.
            if self.n_pending() == self.cut.segment_frames {
                self.hear_segment(emit)?;
            }
            self.pending.extend_from_slice(frame);
        }
        Ok(())
    }

    /// Hands on the frames that were waiting for more context. As many have come out as went in.
    pub fn finish(self, emit: &mut dyn FnMut(&[f32; N_PITCH_CLASSES])) -> Result<(), Error> {
        self.crema.run(&self.pending)?.iter().skip(self.n_heard).for_each(emit);
        Ok(())
    }

    /// Runs what is pending, hands on all but the context on its right, and keeps both contexts of the next piece.
    fn hear_segment(&mut self, emit: &mut dyn FnMut(&[f32; N_PITCH_CLASSES])) -> Result<(), Error> {
        let Cut { segment_frames, context_frames } = self.cut;
        let frames = self.crema.run(&self.pending)?;
        frames[self.n_heard..segment_frames - context_frames].iter().for_each(emit);
        let n_dropped = segment_frames - 2 * context_frames;
        self.pending.drain(..n_dropped * self.crema.frame_len());
        self.n_heard = context_frames;
        Ok(())
    }

    fn n_pending(&self) -> usize {
        self.pending.len() / self.crema.frame_len()
    }
}
