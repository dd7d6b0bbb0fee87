//! `backup FILE`: writes the current state of the library to one file, while others may read and write the library.

use std::path::Path;

use reprise_library::back_up;
use serde::Serialize;

use crate::args::{self, Arguments};
use crate::command::existing;
use crate::failure::Failure;
use crate::json::PathJson;
use crate::output;
use crate::print::{self, count};

#[derive(Serialize)]
struct BackupJson {
    #[serde(flatten)]
    path: PathJson,
    tracks: u64,
    bytes: u64,
}

pub fn backup(arguments: &Arguments, wanted: &args::Backup) -> Result<(), Failure> {
    let (library, file) = (existing(arguments)?, wanted.file.as_path());
    if is_part_of(file, &library) {
        return Err(Failure::file(file, "is the library itself; name another file"));
    }
    let tracks = output::make(file, wanted.force, |copy| Ok(back_up(&library, copy)?))?;
    if arguments.json {
        let bytes = std::fs::metadata(file).map_err(|error| Failure::file(file, error))?.len();
        return print::json(&BackupJson { path: file.into(), tracks, bytes });
    }
    let tracks = count(usize::try_from(tracks).unwrap_or(usize::MAX), "track");
    print::line(&format!("{tracks} written to {}", print::path(file)))
}

/// Whether a file is the library or one of the files that belong to it.
fn is_part_of(file: &Path, library: &Path) -> bool {
    let place = |path: &Path| {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Some(folder.canonicalize().ok()?.join(path.file_name()?))
    };
    let is = |library: &Path| {
        let parts = ["", "-wal", "-shm", ".lock"].map(|ending| {
            let mut name = library.as_os_str().to_owned();
            name.push(ending);
            place(name.as_ref())
        });
        place(file).is_some_and(|file| parts.contains(&Some(file)))
    };
    is(library) || library.canonicalize().is_ok_and(|library| is(&library))
}
