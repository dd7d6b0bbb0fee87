//! Computes only the fingerprint of a file.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use reprise_audio::worker::Worker;
use reprise_audio::{Decoded, Sink, Stream, Tags};
use reprise_features::Spec;
use reprise_fingerprint::{Fingerprint, Fingerprinter};

/// Decodes a file and computes only its fingerprint.
pub fn fingerprint(
    worker: &Worker,
    path: &Path,
    stop: &AtomicBool,
) -> Result<(Decoded, Fingerprint), reprise_audio::Error> {
    let rate_hz = Spec::v1().audio.sample_rate_hz;
    let mut listening = OnlyFingerprint { fingerprinter: Fingerprinter::new(rate_hz), stop };
    let decoded = worker.decode(path, rate_hz, &mut listening)?;
    Ok((decoded, listening.fingerprinter.finish()))
}

/// A sink that computes only the fingerprint.
struct OnlyFingerprint<'a> {
    fingerprinter: Fingerprinter,
    stop: &'a AtomicBool,
}

impl Sink for OnlyFingerprint<'_> {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        self.fingerprinter.push(samples);
        ControlFlow::Continue(())
    }
}
