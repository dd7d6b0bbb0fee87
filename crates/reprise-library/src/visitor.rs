//! A file that is not in the library: heard for one question, compared, forgotten.

use std::collections::HashMap;
use std::path::Path;

use reprise_inference::Embedder;
use reprise_matching::moments::SearchScratch;
use reprise_matching::{Scratch, Track, centre, score};
use reprise_store::{PayloadHash, Recording, RecordingId};

use crate::edges::Centring;
use crate::error::Error;
use crate::explain::too_long;
use crate::hear::{Frames, Refusal, Sound};
use crate::library::Library;
use crate::listen::Effort;
use crate::nearest::Nearest;
use crate::progress::{Control, Progress};
use crate::relate::{ALIGNED_WHOLE, LONGEST_MATCHED_S, SHORTLISTED, on_each, place_of};
use crate::same_audio::Audio;
use crate::shelf::Shelf;
use crate::strangers::Strangers;
use crate::tools::Tools;
use crate::track_info::TrackInfo;

/// A file as it was heard.
pub(crate) struct Visitor {
    pub info: TrackInfo,
    pub payload: PayloadHash,
    pub audio: Audio,
    /// CREMA and chroma, or why it is not matched.
    pub frames: Result<Frames, String>,
}

/// What a visitor scores in this library.
pub(crate) struct Visit {
    /// Raw scores, in no order.
    pub scores: Vec<(RecordingId, f32)>,
    /// What its scores are centred on: these and those against the bundled strangers.
    pub background: centre::Background,
}

impl Library {
    pub(crate) fn hear_visitor(&self, path: &Path) -> Result<Visitor, Error> {
        let heard = self.hear_unseen(path)?;
        let duration_s = heard.decoded.duration_s;
        let info = TrackInfo {
            id: None,
            path: path.to_path_buf(),
            title: heard.tags.title,
            artist: heard.tags.artist,
            album: heard.tags.album,
            year: heard.tags.year,
            duration_s: Some(duration_s),
            is_missing: false,
        };
        let chroma = match &heard.sound {
            Sound::Music { chroma, .. } => chroma.clone(),
            Sound::Refused(_) => Vec::new(),
        };
        let frames = match heard.sound {
            Sound::Music { crema, chroma } if duration_s <= LONGEST_MATCHED_S => Ok((crema, chroma)),
            Sound::Music { .. } => Err(too_long("the same audio")),
            Sound::Refused(refusal) => Err(Refusal::sentence(refusal.code())),
        };
        let payload = PayloadHash(heard.decoded.payload_hash);
        let audio = Audio { fingerprint: heard.fingerprint, duration_s, chroma, peaks: heard.waveform };
        Ok(Visitor { info, payload, audio, frames })
    }

    /// Aligns a track that has no background with the library; `frames`: what it is made of.
    pub(crate) fn visit(&self, frames: &Frames, track: &Track) -> Result<Visit, Error> {
        let recordings = self.matchable()?;
        let (shelf, control) = (Shelf::new(self, &recordings), Control::new());
        let met = self.met(frames, &recordings)?;
        let progress = Progress::new(&|_| {}, &control);
        let scores =
            on_each(Effort::default().threads, &met, &progress, Scratch::default, |index, scratch| {
                let candidate = shelf.track(*index as u32)?;
                Ok((recordings[*index].id, score(track, &candidate, scratch).score))
            })?;
        let strangers = Strangers::load()?.scores(track, &mut Scratch::default());
        let background = centre::Background::of(scores.iter().map(|(_, score)| *score).chain(strangers));
        Ok(Visit { scores, background })
    }

    /// The edges of a visitor with those that it met.
    pub(crate) fn edges_of(&self, visit: &Visit) -> Result<HashMap<RecordingId, f32>, Error> {
        let centring = Centring::of(self)?;
        let edge =
            |(id, raw): &(RecordingId, f32)| Some((*id, centring.edge_with(*raw, &visit.background, *id)?));
        Ok(visit.scores.iter().filter_map(edge).collect())
    }

    /// Which recordings a visitor is aligned with: all of a small library, a shortlist of a large one. By its harmony: nobody
    /// waits for a voice to be heard before an answer.
    fn met(&self, (crema, chroma): &Frames, recordings: &[Recording]) -> Result<Vec<usize>, Error> {
        if recordings.len() <= ALIGNED_WHOLE {
            return Ok((0..recordings.len()).collect());
        }
        let nearest = Nearest::of(self, Embedder::Harmony)?.with_all_cores();
        let mut asimt = Tools::find()?.asimt(Embedder::Harmony)?;
        let query = nearest.space().embed(&mut asimt, &[vec![crema, chroma]])?.pop();
        let found =
            nearest.to_track(&query.unwrap_or_default(), SHORTLISTED, &mut SearchScratch::default())?;
        if found.is_empty() {
            // Not "no versions": nothing was there to compare with.
            let missing = nearest.missing(recordings);
            return if missing > 0 { Err(Error::NotEmbedded { missing }) } else { Ok(Vec::new()) };
        }
        Ok(found.into_iter().filter_map(|(id, _)| place_of(recordings, id)).collect())
    }
}
