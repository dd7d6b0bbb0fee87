//! How long CREMA takes for three minutes and for half an hour on one thread, and how much memory it uses.
//!
//! `cargo run --release -p reprise-inference --example crema_speed`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use reprise_inference::{Crema, CremaStream, Runtime, find_models, find_runtime_library};

/// Frames of three minutes, at 44100 / 4096 per second.
const THREE_MINUTES: usize = 1937;

fn main() -> Result<(), Box<dyn Error>> {
    let before = resident_mb();
    let runtime = Runtime::load(&find_runtime_library()?)?;
    println!("library loaded: {:+.1} MB", resident_mb() - before);
    let models = find_models()?;
    let mut crema = report("session", || Crema::load(&runtime, &models))?;
    let track = levels(THREE_MINUTES, crema.frame_len());
    report("3 minutes, first run", || crema.run(&track))?;
    let start = Instant::now();
    for _ in 0..10 {
        crema.run(&track)?;
    }
    println!("3 minutes: {:.1} ms, mean of 10", start.elapsed().as_secs_f64() * 100.0);
    report("30 minutes in segments", || {
        let mut segments = CremaStream::new(&mut crema);
        for _ in 0..10 {
            segments.push(&track, &mut |_| ())?;
        }
        segments.finish(&mut |_| ())
    })?;
    let mut second = report("second session", || Crema::load(&runtime, &models))?;
    report("3 minutes, first run", || second.run(&track))?;
    Ok(())
}

/// Prints how much time `work` took and how much memory remained in use.
fn report<T, E>(name: &str, work: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let (before, start) = (resident_mb(), Instant::now());
    let result = work();
    println!("{name}: {:.1} ms, {:+.1} MB", start.elapsed().as_secs_f64() * 1e3, resident_mb() - before);
    result
}

/// Makes pseudo-random levels between -80 and 0 dB, the same each time.
fn levels(n_frames: usize, frame_len: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        -80.0 * (state >> 8) as f32 / (1 << 24) as f32
    };
    (0..n_frames * frame_len).map(|_| next()).collect()
}

/// Returns the resident memory of this process; 0 if the system does not report it.
fn resident_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim_end_matches("kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}
