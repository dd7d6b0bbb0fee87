//! Tests of the library through its public interface, with rows written directly into the store.

mod asking;
mod calibration;
mod comparing;
mod keeping;
mod kinds;
mod models;
mod nearest;
mod passages;
mod relating;
mod review;
mod twins;
mod voices;
mod whole;
mod words;

use std::path::PathBuf;

use reprise_features::Versions;
use reprise_store::{
    Alignment, AnalysedFile, CohortStatistics, Features, FileStamp, FolderId, PayloadHash, RecordingId,
    Sound, Tags, TrackId,
};

use crate::Library;
use crate::database::Changed;
use crate::limits::Limits;
use crate::linking::links::derive_links;
use crate::recordings::{ALIGNER, matchable};

/// Limits that make a library large which a test creates in a second.
pub(crate) const SMALL: Limits = Limits {
    aligned_whole: 64,
    shortlisted: 8,
    shortlisted_by_voice: 4,
    sampled: 12,
    sampled_early: 5,
    linked_at_once: 20,
    provisional_from: 16,
    // Among so few recordings, no score is far above the rest.
    min_provisional_score: 6.0,
};

/// A library of invented tracks in a temporary folder.
pub(crate) struct TestLibrary {
    pub folder: tempfile::TempDir,
    pub library: Library,
    pub root: FolderId,
}

/// A track as described by a test.
#[derive(Clone, Default)]
pub(crate) struct TestTrack<'a> {
    pub name: &'a str,
    pub tags: Tags,
    pub payload: u32,
    pub refused: Option<&'a str>,
}

impl TestLibrary {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let music = folder.path().join("music");
        std::fs::create_dir(&music).unwrap();
        std::fs::write(music.join("a file"), "so that the folder is not empty").unwrap();
        let library = Library::open_with(&folder.path().join("library.db"), SMALL).unwrap();
        let root = library.database.change(Changed::Tracks, |store| store.add_folder(&music, 0)).unwrap();
        Self { folder, library, root }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("music").join(name)
    }

    pub fn add(&self, made: &TestTrack) -> TrackId {
        let frames: Vec<[f32; 12]> = (0..400).map(|t| frame(t, made.payload)).collect();
        self.add_analysed(made, &frames)
    }

    /// Like [`Self::add`], with these frames, `[n_frames, 12]`, as chord-pitch and chroma.
    pub fn add_analysed(&self, made: &TestTrack, frames: &[[f32; 12]]) -> TrackId {
        let path = self.path(made.name);
        let features = [("crema", Versions::CURRENT.crema), ("chroma", Versions::CURRENT.chroma)]
            .map(|(kind, version)| Features { kind, version, frames });
        let sound = Sound {
            payload: payload(made.payload),
            duration_s: 30.0 + f64::from(made.payload),
            codec: "flac".into(),
            sample_rate_hz: 48_000,
            channels: 2,
            tuning_cents: 0.0,
            refused: made.refused.map(Into::into),
            analysed_s: 0,
        };
        let nfc = path.to_string_lossy().into_owned();
        let stamp = FileStamp { path: &path, nfc: &nfc, size_bytes: 1, mtime_ns: 1, file_id: None };
        let analysed = AnalysedFile {
            folder: self.root,
            stamp,
            tags: &made.tags,
            sound: &sound,
            features: if made.refused.is_some() { &[] } else { &features },
            waveform: &[],
            fingerprint: None,
            warnings: &[],
            at_s: 0,
        };
        self.library.database.change(Changed::Tracks, |store| store.commit_analysis(&analysed)).unwrap()
    }

    /// A track of which only the name and the audio matter.
    pub fn song(&self, name: &str, payload: u32) -> TrackId {
        self.add(&TestTrack { name, payload, ..TestTrack::default() })
    }

    pub fn recording(&self, n: u32) -> RecordingId {
        self.library.database.reader().unwrap().recording(&payload(n)).unwrap().unwrap().id
    }

    /// Stores normalised scores of pairs, given by their payloads.
    pub fn relate(&self, scores: &[(u32, u32, f32)]) {
        let id = |n: u32| self.recording(n);
        let pairs = scores.iter().map(|(a, b, score)| Alignment {
            a: id(*a).min(id(*b)),
            b: id(*a).max(id(*b)),
            score: *score,
            key_shift: 0,
            voice: None,
            words: None,
        });
        let mut pairs: Vec<_> = pairs.collect();
        pairs.sort_by_key(|pair| (pair.a, pair.b));
        let recordings = matchable(&self.library.database).unwrap();
        let neutral = |id: RecordingId| CohortStatistics {
            recording: id,
            mean: 0.0,
            deviation: 1.0,
            n_library: recordings.len() as u32,
            n_bundled: 84,
            voice: None,
        };
        let statistics: Vec<_> = recordings.iter().map(|recording| neutral(recording.id)).collect();
        self.library.database.store().put_alignments(ALIGNER, &pairs).unwrap();
        self.library.database.store().put_cohort_statistics(ALIGNER, &statistics).unwrap();
        derive_links(&self.library.database).unwrap();
    }
}

pub(crate) fn payload(n: u32) -> PayloadHash {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.wrapping_mul(2_654_435_761).to_be_bytes());
    PayloadHash(hash)
}

pub(crate) fn titled(title: &str) -> Tags {
    Tags { title: Some(title.into()), ..Tags::default() }
}

/// A slow movement through pitch classes that depends on `seed`.
fn frame(t: u32, seed: u32) -> [f32; 12] {
    let step = (t / 20).wrapping_mul(seed * 2 + 7).wrapping_add(seed) % 12;
    std::array::from_fn(|p| if ((p as u32 + 12 - step) % 12).is_multiple_of(5) { 1.0 } else { 0.1 })
}
