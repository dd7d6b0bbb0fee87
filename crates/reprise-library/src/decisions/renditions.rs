//! The user's decisions about the kind of tracks: live, or no cover after all.

use reprise_store::{KindSaid, TrackId};

use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::track_info::{TrackInfo, info};
use crate::renditions::title_words::Kind;

/// A decision about the kind of a recording, with its files.
#[derive(Debug, Clone)]
pub struct RenditionDecision {
    /// The decision and its time.
    pub said: KindSaid,
    /// The tracks that contain it, absent ones included; none if the decision was made elsewhere.
    pub files: Vec<TrackInfo>,
}

pub(crate) fn set_rendition(
    database: &Database,
    track: TrackId,
    kind: Kind,
    is_one: Option<bool>,
) -> Result<Option<bool>, Error> {
    let track = known_track(database, track)?;
    let payload = track.payload.ok_or_else(|| Error::NotHeard(track.path.clone()))?;
    database.change(Changed::Relations, |store| {
        let before = store.kind(&payload, kind.word())?.map(|said| said.is_one);
        match is_one {
            Some(is_one) => {
                store.put_kind(&KindSaid { payload, kind: kind.word().into(), is_one, at_s: now_s() })?;
            }
            None => drop(store.remove_kind(&payload, kind.word())?),
        }
        Ok(before)
    })
}

pub(crate) fn rendition_decisions(database: &Database) -> Result<Vec<RenditionDecision>, Error> {
    let reader = database.reader()?;
    let with_files = |said: KindSaid| {
        let files = reader.tracks_of(&said.payload)?.iter().map(info).collect();
        Ok(RenditionDecision { said, files })
    };
    reader.kinds()?.into_iter().map(with_files).collect()
}

pub(crate) fn adopt_rendition_decisions(database: &Database, kinds: &[KindSaid]) -> Result<usize, Error> {
    let mut adopted = 0;
    for said in kinds {
        adopted += usize::from(database.change(Changed::Relations, |store| {
            let known = store.kind(&said.payload, &said.kind)?;
            let is_news = known.is_none_or(|known| known.at_s < said.at_s && known.is_one != said.is_one);
            if is_news {
                store.put_kind(said)?;
            }
            Ok(is_news)
        })?);
    }
    Ok(adopted)
}
