//! Recordings prepared for alignment, fetched from the store when first needed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use reprise_features::Versions;
use reprise_matching::Track;
use reprise_store::Recording;

use crate::error::Error;
use crate::library::Library;
use crate::relate::{is_sung, prepared};

/// Prepared tracks held at a time, about 20 kB each: a library that is aligned whole fits.
const HELD: usize = 4000;

/// The tracks of some recordings, by their index.
pub(crate) struct Shelf<'a> {
    library: &'a Library,
    recordings: &'a [Recording],
    held: Mutex<HashMap<u32, Arc<Track>>>,
}

impl<'a> Shelf<'a> {
    /// What a recording must have to stand here: (feature, version).
    pub const FEATURES: [(&'static str, &'static str); 2] =
        [("crema", Versions::CURRENT.crema), ("chroma", Versions::CURRENT.chroma)];

    pub fn new(library: &'a Library, recordings: &'a [Recording]) -> Self {
        Self { library, recordings, held: Mutex::new(HashMap::new()) }
    }

    /// The prepared track of recording `index`.
    pub fn track(&self, index: u32) -> Result<Arc<Track>, Error> {
        if let Some(track) = self.held.lock().unwrap_or_else(PoisonError::into_inner).get(&index) {
            return Ok(track.clone());
        }
        let mut track = prepared(&self.crema(index)?, &self.chroma(index)?);
        if is_sung(&self.recordings[index as usize]) {
            track = track.with_melody(&self.melody(index)?);
        }
        let track = Arc::new(track);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= HELD {
            held.clear();
        }
        Ok(held.entry(index).or_insert(track).clone())
    }

    /// CREMA's frames of recording `index`, `[n_frames, 12]`.
    pub fn crema(&self, index: u32) -> Result<Vec<[f32; 12]>, Error> {
        self.frames(index, 0)
    }

    /// Chroma of recording `index`, `[n_frames, 12]`.
    pub fn chroma(&self, index: u32) -> Result<Vec<[f32; 12]>, Error> {
        self.frames(index, 1)
    }

    /// The sung melody of recording `index`, `[n_frames, 12]`; nothing where its voice was not listened for.
    pub fn melody(&self, index: u32) -> Result<Vec<[f32; 12]>, Error> {
        let payload = &self.recordings[index as usize].sound.payload;
        Ok(self.library.asking()?.features(payload, "melody", Versions::CURRENT.melody)?.unwrap_or_default())
    }

    /// The frames of one of [`Shelf::FEATURES`].
    fn frames(&self, index: u32, feature: usize) -> Result<Vec<[f32; 12]>, Error> {
        let (kind, version) = Self::FEATURES[feature];
        let payload = &self.recordings[index as usize].sound.payload;
        Ok(self.library.asking()?.features(payload, kind, version)?.unwrap_or_default())
    }
}
