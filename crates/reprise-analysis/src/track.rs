//! Analyses one file: decodes it and computes constant-Q frames, chord-pitch probabilities and chroma. The steps are in
//! [`Analyser::analyse`].

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

/// How many seconds from the first sound on are used to estimate the tuning. They are kept in memory (11 MB a minute),
/// because the transform cannot start before its kernels are tuned.
const TUNING_EXCERPT_S: usize = 60;

/// A sample quieter than this, about -66 dBFS, does not start the tuning excerpt.
const FIRST_SOUND: f32 = 5e-4;

/// The shortest length of a track that is matched, in seconds. Shorter tracks are jingles and skits, which would match
/// others by chance.
pub const SHORTEST_MATCHED_S: f64 = 15.0;

/// The result of the analysis of a file.
pub struct TrackAnalysis {
    /// The tags of the file.
    pub tags: Tags,
    /// The codec and the format.
    pub stream: Stream,
    /// The identity and length of the audio, and warnings about damage.
    pub decoded: Decoded,
    /// The deviation from A = 440 Hz that the transform was tuned to, in cents.
    pub tuning_cents: f32,
    /// The waveform, see [`draw`](crate::draw).
    pub waveform: Vec<u8>,
    /// The fingerprint, which identifies the recording by its sound.
    pub fingerprint: Fingerprint,
    /// The features for matching.
    pub sound: Sound,
}

/// The features, or the reason why there are none.
pub enum Sound {
    /// Frames on one time grid: `crema` and `chroma` are `[n_frames, 12]`.
    Music {
        /// The chord-pitch probabilities from CREMA.
        crema: Vec<[f32; 12]>,
        /// Chroma, folded from the same constant-Q transform.
        chroma: Vec<[f32; 12]>,
    },
    /// There are no features to match by.
    Refused(Refusal),
}

/// The reason why a readable file is not matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Digital silence, or nothing above the quantisation noise.
    Silence,
    /// Noise without a pitch.
    Noise,
    /// Shorter than 15 seconds.
    TooShort,
}

impl Refusal {
    /// The identifier that the store keeps.
    pub fn code(self) -> &'static str {
        match self {
            Self::Silence => "silence",
            Self::Noise => "noise",
            Self::TooShort => "too-short",
        }
    }

    /// The refusal with this identifier.
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Silence, Self::Noise, Self::TooShort].into_iter().find(|refusal| refusal.code() == code)
    }
}

/// Chord-pitch and chroma frames, each `[n_frames, 12]`.
pub type Frames = (Vec<[f32; 12]>, Vec<[f32; 12]>);

/// Analyses files one after another. Each thread has its own.
pub struct Analyser<'a> {
    /// Decodes files.
    pub worker: &'a Worker,
    pub(crate) crema: Crema,
}

impl Analyser<'_> {
    /// Runs all steps for one file.
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

    /// The chord-pitch and chroma frames of a file, whatever it contains. `keep` receives the input of CREMA frame by
    /// frame.
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

    /// Decodes a file and transforms its samples.
    fn first_pass<'s>(&self, path: &Path, stop: &'s AtomicBool) -> Result<(Decoded, FirstPass<'s>), Error> {
        let spec = Spec::v1();
        let mut first_pass = FirstPass::new(spec, stop);
        let decoded = self.worker.decode(path, spec.audio.sample_rate_hz, &mut first_pass)?;
        Ok((decoded, first_pass))
    }

    /// The tags of a file; empty if it cannot be read. No audio is decoded.
    pub fn tags(&self, path: &Path) -> Tags {
        let mut only_tags = OnlyTags(Tags::default());
        let rate_hz = Spec::v1().audio.sample_rate_hz;
        // The sink stops at the first sample, which is the expected outcome. After any other outcome, the tags read so
        // far count.
        let _ = self.worker.decode(path, rate_hz, &mut only_tags);
        only_tags.0
    }

    /// Divides the magnitudes by the loudest value and computes chord-pitch and chroma frames from them.
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

/// The first pass: collects tags, tunes the transform by the beginning of the track, then transforms samples to
/// magnitudes.
struct FirstPass<'a> {
    spec: &'static Spec,
    stop: &'a AtomicBool,
    tags: Tags,
    stream: Option<Stream>,
    tuning_cents: f32,
    peaks: Peaks,
    fingerprinter: Fingerprinter,
    excerpt: Vec<f32>,
    /// The number of samples in `excerpt` before the first sound.
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

    /// Estimates the tuning and transforms the samples kept so far.
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
        // A long silence is not kept either.
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

/// A sink that collects the tags and refuses the audio.
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
