//! The waveform of a track, read from the store or computed now.

use reprise_analysis::{decode_worker, draw};
use reprise_store::{PayloadHash, TrackId};

use crate::database::Database;
use crate::error::Error;
use crate::recordings::known_track;

pub(crate) fn waveform(database: &Database, track: TrackId) -> Result<Vec<u8>, Error> {
    let track = known_track(database, track)?;
    let stored = match track.payload {
        Some(payload) => database.reader()?.waveform(&payload)?,
        None => None,
    };
    if let Some(peaks) = stored {
        return Ok(peaks);
    }
    let (decoded, peaks) = draw(&decode_worker()?, &track.path)
        .map_err(|error| Error::Undecodable { path: track.path.clone(), reason: error.to_string() })?;
    let payload = PayloadHash(decoded.payload_hash);
    if database.can_write() && database.reader()?.recording(&payload)?.is_some() {
        database.store().put_waveform(&payload, &peaks)?;
    }
    Ok(peaks)
}
