//! What becomes of playlists when the files of a plan go.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use reprise_playlists::{Fate as MarkFate, Format, MarkKind, Replacement, Replacements, Repointed};
use reprise_quarantine::{Expected, Step};

use crate::database::Database;
use crate::error::Error;
use crate::tidy::keep::{Fate, offset_s};
use crate::tidy::plan::Plan;
use crate::tidy::playlists::{KnownPlaylist, Playlists};

/// How many new names are tried for a library file that is written beside the old one.
const MOST_NAMES: usize = 1000;

/// What becomes of one playlist file.
#[derive(Debug, Clone, PartialEq)]
pub struct PlaylistAfter {
    /// The file.
    pub file: PathBuf,
    /// Where the new version would be: the file itself, or a new file for a DJ's library; `None` if it is only read.
    pub written_to: Option<PathBuf>,
    /// Entries that name another file afterwards.
    pub changed: Vec<EntryAfter>,
    /// Entries that name a file that goes, and still will, each with the reason.
    pub left: Vec<(EntryAfter, String)>,
    /// Cue points and loops of files that go.
    pub marks: Vec<MarkAfter>,
    /// Tracks of a Rekordbox library that get another place, which rekordbox ignores for tracks that it knows.
    pub relocated: usize,
}

/// An entry of a playlist, before and after.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryAfter {
    /// The folders around the playlist and its name.
    pub playlist: Vec<String>,
    /// Its place in the playlist, counted from 1.
    pub number: usize,
    /// The file that it names.
    pub from: PathBuf,
    /// The file that it names afterwards; `None` if it stays.
    pub to: Option<PathBuf>,
}

/// A cue point or loop of a file that goes.
#[derive(Debug, Clone, PartialEq)]
pub struct MarkAfter {
    /// The file that goes.
    pub from: PathBuf,
    /// The file that is kept.
    pub to: PathBuf,
    /// Its name.
    pub name: String,
    /// Whether it is a loop.
    pub is_loop: bool,
    /// Where it was, in seconds.
    pub at_s: Option<f64>,
    /// Where the kept file has it afterwards, in seconds; otherwise why it does not have it.
    pub after: Result<f64, String>,
}

/// What becomes of every playlist that names a file of the plan that goes.
pub(crate) fn playlists_after(database: &Database, plan: &Plan) -> Result<Vec<PlaylistAfter>, Error> {
    let playlists = known(database, plan)?;
    let replacements = replacements(database, plan, &BTreeSet::new())?;
    Ok(playlists.after(&replacements).into_iter().map(|(known, after)| described(known, &after)).collect())
}

/// The steps that correct the playlists when the files of a plan have gone, but for those in `stay`.
pub(crate) fn playlist_steps(
    database: &Database,
    plan: &Plan,
    stay: &BTreeSet<&Path>,
) -> Result<Vec<Step>, Error> {
    let playlists = known(database, plan)?;
    let replacements = replacements(database, plan, stay)?;
    let steps = playlists.after(&replacements).into_iter().filter_map(|(known, after)| {
        let file = known.found.path.clone();
        let is_changed = !after.changed.is_empty() || !after.relocated.is_empty();
        let step = match known.content.format() {
            Format::M3u => Step::Rewrite {
                file,
                root: known.root.clone(),
                expected: Expected { size_bytes: known.found.size_bytes, mtime_ns: known.found.mtime_ns },
                old: known.hash,
                new_bytes: after.bytes,
            },
            Format::Rekordbox => Step::Create { file: new_name(&file)?, bytes: after.bytes },
            Format::ITunes => return None,
        };
        is_changed.then_some(step)
    });
    Ok(steps.collect())
}

fn known(database: &Database, plan: &Plan) -> Result<Playlists, Error> {
    let named: Vec<PathBuf> = plan.playlists.iter().map(|file| file.0.clone()).collect();
    Playlists::of(database, &named)
}

/// Which file takes the place of which. Every other file of the library is known to stay, so that an entry that may mean
/// one of two names is not changed by guess.
fn replacements(database: &Database, plan: &Plan, stay: &BTreeSet<&Path>) -> Result<Replacements, Error> {
    let mut replacements = Replacements::default();
    let mut gone = BTreeSet::new();
    for group in &plan.groups {
        let files: Vec<_> = group.files.iter().map(|planned| planned.file.clone()).collect();
        for (place, planned) in group.files.iter().enumerate() {
            let Fate::Go { keeper, .. } = planned.fate else { continue };
            if stay.contains(planned.path()) || keeper >= files.len() {
                continue;
            }
            let to = Replacement {
                keeper: files[keeper].path.0.clone(),
                offset_s: offset_s(&files, &group.heard, place, keeper),
            };
            gone.insert(planned.path().to_path_buf());
            replacements.replace(planned.path(), to).map_err(|error| Error::CleanUp(error.to_string()))?;
        }
    }
    for track in database.reader()?.tracks()? {
        if !gone.contains(&track.path) {
            replacements.know(&track.path);
        }
    }
    Ok(replacements)
}

fn described(known: &KnownPlaylist, after: &Repointed) -> PlaylistAfter {
    let playlists = known.content.playlists();
    let name = |number: usize| playlists.get(number).map(|one| one.name.clone()).unwrap_or_default();
    let file = known.found.path.clone();
    let written_to = match known.content.format() {
        Format::M3u => Some(file.clone()),
        Format::Rekordbox => new_name(&file),
        Format::ITunes => None,
    };
    let changed = after.changed.iter().map(|change| EntryAfter {
        playlist: name(change.playlist),
        number: change.entry + 1,
        from: change.from.clone(),
        to: Some(change.to.clone()),
    });
    let left = after.left.iter().map(|left| {
        let entry = EntryAfter {
            playlist: name(left.playlist),
            number: left.entry + 1,
            from: left.file.clone(),
            to: None,
        };
        (entry, left.reason.to_string())
    });
    let marks = after.marks.iter().map(|outcome| MarkAfter {
        from: outcome.from.clone(),
        to: outcome.to.clone(),
        name: outcome.mark.name.clone(),
        is_loop: outcome.mark.kind == MarkKind::Loop,
        at_s: outcome.mark.start_s,
        after: match &outcome.fate {
            MarkFate::Carried { at_s, .. } => Ok(*at_s),
            MarkFate::NotCarried(obstacle) => Err(obstacle.to_string()),
        },
    });
    PlaylistAfter {
        written_to,
        changed: changed.collect(),
        left: left.collect(),
        marks: marks.collect(),
        relocated: after.relocated.len(),
        file,
    }
}

/// A name beside a DJ's library that no file has: a new library is written as a new file, for the user to import.
fn new_name(file: &Path) -> Option<PathBuf> {
    let stem = file.file_stem()?.to_owned();
    let names = (1..MOST_NAMES).map(|number| {
        let mut name = stem.clone();
        name.push(if number == 1 { " after clean-up".into() } else { format!(" after clean-up {number}") });
        name.push(".xml");
        file.with_file_name(name)
    });
    names.into_iter().find(|name| name.symlink_metadata().is_err())
}
