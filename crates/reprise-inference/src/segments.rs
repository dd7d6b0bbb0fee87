//! CREMA over a track of any length: the track is cut into overlapping pieces, and the middle of each, which has enough
//! context, is kept.
//!
//! A track of up to [`SEGMENT_FRAMES`] runs in one piece and gives exactly the result of [`Crema::run`].

use crate::crema::{Crema, N_PITCH_CLASSES};
use crate::error::Error;

/// The longest piece that runs at once: 6 min 20 s, which takes 45 MB while it runs.
///
/// DIFFERENCE: longer tracks are not processed as a whole. The network's gates saturate, so that input from minutes ago
/// still has an effect, and no context is long enough to reproduce the run over the whole track. In pieces of 1024
/// frames with 80 frames of context, a probability differs by 0.014 to 0.025 on average and by up to 0.58. With the two
/// values here it differs by 0.0003 to 0.006 on average and by up to 0.27 (training/scripts/measure_crema_segments.py,
/// on four pieces of ASAP, 7 to 28 minutes, rendered with FluidSynth). The length does not affect the time: pieces of
/// 512 to 4096 frames cost the same per frame.
pub const SEGMENT_FRAMES: usize = 4096;

/// Frames of context on either side of the frames that are kept of a piece: 95 s. They are half of the cost of a long
/// track.
pub const CONTEXT_FRAMES: usize = 1024;

/// A track that passes through the network bit by bit, in bounded memory.
#[derive(Debug)]
pub struct CremaStream<'a> {
    crema: &'a mut Crema,
    cut: Cut,
    /// Frames that are not dropped yet, `[n_frames, n_bins, n_harmonics]`.
    pending: Vec<f32>,
    /// Number of these frames, at the front, that serve only as context.
    n_heard: usize,
}

/// How a track is cut into pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut {
    /// Length of the longest piece.
    pub segment_frames: usize,
    /// Overlap on either side; less than half of a piece.
    pub context_frames: usize,
}

impl<'a> CremaStream<'a> {
    /// Starts a track.
    pub fn new(crema: &'a mut Crema) -> Self {
        Self::with_cut(crema, Cut { segment_frames: SEGMENT_FRAMES, context_frames: CONTEXT_FRAMES })
    }

    pub(crate) fn with_cut(crema: &'a mut Crema, cut: Cut) -> Self {
        Self { crema, cut, pending: Vec::new(), n_heard: 0 }
    }

    /// Takes the next frames, `hcqt_db` `[n_frames, n_bins, n_harmonics]` as for [`Crema::run`], and emits the frames
    /// that are final, in order.
    pub fn push(
        &mut self,
        hcqt_db: &[f32],
        emit: &mut dyn FnMut(&[f32; N_PITCH_CLASSES]),
    ) -> Result<(), Error> {
        self.crema.n_frames(hcqt_db)?;
        for frame in hcqt_db.chunks_exact(self.crema.frame_len()) {
            // A piece waits for the frame after it, so that the last piece of a track is never empty.
            if self.n_pending() == self.cut.segment_frames {
                self.run_segment(emit)?;
            }
            self.pending.extend_from_slice(frame);
        }
        Ok(())
    }

    /// Emits the frames that waited for more context. In total, as many frames come out as went in.
    pub fn finish(self, emit: &mut dyn FnMut(&[f32; N_PITCH_CLASSES])) -> Result<(), Error> {
        self.crema.run(&self.pending)?.iter().skip(self.n_heard).for_each(emit);
        Ok(())
    }

    /// Runs the pending frames, emits all but the context on the right, and keeps both contexts of the next piece.
    fn run_segment(&mut self, emit: &mut dyn FnMut(&[f32; N_PITCH_CLASSES])) -> Result<(), Error> {
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
