//! Looks for the spectral ceiling of a file in a few excerpts.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use reprise_audio::worker::Worker;
use reprise_audio::{Error, Excerpt};
use reprise_features::SpectralCeiling;

/// Where the excerpts begin, as shares of the length. Beginnings and ends are often quiet.
const PLACES: [f64; 3] = [0.2, 0.45, 0.7];

/// The length of an excerpt, in seconds.
const EXCERPT_S: f64 = 10.0;

/// The frequency above which a file contains nothing, in Hz, although `rate_hz`, its sample rate, has room for more:
/// perhaps the audio was once in a lossy file. `None` if it has no such ceiling.
///
/// Fails as [`Worker::stream_stereo`] does, and with [`Error::Stopped`] once `stop` is set. The errors are clauses that
/// follow the name of the file.
pub fn spectral_ceiling(
    worker: &Worker,
    path: &Path,
    rate_hz: u32,
    duration_s: f64,
    stop: &AtomicBool,
) -> Result<Option<f64>, Error> {
    let mut ceiling = SpectralCeiling::new(rate_hz);
    let wanted = (EXCERPT_S * f64::from(rate_hz)) as usize;
    for place in PLACES {
        let (excerpt, mut heard) = (Excerpt { rate_hz, from_s: place * duration_s }, 0);
        let outcome = worker.stream_stereo(path, excerpt, &mut |samples| {
            let mono: Vec<f32> = samples.chunks_exact(2).map(|pair| (pair[0] + pair[1]) / 2.0).collect();
            ceiling.push(&mono);
            heard += mono.len();
            let is_enough = heard >= wanted || stop.load(Ordering::Relaxed);
            if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        match outcome {
            Err(Error::Stopped) if !stop.load(Ordering::Relaxed) => {}
            outcome => outcome?,
        }
    }
    Ok(ceiling.finish())
}
