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
}

pub fn status(arguments: &Arguments) -> Result<(), Failure> {
    let status = open_existing(arguments)?.status()?;
    if arguments.json {
        return print::json(&StatusJson {
            tracks: status.tracks,
            missing: status.missing,
            heard: status.heard,
            owed: status.owed,
            matchable: status.matchable,
            problems: status.problems,
        });
    }
    let mut parts = vec![count(status.tracks, "track"), format!("{} heard", status.heard)];
    let also =
        [(status.missing, "absent now"), (status.owed, "still to be heard"), (status.problems, "unusable")];
    parts.extend(also.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    print::line(&parts.join(", "))
}
