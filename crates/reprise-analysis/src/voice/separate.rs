//! From the segments of a track to its vocals, in batches of the network's size.

use reprise_features::Spec;
use reprise_features::voice::{Powers, Resynthesis, Segment, VoiceSpec};
use reprise_inference::Vocals;

use crate::error::Error;

/// The separation of one track.
pub(super) struct Separator {
    resynthesis: Resynthesis,
    /// The segments of an incomplete batch.
    gathered: Vec<Segment>,
    batch: usize,
    /// The powers of mix and voice, up to where the track is separated.
    pub powers: Powers,
}

impl Separator {
    /// Starts a track. `batch` is how many segments the network receives at once.
    pub fn new(batch: usize) -> Self {
        let spec = VoiceSpec::v2();
        Self {
            resynthesis: Resynthesis::new(&spec.separation),
            gathered: Vec::new(),
            batch,
            powers: Powers::new(spec, Spec::v1()),
        }
    }

    /// Processes the next segment. Returns the vocals that are final now, at the sample rate of the track.
    pub fn push(&mut self, segment: Segment, network: &mut Vocals) -> Result<Vec<f32>, Error> {
        self.gathered.push(segment);
        if self.gathered.len() < self.batch { Ok(Vec::new()) } else { self.separate(network) }
    }

    /// The vocals of the remaining segments, which are a few samples longer than the track.
    pub fn finish(mut self, network: &mut Vocals) -> Result<(Vec<f32>, Powers), Error> {
        let mut vocals = self.separate(network)?;
        vocals.extend(self.resynthesis.finish());
        Ok((vocals, self.powers))
    }

    fn separate(&mut self, network: &mut Vocals) -> Result<Vec<f32>, Error> {
        let spec = &VoiceSpec::v2().separation;
        let magnitudes: Vec<f32> =
            self.gathered.iter().flat_map(|segment| segment.magnitudes(spec)).collect();
        let masks = if magnitudes.is_empty() { Vec::new() } else { network.masks(&magnitudes)? };
        let mut vocals = Vec::new();
        let masks = masks.chunks_exact(spec.segment_frames * spec.n_bins);
        for (segment, mask) in self.gathered.drain(..).zip(masks) {
            self.powers.add(&segment, mask, spec.n_bins);
            vocals.extend(self.resynthesis.push(&segment, mask));
        }
        Ok(vocals)
    }
}
