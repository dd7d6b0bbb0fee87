//! Files that hold the same recording.

use std::collections::{BTreeMap, HashMap, HashSet};

use reprise_fingerprint::Sameness;
use reprise_matching::cliques;
use reprise_store::{PayloadHash, RecordingId, Track, Verdict};

use crate::bands::Relation;
use crate::error::Error;
use crate::library::Library;
use crate::same_audio::of_pair;
use crate::track_info::{TrackInfo, info};

/// A file of a group that holds one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The track.
    pub track: TrackInfo,
    /// What it is to the first of its group, [`Relation::Copy`] or [`Relation::Recording`]; none for the first.
    pub relation: Option<Relation>,
}

impl Library {
    /// The tracks that hold the same recording from end to end, whatever their tags, names and encodings: groups of two and
    /// more, each the same as every other of its group, in the order of their first paths. Files that are there come first; absent ones may come back.
    pub fn duplicates(&self) -> Result<Vec<Vec<Duplicate>>, Error> {
        let mut files: BTreeMap<PayloadHash, Vec<Track>> = BTreeMap::new();
        for track in self.asking()?.tracks()? {
            if let Some(payload) = track.payload {
                files.entry(payload).or_default().push(track);
            }
        }
        let recordings: Vec<Vec<Track>> = files.into_values().collect();
        let mut groups: Vec<Vec<Duplicate>> = self
            .same_recordings(&recordings)?
            .into_iter()
            .map(|members| group(members.into_iter().flat_map(|place| &recordings[place])))
            .filter(|group| group.len() > 1)
            .collect();
        groups.sort_by(|a, b| a[0].track.path.cmp(&b[0].track.path));
        Ok(groups)
    }

    /// Places in `recordings`, of which each has its files, by recording; what the user told apart stays apart.
    fn same_recordings(&self, recordings: &[Vec<Track>]) -> Result<Vec<Vec<usize>>, Error> {
        let ids =
            recordings.iter().enumerate().filter_map(|(place, files)| Some((files[0].recording?, place)));
        let place_of: HashMap<RecordingId, usize> = ids.collect();
        let places = |a: RecordingId, b: RecordingId| Some((*place_of.get(&a)?, *place_of.get(&b)?));
        let asking = self.asking()?;
        let pairs = asking.shared_audio()?.into_iter();
        let whole = pairs.filter(|pair| of_pair(pair).is_some_and(|same| same.sameness == Sameness::Whole));
        let mut same: HashSet<(usize, usize)> = whole.filter_map(|pair| places(pair.a, pair.b)).collect();
        for decision in asking.decisions()?.iter().filter(|one| one.verdict == Verdict::Different) {
            if let Some((a, b)) = asking.recording(&decision.a)?.zip(asking.recording(&decision.b)?)
                && let Some(pair) = places(a.id.min(b.id), a.id.max(b.id))
            {
                same.remove(&pair);
            }
        }
        Ok(cliques(recordings.len(), &same.into_iter().collect::<Vec<_>>()))
    }
}

fn group<'a>(files: impl Iterator<Item = &'a Track>) -> Vec<Duplicate> {
    let mut files: Vec<&Track> = files.collect();
    files.sort_by_key(|file| file.missing_since_s.is_some());
    let first = files[0].payload;
    let relation = |file: &Track| match file.payload == first {
        true => Relation::Copy,
        false => Relation::Recording,
    };
    let duplicate = |(place, file): (usize, &&Track)| Duplicate {
        track: info(file),
        relation: (place > 0).then(|| relation(file)),
    };
    files.iter().enumerate().map(duplicate).collect()
}
