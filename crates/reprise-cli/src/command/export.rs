//! `export`: the songs that have several versions, for other programs.

use reprise_library::{Cluster, Member};
use serde::Serialize;

use crate::args::{self, Arguments, Format};
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::PathJson;
use crate::output;
use crate::playlist::m3u8;
use crate::print::{self, count};

/// The output of `--json` after a file was written.
#[derive(Serialize)]
struct ExportedJson {
    #[serde(flatten)]
    path: PathJson,
    tracks: usize,
    left_out: Vec<PathJson>,
}

pub fn export(arguments: &Arguments, wanted: &args::Export) -> Result<(), Failure> {
    let clusters = open_existing(arguments)?.clusters()?;
    let (mut tracks, mut left_out) = (members(&clusters).count(), Vec::new());
    let text = match wanted.format {
        Format::Json => super::clusters::json(&clusters)?,
        Format::Csv => csv(&clusters)?,
        Format::M3u8 => {
            let playlist = m3u8(&clusters);
            (tracks, left_out) = (playlist.tracks, playlist.left_out);
            playlist.lines.join("\n")
        }
    };
    match &wanted.out {
        Some(file) => output::write(file, (text + "\n").as_bytes(), wanted.force)?,
        None => print::content(&text)?,
    }
    if !left_out.is_empty() {
        let n = count(left_out.len(), "track");
        print::complain(&format!("reprise: {n} left out, with names that a playlist cannot hold:"));
        left_out.iter().for_each(|file| print::complain(&format!("  {}", print::path(file))));
    }
    match &wanted.out {
        Some(file) if arguments.json => {
            let left_out = left_out.iter().map(|file| file.as_path().into()).collect();
            print::json(&ExportedJson { path: file.as_path().into(), tracks, left_out })
        }
        _ => Ok(()),
    }
}

fn csv(clusters: &[Cluster]) -> Result<String, Failure> {
    let wrong = |error: csv::Error| Failure::Other(error.to_string());
    let mut rows = csv::Writer::from_writer(Vec::new());
    let headings = [
        "song",
        "path",
        "title",
        "artist",
        "album",
        "year",
        "seconds",
        "reason",
        "recording",
        "kinds",
        "path_bytes",
    ];
    rows.write_record(headings).map_err(wrong)?;
    for (number, Member { track, reason, recording, kinds }) in members(clusters) {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        rows.write_record([
            (number + 1).to_string(),
            track.path.to_string_lossy().into_owned(),
            text(&track.tags.title),
            text(&track.tags.artist),
            text(&track.tags.album),
            track.tags.year.map(|year| year.to_string()).unwrap_or_default(),
            track.duration_s.map(|seconds| format!("{seconds:.1}")).unwrap_or_default(),
            reason.as_ref().map(reprise_wording::reason).unwrap_or_default(),
            (recording + 1).to_string(),
            kinds.iter().map(|claim| claim.kind.word()).collect::<Vec<_>>().join(" "),
            PathJson::from(track.path.as_path()).path_bytes.unwrap_or_default(),
        ])
        .map_err(wrong)?;
    }
    let bytes = rows.into_inner().map_err(|error| Failure::Other(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(text.trim_end().to_owned())
}

/// Every track, with the number of its song.
fn members(clusters: &[Cluster]) -> impl Iterator<Item = (usize, &Member)> {
    let numbered = clusters.iter().enumerate();
    numbered.flat_map(|(number, cluster)| cluster.members.iter().map(move |member| (number, member)))
}
