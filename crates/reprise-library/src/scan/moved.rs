//! Files that were moved and changed at the same time: after new tags, only the audio is the same.

use std::path::Path;

use reprise_store::{Error, PayloadHash, Store, Track};

use crate::database::clock::now_s;
use crate::scan::job::{FileJob, nfc, stamp};

/// Assigns a new file to a vanished track with the same audio, so that no stale entry stays. Returns whether there was
/// such a track. Of several, the one with the same file name is taken.
pub(crate) fn take_over_vanished(
    store: &mut Store,
    file: &FileJob,
    payload: &PayloadHash,
) -> Result<bool, Error> {
    let found = &file.job.found;
    if store.track_at(&found.path)?.is_some() {
        return Ok(false);
    }
    let mut vanished: Vec<Track> = store.tracks_of(payload)?.into_iter().filter(has_vanished).collect();
    vanished.sort_by_key(|track| track.path.file_name() != found.path.file_name());
    let Some(track) = vanished.first() else { return Ok(false) };
    store.relocate(track.id, file.folder, &stamp(found, &nfc(&found.path)), now_s())?;
    Ok(true)
}

/// Whether a track is marked absent, or is missing from a folder that exists and is not empty. A file on a drive that
/// is not connected may come back.
fn has_vanished(track: &Track) -> bool {
    let holds_something = |folder: &Path| std::fs::read_dir(folder).is_ok_and(|mut all| all.next().is_some());
    !track.path.exists()
        && (track.missing_since_s.is_some() || track.path.parent().is_some_and(holds_something))
}
