//! `decisions list|export|import`: the user's decisions on the screen and as a file.

use std::path::Path;

use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::decisions_list::list;
use crate::command::{open_existing, open_library};
use crate::failure::Failure;
use crate::output;
use crate::print::{self, count};
use crate::saved_decisions;

#[derive(Serialize)]
struct ImportedJson {
    read: usize,
    adopted: usize,
}

pub fn decisions(arguments: &Arguments, action: &args::Decisions) -> Result<(), Failure> {
    match action {
        args::Decisions::List { search } => list(arguments, &search.join(" ")),
        args::Decisions::Export { file, force } => export(arguments, file.as_deref(), *force),
        args::Decisions::Import { file } => import(arguments, file),
    }
}

fn export(arguments: &Arguments, file: Option<&Path>, force: bool) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let decisions = library.decisions()?;
    let text = saved_decisions::write(&decisions).map_err(Failure::Other)?;
    let Some(file) = file else { return print::content(&text) };
    output::write(file, (text + "\n").as_bytes(), force)?;
    let written = count(decisions.len(), "decision");
    print::line(&format!("{written} written to {}", print::path(file)))
}

fn import(arguments: &Arguments, file: &Path) -> Result<(), Failure> {
    let wrong = |reason: String| Failure::file(file, reason);
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let saved = saved_decisions::read(&text).map_err(wrong)?;
    let library = open_library(arguments)?;
    let adopted = library.import_decisions(&saved)?;
    if arguments.json {
        return print::json(&ImportedJson { read: saved.len(), adopted });
    }
    print::line(&format!("{} read, {adopted} of them new", count(saved.len(), "decision")))
}
