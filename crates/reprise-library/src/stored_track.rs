//! A recording of the library as the alignment reads it, from what is stored.

use reprise_features::Versions;
use reprise_matching::Track;
use reprise_store::{PayloadHash, Recording, Store};

use crate::error::Error;
use crate::hear::Frames;
use crate::relate::{LONGEST_MATCHED_S, prepared};
use crate::shelf::Shelf;

/// The recording of a track, if it was heard and is music.
pub(crate) fn music(asking: &Store, track: &reprise_store::Track) -> Result<Option<Recording>, Error> {
    let Some(payload) = &track.payload else { return Ok(None) };
    Ok(asking.recording(payload)?.filter(|recording| recording.sound.refused.is_none()))
}

/// Whether a recording of music can be aligned.
pub(crate) fn is_matchable(asking: &Store, recording: &Recording) -> Result<bool, Error> {
    Ok(recording.sound.duration_s <= LONGEST_MATCHED_S
        && asking.has_features(recording.id, &Shelf::FEATURES)?)
}

/// A recording of music prepared for alignment, if it can be aligned.
pub(crate) fn aligned(asking: &Store, recording: &Recording) -> Result<Option<Track>, Error> {
    let can_be = is_matchable(asking, recording)?;
    can_be.then(|| stored_track(asking, &recording.sound.payload)).transpose()
}

/// A recording prepared for alignment.
pub(crate) fn stored_track(asking: &Store, payload: &PayloadHash) -> Result<Track, Error> {
    let (crema, chroma) = stored_frames(asking, payload)?;
    let track = prepared(&crema, &chroma);
    Ok(match stored_melody(asking, payload)? {
        Some(melody) => track.with_melody(&melody),
        None => track,
    })
}

/// What is sung in a recording, `[n_frames, 12]`; none until its voice was listened for.
pub(crate) fn stored_melody(asking: &Store, payload: &PayloadHash) -> Result<Option<Vec<[f32; 12]>>, Error> {
    Ok(asking.features(payload, "melody", Versions::CURRENT.melody)?)
}

/// CREMA and chroma of a recording.
pub(crate) fn stored_frames(asking: &Store, payload: &PayloadHash) -> Result<Frames, Error> {
    let [crema, chroma] = Shelf::FEATURES;
    let frames = |(kind, version)| asking.features(payload, kind, version).map(Option::unwrap_or_default);
    Ok((frames(crema)?, frames(chroma)?))
}
