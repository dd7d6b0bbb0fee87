//! Says whether one file may be removed as a copy of another one: `true_copy A B` prints the verdict as JSON.
//!
//! It decodes in child processes of its own. `training/scripts/measure_same_audio.py` asks it about many files, and the
//! integration tests use it as their decode worker.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this program answers on the terminal")]

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use reprise_analysis::{DECODE_WORKER_COMMAND, decode_worker, fingerprint, stereo_sketch};
use reprise_fingerprint::shared;
use reprise_fingerprint::stereo::{ChannelDifference, TrueCopy, Verdict, compare};
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == DECODE_WORKER_COMMAND) {
        return reprise_audio::worker::serve(&arguments[1..], std::io::stdout().lock());
    }
    let [a, b] = &arguments[..] else {
        eprintln!("true_copy A B");
        return ExitCode::from(2);
    };
    match answer(Path::new(a), Path::new(b)) {
        Ok(answer) => println!("{}", as_json(&answer)),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Compares two files near the offset that their fingerprints have, as the library does.
fn answer(a: &Path, b: &Path) -> Result<TrueCopy, Box<dyn Error>> {
    let (worker, stop) = (decode_worker()?, AtomicBool::new(false));
    let named = |path: &Path, error: reprise_audio::Error| format!("{} {error}", path.display());
    let fingerprint = |path| fingerprint(&worker, path, &stop).map_err(|error| named(path, error));
    let sketch = |path| stereo_sketch(&worker, path, &stop).map_err(|error| named(path, error));
    let stretches = shared(&fingerprint(a)?.1, &fingerprint(b)?.1);
    let longest = stretches.iter().max_by(|one, other| one.length_s.total_cmp(&other.length_s));
    let near_offset_s = longest.map_or(0.0, |stretch| stretch.b_start_s - stretch.a_start_s);
    Ok(compare(&sketch(a)?, &sketch(b)?, near_offset_s))
}

/// Writes the verdict as one word, and what belongs to it.
fn as_json(answer: &TrueCopy) -> Value {
    let (word, detail) = match &answer.verdict {
        Verdict::Same => ("same", Value::Null),
        Verdict::Speed { per_cent } => ("speed", json!(per_cent)),
        Verdict::Channels(difference) => ("channels", json!(channels(*difference))),
        Verdict::Different { places } => ("different", json!(places)),
        Verdict::Unclear => ("unclear", Value::Null),
    };
    json!({
        "verdict": word,
        "detail": detail,
        "offset_s": answer.offset_s,
        "offset_is_sure": answer.offset_is_sure,
    })
}

fn channels(difference: ChannelDifference) -> &'static str {
    match difference {
        ChannelDifference::Missing => "missing",
        ChannelDifference::Swapped => "swapped",
        ChannelDifference::Inverted => "inverted",
        ChannelDifference::Mono => "mono",
    }
}
