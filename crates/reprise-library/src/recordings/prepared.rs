//! Recordings prepared for alignment, read from the store when they are first needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use reprise_analysis::Frames;
use reprise_features::{Spec, Versions};
use reprise_matching::Track;
use reprise_store::{PayloadHash, Recording, Store};

use crate::database::Database;
use crate::error::Error;
use crate::limits::LONGEST_MATCHED_S;
use crate::recordings::{FEATURES, is_sung};

/// How many prepared tracks are kept in memory, about 20 kB each. A library in which all pairs are aligned fits.
const HELD: usize = 4000;

/// The prepared tracks of some recordings, by index.
pub(crate) struct PreparedTracks<'a> {
    database: &'a Database,
    recordings: &'a [Recording],
    held: Mutex<HashMap<u32, Arc<Track>>>,
}

impl<'a> PreparedTracks<'a> {
    pub fn new(database: &'a Database, recordings: &'a [Recording]) -> Self {
        Self { database, recordings, held: Mutex::new(HashMap::new()) }
    }

    /// The recordings.
    pub fn recordings(&self) -> &'a [Recording] {
        self.recordings
    }

    /// The prepared track of recording `index`.
    pub fn track(&self, index: u32) -> Result<Arc<Track>, Error> {
        if let Some(track) = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&index) {
            return Ok(track.clone());
        }
        let track = Arc::new(stored_track(&*self.database.reader()?, &self.recordings[index as usize])?);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= HELD {
            held.clear();
        }
        Ok(held.entry(index).or_insert(track).clone())
    }

    /// The chord-pitch frames of recording `index`, `[n_frames, 12]`.
    pub fn crema(&self, index: u32) -> Result<Vec<[f32; 12]>, Error> {
        stored_feature(&*self.database.reader()?, self.payload(index), FEATURES[0])
    }

    /// The chord-pitch and chroma frames of recording `index`.
    pub fn frames(&self, index: u32) -> Result<Frames, Error> {
        stored_frames(&*self.database.reader()?, self.payload(index))
    }

    /// The melody of recording `index`, `[n_frames, 12]`; empty if its voice is not analysed.
    pub fn melody(&self, index: u32) -> Result<Vec<[f32; 12]>, Error> {
        Ok(stored_melody(&*self.database.reader()?, self.payload(index))?.unwrap_or_default())
    }

    fn payload(&self, index: u32) -> &PayloadHash {
        &self.recordings[index as usize].sound.payload
    }
}

/// A track prepared for alignment from its frames and, if somebody sings, its melody.
pub(crate) fn prepared((crema, chroma): &Frames, melody: Option<&[[f32; 12]]>) -> Track {
    let track = Track::from_frames(crema, chroma, Spec::v1().frame_rate_hz());
    match melody {
        Some(melody) => track.with_melody(melody),
        None => track,
    }
}

/// The recording of a track, if the track is analysed and is music.
pub(crate) fn music(reader: &Store, track: &reprise_store::Track) -> Result<Option<Recording>, Error> {
    let Some(payload) = &track.payload else { return Ok(None) };
    Ok(reader.recording(payload)?.filter(|recording| recording.sound.refused.is_none()))
}

/// Whether a recording of music can be aligned.
pub(crate) fn is_matchable(reader: &Store, recording: &Recording) -> Result<bool, Error> {
    Ok(recording.sound.duration_s <= LONGEST_MATCHED_S && reader.has_features(recording.id, &FEATURES)?)
}

/// The track of a recording of music, if the recording can be aligned.
pub(crate) fn aligned(reader: &Store, recording: &Recording) -> Result<Option<Track>, Error> {
    let can_be = is_matchable(reader, recording)?;
    can_be.then(|| stored_track(reader, recording)).transpose()
}

/// The track of a recording, prepared for alignment.
pub(crate) fn stored_track(reader: &Store, recording: &Recording) -> Result<Track, Error> {
    let frames = stored_frames(reader, &recording.sound.payload)?;
    Ok(prepared(&frames, sung_melody(reader, recording)?.as_deref()))
}

/// The melody of a recording, `[n_frames, 12]`, if somebody sings.
pub(crate) fn sung_melody(reader: &Store, recording: &Recording) -> Result<Option<Vec<[f32; 12]>>, Error> {
    if is_sung(recording) { stored_melody(reader, &recording.sound.payload) } else { Ok(None) }
}

/// The melody of a recording, `[n_frames, 12]`; `None` until its voice is analysed.
pub(crate) fn stored_melody(reader: &Store, payload: &PayloadHash) -> Result<Option<Vec<[f32; 12]>>, Error> {
    Ok(reader.features(payload, "melody", Versions::CURRENT.melody)?)
}

/// The chord-pitch and chroma frames of a recording.
pub(crate) fn stored_frames(reader: &Store, payload: &PayloadHash) -> Result<Frames, Error> {
    let [crema, chroma] = FEATURES;
    Ok((stored_feature(reader, payload, crema)?, stored_feature(reader, payload, chroma)?))
}

/// The frames of one of [`FEATURES`]; empty if they are not computed.
fn stored_feature(
    reader: &Store,
    payload: &PayloadHash,
    (kind, version): (&str, &str),
) -> Result<Vec<[f32; 12]>, Error> {
    Ok(reader.features(payload, kind, version)?.unwrap_or_default())
}
