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
    waiting: Vec<Segment>,
    is_sung: bool,
    singing: Singing,
}

impl Separator {
    /// At the beginning of a track.
    pub fn new(singing: Singing) -> Self {
        let resynthesis = Resynthesis::new(&VoiceSpec::v1().separation);
        Self { resynthesis, waiting: Vec::new(), is_sung: singing == Singing::Assumed, singing }
    }

    /// The vocals that the next segment settles, at the track's rate; nothing while it waits.
    pub fn push(&mut self, segment: Segment, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        if !self.is_sung && self.waiting.len() < VoiceSpec::v1().probe.waiting_segments {
            self.waiting.push(segment);
            return Ok(Vec::new());
        }
        self.probe(segment, ear)
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
    fn probe(&mut self, segment: Segment, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        let spec = &VoiceSpec::v1().separation;
        let mask = ear.vocals.masks(&segment.magnitudes(spec))?;
        let is_sung = self.singing == Singing::Assumed || is_sung(&segment, &mask, ear)?;
        let mut vocals = Vec::new();
        for waited in std::mem::take(&mut self.waiting) {
            vocals.extend(if is_sung {
                let mask = ear.vocals.masks(&waited.magnitudes(spec))?;
                self.resynthesis.push(&waited, &mask)
            } else {
                self.resynthesis.push_silence(&waited)
            });
        }
        // A voice that ends in this segment is part of it, though too little for the whole to count as sung.
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
