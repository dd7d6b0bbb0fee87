//! Analyses one file: decode, constant-Q, CREMA and chroma. The whole chain of a track is in [`Analyser::analyse`].

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use reprise_audio::worker::Worker;
use reprise_audio::{Decoded, Sink, Stream, Tags};
use reprise_features::{Activity, CqtStream, Loudest, Spec, Verdict, chroma_frame, hcqt_frame, tuning};
use reprise_fingerprint::{Fingerprint, Fingerprinter};
use reprise_inference::{Crema, CremaStream};

use crate::error::Error;
use crate::magnitudes::Magnitudes;
use crate::waveform::Peaks;

/// The length from the first sound on from which the tuning is estimated. It is kept in memory (11 MB a minute) because
/// the transform cannot start before its kernels are tuned.
const TUNING_EXCERPT_S: usize = 60;

/// A sample quieter than this does not start the tuning excerpt: about -66 dBFS.
const FIRST_SOUND: f32 = 5e-4;

/// Shorter tracks are jingles and skits; an alignment of them would be due to chance.
pub const SHORTEST_MATCHED_S: f64 = 15.0;

/// The analysis of a file.
pub struct TrackAnalysis {
    /// The tags of the file.
    pub tags: Tags,
    /// Codec and format.
    pub stream: Stream,
    /// Identity and length of the audio, and warnings about damage.
    pub decoded: Decoded,
    /// Deviation from A = 440 Hz to which the transform was tuned.
    pub tuning_cents: f32,
    /// Its waveform: see [`draw`](crate::draw).
    pub waveform: Vec<u8>,
    /// Identifies the recording by its sound.
    pub fingerprint: Fingerprint,
    /// Its features for matching.
    pub sound: Sound,
}

/// The features, or why there are none.
pub enum Sound {
    /// Frames on one grid: `crema` and `chroma` are `[n_frames, 12]`.
    Music {
        /// Chord-pitch probabilities of CREMA.
        crema: Vec<[f32; 12]>,
        /// Chroma folded from the same constant-Q transform.
        chroma: Vec<[f32; 12]>,
    },
    /// There are no features to match by.
    Refused(Refusal),
}

/// Why a readable file is not matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Digital silence, or nothing above quantisation noise.
    Silence,
    /// Noise without pitch.
    Noise,
    /// Shorter than 15 seconds.
    TooShort,
}

impl Refusal {
    /// The word kept in the store.
    pub fn code(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Noise => "noise",
            Self::TooShort => "too-short",
        }
    }

    /// The refusal for a word of [`Refusal::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Silence, Self::Noise, Self::TooShort].into_iter().find(|refusal| refusal.code() == code)
    }
}

/// CREMA and chroma, `[n_frames, 12]` each.
pub type Frames = (Vec<[f32; 12]>, Vec<[f32; 12]>);

/// Analyses files one after another; each thread has its own.
pub struct Analyser<'a> {
    /// Decodes.
    pub worker: &'a Worker,
    pub(crate) crema: Crema,
}

impl Analyser<'_> {
    /// The whole chain for one file.
    pub fn analyse(&mut self, path: &Path, stop: &AtomicBool) -> Result<TrackAnalysis, Error> {
        let (decoded, first_pass) = self.first_pass(path, stop)?;
        let FirstResults { tags, stream, tuning_cents, waveform, fingerprint, magnitudes } =
            first_pass.finish();
        let sound = match refusal(&magnitudes, decoded.duration_s) {
            Some(refusal) => Sound::Refused(refusal),
            None => {
                let (crema, chroma) = self.second_pass(magnitudes, stop, &mut |_| {})?;
                Sound::Music { crema, chroma }
            }
        };
        Ok(TrackAnalysis { tags, stream, decoded, tuning_cents, waveform, fingerprint, sound })
    }

    /// CREMA and chroma of a file whatever it contains; `keep` receives CREMA's input frame by frame.
    pub fn frames(
        &mut self,
        path: &Path,
        stop: &AtomicBool,
        keep: &mut dyn FnMut(&[f32]),
    ) -> Result<Frames, Error> {
        let (_, first_pass) = self.first_pass(path, stop)?;
        self.second_pass(first_pass.finish().magnitudes, stop, keep)
    }

    /// The deviation of a file's tuning from A = 440 Hz, in cents.
    pub fn tuning_cents(&self, path: &Path, stop: &AtomicBool) -> Result<f32, Error> {
        let (_, first_pass) = self.first_pass(path, stop)?;
        Ok(first_pass.finish().tuning_cents)
    }

    /// Decodes and transforms.
    fn first_pass<'s>(&self, path: &Path, stop: &'s AtomicBool) -> Result<(Decoded, FirstPass<'s>), Error> {
        let spec = Spec::v1();
        let mut first_pass = FirstPass::new(spec, stop);
        let decoded = self.worker.decode(path, spec.audio.sample_rate_hz, &mut first_pass)?;
        Ok((decoded, first_pass))
    }

    /// The tags of a file; empty if it cannot be read. Nothing is decoded.
    pub fn tags(&self, path: &Path) -> Tags {
        let mut only_tags = OnlyTags(Tags::default());
        let rate_hz = Spec::v1().audio.sample_rate_hz;
        // The first sample stops it: this is the expected outcome, and any other leaves the tags read so far.
        let _ = self.worker.decode(path, rate_hz, &mut only_tags);
        only_tags.0
    }

    /// Divides magnitudes by the loudest cell, and computes CREMA and chroma from them.
    fn second_pass(
        &mut self,
        magnitudes: Magnitudes,
        stop: &AtomicBool,
        keep: &mut dyn FnMut(&[f32]),
    ) -> Result<Frames, Error> {
        let spec = Spec::v1();
        let loudest = magnitudes.loudest.clone();
        let (mut crema, mut chroma) = (Vec::new(), Vec::new());
        let mut segments = CremaStream::new(&mut self.crema);
        let mut hcqt = vec![0f32; spec.crema.n_bins * spec.crema.harmonics.len()];
        let mut outcome = Ok(());
        magnitudes.read_back(|frame| {
            if outcome.is_ok() && !stop.load(Ordering::Relaxed) {
                hcqt_frame(frame, &loudest, &mut hcqt);
                keep(&hcqt);
                outcome = segments.push(&hcqt, &mut |probabilities| crema.push(*probabilities));
                chroma.push(chroma_frame(frame, &loudest));
            }
        })?;
        outcome?;
        segments.finish(&mut |probabilities| crema.push(*probabilities))?;
        if stop.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok((crema, chroma)) }
    }
}

fn refusal(magnitudes: &Magnitudes, duration_s: f64) -> Option<Refusal> {
    match magnitudes.activity.verdict() {
        Verdict::Silence => Some(Refusal::Silence),
        Verdict::Noise => Some(Refusal::Noise),
        Verdict::Music if duration_s < SHORTEST_MATCHED_S => Some(Refusal::TooShort),
        Verdict::Music => None,
    }
}

/// The results of the first pass.
struct FirstResults {
    tags: Tags,
    stream: Stream,
    tuning_cents: f32,
    waveform: Vec<u8>,
    fingerprint: Fingerprint,
    magnitudes: Magnitudes,
}

/// The first pass: collects tags, tunes the transform on the beginning, then turns samples into magnitudes.
struct FirstPass<'a> {
    spec: &'static Spec,
    stop: &'a AtomicBool,
    tags: Tags,
    stream: Option<Stream>,
    tuning_cents: f32,
    peaks: Peaks,
    fingerprinter: Fingerprinter,
    excerpt: Vec<f32>,
    /// Samples before the first sound within `excerpt`.
    silent_samples: usize,
    transform: Option<CqtStream>,
    magnitudes: Magnitudes,
}

impl<'a> FirstPass<'a> {
    fn new(spec: &'static Spec, stop: &'a AtomicBool) -> Self {
        let magnitudes = Magnitudes::new(spec.cqt.n_bins, Loudest::new(spec), Activity::new(spec));
        Self {
            spec,
            stop,
            tags: Tags::default(),
            stream: None,
            tuning_cents: 0.0,
            peaks: Peaks::default(),
            fingerprinter: Fingerprinter::new(spec.audio.sample_rate_hz),
            excerpt: Vec::new(),
            silent_samples: 0,
            transform: None,
            magnitudes,
        }
    }

    /// Estimates the tuning and sends the samples kept so far through the transform.
    fn tune(&mut self) -> &mut CqtStream {
        let excerpt = std::mem::take(&mut self.excerpt);
        let sounding = &excerpt[self.silent_samples.min(excerpt.len())..];
        self.tuning_cents = tuning::estimate_cents(sounding, self.spec.audio.sample_rate_hz);
        let mut transform = CqtStream::new(self.spec, self.tuning_cents);
        transform.push(&excerpt, &mut |frame| self.magnitudes.push(frame));
        self.transform.insert(transform)
    }

    fn hold_back(&mut self, samples: &[f32]) {
        if self.silent_samples == self.excerpt.len() {
            let silent = samples.iter().take_while(|sample| sample.abs() < FIRST_SOUND).count();
            self.silent_samples += silent;
        }
        self.excerpt.extend_from_slice(samples);
        let rate = self.spec.audio.sample_rate_hz as usize;
        let sounding = self.excerpt.len() - self.silent_samples;
        // A long silence is not worth keeping either.
        if sounding >= TUNING_EXCERPT_S * rate || self.silent_samples >= TUNING_EXCERPT_S * rate {
            self.tune();
        }
    }

    fn finish(mut self) -> FirstResults {
        if self.transform.is_none() {
            self.tune();
        }
        if let Some(transform) = self.transform.take() {
            transform.finish(&mut |frame| self.magnitudes.push(frame));
        }
        let stream =
            self.stream.unwrap_or_else(|| Stream { codec: "unknown".into(), sample_rate_hz: 0, channels: 0 });
        FirstResults {
            tags: self.tags,
            stream,
            tuning_cents: self.tuning_cents,
            waveform: self.peaks.finish(),
            fingerprint: self.fingerprinter.finish(),
            magnitudes: self.magnitudes,
        }
    }
}

impl Sink for FirstPass<'_> {
    fn tags(&mut self, tags: Tags) {
        self.tags = tags;
    }

    fn stream(&mut self, stream: &Stream) {
        self.stream = Some(stream.clone());
    }

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        self.peaks.push(samples);
        self.fingerprinter.push(samples);
        match &mut self.transform {
            Some(transform) => transform.push(samples, &mut |frame| self.magnitudes.push(frame)),
            None => self.hold_back(samples),
        }
        ControlFlow::Continue(())
    }
}

/// Collects the tags and refuses the audio.
struct OnlyTags(Tags);

impl Sink for OnlyTags {
    fn tags(&mut self, tags: Tags) {
        self.0 = tags;
    }

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, _: &[f32]) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}
