//! `search TEXT`: tracks by title, artist, album or path; with `--words` by a line that is sung in them.

use reprise_library::{FoundLine, Library, ListQuery};
use reprise_wording::clock;
use serde::Serialize;

use crate::args::{Arguments, Search};
use crate::command::covers::title;
use crate::command::open_existing;
use crate::command::words::LineJson;
use crate::failure::Failure;
use crate::json::{TrackJson, rounded};
use crate::print::{self, plain};

#[derive(Serialize)]
struct SearchJson {
    tracks: Vec<FoundJson>,
}

#[derive(Serialize)]
struct FoundJson {
    #[serde(flatten)]
    track: TrackJson,
    /// The line in which what was searched begins, as heard; only with `--words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<LineJson>,
    /// How much of what was searched is there; only with `--words`.
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<f64>,
}

pub fn search(arguments: &Arguments, wanted: &Search) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let text = wanted.text.join(" ");
    if wanted.words {
        by_words(arguments, &library, &text, wanted.limit)
    } else {
        by_tags(arguments, &library, text, wanted.limit)
    }
}

fn by_words(arguments: &Arguments, library: &Library, text: &str, limit: usize) -> Result<(), Failure> {
    let found = library.search_words(text, limit)?;
    if arguments.json {
        let json = |one: &FoundLine| FoundJson {
            track: (&one.track).into(),
            line: Some((&one.line).into()),
            share: Some(rounded(one.share.into(), 2)),
        };
        return print::json(&SearchJson { tracks: found.iter().map(json).collect() });
    }
    for FoundLine { track, line, .. } in &found {
        print::line(&title(track))?;
        print::line(&format!("  {} as heard: {}", clock(line.start_s.into()), plain(&line.text)))?;
    }
    if found.is_empty() { print::line("Nobody was heard singing that.") } else { Ok(()) }
}

fn by_tags(arguments: &Arguments, library: &Library, search: String, limit: usize) -> Result<(), Failure> {
    let mut ids = library.track_ids(&ListQuery { search, ..ListQuery::default() })?;
    let n_more = ids.len().saturating_sub(limit);
    ids.truncate(limit);
    let rows = library.rows(&ids)?;
    if arguments.json {
        let json = |track| FoundJson { track, line: None, share: None };
        return print::json(&SearchJson {
            tracks: rows.iter().map(|row| json((&row.track).into())).collect(),
        });
    }
    for row in &rows {
        print::line(&title(&row.track))?;
        print::line(&format!("  {}", print::path(&row.track.path)))?;
    }
    match (rows.is_empty(), n_more) {
        (true, _) => print::line("Nothing found."),
        (false, 0) => Ok(()),
        (false, n) => print::line(&format!("and {n} more: --limit {}", n + limit)),
    }
}
