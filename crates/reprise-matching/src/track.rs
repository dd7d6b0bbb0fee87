//! A recording prepared for alignment: chord-pitch and chroma in blocks of about a second, one vector per block.

use crate::blocks::{Blocks, l1, l2, scaled};
use crate::settings::{BLOCK_FRAMES, Settings};
use crate::transpose::mean;
use crate::voice::Voice;

/// Blocks beyond this number, 38 minutes, are dropped. Memory and time of an alignment grow with the square of the
/// length; two tracks of this length need 34 MB.
pub const LONGEST_BLOCKS: usize = 2048;

/// Values of a block: 12 of chord-pitch, 12 of chroma.
pub(crate) const DIMENSIONS: usize = 24;

/// A recording that is ready for alignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Chord-pitch and chroma of each block.
    pub(crate) harmony: Blocks<DIMENSIONS>,
    /// Mean chord-pitch frame, from which the likely keys are computed.
    pub(crate) mean_crema: [f32; 12],
    /// The sung melody, if there is one.
    pub(crate) voice: Option<Voice>,
    /// Seconds per block.
    pub(crate) block_s: f64,
}

impl Track {
    /// Prepares a track from frames on one grid: `crema` (chord-pitch) and `chroma`, `[n_frames, 12]` each, with values
    /// in 0..=1. The shorter of the two determines the length. Frames that do not fill a block are dropped.
    pub fn from_frames(crema: &[[f32; 12]], chroma: &[[f32; 12]], frame_rate_hz: f64) -> Self {
        Self::from_frames_with(crema, chroma, frame_rate_hz, &Settings::RECIPE)
    }

    /// Does the same as [`Track::from_frames`], with other blocks or another weight of chroma.
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

    /// Prepares a track from frames that are already averaged over blocks of `block_s` seconds, `[n_blocks, 12]` each.
    pub fn from_blocks(crema: &[[f32; 12]], chroma: &[[f32; 12]], block_s: f64) -> Self {
        Self::weighted(crema, chroma, block_s, Settings::RECIPE.chroma_weight)
    }

    /// Adds the sung melody: `melody`, `[n_frames, 12]` in 0..=1, on the grid of the other features, zero where nobody
    /// sings. A track in which hardly anybody sings has no voice.
    #[must_use]
    pub fn with_melody(self, melody: &[[f32; 12]]) -> Self {
        self.with_melody_blocks(&blocks(melody, BLOCK_FRAMES))
    }

    /// Does the same with a melody that is already averaged over blocks, `[n_blocks, 12]`.
    #[must_use]
    pub fn with_melody_blocks(self, melody: &[[f32; 12]]) -> Self {
        let voice = Voice::new(self.n_blocks(), melody);
        Self { voice, ..self }
    }

    /// Whether the track has a voice that can be aligned.
    pub fn is_sung(&self) -> bool {
        self.voice.is_some()
    }

    fn weighted(crema: &[[f32; 12]], chroma: &[[f32; 12]], block_s: f64, chroma_weight: f32) -> Self {
        let n_blocks = crema.len().min(chroma.len()).min(LONGEST_BLOCKS);
        let mean_crema = mean(&crema[..n_blocks]);
        let chroma: Vec<[f32; 12]> = chroma[..n_blocks].iter().map(|block| scaled(block, l1)).collect();
        // Chroma adds nothing unless the mean of the whole track is subtracted.
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

/// Averages frames over blocks that do not overlap.
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
