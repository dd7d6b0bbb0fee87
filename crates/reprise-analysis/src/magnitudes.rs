//! Keeps constant-Q frames from the first pass, which finds the loudest value, to the second pass, which needs it.
//!
//! The frames of a track of ordinary length stay in memory. Those of a long track continue in a temporary file, so that
//! the memory needed does not depend on the length of the file.

use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use reprise_features::{Activity, Loudest};
use tempfile::SpooledTempFile;

/// Half an hour of frames (252 bins of 4 bytes, 10.8 a second).
const KEPT_IN_MEMORY_BYTES: usize = 20 << 20;

/// Linear constant-Q magnitudes of one track, `[n_frames, n_bins]`, written once and read once.
pub(crate) struct Magnitudes {
    spool: BufWriter<SpooledTempFile>,
    n_bins: usize,
    n_frames: usize,
    /// The maxima over the whole track, complete after the last frame.
    pub loudest: Loudest,
    /// Measures whether the track is music at all.
    pub activity: Activity,
    failure: Option<io::Error>,
}

impl Magnitudes {
    pub fn new(n_bins: usize, loudest: Loudest, activity: Activity) -> Self {
        let spool = BufWriter::with_capacity(1 << 16, SpooledTempFile::new(KEPT_IN_MEMORY_BYTES));
        Self { spool, n_bins, n_frames: 0, loudest, activity, failure: None }
    }

    /// Appends one frame. An error such as a full disk is kept and reported by [`Magnitudes::read_back`].
    pub fn push(&mut self, frame: &[f32]) {
        self.loudest.observe(frame);
        self.activity.observe(frame);
        self.n_frames += 1;
        let written = frame.iter().try_for_each(|magnitude| self.spool.write_all(&magnitude.to_le_bytes()));
        if let (Err(error), None) = (written, &self.failure) {
            self.failure = Some(error);
        }
    }

    /// Passes every frame to `each`, in order.
    pub fn read_back(self, mut each: impl FnMut(&[f32])) -> io::Result<()> {
        if let Some(failure) = self.failure {
            return Err(failure);
        }
        let mut spool = self.spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        spool.seek(SeekFrom::Start(0))?;
        let mut spool = BufReader::with_capacity(1 << 16, spool);
        let mut bytes = vec![0u8; self.n_bins * size_of::<f32>()];
        let mut frame = vec![0f32; self.n_bins];
        for _ in 0..self.n_frames {
            spool.read_exact(&mut bytes)?;
            for (value, four) in frame.iter_mut().zip(bytes.chunks_exact(size_of::<f32>())) {
                *value = f32::from_le_bytes([four[0], four[1], four[2], four[3]]);
            }
            each(&frame);
        }
        Ok(())
    }
}
