//! Analyses the voice in one file. Excerpts determine whether anybody sings; if so, the voice is separated and its
//! melody is followed through the whole track. The steps of the second pass are in [`VoiceAnalyser`].
//!
//! Everything is streamed in segments of 12 s and chunks of 15 s, so that the memory needed does not depend on the
//! length of the file.

mod follow;
pub(crate) mod gate;
mod networks;
mod separate;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use follow::Follower;
use gate::Excerpts;
use networks::Networks;
use reprise_audio::worker::Worker;
use reprise_audio::{Sink, Stream, Tags};
use reprise_features::voice::{Spectra, VoiceSpec};
use reprise_features::{Spec, frame_count};
use reprise_inference::{Melody, Vocals, VoiceActivity};
use separate::Separator;

use crate::error::Error;

pub use follow::Singing;
pub use gate::Excerpt;

/// The voice of one track.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sung {
    /// The salience of the sung pitch classes on the time grid of chord-pitch and chroma frames, `[n_frames, 12]`; empty
    /// if it was not followed.
    pub melody: Vec<[f32; 12]>,
    /// How much the voice counts in each frame of that grid, 0..=1, by how prominent it is.
    pub weights: Vec<f32>,
}

/// Analyses the voice in files, one file after another. Each thread has its own.
pub struct VoiceAnalyser<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) vocals: Vocals,
    pub(crate) activity: VoiceActivity,
    pub(crate) melody: Melody,
}

impl VoiceAnalyser<'_> {
    /// Whether somebody sings in one file of length `duration_s`. `tuning_cents` is a result of the first pass.
    pub fn is_sung(
        &mut self,
        path: &Path,
        tuning_cents: f32,
        duration_s: f64,
        stop: &AtomicBool,
    ) -> Result<bool, Error> {
        let enough = |excerpts: &[Excerpt]| gate::is_surely_sung(excerpts, duration_s);
        let excerpts = self.excerpts(path, tuning_cents, stop, &enough)?;
        Ok(gate::is_sung(&excerpts) || enough(&excerpts))
    }

    /// The measurements of excerpts of one file, until `enough` returns true for them.
    pub fn excerpts(
        &mut self,
        path: &Path,
        tuning_cents: f32,
        stop: &AtomicBool,
        enough: &dyn Fn(&[Excerpt]) -> bool,
    ) -> Result<Vec<Excerpt>, Error> {
        let (worker, mut networks) = self.networks();
        let (mut excerpts, mut analysed) = (Excerpts::new(), Vec::new());
        let is_complete = decode(worker, path, stop, &mut |samples| {
            if let Some(excerpt) = excerpts.push(samples) {
                analysed.push(gate::analyse(&excerpt, tuning_cents, &mut networks)?);
            }
            Ok(if enough(&analysed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if is_complete && let Some(excerpt) = excerpts.finish() {
            analysed.push(gate::analyse(&excerpt, tuning_cents, &mut networks)?);
        }
        Ok(analysed)
    }

    /// The voice of a file in which somebody sings. `keep` receives the vocals, mono at 44,100 Hz, with as many samples
    /// as the track.
    pub fn sung(
        &mut self,
        path: &Path,
        tuning_cents: f32,
        singing: Singing,
        stop: &AtomicBool,
        keep: &mut dyn FnMut(&[f32]),
    ) -> Result<Sung, Error> {
        let (worker, networks) = self.networks();
        let mut course = Course::new(networks, tuning_cents, singing, keep);
        decode(worker, path, stop, &mut |samples| {
            course.analyse(samples)?;
            Ok(ControlFlow::Continue(()))
        })?;
        course.finish()
    }

    fn networks(&mut self) -> (&Worker, Networks<'_>) {
        let Self { worker, vocals, activity, melody } = self;
        (worker, Networks { vocals, activity, melody })
    }
}

/// The state of the analysis of one track.
struct Course<'a> {
    spectra: Spectra,
    separator: Separator,
    follower: Follower,
    n_samples: u64,
    n_kept: u64,
    networks: Networks<'a>,
    keep: &'a mut dyn FnMut(&[f32]),
}

impl<'a> Course<'a> {
    fn new(
        networks: Networks<'a>,
        tuning_cents: f32,
        singing: Singing,
        keep: &'a mut dyn FnMut(&[f32]),
    ) -> Self {
        Self {
            spectra: Spectra::new(&VoiceSpec::v2().separation),
            separator: Separator::new(networks.vocals.batch()),
            follower: Follower::new(tuning_cents, singing),
            n_samples: 0,
            n_kept: 0,
            networks,
            keep,
        }
    }

    fn analyse(&mut self, samples: &[f32]) -> Result<(), Error> {
        self.n_samples += samples.len() as u64;
        for segment in self.spectra.push(samples) {
            let vocals = self.separator.push(segment, self.networks.vocals)?;
            let vocals = self.kept(vocals);
            self.follower.push(&vocals, &self.separator.powers, &mut self.networks)?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Sung, Error> {
        let spectra = std::mem::replace(&mut self.spectra, Spectra::new(&VoiceSpec::v2().separation));
        let mut rest = Vec::new();
        for segment in spectra.finish() {
            rest.extend(self.separator.push(segment, self.networks.vocals)?);
        }
        let separator = std::mem::replace(&mut self.separator, Separator::new(1));
        let (last, powers) = separator.finish(self.networks.vocals)?;
        rest.extend(last);
        let vocals = self.kept(rest);
        self.follower.push(&vocals, &powers, &mut self.networks)?;
        let n_frames = frame_count(self.n_samples);
        let melody = self.follower.finish(n_frames, &powers, &mut self.networks)?;
        Ok(Sung { melody, weights: powers.weights(0..n_frames) })
    }

    /// Limits the vocals to the number of samples of the track and passes them to `keep`.
    fn kept(&mut self, mut vocals: Vec<f32>) -> Vec<f32> {
        let wanted = usize::try_from(self.n_samples - self.n_kept).unwrap_or(usize::MAX);
        vocals.truncate(wanted);
        self.n_kept += vocals.len() as u64;
        (self.keep)(&vocals);
        vocals
    }
}

/// Processes samples as they arrive; returns a break to end the stream.
type Each<'a> = &'a mut dyn FnMut(&[f32]) -> Result<ControlFlow<()>, Error>;

/// Decodes a file to mono at 44,100 Hz and replaces invalid samples by silence. Returns whether `each` received all of
/// it.
fn decode(worker: &Worker, path: &Path, stop: &AtomicBool, each: Each) -> Result<bool, Error> {
    let mut samples = Samples { each, stop, ended: None };
    let decoded = worker.decode(path, Spec::v1().audio.sample_rate_hz, &mut samples);
    match samples.ended.take() {
        Some(Err(error)) => Err(error),
        Some(Ok(())) => Ok(false),
        None => Ok(decoded.map(|_| true)?),
    }
}

/// A sink that passes samples on.
struct Samples<'a> {
    each: Each<'a>,
    stop: &'a AtomicBool,
    /// The reason why the stream ended early.
    ended: Option<Result<(), Error>>,
}

impl Sink for Samples<'_> {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        let limit = Spec::v1().audio.sample_limit;
        let clean: Vec<f32> =
            samples.iter().map(|sample| if sample.abs() <= limit { *sample } else { 0.0 }).collect();
        let outcome = match self.stop.load(Ordering::Relaxed) {
            true => Err(Error::Stopped),
            false => (self.each)(&clean),
        };
        match outcome {
            Ok(ControlFlow::Continue(())) => ControlFlow::Continue(()),
            Ok(ControlFlow::Break(())) => {
                self.ended = Some(Ok(()));
                ControlFlow::Break(())
            }
            Err(error) => {
                self.ended = Some(Err(error));
                ControlFlow::Break(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use reprise_inference::Runtime;

    use super::*;

    /// A tone with twelve partials and the vibrato of a voice, interrupted by silences.
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

    /// The vocals and the melody of a track that arrives in pieces. `batch` segments are separated at a time.
    fn analysed(samples: &[f32], singing: Singing, batch: usize) -> (Vec<f32>, Vec<[f32; 12]>) {
        let runtime = Runtime::load(&reprise_inference::find_runtime_library().unwrap()).unwrap();
        let models = reprise_inference::find_models().unwrap();
        let mut vocals = Vec::new();
        let mut keep = |samples: &[f32]| vocals.extend_from_slice(samples);
        let networks = Networks {
            vocals: &mut Vocals::load(&runtime, &models).unwrap(),
            activity: &mut VoiceActivity::load(&runtime, &models).unwrap(),
            melody: &mut Melody::load(&runtime, &models).unwrap(),
        };
        let mut course = Course::new(networks, 0.0, singing, &mut keep);
        course.separator = Separator::new(batch);
        samples.chunks(50_000).for_each(|some| course.analyse(some).unwrap());
        let sung = course.finish().unwrap();
        assert!(singing == Singing::Ignored || sung.melody.len() == sung.weights.len());
        (vocals, sung.melody)
    }

    #[test]
    fn segments_separated_together_come_out_as_those_separated_one_by_one() {
        let samples = swaying(70.0);
        for singing in [Singing::Assumed, Singing::Detected] {
            let (single, together) = (analysed(&samples, singing, 1), analysed(&samples, singing, 4));
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
    fn a_voice_is_separated_alike_whether_its_melody_is_followed_or_not() {
        let samples = swaying(30.0);
        let (followed, ignored) =
            (analysed(&samples, Singing::Detected, 1), analysed(&samples, Singing::Ignored, 1));
        assert_eq!(followed.0, ignored.0);
        assert!(ignored.1.is_empty());
    }

    #[test]
    fn silence_has_no_voice_and_no_tune() {
        let samples = vec![0.0; 40 * 44_100];
        let (vocals, melody) = analysed(&samples, Singing::Detected, 1);
        assert_eq!(vocals, samples);
        assert!(melody.iter().all(|frame| *frame == [0.0; 12]));
    }
}
