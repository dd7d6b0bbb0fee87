//! `clusters`: the songs that have several versions in the library.

use reprise_library::Cluster;
use serde::Serialize;

use crate::args::Arguments;
use crate::command::covers::{kinds, title};
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::{ClaimJson, TrackJson};
use crate::print::{self, count, plain};

#[derive(Serialize)]
struct ClustersJson {
    clusters: Vec<ClusterJson>,
}

#[derive(Serialize)]
struct ClusterJson {
    tracks: Vec<MemberJson>,
}

#[derive(Serialize)]
struct MemberJson {
    #[serde(flatten)]
    track: TrackJson,
    reason: Option<String>,
    recording: usize,
    kinds: Vec<ClaimJson>,
}

pub fn clusters(arguments: &Arguments) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let clusters = library.clusters()?;
    if arguments.json {
        return print::content(&json(&clusters)?);
    }
    for cluster in &clusters {
        show(cluster)?;
    }
    let tracks: usize = clusters.iter().map(|cluster| cluster.members.len()).sum();
    match clusters.len() {
        0 => print::line("No versions found yet."),
        n => print::line(&format!(
            "{} with several versions, {} in all",
            count(n, "song"),
            count(tracks, "track")
        )),
    }
}

/// Songs as `clusters --json` prints them.
pub fn json(clusters: &[Cluster]) -> Result<String, Failure> {
    print::to_json(&ClustersJson { clusters: clusters.iter().map(to_json).collect() })
}

fn show(cluster: &Cluster) -> Result<(), Failure> {
    if cluster.members.is_empty() {
        return Ok(());
    }
    print::line(&format!("{}  ({})", heading(cluster), size(cluster)))?;
    let mut last = None;
    for member in &cluster.members {
        if last == Some(member.recording) {
            print::line(&format!("        also {}", print::path(&member.track.path)))?;
            continue;
        }
        last = Some(member.recording);
        print::line(&format!("    {}{}", title(&member.track), kinds(&member.kinds)))?;
        if let Some(reason) = &member.reason {
            print::line(&format!("        {}", reprise_wording::reason(reason)))?;
        }
    }
    print::line("")
}

/// "3 recordings", "3 recordings in 5 files".
fn size(cluster: &Cluster) -> String {
    let n_files = cluster.members.len();
    let n_recordings = cluster.members.iter().map(|member| member.recording + 1).max().unwrap_or_default();
    let recordings = count(n_recordings, "recording");
    if n_files == n_recordings { recordings } else { format!("{recordings} in {}", count(n_files, "file")) }
}

/// The title that most members have; if there is none, the title of the first member.
fn heading(cluster: &Cluster) -> String {
    let titles: Vec<&str> = cluster.members.iter().filter_map(|m| m.track.tags.title.as_deref()).collect();
    let most = titles.iter().max_by_key(|title| titles.iter().filter(|other| other == title).count());
    most.map_or_else(|| title(&cluster.members[0].track), |most| plain(most))
}

fn to_json(cluster: &Cluster) -> ClusterJson {
    let member = |m: &reprise_library::Member| MemberJson {
        track: (&m.track).into(),
        reason: m.reason.as_ref().map(reprise_wording::reason),
        recording: m.recording,
        kinds: m.kinds.iter().map(Into::into).collect(),
    };
    ClusterJson { tracks: cluster.members.iter().map(member).collect() }
}
