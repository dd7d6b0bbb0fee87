//! Tells medleys: recordings in which several songs, unlike each other, are found one after another.
//!
//! An aligner that compares whole tracks finds a medley like each of its songs, and grouping by that alone could join songs
//! through it.

use std::collections::{BTreeSet, HashMap, HashSet};

use reprise_matching::{Span, align};
use reprise_store::{Passage, RecordingId, Store};

use crate::edges::Centring;
use crate::error::Error;
use crate::library::{Changed, Library};
use crate::links::other_end;
use crate::passages::passage;
use crate::stored_track::stored_track;

/// Links of a recording that are looked at, the strongest first. Who has more is like everything.
const MOST_SONGS: usize = 12;

/// A song fills at most so much of a medley; what is filled by one song is a version of it.
const LARGEST_SHARE: f64 = 0.6;

/// And at least so many seconds.
const SHORTEST_S: f64 = 20.0;

/// Passages that overlap by more than this share of the shorter one are one place.
const SAME_PLACE: f64 = 0.2;

/// The value of `meta` that says that medleys were looked for.
const TOLD: &str = "medleys_told";

/// A recording that one holds, perhaps.
#[derive(Debug, Clone)]
struct Candidate {
    song: RecordingId,
    /// In the holder.
    spans: Vec<(f64, f64)>,
}

impl Library {
    /// Looks again for the medleys among recordings whose links changed, and those linked with them; among all where that was
    /// never done.
    pub(crate) fn renew_medleys(&self, changed: &HashSet<RecordingId>) -> Result<(), Error> {
        let asking = self.asking()?;
        let mut holders: BTreeSet<RecordingId> = changed.iter().copied().collect();
        let is_first_time = asking.meta(TOLD)?.is_none();
        if is_first_time {
            holders.extend(asking.links()?.iter().flat_map(|link| [link.a, link.b]));
        } else {
            for recording in changed {
                holders.extend(asking.links_of(*recording)?.iter().flat_map(|link| [link.a, link.b]));
            }
        }
        let holders: Vec<RecordingId> = holders.into_iter().collect();
        let mut passages = Vec::new();
        for holder in &holders {
            passages.extend(self.songs_inside(&asking, *holder)?);
        }
        self.change(Changed::Relations, |store| store.put_passages(&holders, &passages))?;
        if is_first_time { Ok(self.store().set_meta(TOLD, "yes")?) } else { Ok(()) }
    }

    /// The songs of a recording, if it is a medley: at least one of them is likely in it, the others possible.
    fn songs_inside(&self, asking: &Store, holder: RecordingId) -> Result<Vec<Passage>, Error> {
        let bands = Centring::bands(asking)?;
        let mut links = asking.links_of(holder)?;
        links.sort_by(|one, other| other.edge.total_cmp(&one.edge));
        links.truncate(MOST_SONGS);
        if links.len() < 2 || links[0].edge < bands.version() {
            return Ok(Vec::new());
        }
        let others: Vec<RecordingId> = links.iter().map(|link| other_end(link, holder)).collect();
        let mut linked: HashMap<RecordingId, HashSet<RecordingId>> = HashMap::new();
        for one in &others {
            let ends = asking.links_of(*one)?.into_iter().map(|link| other_end(&link, *one));
            linked.insert(*one, ends.collect());
        }
        let are_unlike = |one: RecordingId, other: RecordingId| !linked[&one].contains(&other);
        let has_unlike = others
            .iter()
            .enumerate()
            .any(|(place, one)| others[place + 1..].iter().any(|other| are_unlike(*one, *other)));
        let Some(recording) = asking.recording_in(holder)?.filter(|_| has_unlike) else {
            return Ok(Vec::new());
        };
        let track = stored_track(asking, &recording.sound.payload)?;
        let (mut candidates, mut found) = (Vec::new(), HashMap::new());
        for (link, song) in links.iter().zip(&others) {
            let Some(other) = asking.recording_in(*song)? else { continue };
            let alignment = align(&track, &stored_track(asking, &other.sound.payload)?);
            let spans = alignment.spans.iter().map(|span: &Span| (span.query_start_s, span.query_end_s));
            candidates.push(Candidate { song: *song, spans: spans.collect() });
            found.insert(*song, passage((holder, *song), link.edge, &alignment, 0.0));
        }
        let songs = songs_one_after_another(&candidates, recording.sound.duration_s, &are_unlike);
        Ok(songs.iter().filter_map(|one| found.remove(&one.song)).collect())
    }
}

/// Those of `candidates`, strongest first, that fill places of their own in a recording of `duration_s`; nothing where they are
/// not several songs.
fn songs_one_after_another<'a>(
    candidates: &'a [Candidate],
    duration_s: f64,
    are_unlike: &impl Fn(RecordingId, RecordingId) -> bool,
) -> Vec<&'a Candidate> {
    let mut songs: Vec<&Candidate> = Vec::new();
    for candidate in candidates {
        let filled_s = length_s(&candidate.spans);
        let has_place = |song: &&Candidate| {
            !are_unlike(song.song, candidate.song)
                || overlap_s(&song.spans, &candidate.spans)
                    <= SAME_PLACE * filled_s.min(length_s(&song.spans))
        };
        if filled_s > LARGEST_SHARE * duration_s {
            // One song fills it.
            return Vec::new();
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

fn length_s(spans: &[(f64, f64)]) -> f64 {
    spans.iter().map(|(start_s, end_s)| end_s - start_s).sum()
}

fn overlap_s(one: &[(f64, f64)], other: &[(f64, f64)]) -> f64 {
    let shared = |a: &(f64, f64), b: &(f64, f64)| (a.1.min(b.1) - a.0.max(b.0)).max(0.0);
    one.iter().map(|a| other.iter().map(|b| shared(a, b)).sum::<f64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(song: u32, spans: &[(f64, f64)]) -> Candidate {
        Candidate { song: RecordingId(song), spans: spans.into() }
    }

    /// Songs of one number in tens are versions.
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
        let all = [candidate(11, &[(0.0, 200.0)]), candidate(21, &[(200.0, 280.0)])];
        assert_eq!(songs(&all), [0; 0]);
    }
}
