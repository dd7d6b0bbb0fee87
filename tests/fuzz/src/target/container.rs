//! An audio file that is decoded, hashed and decoded for listening in this process, as a worker does it in its own.
//!
//! A panic inside symphonia is not a finding: `reprise-audio` catches it and reports the file as damaged, and the
//! limits of the worker end what hangs or exhausts the memory. A panic in our own code is a finding, even inside a call
//! that is caught. An input that takes seconds or gigabytes here, where there are no limits, is one too.

use std::ops::ControlFlow;
use std::path::Path;

use reprise_audio::{Error, Excerpt, Sink, Stream, Tags, decode, payload_hash, stream_stereo};

use super::tags::hold_promises;
use crate::input_file;

/// A low sample rate, because resampling costs time and tests nothing here.
const RATE_HZ: u32 = 11_025;

/// Decoding is stopped after this many samples.
const MOST_SAMPLES: usize = 60 * RATE_HZ as usize;

pub(super) fn check(bytes: &[u8]) {
    let path = input_file::written("input", bytes);
    let mut sink = Counted::default();
    match decode(&path, RATE_HZ, &mut sink) {
        Ok(decoded) => {
            let seconds = sink.n_samples as f64 / f64::from(RATE_HZ);
            assert!(sink.tags == 1 && sink.has_stream && sink.n_samples > 0, "what is decoded has been told");
            assert!((decoded.duration_s - seconds).abs() < 1e-9, "its length is that of its samples");
            assert!(decoded.warnings.iter().all(|warning| is_clause(warning)), "{:?}", decoded.warnings);
            assert_eq!(
                payload_hash(&path),
                Ok(decoded.payload_hash),
                "decoding and hashing read the same packets"
            );
            assert_eq!(heard(&path, 0.0), Ok(sink.n_samples), "as much is heard as is analysed");
            // If the container finds the position, damage before it is not noticed. The only promise is that decoding
            // ends.
            drop(heard(&path, seconds / 2.0));
        }
        Err(Error::Stopped) => assert!(sink.n_samples > MOST_SAMPLES, "only the sink stops it"),
        Err(error) => {
            assert!(is_clause(&error.to_string()), "{error}");
            drop(payload_hash(&path));
            drop(heard(&path, 0.1));
        }
    }
}

/// How many frames are decoded for listening from there on.
fn heard(path: &Path, from_s: f64) -> Result<usize, Error> {
    let mut n_samples = 0;
    stream_stereo(path, Excerpt { rate_hz: RATE_HZ, from_s }, &mut |samples| {
        hold(samples);
        n_samples += samples.len();
        if n_samples > 2 * MOST_SAMPLES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    assert!(n_samples.is_multiple_of(2), "left and right come in pairs");
    Ok(n_samples / 2)
}

fn hold(samples: &[f32]) {
    assert!(samples.iter().all(|sample| sample.is_finite()), "every sample is a number");
}

/// Whether the text can follow the name of a file in one line.
fn is_clause(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\n', '\r', '\0'])
}

/// Counts what it receives, and checks the promises of [`Sink`].
#[derive(Default)]
struct Counted {
    tags: usize,
    has_stream: bool,
    n_samples: usize,
}

impl Sink for Counted {
    fn tags(&mut self, tags: Tags) {
        assert!(self.tags == 0 && !self.has_stream, "tags come once and first");
        self.tags += 1;
        hold_promises(&tags);
    }

    fn stream(&mut self, stream: &Stream) {
        assert!(!self.has_stream && self.n_samples == 0, "the stream comes once and before samples");
        assert!(
            !stream.codec.is_empty() && stream.channels > 0 && stream.sample_rate_hz >= 1_000,
            "{stream:?}"
        );
        self.has_stream = true;
    }

    fn samples(&mut self, samples: &[f32]) -> ControlFlow<()> {
        assert!(!samples.is_empty(), "an empty chunk says nothing");
        hold(samples);
        self.n_samples += samples.len();
        if self.n_samples > MOST_SAMPLES { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}
