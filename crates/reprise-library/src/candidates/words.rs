//! Candidates by words: the recordings that share most rare terms with one.

use std::collections::HashMap;

use reprise_matching::words::{MORE_TERMS, Vector};
use reprise_store::{RecordingId, Store, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::words::WordVectors;

/// So many of the terms of a recording are looked up, rarest first. A song of three minutes has about 600.
const LOOKED_UP: usize = 600;

/// Recordings that share less than the weight of this many terms are no candidates.
const FEWEST_SHARED: f32 = 2.0;

/// The recordings that share most with a vector, best first: by the weights of its terms that they have, relative to how
/// many terms they have.
pub(crate) fn words_shortlist(
    reader: &Store,
    recording: RecordingId,
    vector: &Vector,
    limit: usize,
) -> Result<Vec<RecordingId>, Error> {
    let mut shared: HashMap<RecordingId, f32> = HashMap::new();
    for (term, weight) in vector.strongest().into_iter().take(LOOKED_UP) {
        reader.each_with_term(term, |other| *shared.entry(other).or_default() += weight * weight)?;
    }
    shared.remove(&recording);
    let mut ranked = Vec::new();
    for (other, sum) in shared.into_iter().filter(|(_, sum)| *sum >= FEWEST_SHARED) {
        let n_terms = reader.term_count(other)? as f32;
        ranked.push((other, sum / (n_terms + MORE_TERMS).sqrt()));
    }
    ranked.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    ranked.truncate(limit);
    Ok(ranked.into_iter().map(|(other, _)| other).collect())
}

/// The tracks whose words share most with those of a track, best first; of several files with one recording, the first.
pub(crate) fn alike_by_words(
    database: &Database,
    track: TrackId,
    wanted: usize,
) -> Result<Vec<TrackId>, Error> {
    let reader = database.reader()?;
    let Some(recording) = known_track(database, track)?.recording else { return Ok(Vec::new()) };
    let Some(vector) = WordVectors::of(database, &reader)?.get(recording)? else { return Ok(Vec::new()) };
    let mut tracks = Vec::new();
    for other in words_shortlist(&reader, recording, &vector, wanted)? {
        let Some(other) = reader.recording_in(other)? else { continue };
        tracks.extend(reader.tracks_of(&other.sound.payload)?.first().map(|file| file.id));
    }
    Ok(tracks)
}
