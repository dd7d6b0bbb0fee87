//! How long ASimT takes for a track of three minutes on one thread: in one key, in the three that are kept, in all twelve;
//! by harmony, and by a voice that sings throughout.
//!
//! `cargo run --release -p reprise-inference --example asimt_speed`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use reprise_inference::{Asimt, Embedder, Runtime, find_models, find_runtime_library};

/// Frames of three minutes at 44100 / 4096 a second.
const THREE_MINUTES: usize = 1937;
const RUNS: u32 = 20;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::load(&find_runtime_library()?)?;
    let track: Vec<[f32; 12]> = (0..THREE_MINUTES)
        .map(|t| std::array::from_fn(|class| ((t / 20 * 7 + class * 5) % 12) as f32 / 11.0))
        .collect();
    for embedder in [Embedder::Harmony, Embedder::Voice] {
        let views: &[&[[f32; 12]]] = match embedder {
            Embedder::Harmony => &[&track, &track],
            Embedder::Voice => &[&track],
        };
        let start = Instant::now();
        let mut asimt = Asimt::load(&runtime, &find_models()?, embedder)?;
        println!("{embedder:?} opened in {:.1} ms", start.elapsed().as_secs_f64() * 1e3);
        for n_keys in [1, 3, 12] {
            let keys: Vec<usize> = (0..n_keys).collect();
            let vectors = asimt.embed(views, &keys)?;
            let start = Instant::now();
            for _ in 0..RUNS {
                asimt.embed(views, &keys)?;
            }
            let took = start.elapsed() / RUNS;
            let n_moments = vectors[0].moments.len() / vectors[0].moment_len;
            println!("{n_keys} keys: {:.1} ms, {n_moments} moments a key", took.as_secs_f64() * 1e3);
        }
    }
    Ok(())
}
