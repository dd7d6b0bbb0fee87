//! Segments of a track to its vocals, with a gate before the separator: most of what has no voice is never separated.

use reprise_audio::Resampler;
use reprise_features::voice::{Resynthesis, Segment, VoiceSpec};

use super::{Networks, Singing};
use crate::error::HearError;

/// The way of a track through the separator.
///
/// While there is a voice, every segment is separated. After one without, segments wait until `probe.waiting_segments`
/// are together and the next one has been heard; they are separated too when that one is sung, and silenced when not.
pub(super) struct Separator {
    resynthesis: Resynthesis,
    /// Not yet together as many as the network is given at once.
    gathered: Vec<Segment>,
    batch: usize,
    waiting: Vec<Gathered>,
    is_sung: bool,
    singing: Singing,
}

/// A segment, and its mask if the network has given it.
pub(super) struct Gathered {
    segment: Segment,
    mask: Option<Vec<f32>>,
}

impl Gathered {
    fn with_mask(self, ear: &mut Networks) -> Result<(Segment, Vec<f32>), HearError> {
        let mask = match self.mask {
            Some(mask) => mask,
            None => ear.vocals.masks(&self.segment.magnitudes(&VoiceSpec::v1().separation))?,
        };
        Ok((self.segment, mask))
    }
}

impl Separator {
    /// At the beginning of a track. `batch`: segments that the network is given at once.
    pub fn new(singing: Singing, batch: usize) -> Self {
        let resynthesis = Resynthesis::new(&VoiceSpec::v1().separation);
        let is_sung = singing == Singing::Assumed;
        Self { resynthesis, gathered: Vec::new(), batch, waiting: Vec::new(), is_sung, singing }
    }

    /// Takes the next segment; gives those that are to be settled now, one after another.
    pub fn gather(&mut self, segment: Segment, ear: &mut Networks) -> Result<Vec<Gathered>, HearError> {
        self.gathered.push(segment);
        if self.gathered.len() < self.batch { Ok(Vec::new()) } else { self.rest(ear) }
    }

    /// What is gathered. Several segments go through the network together, needed or not: a device that is given
    /// several is fast enough.
    pub fn rest(&mut self, ear: &mut Networks) -> Result<Vec<Gathered>, HearError> {
        let spec = &VoiceSpec::v1().separation;
        let gathered = std::mem::take(&mut self.gathered);
        let mut masks = Vec::new();
        if gathered.len() > 1 {
            let magnitudes: Vec<f32> = gathered.iter().flat_map(|segment| segment.magnitudes(spec)).collect();
            masks = ear.vocals.masks(&magnitudes)?;
        }
        let mut masks = masks.chunks_exact(spec.segment_frames * spec.n_bins).map(<[f32]>::to_vec);
        Ok(gathered.into_iter().map(|segment| Gathered { segment, mask: masks.next() }).collect())
    }

    /// The vocals that a segment settles, at the track's rate; nothing while it waits.
    pub fn settle(&mut self, gathered: Gathered, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        if self.is_sung {
            // A voice that ends in this segment is part of it. Whether it does, its vocals will tell.
            let (segment, mask) = gathered.with_mask(ear)?;
            return Ok(self.resynthesis.push(&segment, &mask));
        }
        if self.waiting.len() < VoiceSpec::v1().probe.waiting_segments {
            self.waiting.push(gathered);
            return Ok(Vec::new());
        }
        self.probe(gathered, ear)
    }

    /// Is told how active the voice was in the vocals last given.
    pub fn note(&mut self, mean_activity: f32) {
        self.is_sung &= mean_activity >= VoiceSpec::v1().probe.sung_mean;
    }

    /// The vocals of what still waits, and a few samples more than the track has. Each segment is heard for itself, as
    /// the last of a track can be too short to tell.
    pub fn finish(mut self, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        let mut vocals = Vec::new();
        for waited in std::mem::take(&mut self.waiting) {
            vocals.extend(self.probe(waited, ear)?);
        }
        vocals.extend(self.resynthesis.finish());
        Ok(vocals)
    }

    /// Hears a segment and settles those that waited for it.
    fn probe(&mut self, gathered: Gathered, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        let (segment, mask) = gathered.with_mask(ear)?;
        let is_sung = self.singing == Singing::Assumed || is_sung(&segment, &mask, ear)?;
        let mut vocals = Vec::new();
        for waited in std::mem::take(&mut self.waiting) {
            vocals.extend(if is_sung {
                let (segment, mask) = waited.with_mask(ear)?;
                self.resynthesis.push(&segment, &mask)
            } else {
                self.resynthesis.push_silence(&waited.segment)
            });
        }
        vocals.extend(if is_sung || self.is_sung {
            self.resynthesis.push(&segment, &mask)
        } else {
            self.resynthesis.push_silence(&segment)
        });
        self.is_sung = is_sung;
        Ok(vocals)
    }
}

/// Whether what the separator takes for vocals in one segment is a voice.
fn is_sung(segment: &Segment, mask: &[f32], ear: &mut Networks) -> Result<bool, HearError> {
    let spec = VoiceSpec::v1();
    let mut inverse = Resynthesis::new(&spec.separation);
    let mut vocals = inverse.push(segment, mask);
    vocals.extend(inverse.finish());
    let mut resampled = Vec::new();
    let (from_hz, to_hz) = (spec.separation.sample_rate_hz, spec.activity.sample_rate_hz);
    if let Some(mut resampler) = Resampler::new(from_hz, to_hz) {
        resampler.push(&vocals, &mut |samples| resampled.extend_from_slice(samples));
        resampler.finish(&mut |samples| resampled.extend_from_slice(samples));
    }
    let activity = ear.activity.probabilities(&resampled)?;
    let mean = activity.iter().sum::<f32>() / activity.len().max(1) as f32;
    Ok(mean >= spec.probe.sung_mean)
}
