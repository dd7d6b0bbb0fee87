//! Candidates by words: the recordings that share most rare terms with one.

use std::collections::HashMap;

use reprise_matching::words::{MORE_TERMS, Vector};
use reprise_store::{RecordingId, Store, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::words::WordVectors;

/// Terms are looked up, rarest first, until so many recordings were read. In a library of thousands all are: a song of
/// three minutes has about 600.
const MOST_READ: usize = 20_000;

/// So many times as many as are wanted are ranked by how many terms they have besides.
const RANKED: usize = 4;

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
    let mut n_read = 0;
    for (term, weight) in vector.strongest() {
        n_read +=
            reader.each_with_term(term, |other| *shared.entry(other).or_default() += weight * weight)?;
        if n_read >= MOST_READ {
            break;
        }
    }
    shared.remove(&recording);
    let best_first = |ranked: &mut Vec<(RecordingId, f32)>, n: usize| {
        ranked.sort_unstable_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        ranked.truncate(n);
    };
    let mut ranked: Vec<_> = shared.into_iter().filter(|(_, sum)| *sum >= FEWEST_SHARED).collect();
    best_first(&mut ranked, limit * RANKED);
    for (other, sum) in &mut ranked {
        *sum /= (reader.term_count(*other)? as f32 + MORE_TERMS).sqrt();
    }
    best_first(&mut ranked, limit);
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
