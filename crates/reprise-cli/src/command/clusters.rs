//! `clusters`: the songs of which the library has several versions.

use reprise_library::Cluster;
use serde::Serialize;

use crate::args::Arguments;
use crate::command::covers::title;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::TrackJson;
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
}

pub fn clusters(arguments: &Arguments) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let clusters = library.clusters()?;
    if arguments.json {
        return print::line(&json(&clusters)?);
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
    let Some(first) = cluster.members.first() else { return Ok(()) };
    print::line(&format!("{}  ({} versions)", heading(cluster), cluster.members.len()))?;
    print::line(&format!("    {}", title(&first.track)))?;
    for member in &cluster.members[1..] {
        print::line(&format!("    {}", title(&member.track)))?;
        if let Some(reason) = &member.reason {
            print::line(&format!("        {reason}"))?;
        }
    }
    print::line("")
}

/// The title most members carry, else that of the first.
fn heading(cluster: &Cluster) -> String {
    let titles: Vec<&str> = cluster.members.iter().filter_map(|m| m.track.title.as_deref()).collect();
    let most = titles.iter().max_by_key(|title| titles.iter().filter(|other| other == title).count());
    most.map_or_else(|| title(&cluster.members[0].track), |most| plain(most))
}

fn to_json(cluster: &Cluster) -> ClusterJson {
    let member =
        |m: &reprise_library::Member| MemberJson { track: (&m.track).into(), reason: m.reason.clone() };
    ClusterJson { tracks: cluster.members.iter().map(member).collect() }
}
