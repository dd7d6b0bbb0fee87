//! A recording prepared for alignment: CREMA and chroma as blocks of a second, each block one vector.

use crate::settings::Settings;
use crate::transpose::mean;

/// Frames averaged into a block: 1.11 s.
pub const BLOCK_FRAMES: usize = Settings::RECIPE.block_frames;

/// What comes after so many blocks is dropped: 38 minutes. Alignment takes memory and time by the square; two tracks of
/// this length need 34 MB.
pub const LONGEST_BLOCKS: usize = 2048;

/// Values of a block: 12 of CREMA, 12 of chroma.
pub(crate) const DIMENSIONS: usize = 24;

/// A recording, ready to be aligned.
#[derive(Debug, Clone, PartialEq)]
pub struct Track {
    /// Block vectors, `[n_blocks, 24]`.
    pub(crate) rows: Vec<[f32; DIMENSIONS]>,
    /// The same, `[24, n_blocks]`: what a loop over candidate blocks reads.
    pub(crate) columns: Vec<f32>,
    /// Squared length of each block vector, `[n_blocks]`.
    pub(crate) norms: Vec<f32>,
    /// Mean CREMA frame, from which likely keys are read.
    pub(crate) mean_crema: [f32; 12],
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

    fn weighted(crema: &[[f32; 12]], chroma: &[[f32; 12]], block_s: f64, chroma_weight: f32) -> Self {
        let n_blocks = crema.len().min(chroma.len()).min(LONGEST_BLOCKS);
        let mean_crema = mean(&crema[..n_blocks]);
        let chroma: Vec<[f32; 12]> = chroma[..n_blocks].iter().map(|block| scaled(block, l1)).collect();
        // Without taking off what the whole track has in common chroma adds nothing.
        let common = mean(&chroma);
        let vector = |(crema, chroma)| block_vector(crema, chroma, &common, chroma_weight);
        let rows: Vec<[f32; DIMENSIONS]> = crema.iter().zip(&chroma).map(vector).collect();
        let norms = rows.iter().map(|row| row.iter().map(|v| v * v).sum()).collect();
        let columns = (0..DIMENSIONS).flat_map(|d| rows.iter().map(move |row| row[d])).collect();
        Self { rows, columns, norms, mean_crema, block_s }
    }

    /// Number of blocks.
    pub fn n_blocks(&self) -> usize {
        self.rows.len()
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

/// Divides by a norm; what is as good as zero stays zero.
fn scaled(block: &[f32; 12], norm: impl Fn(&[f32; 12]) -> f32) -> [f32; 12] {
    let norm = norm(block);
    if norm > 1e-9 { block.map(|value| value / norm) } else { [0.0; 12] }
}

fn l1(block: &[f32; 12]) -> f32 {
    block.iter().map(|value| value.abs()).sum()
}

fn l2(block: &[f32; 12]) -> f32 {
    block.iter().map(|value| value * value).sum::<f32>().sqrt()
}
