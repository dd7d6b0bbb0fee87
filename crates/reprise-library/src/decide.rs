//! What the user says of two tracks: one song, or not.

use std::path::Path;

use reprise_store::{Decision, PayloadHash, Track, TrackId, Verdict};

use crate::clock::now_s;
use crate::error::Error;
use crate::library::{Changed, Library};
use crate::track_info::{TrackInfo, info};

/// A word of the user about two recordings, and where they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// One recording.
    pub a: PayloadHash,
    /// The other.
    pub b: PayloadHash,
    /// What they are to each other.
    pub verdict: Verdict,
    /// When it was said, unix seconds.
    pub at_s: i64,
    /// The tracks that hold `a`, absent ones included; none where it was said elsewhere.
    pub files_a: Vec<TrackInfo>,
    /// The same of `b`.
    pub files_b: Vec<TrackInfo>,
}

impl Library {
    /// Takes down what the user says of two tracks' recordings (`None` takes it back); gives what was said before,
    /// for undo.
    pub fn decide(
        &self,
        one: TrackId,
        other: TrackId,
        verdict: Option<Verdict>,
    ) -> Result<Option<Verdict>, Error> {
        let (one, other) = (self.known_track(one)?, self.known_track(other)?);
        let (a, b) = (audio(&one)?, audio(&other)?);
        if a == b {
            return Err(Error::SameAudio(one.path, other.path));
        }
        self.change(Changed::Relations, |store| {
            let before = store.decision(a, b)?.map(|decision| decision.verdict);
            match verdict {
                Some(verdict) => store.put_decision(a, b, verdict, now_s())?,
                None => drop(store.remove_decision(a, b)?),
            }
            Ok(before)
        })
    }

    /// Everything the user said of any two recordings, with the files that hold them.
    pub fn decisions(&self) -> Result<Vec<Decided>, Error> {
        let asking = self.asking()?;
        let files = |payload: &PayloadHash| -> Result<Vec<TrackInfo>, Error> {
            Ok(asking.tracks_of(payload)?.iter().map(info).collect())
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
        asking.decisions()?.into_iter().map(decided).collect()
    }

    /// Takes over what was said elsewhere, of recordings that are here or may come; of two words about one pair the later
    /// one counts. Gives how many changed what is known here.
    pub fn adopt_decisions(&self, decisions: &[Decision]) -> Result<usize, Error> {
        let mut adopted = 0;
        for one in decisions {
            adopted += usize::from(self.change(Changed::Relations, |store| {
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

    /// The number of the track at an absolute path.
    pub fn track_at(&self, path: &Path) -> Result<TrackId, Error> {
        let track = self.asking()?.track_at(path)?;
        track.map(|track| track.id).ok_or_else(|| Error::NotATrack(path.to_path_buf()))
    }

    /// The track with this number.
    pub(crate) fn known_track(&self, id: TrackId) -> Result<Track, Error> {
        self.asking()?.track(id)?.ok_or(Error::NoSuchTrack(id))
    }
}

fn audio(track: &Track) -> Result<PayloadHash, Error> {
    track.payload.ok_or_else(|| Error::NotHeard(track.path.clone()))
}
