//! Fixtures, a sink that keeps everything, and the sweep that the fixtures contain.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]
#![allow(dead_code, reason = "each test file uses its part")]

use std::ops::ControlFlow;
use std::path::PathBuf;

use reprise_audio::{Sink, Stream, Tags};

pub const FIXTURES: [&str; 11] = [
    "sweep.mp3",
    "sweep.flac",
    "sweep-aac.m4a",
    "sweep-alac.m4a",
    "sweep.ogg",
    "sweep.opus",
    "sweep.webm",
    "sweep.wav",
    "sweep.aiff",
    "sweep.caf",
    "sweep.aac",
];

pub fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../../tests/fixtures/audio", name].iter().collect()
}

/// A sink that keeps everything that it receives.
#[derive(Default)]
pub struct Kept {
    pub tags: Option<Tags>,
    pub stream: Option<Stream>,
    pub samples: Vec<f32>,
    pub stop_after: Option<usize>,
}

impl Sink for Kept {
    fn tags(&mut self, tags: Tags) {
        assert!(self.tags.is_none() && self.stream.is_none(), "tags come once and first");
        self.tags = Some(tags);
    }

    fn stream(&mut self, stream: &Stream) {
        assert!(self.stream.is_none() && self.samples.is_empty(), "the stream comes once and before samples");
        self.stream = Some(stream.clone());
    }

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        assert!(!samples.is_empty(), "an empty chunk says nothing");
        self.samples.extend_from_slice(samples);
        match self.stop_after {
            Some(n) if self.samples.len() >= n => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// The mono mean of the fixtures' sweep at time `t_s`, see tests/fixtures/audio/README.md.
pub fn sweep(t_s: f64) -> f64 {
    0.375 * (std::f64::consts::TAU * (200.0 * t_s + 600.0 * t_s * t_s)).sin()
}

/// The lag in samples, within ±`reach`, at which `samples` match the sweep best, and the correlation there.
pub fn lag(samples: &[f32], rate_hz: f64, reach: i64) -> (i64, f64) {
    let inside = reach..samples.len() as i64 - reach;
    let correlation = |lag: i64| {
        let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
        for t in inside.clone() {
            let (x, y) = (f64::from(samples[(t + lag) as usize]), sweep(t as f64 / rate_hz));
            (xy, xx, yy) = (xy + x * y, xx + x * x, yy + y * y);
        }
        xy / (xx * yy).sqrt()
    };
    let lags = (-reach + 1..reach).map(|lag| (lag, correlation(lag)));
    lags.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap()
}
