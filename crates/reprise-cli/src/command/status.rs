//! `status`: how much of the library is done.

use reprise_library::Devices;
use serde::Serialize;

use crate::args::Arguments;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::DevicesJson;
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
    #[serde(flatten)]
    devices: DevicesJson,
    /// The reason why networks cannot run at all.
    device_problem: Option<String>,
}

pub fn status(arguments: &Arguments) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let (status, voices) = (library.status()?, library.voice_counts()?);
    // An error of the networks is part of the output, because the counts are right without them.
    let devices = Devices::find().map_err(|error| error.to_string());
    if arguments.json {
        let (devices, device_problem) = match devices {
            Ok(devices) => (devices.into(), None),
            Err(problem) => (DevicesJson::default(), Some(problem)),
        };
        return print::json(&StatusJson {
            tracks: status.tracks,
            missing: status.missing,
            heard: status.analysed,
            owed: status.owed,
            matchable: status.matchable,
            problems: status.problems,
            voices_heard: voices.analysed,
            voices_sung: voices.sung,
            voices_total: voices.total,
            devices,
            device_problem,
        });
    }
    let mut parts = vec![count(status.tracks, "track"), format!("{} heard", status.analysed)];
    let also =
        [(status.missing, "absent now"), (status.owed, "still to be heard"), (status.problems, "unusable")];
    parts.extend(also.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    if voices.total > 0 {
        parts.push(format!("voices of {} heard, {} sung", voices.analysed, voices.sung));
    }
    print::line(&parts.join(", "))?;
    let lines = devices.map_or_else(|problem| vec![problem], |devices| devices.sentences());
    lines.iter().try_for_each(|line| print::line(line))
}
