//! `decide A B yes|no|undo`: records the user's decision about two tracks.

use std::path::Path;

use reprise_library::{Library, TrackId, TrackQuestion};
use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::open_library;
use crate::failure::Failure;
use crate::{json, print};

#[derive(Serialize)]
struct DecidedJson {
    before: Option<&'static str>,
    now: Option<&'static str>,
}

pub fn decide(arguments: &Arguments, wanted: &args::Decide) -> Result<(), Failure> {
    let library = open_library(arguments)?;
    let (a, b) = (track(&library, &wanted.a)?, track(&library, &wanted.b)?);
    let now = wanted.answer.is_yes();
    let before = library.decide(TrackQuestion::OneSong(a, b), now)?;
    if arguments.json {
        return print::json(&DecidedJson { before: before.map(json::verdict), now: now.map(json::verdict) });
    }
    print::line(match (now, before) {
        (Some(true), _) => "Noted: versions of one song.",
        (Some(false), _) => "Noted: not one song.",
        (None, Some(_)) => "Forgotten.",
        (None, None) => "Nothing was said of these two.",
    })
}

/// The id of the track at a path.
pub fn track(library: &Library, path: &Path) -> Result<TrackId, Failure> {
    let path = std::path::absolute(path).map_err(|error| Failure::file(path, error))?;
    Ok(library.track_at(&path)?)
}
