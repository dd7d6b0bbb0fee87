//! The user's decisions about two tracks: one song, or not.

use std::path::Path;

use reprise_store::{Decision, PayloadHash, Track, TrackId, Verdict};

use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::track_info::{TrackInfo, info};

/// A decision about two recordings, with their files.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// One recording.
    pub a: PayloadHash,
    /// The other.
    pub b: PayloadHash,
    /// Whether they are one song.
    pub verdict: Verdict,
    /// Time of the decision, unix seconds.
    pub at_s: i64,
    /// The tracks that contain `a`, absent ones included; none if the decision was made elsewhere.
    pub files_a: Vec<TrackInfo>,
    /// The same of `b`.
    pub files_b: Vec<TrackInfo>,
}

pub(crate) fn decide(
    database: &Database,
    one: TrackId,
    other: TrackId,
    verdict: Option<Verdict>,
) -> Result<Option<Verdict>, Error> {
    let (one, other) = (known_track(database, one)?, known_track(database, other)?);
    let (a, b) = (audio(&one)?, audio(&other)?);
    if a == b {
        return Err(Error::SameAudio(one.path, other.path));
    }
    database.change(Changed::Relations, |store| {
        let before = store.decision(a, b)?.map(|decision| decision.verdict);
        match verdict {
            Some(verdict) => store.put_decision(a, b, verdict, now_s())?,
            None => drop(store.remove_decision(a, b)?),
        }
        Ok(before)
    })
}

pub(crate) fn decisions(database: &Database) -> Result<Vec<Decided>, Error> {
    let reader = database.reader()?;
    let files = |payload: &PayloadHash| -> Result<Vec<TrackInfo>, Error> {
        Ok(reader.tracks_of(payload)?.iter().map(info).collect())
    };
    let decided = |one: Decision| {
        Ok(Decided {
            a: one.a,
            b: one.b,
            verdict: one.verdict,
            at_s: one.at_s,
            files_a: files(&one.a)?,
            files_b: files(&one.b)?,
        })
    };
    reader.decisions()?.into_iter().map(decided).collect()
}

pub(crate) fn adopt_decisions(database: &Database, decisions: &[Decision]) -> Result<usize, Error> {
    let mut adopted = 0;
    for one in decisions {
        adopted += usize::from(database.change(Changed::Relations, |store| {
            let known = store.decision(one.a, one.b)?;
            let is_news = known.is_none_or(|known| known.at_s < one.at_s && known.verdict != one.verdict);
            if is_news {
                store.put_decision(one.a, one.b, one.verdict, one.at_s)?;
            }
            Ok(is_news)
        })?);
    }
    Ok(adopted)
}

pub(crate) fn track_at(database: &Database, path: &Path) -> Result<TrackId, Error> {
    let track = database.reader()?.track_at(path)?;
    track.map(|track| track.id).ok_or_else(|| Error::NotATrack(path.to_path_buf()))
}

fn audio(track: &Track) -> Result<PayloadHash, Error> {
    track.payload.ok_or_else(|| Error::NotHeard(track.path.clone()))
}
