//! What the user says of two tracks: one song, or not.

use reprise_store::{PayloadHash, Track, TrackId, Verdict};

use crate::clock::now_s;
use crate::error::Error;
use crate::library::{Changed, Library};

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

    /// The track with this number.
    pub(crate) fn known_track(&self, id: TrackId) -> Result<Track, Error> {
        self.asking()?.track(id)?.ok_or(Error::NoSuchTrack(id))
    }
}

fn audio(track: &Track) -> Result<PayloadHash, Error> {
    track.payload.ok_or_else(|| Error::NotHeard(track.path.clone()))
}
