//! How long each step of the voice analysis takes for a minute of music on one thread, and how much memory the networks
//! use.
//!
//! `cargo run --release -p reprise-inference --example voice_speed [MODELS]`
//!
//! MODELS is another folder of models to measure, for instance one without integers (`training/scripts/export_voice.py
//! --single-precision --out MODELS`).
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use reprise_features::voice::{LogMel, Resynthesis, Spectra, VoiceSpec};
use reprise_inference::{Melody, Runtime, Vocals, VoiceActivity, find_models, find_runtime_library};

/// Number of runs, of which the fastest counts, because the machine may be busy.
const RUNS: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let spec = VoiceSpec::v2();
    let runtime = Runtime::load(&find_runtime_library()?)?;
    let models = std::env::args().nth(1).map_or_else(find_models, |folder| Ok(PathBuf::from(folder)))?;
    let before = resident_mb();
    let (mut vocals, mut activity, mut melody) = (
        Vocals::load(&runtime, &models)?,
        VoiceActivity::load(&runtime, &models)?,
        Melody::load(&runtime, &models)?,
    );
    println!("networks opened: {:+.0} MB", resident_mb() - before);

    let segment_s = (spec.separation.segment_frames * spec.separation.hop_samples) as f64 / 44_100.0;
    let samples = hum(spec.separation.segment_frames * spec.separation.hop_samples, 44_100.0);
    let slow = hum((15.0 * 16_000.0) as usize, 16_000.0);
    let mut segments = Vec::new();
    let spectra = fastest(|| {
        let mut spectra = Spectra::new(&spec.separation);
        segments = spectra.push(&samples);
        segments.extend(spectra.finish());
        Ok(())
    })?;
    let segment = &segments[0];
    let magnitudes = segment.magnitudes(&spec.separation);
    let mut mask = Vec::new();
    let separation = fastest(|| {
        mask = vocals.masks(&magnitudes)?;
        Ok(())
    })?;
    let after_separation = resident_mb();
    let resynthesis = fastest(|| {
        Resynthesis::new(&spec.separation).push(segment, &mask);
        Ok(())
    })?;
    let detection = fastest(|| activity.probabilities(&slow).map(drop).map_err(Into::into))?;
    let mut log_mel = Vec::new();
    let bands = fastest(|| {
        log_mel = LogMel::new(&spec.melody).frames(&slow, 0..spec.melody.chunk_frames);
        Ok(())
    })?;
    let pitch = fastest(|| melody.salience(&log_mel).map(drop).map_err(Into::into))?;
    println!(
        "after separation {:+.0} MB, after pitch {:+.0} MB",
        after_separation - before,
        resident_mb() - before
    );

    let minute = |seconds: f64, of_s: f64| seconds * 60.0 / of_s;
    print_steps(&[
        ("transform", minute(spectra, segment_s)),
        ("separation", minute(separation, segment_s)),
        ("inverse transform", minute(resynthesis, segment_s)),
        ("voice activity", minute(detection, 15.0)),
        ("log-mel", minute(bands, 15.0)),
        ("pitch", minute(pitch, 15.0)),
    ]);
    Ok(())
}

fn print_steps(steps: &[(&str, f64)]) {
    println!("seconds of one thread for a minute of music in which every moment is sung:");
    for (name, seconds) in steps {
        println!("  {name:18} {seconds:6.3}");
    }
    println!("  {:18} {:6.3}", "all", steps.iter().map(|(_, seconds)| seconds).sum::<f64>());
}

/// Returns the least time of a call, in seconds.
fn fastest(mut work: impl FnMut() -> Result<(), Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut least = f64::INFINITY;
    for _ in 0..RUNS {
        let start = Instant::now();
        work()?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    Ok(least)
}

/// A note with partials.
fn hum(n: usize, rate_hz: f32) -> Vec<f32> {
    let phase = |i: usize, k: f32| (std::f32::consts::TAU * 220.0 * k * i as f32 / rate_hz).sin() / k;
    (0..n).map(|i| 0.2 * (1..12).map(|k| phase(i, k as f32)).sum::<f32>()).collect()
}

/// Returns the resident memory of this process; 0 if the system does not report it.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim_end_matches("kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}
