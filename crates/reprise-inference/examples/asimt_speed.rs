//! How long ASimT's networks take on one thread for a track of three minutes that is sung throughout: in one key, in
//! the three that are kept, and in all twelve; and for a track among many that share runs.
//!
//! `cargo run --release -p reprise-inference --example asimt_speed`
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use reprise_inference::{Asimt, Embedder, EmbedderInput, Runtime, find_models, find_runtime_library};

/// Frames of three minutes, at 44100 / 4096 per second.
const THREE_MINUTES: usize = 1937;
const RUNS: u32 = 20;

/// Number of repetitions, of which the fastest counts, because the machine may be busy.
const TRIES: usize = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let runtime = Runtime::load(&find_runtime_library()?)?;
    let track: Vec<[f32; 12]> = (0..THREE_MINUTES)
        .map(|t| std::array::from_fn(|class| ((t / 20 * 7 + class * 5) % 12) as f32 / 11.0))
        .collect();
    for embedder in Embedder::ALL {
        let views: &[&[[f32; 12]]] = match embedder {
            Embedder::Harmony => &[&track, &track],
            Embedder::Voice => &[&track],
        };
        let start = Instant::now();
        let mut asimt = Asimt::load(&runtime, &find_models()?.join(embedder.folder()), embedder)?;
        let opened = start.elapsed().as_secs_f64() * 1e3;
        println!("{embedder:?}, opened on {} in {opened:.1} ms", asimt.device());
        for n_keys in [1, 3, 12] {
            let keys: Vec<usize> = (0..n_keys).collect();
            let vectors = asimt.embed(views, &keys)?;
            let start = Instant::now();
            for _ in 0..RUNS {
                asimt.embed(views, &keys)?;
            }
            let took = start.elapsed() / RUNS;
            let n_local = vectors[0].local.len() / vectors[0].local_len;
            println!("{n_keys} keys: {:.1} ms, {n_local} local embeddings a key", took.as_secs_f64() * 1e3);
        }
        for n_tracks in [1, 2, 4, 7, 16] {
            let tracks = vec![EmbedderInput { views, keys: &[0, 5, 7] }; n_tracks];
            let mut least = f64::INFINITY;
            for _ in 0..TRIES {
                let start = Instant::now();
                asimt.embed_all(&tracks)?;
                least = least.min(start.elapsed().as_secs_f64());
            }
            println!(
                "{n_tracks} tracks together, three keys: {:.1} ms a track",
                least * 1e3 / n_tracks as f64
            );
        }
    }
    Ok(())
}
