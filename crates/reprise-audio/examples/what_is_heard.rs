//! Prints what is decoded of a file and read of its tags as one line of JSON: `what_is_heard FILE`.
//! scripts/compare-decoders.sh compares it with the result of ffmpeg.

#![allow(clippy::print_stdout, reason = "what a program prints is what it is for")]

use std::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;

use reprise_audio::{Decoded, Sink, Stream, Tags, decode, read_tags};

/// The lowest sample rate at which lengths are exact enough.
const RATE_HZ: u32 = 8_000;

/// A sink that discards all frames.
struct Nobody;

impl Sink for Nobody {
    fn tags(&mut self, _: Tags) {}

    fn stream(&mut self, _: &Stream) {}

    fn samples(&mut self, _: &[f32]) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

#[derive(Default, serde::Serialize)]
struct Line {
    duration_s: Option<f64>,
    refusal: Option<String>,
    warnings: Vec<String>,
    tags: Option<Tags>,
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1) else { return ExitCode::from(2) };
    let path = Path::new(&path);
    let mut line = Line { tags: read_tags(path).ok(), ..Line::default() };
    match decode(path, RATE_HZ, &mut Nobody) {
        Ok(Decoded { duration_s, warnings, .. }) => {
            line.duration_s = Some(duration_s);
            line.warnings = warnings;
        }
        Err(error) => line.refusal = Some(error.to_string()),
    }
    match serde_json::to_string(&line) {
        Ok(json) => println!("{json}"),
        Err(_) => return ExitCode::FAILURE,
    }
    ExitCode::SUCCESS
}
