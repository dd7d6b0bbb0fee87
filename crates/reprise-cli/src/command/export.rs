//! `export`: the songs of which there are several versions, for other programs.

use reprise_library::{Cluster, Member};

use crate::args::{self, Arguments, Format};
use crate::command::covers::title;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::{output, print};

pub fn export(arguments: &Arguments, wanted: &args::Export) -> Result<(), Failure> {
    let clusters = open_existing(arguments)?.clusters()?;
    let text = match wanted.format {
        Format::Json => super::clusters::json(&clusters)?,
        Format::Csv => csv(&clusters)?,
        Format::M3u8 => m3u8(&clusters)?,
    };
    match &wanted.out {
        Some(file) => output::write(file, (text + "\n").as_bytes(), wanted.force),
        None => print::line(&text),
    }
}

fn csv(clusters: &[Cluster]) -> Result<String, Failure> {
    let wrong = |error: csv::Error| Failure::Other(error.to_string());
    let mut rows = csv::Writer::from_writer(Vec::new());
    let headings =
        ["song", "path", "title", "artist", "album", "year", "seconds", "reason", "recording", "kinds"];
    rows.write_record(headings).map_err(wrong)?;
    for (number, Member { track, reason, recording, kinds }) in members(clusters) {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        rows.write_record([
            (number + 1).to_string(),
            track.path.to_string_lossy().into_owned(),
            text(&track.title),
            text(&track.artist),
            text(&track.album),
            track.year.map(|year| year.to_string()).unwrap_or_default(),
            track.duration_s.map(|seconds| format!("{seconds:.1}")).unwrap_or_default(),
            text(reason),
            (recording + 1).to_string(),
            kinds.iter().map(|claim| claim.kind.word()).collect::<Vec<_>>().join(" "),
        ])
        .map_err(wrong)?;
    }
    let bytes = rows.into_inner().map_err(|error| Failure::Other(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|error| Failure::Other(error.to_string()))?;
    Ok(text.trim_end().to_owned())
}

/// A path that is not UTF-8, or holds a line break, cannot stand in a playlist.
fn m3u8(clusters: &[Cluster]) -> Result<String, Failure> {
    let mut lines = vec!["#EXTM3U".to_owned()];
    for (_, Member { track, .. }) in members(clusters).filter(|(_, member)| !member.track.is_missing) {
        let path = track.path.to_str().filter(|path| !path.contains(['\n', '\r']));
        let path =
            path.ok_or_else(|| Failure::file(&track.path, "has a name that a playlist cannot hold"))?;
        let seconds = track.duration_s.map_or(-1, |seconds| seconds.round() as i64);
        lines.push(format!("#EXTINF:{seconds},{}", title(track)));
        lines.push(path.to_owned());
    }
    Ok(lines.join("\n"))
}

/// Every track with the number of its song.
fn members(clusters: &[Cluster]) -> impl Iterator<Item = (usize, &Member)> {
    let numbered = clusters.iter().enumerate();
    numbered.flat_map(|(number, cluster)| cluster.members.iter().map(move |member| (number, member)))
}
