//! Compares the files found with the tracks of the library: which files must be analysed, which only moved, which are
//! absent. This module neither reads nor writes.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::scan::walk::Found;

/// A track of the library.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    pub id: i64,
    pub path: PathBuf,
    pub size_bytes: u64,
    pub mtime_ns: i64,
    pub file_id: Option<Vec<u8>>,
    /// Whether it was already absent.
    pub missing: bool,
    /// Whether its features are owed although the file did not change.
    pub owed: bool,
}

/// What a scan has to do.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Files that are new or changed, or whose features are owed.
    pub analyse: Vec<Job>,
    /// Tracks with a new path.
    pub moved: Vec<(i64, Found)>,
    /// Tracks at their old path that were absent before.
    pub back: Vec<i64>,
    /// Tracks that are no longer in a folder that could be listed.
    pub missing: Vec<i64>,
    /// How many tracks did not change.
    pub unchanged: usize,
}

/// One file to analyse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub found: Found,
    /// Whether another track has the same size, or a track vanished while this file is new. The audio may then be
    /// known, so its identity is read before decoding.
    pub maybe_known: bool,
}

/// Makes the plan. `known` are all tracks of the library. `listed` tells whether a path is in a folder that this scan
/// listed completely. `exists` tells whether a file exists now; it is called only for tracks that seem to have moved.
pub(crate) fn plan(
    found: Vec<Found>,
    known: Vec<Known>,
    listed: impl Fn(&Path) -> bool,
    exists: impl Fn(&Path) -> bool,
) -> Plan {
    let mut plan = Plan::default();
    let seen: HashSet<PathBuf> = found.iter().map(|file| file.path.clone()).collect();
    let sizes: HashSet<u64> = known.iter().map(|track| track.size_bytes).collect();
    let (here, gone): (Vec<Known>, Vec<Known>) =
        known.into_iter().partition(|track| seen.contains(&track.path));
    let here: HashMap<PathBuf, Known> = here.into_iter().map(|track| (track.path.clone(), track)).collect();
    let one_is_gone = LazyCell::new(|| gone.iter().any(|track| listed(&track.path) || !exists(&track.path)));
    let mut movable = Movable::new(&gone, |track| listed(&track.path) || !exists(&track.path));
    for file in found {
        let maybe_known = sizes.contains(&file.size_bytes);
        match here.get(&file.path) {
            Some(track) if is_unchanged(track, &file) => plan.keep(track, file),
            Some(_) => plan.analyse.push(Job { found: file, maybe_known }),
            None => match movable.take(&file) {
                Some(id) => plan.moved.push((id, file)),
                // The tags, and with them the size, may have changed together with the path.
                None => plan.analyse.push(Job { found: file, maybe_known: maybe_known || *one_is_gone }),
            },
        }
    }
    let moved: HashSet<i64> = plan.moved.iter().map(|(id, _)| *id).collect();
    let newly_gone =
        gone.iter().filter(|track| !track.missing && !moved.contains(&track.id) && listed(&track.path));
    plan.missing = newly_gone.map(|track| track.id).collect();
    plan
}

impl Plan {
    fn keep(&mut self, track: &Known, file: Found) {
        if track.missing {
            self.back.push(track.id);
        }
        if track.owed {
            self.analyse.push(Job { found: file, maybe_known: false });
        } else {
            self.unchanged += 1;
        }
    }
}

/// Compares size and time. The file identity is not compared: network file systems create a new one at each mount.
fn is_unchanged(track: &Known, file: &Found) -> bool {
    track.size_bytes == file.size_bytes && track.mtime_ns == file.mtime_ns
}

/// Tracks not found at their path, indexed by what a rename does not change. Each can be taken once.
struct Movable<'a, G> {
    by_stamp: HashMap<(u64, i64, Vec<u8>), &'a Known>,
    is_gone: G,
}

impl<'a, G: Fn(&Known) -> bool> Movable<'a, G> {
    fn new(gone: &'a [Known], is_gone: G) -> Self {
        let key = |track: &Known| Some((track.size_bytes, track.mtime_ns, track.file_id.clone()?));
        Self { by_stamp: gone.iter().filter_map(|track| Some((key(track)?, track))).collect(), is_gone }
    }

    fn take(&mut self, file: &Found) -> Option<i64> {
        let key = (file.size_bytes, file.mtime_ns, file.file_id.clone()?);
        let track = self.by_stamp.get(&key).filter(|track| (self.is_gone)(track))?.id;
        self.by_stamp.remove(&key);
        Some(track)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, size_bytes: u64, inode: u8) -> Found {
        Found { path: path.into(), size_bytes, mtime_ns: 7, file_id: Some(vec![inode]) }
    }

    fn known(id: i64, path: &str, size_bytes: u64, inode: u8) -> Known {
        let file_id = Some(vec![inode]);
        Known { id, path: path.into(), size_bytes, mtime_ns: 7, file_id, missing: false, owed: false }
    }

    #[test]
    fn an_unchanged_file_is_not_analysed_again_and_a_changed_one_is() {
        let files = vec![found("/a", 10, 1), found("/b", 21, 2)];
        let plan = plan(files, vec![known(1, "/a", 10, 1), known(2, "/b", 20, 2)], |_| true, |_| false);
        assert_eq!(plan.unchanged, 1);
        assert_eq!(
            plan.analyse.iter().map(|job| job.found.path.to_str().unwrap()).collect::<Vec<_>>(),
            ["/b"]
        );
    }

    #[test]
    fn a_renamed_file_keeps_its_track_and_two_renamed_copies_take_one_track_each() {
        let files = vec![found("/new/a", 10, 1), found("/new/b", 10, 2)];
        let plan =
            plan(files, vec![known(1, "/old/a", 10, 1), known(2, "/old/b", 10, 2)], |_| false, |_| false);
        assert_eq!(
            plan.moved.iter().map(|(id, f)| (*id, f.path.to_str().unwrap())).collect::<Vec<_>>(),
            [(1, "/new/a"), (2, "/new/b")]
        );
        assert!(plan.missing.is_empty() && plan.analyse.is_empty(), "a rename must not cost an analysis");
    }

    #[test]
    fn a_hard_link_elsewhere_is_not_a_move() {
        let track = known(1, "/elsewhere/a", 10, 1);
        let plan = plan(vec![found("/here/a", 10, 1)], vec![track], |_| false, |_| true);
        assert!(plan.moved.is_empty(), "the track is still where it was");
        assert_eq!(plan.analyse.len(), 1);
    }

    #[test]
    fn an_absent_drive_makes_nothing_missing() {
        let plan = plan(vec![], vec![known(1, "/drive/a", 10, 1)], |_| false, |_| false);
        assert!(plan.missing.is_empty());
    }

    #[test]
    fn a_file_that_came_back_is_not_analysed_again() {
        let mut track = known(1, "/a", 10, 1);
        track.missing = true;
        let plan = plan(vec![found("/a", 10, 9)], vec![track], |_| true, |_| true);
        assert_eq!((plan.back, plan.unchanged), (vec![1], 1));
    }

    #[test]
    fn a_file_as_large_as_a_known_one_is_identified_before_it_is_decoded() {
        let plan = plan(vec![found("/copy", 10, 2)], vec![known(1, "/a", 10, 1)], |_| true, |_| false);
        assert!(plan.analyse[0].maybe_known);
        assert_eq!(plan.missing, [1]);
    }

    #[test]
    fn a_new_file_is_identified_before_it_is_decoded_while_a_track_is_gone() {
        let maybe_known = |files, listed, exists| {
            let plan = plan(files, vec![known(1, "/a", 10, 1)], |_| listed, |_| exists);
            plan.analyse[0].maybe_known
        };
        let new = || vec![found("/new", 11, 2)];
        assert!(maybe_known(new(), true, false), "it may be the other with new tags");
        assert!(maybe_known(new(), false, false));
        assert!(
            !maybe_known(new(), false, true),
            "the other is where it was, in a folder that is not looked at"
        );
        assert!(!maybe_known([new(), vec![found("/a", 10, 1)]].concat(), true, true));
    }
}
