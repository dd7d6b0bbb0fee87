//! What the user says that tracks are: live, or no cover after all.

use reprise_store::{KindSaid, TrackId};

use crate::clock::now_s;
use crate::error::Error;
use crate::kind::Kind;
use crate::library::{Changed, Library};
use crate::track_info::{TrackInfo, info};

/// A word of the user about what a recording is, and where it is.
#[derive(Debug, Clone)]
pub struct KindOfRecording {
    /// What was said, and when.
    pub said: KindSaid,
    /// The tracks that hold it, absent ones included; none where it was said elsewhere.
    pub files: Vec<TrackInfo>,
}

impl Library {
    /// Takes down whether a track's recording is of a kind, above all guesses (`None` takes it back); gives what was said
    /// before, for undo.
    pub fn say_kind(&self, track: TrackId, kind: Kind, is_one: Option<bool>) -> Result<Option<bool>, Error> {
        let track = self.known_track(track)?;
        let payload = track.payload.ok_or_else(|| Error::NotHeard(track.path.clone()))?;
        self.change(Changed::Relations, |store| {
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

    /// Everything the user said of what recordings are, with the files that hold them.
    pub fn kinds_said(&self) -> Result<Vec<KindOfRecording>, Error> {
        let asking = self.asking()?;
        let with_files = |said: KindSaid| {
            let files = asking.tracks_of(&said.payload)?.iter().map(info).collect();
            Ok(KindOfRecording { said, files })
        };
        asking.kinds()?.into_iter().map(with_files).collect()
    }

    /// Takes over what was said elsewhere, as [`Library::adopt_decisions`] does.
    pub fn adopt_kinds(&self, kinds: &[KindSaid]) -> Result<usize, Error> {
        let mut adopted = 0;
        for said in kinds {
            adopted += usize::from(self.change(Changed::Relations, |store| {
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
}
