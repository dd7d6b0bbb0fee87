//! The sung melody of a track, prepared for alignment.

use crate::blocks::{Blocks, l2};
use crate::settings::BLOCK_FRAMES;
use crate::transpose::mean;

/// A frame counts as sung if at least one pitch class has this salience. The melody of a voice has 0.5 to 0.9, averaged
/// over the 93 ms of a frame.
const SUNG_FRAME: f32 = 0.2;

/// A block counts as sung if the vector of its mean salience is at least this long: one note held for a fifth of the
/// block.
const SUNG_BLOCK: f32 = 0.12;

/// A track with fewer sung blocks than this (11 s) has no voice that can be aligned.
const FEWEST_BLOCKS: usize = 10;

/// Added to the sum of a block before the block is divided by it, so that a faint note stays faint.
const SUM_OFFSET: f32 = 0.1;

/// Added to the length of a block before the block is divided by it, so that silence stays near zero. The value is that
/// of the published recipe; from 0.05 to 0.5, half `a` of the sung set ranks alike.
const LENGTH_OFFSET: f32 = 0.15;

/// Speech stays near one pitch; a melody moves from note to note. Blocks that spread less than this about their mean
/// are therefore speech. Ten talks, six of them by a speech synthesiser, have 0.24 to 0.31. 100 songs in ten languages
/// have 0.315 and more; choirs have the least. Without this limit two talks would match as two versions of a song do.
const SPOKEN_SPREAD: f32 = 0.305;

/// Returns the share of a track in which somebody sings, from `melody`, `[n_frames, 12]` in 0..=1. It is 0 if too
/// little is sung for an alignment, and if the voice speaks.
pub fn sung_share(melody: &[[f32; 12]]) -> f32 {
    let blocks = melody.chunks_exact(BLOCK_FRAMES).map(mean);
    let blocks: Vec<[f32; 12]> = blocks.filter(|block| l2(block) >= SUNG_BLOCK).map(distribution).collect();
    if blocks.len() < FEWEST_BLOCKS || spread(&blocks) < SPOKEN_SPREAD {
        return 0.0;
    }
    let sung = melody.iter().filter(|frame| frame.iter().any(|value| *value >= SUNG_FRAME)).count();
    sung as f32 / melody.len().max(1) as f32
}

/// Returns the frames of the blocks of `melody` in which somebody sings, one block after another, `[n_frames, 12]`.
/// Frames that do not fill a block are dropped.
pub fn sung_frames(melody: &[[f32; 12]]) -> Vec<[f32; 12]> {
    let sung = melody.chunks_exact(BLOCK_FRAMES).filter(|block| l2(&mean(block)) >= SUNG_BLOCK);
    sung.flatten().copied().collect()
}

/// Returns the root mean square distance of blocks from their mean.
fn spread(blocks: &[[f32; 12]]) -> f32 {
    let common = mean(blocks);
    let squares =
        blocks.iter().flatten().zip(common.iter().cycle()).map(|(value, mean)| (value - mean).powi(2));
    (squares.sum::<f32>() / blocks.len() as f32).sqrt()
}

fn distribution(block: [f32; 12]) -> [f32; 12] {
    let sum: f32 = block.iter().sum();
    block.map(|value| value / (sum + SUM_OFFSET))
}

/// The sung melody of a track.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Voice {
    /// The melody of every block. Blocks in which nobody sings are near zero and stay: the rests of a voice are part of
    /// its melody.
    pub blocks: Blocks<12>,
    /// Mean of the blocks, from which the likely keys are computed.
    pub profile: [f32; 12],
}

impl Voice {
    /// Prepares the melody of blocks, `[n, 12]`, of a track of `n_blocks`. Returns `None` if hardly anything is sung.
    /// The melody may be shorter or longer than the track.
    pub fn new(n_blocks: usize, melody: &[[f32; 12]]) -> Option<Self> {
        let mut melody = melody[..melody.len().min(n_blocks)].to_vec();
        melody.resize(n_blocks, [0.0; 12]);
        if melody.iter().filter(|block| l2(block) >= SUNG_BLOCK).count() < FEWEST_BLOCKS {
            return None;
        }
        for block in &mut melody {
            let length = l2(block);
            *block = block.map(|value| value / (length + LENGTH_OFFSET));
        }
        let profile = mean(&melody);
        Some(Self { blocks: Blocks::new(melody), profile })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_without_a_voice_has_none() {
        assert_eq!(Voice::new(100, &[]), None);
        assert_eq!(Voice::new(100, &[[0.0; 12]; 100]), None);
        assert_eq!(Voice::new(100, &[[0.5; 12]; 9]), None, "a shout is not a song");
        assert!(Voice::new(100, &[[0.5; 12]; 200]).is_some(), "a melody may be longer than its track");
        assert_eq!(Voice::new(0, &[[0.5; 12]; 200]), None);
    }

    #[test]
    fn rests_stay_in_their_place_near_zero() {
        let sung = |i: usize| !i.is_multiple_of(3);
        let melody: Vec<[f32; 12]> = (0..60)
            .map(|i| {
                std::array::from_fn(|p| if p == i * 5 % 12 { if sung(i) { 0.8 } else { 0.01 } } else { 0.0 })
            })
            .collect();
        let voice = Voice::new(70, &melody).unwrap();
        assert_eq!(voice.blocks.len(), 70);
        for (i, block) in voice.blocks.rows.iter().enumerate() {
            let expected = if i >= 60 {
                0.0
            } else if sung(i) {
                0.8 / 0.95
            } else {
                0.01 / 0.16
            };
            assert!((l2(block) - expected).abs() < 1e-6, "block {i}");
        }
    }

    #[test]
    fn what_is_sung_is_the_melody_without_its_silent_blocks() {
        let value = |t: usize| if (t / 30).is_multiple_of(2) { 0.1 + (t % 7) as f32 / 10.0 } else { 0.0 };
        let melody: Vec<[f32; 12]> = (0..500)
            .map(|t| std::array::from_fn(|p| if p == t / 20 % 12 { value(t) } else { 0.0 }))
            .collect();
        // The slow twin: frame by frame, by the length of the mean of the block.
        let is_sung = |t: usize| {
            let block = &melody[t / 12 * 12..t / 12 * 12 + 12];
            let means = (0..12).map(|p| block.iter().map(|frame| frame[p]).sum::<f32>() / 12.0);
            means.map(|mean| mean * mean).sum::<f32>().sqrt() >= 0.12
        };
        let expected: Vec<[f32; 12]> = (0..492).filter(|t| is_sung(*t)).map(|t| melody[t]).collect();
        assert_eq!(sung_frames(&melody), expected);
        assert!(expected.len() > 200 && expected.len() < 400);
        assert!(sung_frames(&[[0.0; 12]; 50]).is_empty());
    }

    #[test]
    fn the_sung_share_counts_frames_with_a_clear_pitch() {
        let mut melody = vec![[0.0; 12]; 960];
        for (index, frame) in melody[..240].iter_mut().enumerate() {
            *frame = std::array::from_fn(|p| if p == index / 20 % 5 { 0.6 } else { 0.02 });
        }
        melody[240..480].fill([0.19; 12]);
        assert_eq!(sung_share(&melody), 0.25);
        assert_eq!(sung_share(&melody[..108]), 0.0, "ten seconds are too little");
        assert_eq!(sung_share(&[]), 0.0);
    }

    #[test]
    fn what_strays_about_one_pitch_is_spoken() {
        let straying = |reach: f32| -> Vec<[f32; 12]> {
            let pitch = |i: usize| 6.0 + reach * (i as f32 * 0.9).sin() + reach * (i as f32 * 0.013).sin();
            let near = |i: usize, p: usize| 0.7 * (-(pitch(i) - p as f32).powi(2)).exp();
            (0..1200).map(|i| std::array::from_fn(|p| near(i, p))).collect()
        };
        assert_eq!(sung_share(&straying(1.0)), 0.0, "a talk");
        let held: Vec<[f32; 12]> = (0..1200)
            .map(|i| std::array::from_fn(|p| if p == i / 10 * 7 % 12 { 0.7 } else { 0.02 }))
            .collect();
        assert_eq!(sung_share(&held), 1.0, "a tune");
    }
}
