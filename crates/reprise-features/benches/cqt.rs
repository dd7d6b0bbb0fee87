//! How long the stages take for three minutes of audio, and how the transform compares with its slow twin.
//!
//! `cargo bench -p reprise-features`; the best of several runs, on one thread.

#[path = "../tests/features/twin.rs"]
mod twin;

use std::hint::black_box;
use std::time::Instant;

use reprise_features::cqt::Kernel;
use reprise_features::{Activity, CqtStream, Loudest, Spec, chroma_frame, hcqt_frame, tuning};

const RATE_HZ: u32 = 44_100;

/// Two tones; any signal costs the same.
fn samples(seconds: usize) -> Vec<f32> {
    (0..seconds * RATE_HZ as usize)
        .map(|n| (0.03 * n as f32).sin() * 0.3 + (0.011 * n as f32).sin() * 0.2)
        .collect()
}

fn best_of<T>(n_runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let time = |_| {
        let start = Instant::now();
        black_box(run());
        start.elapsed().as_secs_f64()
    };
    (0..n_runs).map(time).fold(f64::INFINITY, f64::min)
}

fn transform(samples: &[f32]) -> Vec<f32> {
    let mut frames = Vec::new();
    let mut stream = CqtStream::new(Spec::v1(), 0.0);
    stream.push(samples, &mut |frame| frames.extend_from_slice(frame));
    stream.finish(&mut |frame| frames.extend_from_slice(frame));
    frames
}

#[expect(clippy::print_stdout, reason = "a bench reports to the terminal")]
fn main() {
    let spec = Spec::v1();
    let (long, short) = (samples(180), samples(3));
    let frames = transform(&long);
    let each = || frames.chunks_exact(spec.cqt.n_bins);
    let mut loudest = Loudest::new(spec);
    each().for_each(|frame| loudest.observe(frame));
    let mut levels = vec![0f32; spec.crema.n_bins * spec.crema.harmonics.len()];

    let fast = best_of(9, || transform(&short));
    let slow = best_of(2, || twin::cqt(&short, spec, 0.0));
    println!("cqt, 180 s of audio       {:8.1} ms", 1e3 * best_of(7, || transform(&long)));
    println!(
        "hcqt, its second pass     {:8.1} ms",
        1e3 * best_of(7, || each().for_each(|f| hcqt_frame(f, &loudest, &mut levels)))
    );
    println!(
        "chroma, its second pass   {:8.1} ms",
        1e3 * best_of(7, || each().map(|f| chroma_frame(f, &loudest)[0]).sum::<f32>())
    );
    println!(
        "loudest and activity      {:8.1} ms",
        1e3 * best_of(7, || {
            let (mut loudest, mut activity) = (Loudest::new(spec), Activity::new(spec));
            each().for_each(|frame| {
                loudest.observe(frame);
                activity.observe(frame);
            });
            activity.verdict()
        })
    );
    println!(
        "tuning, 90 s of audio     {:8.1} ms",
        1e3 * best_of(7, || tuning::estimate_cents(&long[..90 * RATE_HZ as usize], RATE_HZ))
    );
    println!("kernels                   {:8.1} ms", 1e3 * best_of(7, || Kernel::new(spec, -40.0)));
    println!("cqt, 3 s: {:.1} ms, twin {:.0} ms, ratio {:.0}", 1e3 * fast, 1e3 * slow, slow / fast);
}
