//! Files that contain the same recording.

use std::collections::{BTreeMap, HashMap};

use reprise_matching::cliques;
use reprise_store::{PayloadHash, RecordingId, Track};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::track_info::{TrackInfo, info};
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::related::{self, all_evidence};
use crate::relations::thresholds::Relation;

/// A file in a group of files that contain one recording.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// The track.
    pub track: TrackInfo,
    /// Its relation to the first file of its group, [`Relation::Copy`] or [`Relation::Recording`]; `None` for the
    /// first.
    pub relation: Option<Relation>,
}

pub(crate) fn duplicates(database: &Database) -> Result<Vec<Vec<Duplicate>>, Error> {
    let mut files: BTreeMap<PayloadHash, Vec<Track>> = BTreeMap::new();
    for track in database.reader()?.tracks()? {
        if let Some(payload) = track.payload {
            files.entry(payload).or_default().push(track);
        }
    }
    let recordings: Vec<Vec<Track>> = files.into_values().collect();
    let mut groups: Vec<Vec<Duplicate>> = same_recordings(database, &recordings)?
        .into_iter()
        .map(|members| group(members.into_iter().flat_map(|place| &recordings[place])))
        .filter(|group| group.len() > 1)
        .collect();
    groups.sort_by(|a, b| a[0].track.path.cmp(&b[0].track.path));
    Ok(groups)
}

/// Groups the indices of `recordings` by recording. Each element of `recordings` lists the files of one recording.
/// Recordings that the user decided to be different stay apart.
fn same_recordings(database: &Database, recordings: &[Vec<Track>]) -> Result<Vec<Vec<usize>>, Error> {
    let ids = recordings.iter().enumerate().filter_map(|(place, files)| Some((files[0].recording?, place)));
    let place_of: HashMap<RecordingId, usize> = ids.collect();
    let places = |(a, b): (RecordingId, RecordingId)| Some((*place_of.get(&a)?, *place_of.get(&b)?));
    let reader = database.reader()?;
    let thresholds = ScoreNormalisation::thresholds(&reader)?;
    let known = all_evidence(&reader, &thresholds)?;
    let same: Vec<_> = related::same_recordings(&known, &thresholds).filter_map(places).collect();
    Ok(cliques(recordings.len(), &same))
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
