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
    waiting: Vec<Heard>,
    is_sung: bool,
    singing: Singing,
}

/// A segment, and its mask if the network has given it.
struct Heard {
    segment: Segment,
    mask: Option<Vec<f32>>,
}

impl Heard {
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

    /// The vocals that the next segment settles, at the track's rate; nothing while it waits.
    pub fn push(&mut self, segment: Segment, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        self.gathered.push(segment);
        if self.gathered.len() < self.batch { Ok(Vec::new()) } else { self.settle_gathered(ear) }
    }

    /// The vocals of what still waits, and a few samples more than the track has. Each segment is heard for itself, as
    /// the last of a track can be too short to tell.
    pub fn finish(mut self, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        let mut vocals = self.settle_gathered(ear)?;
        for waited in std::mem::take(&mut self.waiting) {
            vocals.extend(self.probe(waited, ear)?);
        }
        vocals.extend(self.resynthesis.finish());
        Ok(vocals)
    }

    /// Several segments go through the network together, needed or not: a device that takes batches is fast enough.
    fn settle_gathered(&mut self, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        let spec = &VoiceSpec::v1().separation;
        let gathered = std::mem::take(&mut self.gathered);
        let mut masks = Vec::new();
        if gathered.len() > 1 {
            let magnitudes: Vec<f32> = gathered.iter().flat_map(|segment| segment.magnitudes(spec)).collect();
            masks = ear.vocals.masks(&magnitudes)?;
        }
        let mut masks = masks.chunks_exact(spec.segment_frames * spec.n_bins).map(<[f32]>::to_vec);
        let mut vocals = Vec::new();
        for segment in gathered {
            vocals.extend(self.settle(Heard { segment, mask: masks.next() }, ear)?);
        }
        Ok(vocals)
    }

    fn settle(&mut self, heard: Heard, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        if !self.is_sung && self.waiting.len() < VoiceSpec::v1().probe.waiting_segments {
            self.waiting.push(heard);
            return Ok(Vec::new());
        }
        self.probe(heard, ear)
    }

    /// Hears a segment and settles those that waited for it.
    fn probe(&mut self, heard: Heard, ear: &mut Networks) -> Result<Vec<f32>, HearError> {
        let (segment, mask) = heard.with_mask(ear)?;
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

#[cfg(test)]
mod tests {
    use reprise_features::voice::Spectra;
    use reprise_inference::{Melody, Runtime, Vocals, VoiceActivity};

    use super::*;

    /// A tone with twelve partials that sways as a voice does, at 44,100 Hz, with silences in it.
    fn swaying(seconds: f32) -> Vec<f32> {
        let mut phase = 0.0_f32;
        (0..(seconds * 44_100.0) as usize)
            .map(|i| {
                let t = i as f32 / 44_100.0;
                phase = (phase + (220.0 + 5.0 * (35.0 * t).sin()) / 44_100.0).fract();
                let partial = |n: i32| (std::f32::consts::TAU * phase * n as f32).sin() / n as f32;
                if (t as u32 / 15).is_multiple_of(2) { 0.2 * (1..=12).map(partial).sum::<f32>() } else { 0.0 }
            })
            .collect()
    }

    fn vocals(samples: &[f32], singing: Singing, batch: usize) -> Vec<f32> {
        let runtime = Runtime::load(&reprise_inference::find_runtime_library().unwrap()).unwrap();
        let models = reprise_inference::find_models().unwrap();
        let mut ear = Networks {
            vocals: &mut Vocals::load(&runtime, &models).unwrap(),
            activity: &mut VoiceActivity::load(&runtime, &models).unwrap(),
            melody: &mut Melody::load(&runtime, &models).unwrap(),
        };
        let mut spectra = Spectra::new(&VoiceSpec::v1().separation);
        let mut separator = Separator::new(singing, batch);
        let mut vocals = Vec::new();
        let mut segments = spectra.push(samples);
        segments.extend(spectra.finish());
        for segment in segments {
            vocals.extend(separator.push(segment, &mut ear).unwrap());
        }
        vocals.extend(separator.finish(&mut ear).unwrap());
        vocals
    }

    #[test]
    fn segments_given_together_come_out_as_those_given_one_by_one() {
        let samples = swaying(70.0);
        for singing in [Singing::Assumed, Singing::Detected] {
            let (single, together) = (vocals(&samples, singing, 1), vocals(&samples, singing, 4));
            assert!(single.len() >= samples.len());
            assert_eq!(single.len(), together.len());
            let furthest = single.iter().zip(&together).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(furthest < 1e-4, "{furthest}");
            if singing == Singing::Assumed {
                assert!(single.iter().any(|sample| sample.abs() > 0.01), "there is something to compare");
            }
        }
    }
}
