//! Detects recordings that contain one song among others. There are two cases: medleys, in which several dissimilar
//! songs are found one after another; and pairs that have only a passage in common, such as a medley and one of its
//! songs when the library has no other song of it.
//!
//! An aligner that compares whole tracks finds a medley similar to each of its songs. If recordings were grouped by
//! that alone, the medley could join these songs into one.

use std::collections::{BTreeSet, HashMap, HashSet};

use reprise_matching::align_by;
use reprise_store::{Link, Passage, RecordingId, Store};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::progress::Progress;
use crate::recordings::ALIGNER;
use crate::recordings::prepared::stored_track;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::{self, Places, is_in_passing, length_s, passage, places, share_a_place};
use crate::relations::thresholds::Thresholds;

/// How many links of a recording are examined, strongest first, in addition to all likely ones. A recording with more
/// links is similar to everything.
const MOST_SONGS: usize = 12;

/// The largest share of a medley that one song fills. If a song fills more, the recording is a version of it.
const LARGEST_SHARE: f64 = 0.6;

/// The shortest time that a song fills in a medley.
const SHORTEST_S: f64 = 20.0;

/// The key in `meta` for the parameters that medleys were detected with.
const TOLD_BY: &str = "medleys_told_by";

/// The parameters of medleys; medleys detected with other parameters are stale.
fn rule() -> String {
    format!(
        "aligner {ALIGNER}, likely by itself or among rivals, at most {LARGEST_SHARE}, from {SHORTEST_S} s, {}",
        passages::rule()
    )
}

/// How many containers are processed between two commits.
const TOLD_AT_ONCE: usize = 256;

/// A recording that another one may contain.
#[derive(Debug, Clone)]
struct Candidate {
    song: RecordingId,
    /// Its places in the container.
    places: Places,
}

/// Searches all recordings for medleys if this was never done, was done with other parameters, or was interrupted.
pub(crate) fn complete_medleys(database: &Database, progress: &Progress) -> Result<(), Error> {
    let reader = database.reader()?;
    if reader.meta(TOLD_BY)?.as_deref() == Some(&rule()) {
        return Ok(());
    }
    let containers: BTreeSet<RecordingId> =
        reader.links()?.iter().flat_map(|link| [link.a, link.b]).collect();
    let containers: Vec<RecordingId> = containers.into_iter().collect();
    for some in containers.chunks(TOLD_AT_ONCE) {
        if !progress.may_go_on() {
            return Ok(());
        }
        tell_medleys(database, &reader, some)?;
    }
    Ok(database.store().set_meta(TOLD_BY, &rule())?)
}

/// Repeats the search for medleys among recordings whose links changed, and among those linked with them.
pub(crate) fn renew_medleys(database: &Database, changed: &HashSet<RecordingId>) -> Result<(), Error> {
    let reader = database.reader()?;
    let mut containers: BTreeSet<RecordingId> = changed.iter().copied().collect();
    for recording in changed {
        containers.extend(reader.links_of(*recording)?.iter().flat_map(|link| [link.a, link.b]));
    }
    tell_medleys(database, &reader, &containers.into_iter().collect::<Vec<_>>())
}

fn tell_medleys(database: &Database, reader: &Store, containers: &[RecordingId]) -> Result<(), Error> {
    let (thresholds, mut passages) = (ScoreNormalisation::shipped_thresholds(reader)?, Vec::new());
    for container in containers {
        passages.extend(songs_inside(reader, *container, &thresholds)?);
    }
    database.change(Changed::Relations, |store| store.put_passages(containers, &passages))
}

/// What a recording contains among other things: the songs of a medley, of which at least one is likely and the others
/// are possible; and each likely version that is not longer and has only a passage in common with it, if the passage is
/// a small part of both.
fn songs_inside(
    reader: &Store,
    container: RecordingId,
    thresholds: &Thresholds,
) -> Result<Vec<Passage>, Error> {
    let mut links = reader.links_of(container)?;
    links.sort_by(|one, other| other.score.total_cmp(&one.score));
    // The songs of a medley are rivals of each other, so that normalised scores count here instead of standings. A pair
    // that would be called a version is always examined.
    let is_likely =
        |link: &Link| thresholds.is_likely_by_itself(link.score) || link.standing >= thresholds.version();
    let n_looked_at = links.iter().rposition(is_likely).map_or(0, |last| last + 1);
    if n_looked_at == 0 {
        return Ok(Vec::new());
    }
    links.truncate(n_looked_at.max(MOST_SONGS));
    let Some(recording) = reader.recording_in(container)? else { return Ok(Vec::new()) };
    let others: Vec<RecordingId> = links.iter().map(|link| container.other_of(link.a, link.b)).collect();
    let mut linked: HashMap<RecordingId, HashSet<RecordingId>> = HashMap::new();
    for one in &others {
        let ends = reader.links_of(*one)?.into_iter().map(|link| one.other_of(link.a, link.b));
        linked.insert(*one, ends.collect());
    }
    let are_unlike = |one: RecordingId, other: RecordingId| !linked[&one].contains(&other);
    let may_be_medley = others
        .iter()
        .enumerate()
        .any(|(place, one)| others[place + 1..].iter().any(|other| are_unlike(*one, *other)));
    let duration_s = recording.sound.duration_s;
    let track = stored_track(reader, &recording)?;
    let (mut candidates, mut found, mut held) = (Vec::new(), Vec::new(), HashSet::new());
    for (link, song) in links.iter().zip(others) {
        if !may_be_medley && !is_likely(link) {
            continue;
        }
        let Some(other) = reader.recording_in(song)? else { continue };
        let view = ScoreNormalisation::view_between(reader, (container, song), thresholds)?;
        let alignment = align_by(view, &track, &stored_track(reader, &other)?);
        let other_s = other.sound.duration_s;
        // One of the two is the container: the longer one.
        let is_longer = (other_s, song) < (duration_s, container);
        if is_likely(link) && is_longer && is_in_passing(&alignment.spans, duration_s, other_s) {
            held.insert(song);
        }
        let passage = passage((container, song), link.score, &alignment, 0.0);
        candidates.push(Candidate { song, places: places(&passage) });
        found.push(passage);
    }
    let songs = songs_one_after_another(&candidates, duration_s, &are_unlike);
    held.extend(songs.iter().map(|one| one.song));
    found.retain(|passage| held.contains(&passage.song));
    Ok(found)
}

/// Those of `candidates`, strongest first, whose places in a recording of length `duration_s` do not overlap. Empty if
/// they are not several songs.
fn songs_one_after_another<'a>(
    candidates: &'a [Candidate],
    duration_s: f64,
    are_unlike: &impl Fn(RecordingId, RecordingId) -> bool,
) -> Vec<&'a Candidate> {
    let mut songs: Vec<&Candidate> = Vec::new();
    for candidate in candidates {
        let filled_s = length_s(&candidate.places);
        let has_place = |song: &&Candidate| {
            !are_unlike(song.song, candidate.song) || !share_a_place(&song.places, &candidate.places)
        };
        if filled_s > LARGEST_SHARE * duration_s {
            // One song fills the recording, unless stronger candidates are already several songs.
            break;
        }
        if filled_s >= SHORTEST_S && songs.iter().all(has_place) {
            songs.push(candidate);
        }
    }
    let are_several = songs
        .iter()
        .any(|one| songs.iter().any(|other| one.song != other.song && are_unlike(one.song, other.song)));
    if are_several { songs } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(song: u32, places: &[(f64, f64)]) -> Candidate {
        Candidate { song: RecordingId(song), places: places.into() }
    }

    /// In this test, songs with the same tens digit are versions.
    fn are_unlike(one: RecordingId, other: RecordingId) -> bool {
        one.0 / 10 != other.0 / 10
    }

    fn songs(candidates: &[Candidate]) -> Vec<u32> {
        songs_one_after_another(candidates, 300.0, &are_unlike).iter().map(|one| one.song.0).collect()
    }

    #[test]
    fn songs_one_after_another_make_a_medley_together_with_their_versions() {
        let first = candidate(11, &[(0.0, 100.0)]);
        let its_version = candidate(12, &[(5.0, 95.0)]);
        let second = candidate(21, &[(100.0, 150.0), (170.0, 200.0)]);
        let over_the_first = candidate(31, &[(40.0, 120.0)]);
        let crumb = candidate(41, &[(250.0, 262.0)]);
        let all = [first.clone(), its_version.clone(), second, over_the_first, crumb];
        assert_eq!(songs(&all), [11, 12, 21]);
        assert_eq!(songs(&[first, its_version]), [0; 0], "one song is no medley");
    }

    #[test]
    fn what_one_song_fills_is_a_version_whatever_else_is_like_it() {
        let (filling, first) = (candidate(31, &[(0.0, 200.0)]), candidate(11, &[(0.0, 90.0)]));
        let second = candidate(21, &[(200.0, 280.0)]);
        assert_eq!(songs(&[filling.clone(), second.clone()]), [0; 0]);
        assert_eq!(
            songs(&[first.clone(), filling.clone(), second.clone()]),
            [0; 0],
            "stronger than the second song"
        );
        assert_eq!(songs(&[first, second, filling]), [11, 21], "weaker than both songs");
    }
}
