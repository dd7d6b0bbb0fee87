//! Listens to both channels of a file, for the last comparison before it may be offered as a copy.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use reprise_audio::Excerpt;
use reprise_audio::worker::Worker;
use reprise_fingerprint::stereo::{STEREO_RATE_HZ, StereoSketch, StereoSketcher};

/// Decodes a file from end to end and keeps what [`reprise_fingerprint::stereo::compare`] compares.
///
/// Fails as [`Worker::stream_stereo`] does, and with [`reprise_audio::Error::Stopped`] once `stop` is set. The errors
/// are clauses that follow the name of the file.
pub fn stereo_sketch(
    worker: &Worker,
    path: &Path,
    stop: &AtomicBool,
) -> Result<StereoSketch, reprise_audio::Error> {
    let mut sketcher = StereoSketcher::new();
    let whole = Excerpt { rate_hz: STEREO_RATE_HZ, from_s: 0.0 };
    worker.stream_stereo(path, whole, &mut |samples| {
        if stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        sketcher.push(samples);
        ControlFlow::Continue(())
    })?;
    Ok(sketcher.finish())
}
