//! A recording prepared for alignment: CREMA and chroma as blocks of a second, each block one vector.

use crate::blocks::{Blocks, l1, l2, scaled};
use crate::settings::{BLOCK_FRAMES, Settings};
use crate::transpose::mean;
use crate::voice::Voice;

/// What comes after so many blocks is dropped: 38 minutes. Alignment takes memory and time by the square; two tracks of
/// this length need 34 MB.
pub const LONGEST_BLOCKS: usize = 2048;

/// Values of a block: 12 of CREMA, 12 of chroma.
pub(crate) const DIMENSIONS: usize = 24;

/// A recording, ready to be aligned.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// CREMA and chroma of each block.
    pub(crate) harmony: Blocks<DIMENSIONS>,
    /// Mean CREMA frame, from which likely keys are read.
    pub(crate) mean_crema: [f32; 12],
    /// What is sung, if anything is.
    pub(crate) voice: Option<Voice>,
    /// Seconds a block takes.
    pub(crate) block_s: f64,
}

impl Track {
    /// From frames on one grid, `crema` and `chroma` `[n_frames, 12]` with values in 0..=1; the shorter one counts.
    /// Frames that fill no block are dropped.
    pub fn from_frames(crema: &[[f32; 12]], chroma: &[[f32; 12]], frame_rate_hz: f64) -> Self {
        Self::from_frames_with(crema, chroma, frame_rate_hz, &Settings::RECIPE)
    }

    /// As [`Track::from_frames`], with other blocks or another weight of chroma.
    pub fn from_frames_with(
        crema: &[[f32; 12]],
        chroma: &[[f32; 12]],
        frame_rate_hz: f64,
        settings: &Settings,
    ) -> Self {
        let n_frames = crema.len().min(chroma.len());
        let block_frames = settings.block_frames.max(1);
        let averaged = |frames: &[[f32; 12]]| blocks(&frames[..n_frames], block_frames);
        let block_s = block_frames as f64 / frame_rate_hz;
        Self::weighted(&averaged(crema), &averaged(chroma), block_s, settings.chroma_weight)
    }

    /// From frames already averaged over blocks of `block_s` seconds, `[n_blocks, 12]` each.
    pub fn from_blocks(crema: &[[f32; 12]], chroma: &[[f32; 12]], block_s: f64) -> Self {
        Self::weighted(crema, chroma, block_s, Settings::RECIPE.chroma_weight)
    }

    /// With what is sung in it: `melody` `[n_frames, 12]` in 0..=1 on the grid of the other features, zero where nobody
    /// sings. A track in which hardly anybody sings stays as it is.
    #[must_use]
    pub fn with_melody(self, melody: &[[f32; 12]]) -> Self {
        self.with_melody_blocks(&blocks(melody, BLOCK_FRAMES))
    }

    /// The same from a melody already averaged over blocks, `[n_blocks, 12]`.
    #[must_use]
    pub fn with_melody_blocks(self, melody: &[[f32; 12]]) -> Self {
        let voice = Voice::new(self.n_blocks(), melody);
        Self { voice, ..self }
    }

    /// Whether there is a voice to go by.
    pub fn is_sung(&self) -> bool {
        self.voice.is_some()
    }

    fn weighted(crema: &[[f32; 12]], chroma: &[[f32; 12]], block_s: f64, chroma_weight: f32) -> Self {
        let n_blocks = crema.len().min(chroma.len()).min(LONGEST_BLOCKS);
        let mean_crema = mean(&crema[..n_blocks]);
        let chroma: Vec<[f32; 12]> = chroma[..n_blocks].iter().map(|block| scaled(block, l1)).collect();
        // Without taking off what the whole track has in common chroma adds nothing.
        let common = mean(&chroma);
        let vector = |(crema, chroma)| block_vector(crema, chroma, &common, chroma_weight);
        let harmony = Blocks::new(crema.iter().zip(&chroma).map(vector).collect());
        Self { harmony, mean_crema, voice: None, block_s }
    }

    /// Number of blocks.
    pub fn n_blocks(&self) -> usize {
        self.harmony.len()
    }
}

/// Means over non-overlapping blocks.
fn blocks(frames: &[[f32; 12]], block_frames: usize) -> Vec<[f32; 12]> {
    frames.chunks_exact(block_frames).map(mean).collect()
}

fn block_vector(
    crema: &[f32; 12],
    chroma: &[f32; 12],
    common: &[f32; 12],
    chroma_weight: f32,
) -> [f32; DIMENSIONS] {
    let crema = scaled(crema, l2);
    let difference: [f32; 12] = std::array::from_fn(|p| chroma[p] - common[p]);
    let chroma = scaled(&difference, l2);
    std::array::from_fn(|d| if d < 12 { crema[d] } else { chroma_weight * chroma[d - 12] })
}
