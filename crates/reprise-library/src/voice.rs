//! Hears the voice in one file: separates it, asks whether it is one, and follows its tune. The chain of the second pass
//! stands in [`VoiceEar::melody`].
//!
//! Everything is a stream in segments of 12 s and chunks of 15 s, so that memory does not grow with the file.

mod follow;
mod separate;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use reprise_audio::worker::Worker;
use reprise_audio::{Sink, Stream, Tags};
use reprise_features::voice::{Spectra, VoiceSpec};
use reprise_features::{Spec, frame_count};
use reprise_inference::{Melody, Vocals, VoiceActivity};

use crate::error::HearError;
use follow::Follower;
use separate::{Gathered, Separator};

/// What counts as sung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Singing {
    /// What the detector takes for a voice.
    #[default]
    Detected,
    /// Everything: the tune of whatever leads is followed. For strangers to compare tunes with.
    Assumed,
}

/// Hears the voice in files one after another; each thread has its own.
pub(crate) struct VoiceEar<'a> {
    pub worker: &'a Worker,
    pub vocals: Vocals,
    pub activity: VoiceActivity,
    pub melody: Melody,
}

impl VoiceEar<'_> {
    /// The whole chain for one file: salience of the sung pitch classes on the grid of CREMA and chroma, `[n_frames, 12]`,
    /// zero where nobody sings. `tuning_cents`: what the first pass found. `keep` is given the vocals, mono at 44,100 Hz,
    /// silent where no voice was found, as many samples as the track has.
    pub fn melody(
        &mut self,
        path: &Path,
        tuning_cents: f32,
        singing: Singing,
        stop: &AtomicBool,
        keep: &mut dyn FnMut(&[f32]),
    ) -> Result<Vec<[f32; 12]>, HearError> {
        let mut course = Course {
            spectra: Spectra::new(&VoiceSpec::v1().separation),
            separator: Separator::new(singing, self.vocals.batch()),
            follower: Follower::new(tuning_cents, singing),
            n_samples: 0,
            n_kept: 0,
            ear: Networks {
                vocals: &mut self.vocals,
                activity: &mut self.activity,
                melody: &mut self.melody,
            },
            keep,
            stop,
            failure: None,
        };
        let decoded = self.worker.decode(path, Spec::v1().audio.sample_rate_hz, &mut course);
        match course.failure.take() {
            Some(failure) => Err(failure),
            None => decoded.map_err(HearError::from).and_then(|_| course.finish()),
        }
    }
}

/// The networks of one ear.
struct Networks<'a> {
    vocals: &'a mut Vocals,
    activity: &'a mut VoiceActivity,
    melody: &'a mut Melody,
}

/// A track on its way through the chain.
struct Course<'a> {
    spectra: Spectra,
    separator: Separator,
    follower: Follower,
    n_samples: u64,
    n_kept: u64,
    ear: Networks<'a>,
    keep: &'a mut dyn FnMut(&[f32]),
    stop: &'a AtomicBool,
    failure: Option<HearError>,
}

impl Course<'_> {
    fn finish(mut self) -> Result<Vec<[f32; 12]>, HearError> {
        let spectra = std::mem::replace(&mut self.spectra, Spectra::new(&VoiceSpec::v1().separation));
        for segment in spectra.finish() {
            let gathered = self.separator.gather(segment, &mut self.ear)?;
            self.settle(gathered)?;
        }
        let gathered = self.separator.rest(&mut self.ear)?;
        self.settle(gathered)?;
        let separator = std::mem::replace(&mut self.separator, Separator::new(Singing::Detected, 1));
        let rest = separator.finish(&mut self.ear)?;
        self.follow(&rest)?;
        let n_frames = frame_count(self.n_samples);
        self.follower.finish(n_frames, &mut self.ear)
    }

    /// Separates segments one by one: whether the next one is listened to depends on what was sung in the last.
    fn settle(&mut self, gathered: Vec<Gathered>) -> Result<(), HearError> {
        for segment in gathered {
            let vocals = self.separator.settle(segment, &mut self.ear)?;
            if !vocals.is_empty() {
                self.follow(&vocals)?;
                self.separator.note(self.follower.recent_activity());
            }
        }
        Ok(())
    }

    /// Hands vocals on, as many as the track has samples.
    fn follow(&mut self, vocals: &[f32]) -> Result<(), HearError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(HearError::Stopped);
        }
        let wanted = usize::try_from(self.n_samples - self.n_kept).unwrap_or(usize::MAX).min(vocals.len());
        self.n_kept += wanted as u64;
        (self.keep)(&vocals[..wanted]);
        self.follower.push(&vocals[..wanted], &mut self.ear)
    }

    fn hear(&mut self, samples: &[f32]) -> Result<(), HearError> {
        let limit = Spec::v1().audio.sample_limit;
        let clean: Vec<f32> =
            samples.iter().map(|sample| if sample.abs() <= limit { *sample } else { 0.0 }).collect();
        self.n_samples += clean.len() as u64;
        for segment in self.spectra.push(&clean) {
            let gathered = self.separator.gather(segment, &mut self.ear)?;
            self.settle(gathered)?;
        }
        Ok(())
    }
}

impl Sink for Course<'_> {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        match self.hear(samples) {
            Ok(()) => ControlFlow::Continue(()),
            Err(failure) => {
                self.failure = Some(failure);
                ControlFlow::Break(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reprise_inference::Runtime;

    use super::*;

    /// A tone with twelve partials that sways as a voice does, with silences in it.
    fn swaying(seconds: f32) -> Vec<f32> {
        let rate_hz = Spec::v1().audio.sample_rate_hz as f32;
        let mut phase = 0.0_f32;
        (0..(seconds * rate_hz) as usize)
            .map(|i| {
                let t = i as f32 / rate_hz;
                phase = (phase + (220.0 + 5.0 * (35.0 * t).sin()) / rate_hz).fract();
                let partial = |n: i32| (std::f32::consts::TAU * phase * n as f32).sin() / n as f32;
                if (t as u32 / 15).is_multiple_of(2) { 0.2 * (1..=12).map(partial).sum::<f32>() } else { 0.0 }
            })
            .collect()
    }

    /// Vocals and melody of a track that arrives bit by bit, its segments separated `batch` at a time.
    fn heard(samples: &[f32], singing: Singing, batch: usize) -> (Vec<f32>, Vec<[f32; 12]>) {
        let runtime = Runtime::load(&reprise_inference::find_runtime_library().unwrap()).unwrap();
        let models = reprise_inference::find_models().unwrap();
        let mut vocals = Vec::new();
        let mut course = Course {
            spectra: Spectra::new(&VoiceSpec::v1().separation),
            separator: Separator::new(singing, batch),
            follower: Follower::new(0.0, singing),
            n_samples: 0,
            n_kept: 0,
            ear: Networks {
                vocals: &mut Vocals::load(&runtime, &models).unwrap(),
                activity: &mut VoiceActivity::load(&runtime, &models).unwrap(),
                melody: &mut Melody::load(&runtime, &models).unwrap(),
            },
            keep: &mut |samples| vocals.extend_from_slice(samples),
            stop: &AtomicBool::new(false),
            failure: None,
        };
        samples.chunks(50_000).for_each(|some| course.hear(some).unwrap());
        let melody = course.finish().unwrap();
        (vocals, melody)
    }

    #[test]
    fn segments_separated_together_come_out_as_those_separated_one_by_one() {
        let samples = swaying(70.0);
        for singing in [Singing::Assumed, Singing::Detected] {
            let (single, together) = (heard(&samples, singing, 1), heard(&samples, singing, 4));
            assert_eq!((single.0.len(), single.1.len()), (samples.len(), frame_count(samples.len() as u64)));
            assert_eq!((together.0.len(), together.1.len()), (single.0.len(), single.1.len()));
            let furthest =
                |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(furthest(&single.0, &together.0) < 1e-4);
            assert!(furthest(single.1.as_flattened(), together.1.as_flattened()) < 1e-3);
            if singing == Singing::Assumed {
                assert!(
                    single.1.as_flattened().iter().any(|salience| *salience > 0.3),
                    "a tune was followed"
                );
            }
        }
    }

    #[test]
    fn silence_has_no_voice_and_no_tune() {
        let samples = vec![0.0; 40 * 44_100];
        let (vocals, melody) = heard(&samples, Singing::Detected, 1);
        assert_eq!(vocals, samples);
        assert!(melody.iter().all(|frame| *frame == [0.0; 12]));
    }
}
