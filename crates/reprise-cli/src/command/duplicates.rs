//! `duplicates`: the files that hold the very same audio.

use serde::Serialize;

use crate::args::Arguments;
use crate::command::covers::title;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::TrackJson;
use crate::print::{self, count, plain};

#[derive(Serialize)]
struct DuplicatesJson {
    duplicates: Vec<GroupJson>,
}

#[derive(Serialize)]
struct GroupJson {
    tracks: Vec<TrackJson>,
}

pub fn duplicates(arguments: &Arguments) -> Result<(), Failure> {
    let copies = open_existing(arguments)?.copies()?;
    if arguments.json {
        let group = |tracks: &Vec<_>| GroupJson { tracks: tracks.iter().map(Into::into).collect() };
        return print::json(&DuplicatesJson { duplicates: copies.iter().map(group).collect() });
    }
    for group in &copies {
        print::line(&title(&group[0]))?;
        for track in group {
            let absent = if track.is_missing { "  (not there now)" } else { "" };
            print::line(&format!("    {}{absent}", plain(&track.path.to_string_lossy())))?;
        }
        print::line("")?;
    }
    let files: usize = copies.iter().map(Vec::len).sum();
    match copies.len() {
        0 => print::line("No two files hold the same audio."),
        n => print::line(&format!("{} in {}", count(n, "recording"), count(files, "file"))),
    }
}
