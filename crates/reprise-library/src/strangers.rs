//! The bundled strangers: real, free-licensed music as feature blocks, so that a library of three songs too has
//! something to compare its scores with. See models/background/README.md.

use std::path::Path;

use reprise_matching::{Scratch, Track, score};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::Error;

/// Bytes a block takes: 12 of CREMA, then 12 of chroma, each 0..=255 for 0..=1.
const BLOCK_BYTES: usize = 24;

/// models/background/manifest.toml, written by training/scripts/make_background.py.
#[derive(Deserialize)]
struct Manifest {
    file: String,
    sha256: String,
    size_bytes: usize,
    block_frames: usize,
    piece: Vec<Piece>,
}

#[derive(Deserialize)]
struct Piece {
    n_blocks: usize,
}

/// Pieces prepared for alignment.
pub(crate) struct Strangers {
    pieces: Vec<Track>,
    /// Which set of pieces this is.
    pub digest: String,
}

impl Strangers {
    /// Loads the pieces that ship with Reprise.
    pub fn load() -> Result<Self, Error> {
        Self::load_from(&reprise_inference::find_models()?.join("background"))
    }

    fn load_from(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("manifest.toml");
        let text =
            std::fs::read_to_string(&path).map_err(|source| Error::Io { path: path.clone(), source })?;
        let wrong = |reason: String| Error::Bundled { path: path.clone(), reason };
        let manifest: Manifest = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        let data = folder.join(&manifest.file);
        let bytes = std::fs::read(&data).map_err(|source| Error::Io { path: data.clone(), source })?;
        let n_blocks: usize = manifest.piece.iter().map(|piece| piece.n_blocks).sum();
        if bytes.len() != manifest.size_bytes || bytes.len() != n_blocks * BLOCK_BYTES {
            return Err(wrong(format!(
                "promises {} bytes, the data has {}",
                manifest.size_bytes,
                bytes.len()
            )));
        }
        if hex(&Sha256::digest(&bytes)) != manifest.sha256 {
            return Err(Error::Bundled { path: data, reason: "is not what its manifest describes".into() });
        }
        let mut rest = bytes.as_slice();
        let pieces = manifest.piece.iter().map(|piece| {
            let (own, others) = rest.split_at(piece.n_blocks * BLOCK_BYTES);
            rest = others;
            stranger(own, manifest.block_frames)
        });
        Ok(Self { pieces: pieces.collect(), digest: manifest.sha256 })
    }

    /// The scores of a track against every piece.
    pub fn scores(&self, track: &Track, scratch: &mut Scratch) -> Vec<f32> {
        self.pieces.iter().map(|stranger| score(track, stranger, scratch).score).collect()
    }
}

fn stranger(bytes: &[u8], block_frames: usize) -> Track {
    let row = |bytes: &[u8]| std::array::from_fn(|pitch_class| f32::from(bytes[pitch_class]) / 255.0);
    let crema: Vec<[f32; 12]> = bytes.chunks_exact(BLOCK_BYTES).map(|block| row(&block[..12])).collect();
    let chroma: Vec<[f32; 12]> = bytes.chunks_exact(BLOCK_BYTES).map(|block| row(&block[12..])).collect();
    let frames_per_second = reprise_features::Spec::v1().frame_rate_hz();
    Track::from_blocks(&crema, &chroma, block_frames as f64 / frames_per_second)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
