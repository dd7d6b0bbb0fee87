//! Measures how long each stage from file to vectors takes on one core, as a multiple of real time.
//!
//! `cargo run --release -p reprise-library --example stage_speed -- FILE...`
//!
//! It runs the same chain as `reprise-analysis/src/track.rs` and `candidates/embeddings.rs`, stage after stage on one
//! thread. It measures time on the core and not the wall time, so that other work on the machine does not count.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reprise_audio::{Sink, Stream, Tags, decode};
use reprise_features::{CqtStream, Loudest, Spec, chroma_frame, hcqt_frame, tuning};
use reprise_fingerprint::Fingerprinter;
use reprise_inference::{
    Asimt, Crema, CremaStream, Embedder, Origin, Runtime, VectorSpace, find_models, find_runtime_library,
};
use reprise_matching::local_embeddings::likely_keys;

/// The length of the beginning that the tuning is estimated from, as in `track.rs`.
const TUNING_EXCERPT_S: usize = 60;

fn main() -> Result<(), Box<dyn Error>> {
    let files: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if files.is_empty() {
        return Err("name some audio files".into());
    }
    let models = find_models()?;
    let runtime = Runtime::load(&find_runtime_library()?)?.offering(&[]);
    let mut networks = Networks {
        crema: Crema::load(&runtime, &models)?,
        asimt: Asimt::load(&runtime, &models.join(Embedder::Harmony.folder()), Embedder::Harmony)?,
        space: VectorSpace::read(&models.join(Embedder::Harmony.folder()), Origin::Shipped)?,
    };
    // The first run includes preparations that later runs reuse, so it does not count.
    analyse(&files[0], &mut networks, &mut Stages::default())?;
    let (mut stages, mut music_s) = (Stages::default(), 0.0);
    for file in &files {
        music_s += analyse(file, &mut networks, &mut stages)?;
    }
    println!("{} files, {:.1} minutes of music", files.len(), music_s / 60.0);
    let all: Duration = stages.0.iter().map(|(_, took)| *took).sum();
    for (name, took) in stages.0.iter().chain(&[("all", all)]) {
        let took_s = took.as_secs_f64();
        println!(
            "{name:32} {:8.0} times real time {:7.1} ms a minute",
            music_s / took_s,
            6e4 * took_s / music_s
        );
    }
    Ok(())
}

struct Networks {
    crema: Crema,
    asimt: Asimt,
    space: VectorSpace,
}

/// The duration of each stage, in the order in which the stages first ran.
#[derive(Default)]
struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let began = Clock::now();
        let result = work();
        let took = began.elapsed();
        match self.0.iter_mut().find(|(stage, _)| *stage == name) {
            Some((_, sum)) => *sum += took,
            None => self.0.push((name, took)),
        }
        result
    }
}

/// Runs the whole chain for one file. Returns how many seconds of music it contains.
fn analyse(file: &Path, networks: &mut Networks, stages: &mut Stages) -> Result<f64, Box<dyn Error>> {
    let spec = Spec::v1();
    let rate_hz = spec.audio.sample_rate_hz;
    let mut samples = Samples::default();
    let decoded = stages.time("decoding alone", || decode(file, rate_hz, &mut samples))?;
    let samples = samples.0;
    stages.time("fingerprint", || {
        let mut fingerprinter = Fingerprinter::new(rate_hz);
        fingerprinter.push(&samples);
        fingerprinter.finish()
    });
    let excerpt = &samples[..samples.len().min(TUNING_EXCERPT_S * rate_hz as usize)];
    let cents = stages.time("tuning", || tuning::estimate_cents(excerpt, rate_hz));
    let mut magnitudes: Vec<Vec<f32>> = Vec::new();
    stages.time("constant-Q", || {
        let mut transform = CqtStream::new(spec, cents);
        transform.push(&samples, &mut |frame| magnitudes.push(frame.to_vec()));
        transform.finish(&mut |frame| magnitudes.push(frame.to_vec()));
    });
    let mut loudest = Loudest::new(spec);
    magnitudes.iter().for_each(|frame| loudest.observe(frame));
    let crema = stages.time("CREMA, with its input", || {
        let (mut crema, mut segments) = (Vec::new(), CremaStream::new(&mut networks.crema));
        let mut hcqt = vec![0f32; spec.crema.n_bins * spec.crema.harmonics.len()];
        for frame in &magnitudes {
            hcqt_frame(frame, &loudest, &mut hcqt);
            segments.push(&hcqt, &mut |probabilities| crema.push(*probabilities))?;
        }
        segments.finish(&mut |probabilities| crema.push(*probabilities))?;
        Ok::<_, reprise_inference::Error>(crema)
    })?;
    let chroma: Vec<[f32; 12]> =
        stages.time("chroma", || magnitudes.iter().map(|frame| chroma_frame(frame, &loudest)).collect());
    let keys = likely_keys(&crema, &networks.space.key_template, networks.space.n_keys);
    stages.time("embedding, in three keys", || networks.asimt.embed(&[&crema, &chroma], &keys))?;
    Ok(decoded.duration_s)
}

#[derive(Default)]
struct Samples(Vec<f32>);

impl Sink for Samples {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        self.0.extend_from_slice(samples);
        ControlFlow::Continue(())
    }
}

/// A point in time, measured by the core time of this thread, or by the clock where the system does not report that.
struct Clock {
    on_core: Option<Duration>,
    at: Instant,
}

impl Clock {
    fn now() -> Self {
        Self { on_core: time_on_core(), at: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        let on_core = time_on_core().zip(self.on_core).map(|(now, then)| now - then);
        on_core.unwrap_or_else(|| self.at.elapsed())
    }
}

fn time_on_core() -> Option<Duration> {
    let explanation = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(explanation.split_whitespace().next()?.parse().ok()?))
}
