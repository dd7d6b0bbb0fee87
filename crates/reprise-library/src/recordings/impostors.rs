//! The bundled impostor cohort: real, freely licensed music as feature blocks, so that the scores of a library of three
//! songs can be compared with something. See models/impostors/README.md.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use reprise_matching::{Scratch, Settings, Track, score_with, voice_score};
use serde::Deserialize;

use crate::database::Database;
use crate::error::Error;
use crate::recordings::bundled::read;

/// Bytes of a block: 12 chord-pitch values, then 12 chroma values, where 0..=255 represents 0..=1.
const BLOCK_BYTES: usize = 24;

/// Bytes of a block of a melody.
const MELODY_BLOCK_BYTES: usize = 12;

/// The content of models/impostors/manifest.toml, which training/scripts/make_impostors.py writes.
#[derive(Deserialize)]
struct Manifest {
    file: String,
    sha256: String,
    size_bytes: usize,
    melody_file: String,
    melody_sha256: String,
    block_frames: usize,
    piece: Vec<Piece>,
}

#[derive(Deserialize)]
struct Piece {
    n_blocks: usize,
    /// Whether the melody file contains this piece.
    has_melody: bool,
}

/// The impostor cohort: pieces prepared for alignment.
pub(crate) struct ImpostorCohort {
    pieces: Vec<Track>,
    /// Identifies the set of pieces.
    pub digest: String,
    /// Identifies the set of melodies.
    pub melody_digest: String,
}

/// The pieces, once loaded.
#[derive(Default)]
struct Loaded(Mutex<Option<Arc<ImpostorCohort>>>);

impl ImpostorCohort {
    /// The pieces that ship with Reprise, loaded when a library first needs them.
    pub fn of(database: &Database) -> Result<Arc<Self>, Error> {
        let loaded = database.kept::<Loaded>();
        let mut loaded = loaded.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pieces) = loaded.as_ref() {
            return Ok(pieces.clone());
        }
        let pieces = Arc::new(Self::load()?);
        *loaded = Some(pieces.clone());
        Ok(pieces)
    }

    fn load() -> Result<Self, Error> {
        Self::load_from(&reprise_inference::find_models()?.join("impostors"))
    }

    fn load_from(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("manifest.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        let wrong = |reason: String| Error::Bundled { path: path.clone(), reason };
        let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let n_blocks = |of: &dyn Fn(&&Piece) -> bool| -> usize {
            manifest.piece.iter().filter(of).map(|piece| piece.n_blocks).sum()
        };
        let bytes = read(&folder.join(&manifest.file), &manifest.sha256)?;
        let melodies = read(&folder.join(&manifest.melody_file), &manifest.melody_sha256)?;
        let promised =
            [n_blocks(&|_| true) * BLOCK_BYTES, n_blocks(&|piece| piece.has_melody) * MELODY_BLOCK_BYTES];
        if bytes.len() != manifest.size_bytes || [bytes.len(), melodies.len()] != promised {
            let (n, m) = (bytes.len(), melodies.len());
            return Err(wrong(format!("promises {promised:?} bytes, the data has {n} and {m}")));
        }
        let (mut rest, mut tunes) = (bytes.as_slice(), melodies.as_slice());
        let pieces = manifest.piece.iter().map(|piece| {
            let (own, others) = rest.split_at(piece.n_blocks * BLOCK_BYTES);
            rest = others;
            let track = impostor(own, manifest.block_frames);
            if !piece.has_melody {
                return track;
            }
            let (tune, others) = tunes.split_at(piece.n_blocks * MELODY_BLOCK_BYTES);
            tunes = others;
            track.with_melody_blocks(&tune.chunks_exact(MELODY_BLOCK_BYTES).map(block).collect::<Vec<_>>())
        });
        let pieces = pieces.collect();
        Ok(Self { pieces, digest: manifest.sha256, melody_digest: manifest.melody_sha256 })
    }

    /// The scores of a track against all pieces.
    pub fn scores(&self, track: &Track, scratch: &mut Scratch) -> Vec<f32> {
        self.scores_with(&Settings::RECIPE, track, scratch)
    }

    /// The scores of a track against all pieces, with the given settings.
    pub fn scores_with(&self, settings: &Settings, track: &Track, scratch: &mut Scratch) -> Vec<f32> {
        self.pieces.iter().map(|impostor| score_with(track, impostor, settings, scratch).score).collect()
    }

    /// The scores by melody of a sung track against all pieces that have a melody.
    pub fn voice_scores(&self, track: &Track, scratch: &mut Scratch) -> Vec<f32> {
        let scores = self.pieces.iter().filter_map(|impostor| voice_score(track, impostor, scratch));
        scores.map(|scored| scored.score).collect()
    }
}

fn impostor(bytes: &[u8], block_frames: usize) -> Track {
    let crema: Vec<[f32; 12]> = bytes.chunks_exact(BLOCK_BYTES).map(|bytes| block(&bytes[..12])).collect();
    let chroma: Vec<[f32; 12]> = bytes.chunks_exact(BLOCK_BYTES).map(|bytes| block(&bytes[12..])).collect();
    let frames_per_second = reprise_features::Spec::v1().frame_rate_hz();
    Track::from_blocks(&crema, &chroma, block_frames as f64 / frames_per_second)
}

fn block(bytes: &[u8]) -> [f32; 12] {
    std::array::from_fn(|pitch_class| f32::from(bytes[pitch_class]) / 255.0)
}
