//! Adds recordings of which only the features are available, without the audio. This is for evaluations on music that
//! cannot be distributed.

use std::path::Path;

use reprise_features::{Spec, Versions};
use reprise_matching::sung_share;
use reprise_store::{AnalysedFile, Features, FileStamp, PayloadHash, Sound, Tags};
use sha2::{Digest, Sha256};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::linking::link;
use crate::linking::run::LinkingRun;
use crate::progress::Progress;
use crate::threads::Effort;

/// The features of one recording, each `[n_frames, 12]`, all on the same time grid.
#[derive(Debug, Clone, Copy)]
pub struct KnownFeatures<'a> {
    /// Its unique name, which is also the name of its file; the file need not exist.
    pub name: &'a str,
    /// Chord-pitch probabilities.
    pub crema: &'a [[f32; 12]],
    /// Chroma.
    pub chroma: &'a [[f32; 12]],
    /// The melody; `None` if the voice is not analysed.
    pub melody: Option<&'a [[f32; 12]]>,
}

pub(crate) fn add_features(database: &Database, folder: &Path, known: &KnownFeatures) -> Result<(), Error> {
    let KnownFeatures { name, crema, chroma, melody } = *known;
    let file = folder.join(name);
    let nfc = file.to_string_lossy().into_owned();
    let payload = PayloadHash(Sha256::digest(name.as_bytes()).into());
    let features = [("crema", Versions::CURRENT.crema, crema), ("chroma", Versions::CURRENT.chroma, chroma)]
        .map(|(kind, version, frames)| Features { kind, version, frames });
    let sound = Sound {
        payload,
        duration_s: crema.len() as f64 / Spec::v1().frame_rate_hz(),
        codec: "flac".into(),
        sample_rate_hz: Spec::v1().audio.sample_rate_hz,
        channels: 2,
        tuning_cents: 0.0,
        refused: None,
        analysed_s: 0,
    };
    database.change(Changed::Tracks, |store| {
        let root = store.add_folder(folder, 0)?;
        store.commit_analysis(&AnalysedFile {
            folder: root,
            stamp: FileStamp { path: &file, nfc: &nfc, size_bytes: 1, mtime_ns: 0, file_id: None },
            tags: &Tags { title: Some(name.to_owned()), ..Tags::default() },
            sound: &sound,
            features: &features,
            waveform: &[],
            fingerprint: None,
            warnings: &[],
            at_s: 0,
        })?;
        if let Some(frames) = melody {
            let melody = Features { kind: "melody", version: Versions::CURRENT.melody, frames };
            store.put_voice(&payload, &melody, sung_share(frames))?;
        }
        Ok(())
    })
}

pub(crate) fn link_features(database: &Database, effort: Effort, progress: &Progress) -> Result<(), Error> {
    link(database, &mut LinkingRun::at_last(), effort, progress)
}
