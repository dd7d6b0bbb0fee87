//! What the MusicBrainz ids in the tags say about two recordings, and whether the audio confirms it.
//!
//! Equal work ids are the tagger's statement about a song, and a cover may differ from it in everything that can be
//! measured. Equal recording ids are a statement about the audio itself. Taggers that go by names and lengths are often
//! wrong about that.

use std::collections::HashMap;

use reprise_fingerprint::Sameness;
use reprise_store::{RecordingId, SharedAudio, Store, TaggedBy};

use crate::error::Error;
use crate::relations::competition::stored_standing;
use crate::relations::evidence::Tagged;
use crate::relations::same_audio::SameAudio;
use crate::relations::thresholds::{Relation, Thresholds};

/// What the tags say about a recording and others. `shared` is the audio that it shares with any of them.
pub(crate) fn tagged_with(
    reader: &Store,
    recording: RecordingId,
    shared: &HashMap<RecordingId, SameAudio>,
    thresholds: &Thresholds,
) -> Result<HashMap<RecordingId, Tagged>, Error> {
    let judged = |(other, by)| {
        let sameness = shared.get(&other).map(|same| same.sameness);
        Ok((other, judged(reader, (recording, other), by, sameness, thresholds)?))
    };
    reader.tagged_with(recording)?.into_iter().map(judged).collect()
}

/// What the tags say about all pairs of recordings, lesser one first. `shared` are all pairs that share audio, in
/// order.
pub(crate) fn all_tagged(
    reader: &Store,
    shared: &[SharedAudio],
    thresholds: &Thresholds,
) -> Result<HashMap<(RecordingId, RecordingId), Tagged>, Error> {
    let sameness = |pair: (RecordingId, RecordingId)| {
        let place = shared.binary_search_by_key(&pair, |one| (one.a, one.b)).ok()?;
        Sameness::from_word(&shared[place].sameness)
    };
    let mut tagged = HashMap::new();
    for group in reader.tagged_alike()? {
        for (place, a) in group.recordings.iter().enumerate() {
            for b in &group.recordings[place + 1..] {
                let said = judged(reader, (*a, *b), group.by, sameness((*a, *b)), thresholds)?;
                let known = tagged.entry((*a, *b)).or_insert(said);
                if said == Tagged::Wrongly {
                    *known = said;
                }
            }
        }
    }
    Ok(tagged)
}

fn judged(
    reader: &Store,
    (one, other): (RecordingId, RecordingId),
    by: TaggedBy,
    shared: Option<Sameness>,
    thresholds: &Thresholds,
) -> Result<Tagged, Error> {
    if by == TaggedBy::Work || shared.is_some_and(|sameness| sameness != Sameness::Part) {
        return Ok(Tagged::AsOneSong);
    }
    let is_unlike = |score| thresholds.relation(score) == Relation::Unlikely;
    let is_wrong = stored_standing(reader, one, other)?.is_some_and(is_unlike);
    Ok(if is_wrong { Tagged::Wrongly } else { Tagged::AsOneSong })
}
