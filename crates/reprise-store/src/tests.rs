//! Rules of the store as a whole: opening and upgrading, scanning, killed processes, large libraries.

mod decisions;
mod derived;
mod fingerprints;
mod kill;

mod open;
mod passages;
mod reading;
mod rows;
mod scan;
mod settle;
mod tagged;
mod words;

use std::path::{Path, PathBuf};

use crate::{AnalysedFile, Features, FileStamp, FolderId, PayloadHash, Sound, Store, Tags, TrackId};

const NOW_S: i64 = 1_800_000_000;

/// A library in memory with one root.
struct Shelf {
    store: Store,
    root: PathBuf,
    folder: FolderId,
}

impl Shelf {
    fn new() -> Self {
        let mut store = Store::in_memory().unwrap();
        let root = std::path::absolute("music").unwrap();
        let folder = store.add_folder(&root, NOW_S).unwrap();
        Self { store, root, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Adds an analysed file; its size and payload follow from `n`.
    fn analyse(&mut self, name: &str, n: u32) -> TrackId {
        let path = self.path(name);
        analyse(&mut self.store, self.folder, &path, n)
    }
}

fn payload(n: u32) -> PayloadHash {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.to_be_bytes());
    PayloadHash(hash)
}

fn stamp(path: &Path, n: u32) -> FileStamp<'_> {
    FileStamp { path, nfc: "shown", size_bytes: 1000 + u64::from(n), mtime_ns: i64::from(n), file_id: None }
}

fn sound(n: u32) -> Sound {
    Sound {
        payload: payload(n),
        duration_s: 180.5,
        codec: "flac".into(),
        sample_rate_hz: 48_000,
        channels: 2,
        tuning_cents: -12.5,
        refused: None,
        analysed_s: NOW_S,
    }
}

fn frames(n: u32) -> Vec<[f32; 12]> {
    (0..100 + n % 7)
        .map(|t| std::array::from_fn(|p| ((t * 37 + p as u32 * 101 + n) % 256) as f32 / 255.0))
        .collect()
}

fn analyse(store: &mut Store, folder: FolderId, path: &Path, n: u32) -> TrackId {
    let (tags, sound, frames) = (Tags::default(), sound(n), frames(n));
    let features = ["crema", "chroma"].map(|kind| Features { kind, version: "1", frames: &frames });
    let stamp = stamp(path, n);
    let analysed = AnalysedFile {
        folder,
        stamp,
        tags: &tags,
        sound: &sound,
        features: &features,
        waveform: &[],
        fingerprint: None,
        warnings: &[],
        at_s: NOW_S,
    };
    store.commit_analysis(&analysed).unwrap()
}
