//! `duplicates`: the files that contain the same recording.

use reprise_library::{Duplicate, Relation};
use serde::Serialize;

use crate::args::Arguments;
use crate::command::covers::title;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::{self, TrackJson};
use crate::print::{self, count};

#[derive(Serialize)]
struct DuplicatesJson {
    duplicates: Vec<GroupJson>,
}

#[derive(Serialize)]
struct GroupJson {
    tracks: Vec<DuplicateJson>,
}

#[derive(Serialize)]
struct DuplicateJson {
    #[serde(flatten)]
    track: TrackJson,
    /// Null for the first of a group.
    relation: Option<&'static str>,
}

impl From<&Duplicate> for DuplicateJson {
    fn from(file: &Duplicate) -> Self {
        Self { track: (&file.track).into(), relation: file.relation.map(json::relation) }
    }
}

pub fn duplicates(arguments: &Arguments) -> Result<(), Failure> {
    let groups = open_existing(arguments)?.duplicates()?;
    if arguments.json {
        let group = |files: &Vec<Duplicate>| GroupJson { tracks: files.iter().map(Into::into).collect() };
        return print::json(&DuplicatesJson { duplicates: groups.iter().map(group).collect() });
    }
    for group in &groups {
        print::line(&title(&group[0].track))?;
        for file in group {
            let absent = if file.track.is_missing { "  (not there now)" } else { "" };
            let anew =
                if file.relation == Some(Relation::Recording) { "  (encoded differently)" } else { "" };
            print::line(&format!("    {}{anew}{absent}", print::path(&file.track.path)))?;
        }
        print::line("")?;
    }
    let files: usize = groups.iter().map(Vec::len).sum();
    match groups.len() {
        0 => print::line("No two files hold the same recording."),
        n => print::line(&format!("{} in {}", count(n, "recording"), count(files, "file"))),
    }
}
