//! `status`: how far the library is.

use serde::Serialize;

use crate::args::Arguments;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::print::{self, count};

#[derive(Serialize)]
struct StatusJson {
    tracks: usize,
    missing: usize,
    heard: usize,
    owed: usize,
    matchable: usize,
    problems: usize,
    voices_heard: usize,
    voices_sung: usize,
    voices_total: usize,
}

pub fn status(arguments: &Arguments) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let (status, voices) = (library.status()?, library.voice_counts()?);
    if arguments.json {
        return print::json(&StatusJson {
            tracks: status.tracks,
            missing: status.missing,
            heard: status.heard,
            owed: status.owed,
            matchable: status.matchable,
            problems: status.problems,
            voices_heard: voices.heard,
            voices_sung: voices.sung,
            voices_total: voices.total,
        });
    }
    let mut parts = vec![count(status.tracks, "track"), format!("{} heard", status.heard)];
    let also =
        [(status.missing, "absent now"), (status.owed, "still to be heard"), (status.problems, "unusable")];
    parts.extend(also.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    if voices.total > 0 {
        parts.push(format!("voices of {} heard, {} sung", voices.heard, voices.sung));
    }
    print::line(&parts.join(", "))
}
