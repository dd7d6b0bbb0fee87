//! `duplicates`: the files that contain the same recording.

use reprise_library::{Duplicate, Library, Relation};
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
    /// What it has in common with the first of its group, in words; only with `--why`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub fn duplicates(arguments: &Arguments, why: bool) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let groups = library.duplicates()?;
    let reason = |first: &Duplicate, file: &Duplicate| match file.relation {
        Some(relation) if why => reason(&library, first, file, relation).map(Some),
        _ => Ok(None),
    };
    if arguments.json {
        let one = |first: &Duplicate, file: &Duplicate| {
            let (track, relation) = ((&file.track).into(), file.relation.map(json::relation));
            Ok(DuplicateJson { track, relation, reason: reason(first, file)? })
        };
        let group = |files: &Vec<Duplicate>| {
            let tracks = files.iter().map(|file| one(&files[0], file)).collect::<Result<_, Failure>>()?;
            Ok(GroupJson { tracks })
        };
        let duplicates = groups.iter().map(group).collect::<Result<_, Failure>>()?;
        return print::json(&DuplicatesJson { duplicates });
    }
    for group in &groups {
        print::line(&title(&group[0].track))?;
        for file in group {
            let absent = if file.track.is_missing { "  (not there now)" } else { "" };
            let anew =
                if file.relation == Some(Relation::Recording) { "  (encoded differently)" } else { "" };
            print::line(&format!("    {}{anew}{absent}", print::path(&file.track.path)))?;
            if let Some(reason) = reason(&group[0], file)? {
                print::line(&format!("        {reason}"))?;
            }
        }
        print::line("")?;
    }
    let files: usize = groups.iter().map(Vec::len).sum();
    match groups.len() {
        0 => print::line("No two files hold the same recording."),
        n => print::line(&format!("{} in {}", count(n, "recording"), count(files, "file"))),
    }
}

/// What a file has in common with the first of its group.
fn reason(
    library: &Library,
    first: &Duplicate,
    file: &Duplicate,
    relation: Relation,
) -> Result<String, Failure> {
    if relation == Relation::Copy {
        return Ok("the same audio, packet for packet".into());
    }
    let matching = library.compare(&first.track.path, &file.track.path)?.matching;
    Ok(matching.map_or_else(|| "the same recording".into(), |one| reprise_wording::reason(&one.reason)))
}
