//! A plan for other programs: a table, and a shell script that moves the same files.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::error::Error;
use crate::tidy::keep::Fate;
use crate::tidy::plan::{Plan, only_in};

/// The headings of the table.
const HEADINGS: [&str; 13] = [
    "group",
    "fate",
    "why",
    "path",
    "keeper",
    "bytes",
    "codec",
    "kbit_s",
    "ceiling_hz",
    "in_playlists",
    "cues",
    "only_here",
    "title",
];

/// A plan as CSV: a row for each file. Paths that are not text are shown as well as they can be.
pub fn csv(plan: &Plan) -> Result<Vec<u8>, Error> {
    let wrong = |error: csv::Error| Error::CleanUp(error.to_string());
    let mut rows = csv::Writer::from_writer(Vec::new());
    rows.write_record(HEADINGS).map_err(wrong)?;
    for row in table(plan) {
        rows.write_record(row).map_err(wrong)?;
    }
    rows.into_inner().map_err(|error| Error::CleanUp(error.to_string()))
}

fn table(plan: &Plan) -> Vec<[String; HEADINGS.len()]> {
    let mut rows = Vec::new();
    for (number, group) in plan.groups.iter().enumerate() {
        for planned in &group.files {
            let (file, (fate, why)) = (&planned.file, words(&planned.fate));
            let keeper = match planned.fate {
                Fate::Go { keeper, .. } => group.files.get(keeper).map(|kept| &kept.file),
                _ => None,
            };
            rows.push([
                (number + 1).to_string(),
                fate,
                why,
                file.path.0.to_string_lossy().into_owned(),
                keeper.map(|kept| kept.path.0.to_string_lossy().into_owned()).unwrap_or_default(),
                file.size_bytes.to_string(),
                file.codec.clone(),
                file.kbit_s.to_string(),
                file.ceiling_hz.map(|hz| hz.to_string()).unwrap_or_default(),
                file.in_playlists.to_string(),
                file.n_cues.to_string(),
                keeper.map(|kept| only_in(file, kept).join(", ")).unwrap_or_default(),
                file.title.clone().unwrap_or_default(),
            ]);
        }
    }
    rows
}

/// The fate and its reason as the words of the JSON document.
fn words(fate: &Fate) -> (String, String) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match serde_json::to_value(fate).unwrap_or_default() {
        Value::Object(one) => one.into_iter().next().map_or_else(Default::default, |(word, why)| {
            let why = why.get("rule").cloned().unwrap_or(why);
            (word, if why.is_null() { String::new() } else { text(&why) })
        }),
        word => (text(&word), String::new()),
    }
}

/// A POSIX shell script that moves the files that go into a folder below the library's folders. It checks nothing, keeps
/// no journal and changes no playlist; it is for people who want to do by hand what a run does.
pub fn shell_script(plan: &Plan) -> Vec<u8> {
    let mut script =
        b"#!/bin/sh\n# Moves the copies of a plan that Reprise made. `reprise clean run` does the same, \
        but checks every file again,\n# corrects playlists and can be undone.\nset -eu\n"
            .to_vec();
    for (gone, keeper) in plan.going() {
        let (from, root) = (&gone.file.path.0, &gone.file.root.0);
        let below = from.strip_prefix(root).unwrap_or(from);
        let to: PathBuf = root.join(".moved-by-reprise-plan").join(below);
        // Both must be files at this moment: the one that stays above all.
        script.extend(b"[ -f ");
        script.extend(quoted(&keeper.file.path.0));
        script.extend(b" ] && [ -f ");
        script.extend(quoted(from));
        script.extend(b" ] && mkdir -p ");
        script.extend(quoted(to.parent().unwrap_or(root)));
        script.extend(b" && mv -n ");
        script.extend(quoted(from));
        script.push(b' ');
        script.extend(quoted(&to));
        script.push(b'\n');
    }
    script
}

/// A path as one word of the shell, whatever characters it has.
fn quoted(path: &Path) -> Vec<u8> {
    let mut word = vec![b'\''];
    for byte in AsRef::<OsStr>::as_ref(path).as_encoded_bytes() {
        match byte {
            b'\'' => word.extend(b"'\\''"),
            byte => word.push(*byte),
        }
    }
    word.push(b'\'');
    word
}
