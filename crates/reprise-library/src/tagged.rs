//! What the MusicBrainz ids in the tags say of two recordings, and whether the audio bears it out.
//!
//! An equal work is the tagger's word about a song, and a cover may be unlike it in everything one can measure. An equal recording
//! is a word about the audio itself, and taggers that go by names and lengths are often wrong about that.

use std::collections::HashMap;

use reprise_fingerprint::Sameness;
use reprise_store::{RecordingId, Store, TaggedBy};

use crate::bands::{Bands, Relation};
use crate::edges::Centring;
use crate::error::Error;
use crate::related::stored_standing;
use crate::same_audio::{of_pair, same_audio_of};

/// What tags say of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tagged {
    /// That both are one song.
    AsOneSong,
    /// That both are one recording, which they cannot be: they are no more alike than strangers.
    Wrongly,
}

/// What the tags say of a recording and others.
pub(crate) fn tagged_with(
    asking: &Store,
    recording: RecordingId,
) -> Result<HashMap<RecordingId, Tagged>, Error> {
    let (mut tagged, bands) = (HashMap::new(), Centring::bands(asking)?);
    let others = asking.tagged_with(recording)?;
    let mut shared = None;
    for (other, by) in others {
        let same = match by {
            TaggedBy::Work => None,
            TaggedBy::Recording => {
                if shared.is_none() {
                    shared = Some(same_audio_of(asking, recording)?);
                }
                shared.as_ref().and_then(|shared| shared.get(&other)).map(|same| same.sameness)
            }
        };
        tagged.insert(other, judged(asking, (recording, other), by, same, &bands)?);
    }
    Ok(tagged)
}

/// What the tags say of all pairs of recordings, lesser one first.
pub(crate) fn all_tagged(asking: &Store) -> Result<HashMap<(RecordingId, RecordingId), Tagged>, Error> {
    let (groups, bands) = (asking.tagged_alike()?, Centring::bands(asking)?);
    let shared = asking.shared_audio()?;
    let sameness = |pair: (RecordingId, RecordingId)| {
        let place = shared.binary_search_by_key(&pair, |one| (one.a, one.b)).ok()?;
        of_pair(&shared[place]).map(|same| same.sameness)
    };
    let mut tagged = HashMap::new();
    for group in groups {
        for (place, a) in group.recordings.iter().enumerate() {
            for b in &group.recordings[place + 1..] {
                let said = judged(asking, (*a, *b), group.by, sameness((*a, *b)), &bands)?;
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
    asking: &Store,
    (one, other): (RecordingId, RecordingId),
    by: TaggedBy,
    shared: Option<Sameness>,
    bands: &Bands,
) -> Result<Tagged, Error> {
    if by == TaggedBy::Work || shared.is_some_and(|sameness| sameness != Sameness::Part) {
        return Ok(Tagged::AsOneSong);
    }
    let is_unlike = |score| bands.relation(score) == Relation::Unlikely;
    let is_wrong = stored_standing(asking, one, other)?.is_some_and(is_unlike);
    Ok(if is_wrong { Tagged::Wrongly } else { Tagged::AsOneSong })
}
