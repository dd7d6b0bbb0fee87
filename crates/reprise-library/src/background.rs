//! Renews the backgrounds: the scores against strangers on which each recording's scores are centred.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use reprise_matching::{Scratch, Track, centre};
use reprise_store::{Alignment, Background, Recording, RecordingId, StrangerScores, VoiceBackground};

use crate::error::Error;
use crate::library::Library;
use crate::listen::{Effort, on_threads};
use crate::progress::Progress;
use crate::relate::{ALIGNED_WHOLE, ALIGNER, Relating, SAMPLED, is_sung, other, sample};
use crate::shelf::Shelf;
use crate::strangers::Strangers;

/// The value of `meta` that names the bundled pieces in force.
const PIECES: &str = "background_pieces";

impl Library {
    /// Computes the backgrounds of `owed` (indices), as far as it is not stopped; gives whose.
    pub(crate) fn renew_backgrounds(
        &self,
        recordings: &[Recording],
        shelf: &Shelf,
        owed: &[usize],
        effort: Effort,
        progress: &Progress,
    ) -> Result<Vec<RecordingId>, Error> {
        let strangers = Strangers::load()?;
        let sample: HashSet<RecordingId> =
            sample(recordings, SAMPLED).iter().map(|i| recordings[*i].id).collect();
        let is_stranger = |id| recordings.len() <= ALIGNED_WHOLE || sample.contains(&id);
        let next = Mutex::new(owed.iter());
        let renew_some = || -> Result<Vec<Background>, Error> {
            let mut scratch = Scratch::default();
            let mut renewed = Vec::new();
            let take = || next.lock().ok().and_then(|mut next| next.next().copied());
            while let Some(index) = take().filter(|_| progress.may_go_on()) {
                let id = recordings[index].id;
                let scores = self.asking()?.alignments_of(id, ALIGNER)?;
                let in_library = scores.iter().filter(|pair| is_stranger(other(pair, id)));
                let in_library: Vec<Alignment> = in_library.copied().collect();
                let track = || shelf.track(index as u32);
                let bundled =
                    self.stranger_scores(StrangerScores::Harmony, &strangers, id, track, &mut scratch)?;
                let harmony: Vec<f32> = in_library.iter().map(|pair| pair.score).collect();
                let voice = match recordings[index].sung_share.filter(|share| *share > 0.0) {
                    Some(sung_share) => {
                        let of = StrangerScores::Voice;
                        let bundled = self.stranger_scores(of, &strangers, id, track, &mut scratch)?;
                        let in_library = in_library.iter().filter_map(|pair| pair.voice);
                        let scores = in_library.map(|voice| voice.score).chain(bundled);
                        let centre::Background { mean, deviation, n } = centre::Background::of(scores);
                        Some(VoiceBackground { mean, deviation, n, sung_share })
                    }
                    None => None,
                };
                renewed.push(Background { voice, ..background(id, &harmony, &bundled) });
            }
            Ok(renewed)
        };
        let renewed = on_threads(effort.threads.min(owed.len()), renew_some)?;
        self.store().put_backgrounds(ALIGNER, &renewed)?;
        Ok(renewed.iter().map(|background| background.recording).collect())
    }

    /// Indices of `recordings` whose background is to be renewed. In the middle of a scan of a large library only those who have
    /// none: to renew what will be renewed at the end takes longer the more there is.
    pub(crate) fn owed_backgrounds(
        &self,
        recordings: &[Recording],
        relating: &Relating,
    ) -> Result<Vec<usize>, Error> {
        let pieces = self.asking()?.meta(PIECES)?;
        let is_another_set = pieces.is_some() && pieces != Some(Strangers::load()?.digest);
        let known = match is_another_set {
            true => HashSet::new(),
            false if relating.is_last || recordings.len() <= ALIGNED_WHOLE => {
                self.fresh(recordings, relating)?
            }
            false => self.with_background(recordings)?,
        };
        Ok((0..recordings.len()).filter(|index| !known.contains(&recordings[*index].id)).collect())
    }

    /// Notes that all backgrounds rest on the pieces that ship with this build.
    pub(crate) fn note_pieces(&self) -> Result<(), Error> {
        Ok(self.store().set_meta(PIECES, &Strangers::load()?.digest)?)
    }

    /// Recordings that have a background of all that is known of them.
    fn with_background(&self, recordings: &[Recording]) -> Result<HashSet<RecordingId>, Error> {
        let sung: HashSet<RecordingId> =
            recordings.iter().filter(|one| is_sung(one)).map(|one| one.id).collect();
        let backgrounds = self.backgrounds()?.into_iter();
        let complete = backgrounds.filter(|one| one.voice.is_some() || !sung.contains(&one.recording));
        Ok(complete.map(|one| one.recording).collect())
    }

    /// Recordings whose background need not be renewed: it rests on enough of the library, and was not made in the
    /// middle of the scan that now ends.
    pub(crate) fn fresh(
        &self,
        recordings: &[Recording],
        relating: &Relating,
    ) -> Result<HashSet<RecordingId>, Error> {
        let of_library = background_size(recordings.len());
        let sung: HashSet<RecordingId> =
            recordings.iter().filter(|one| is_sung(one)).map(|one| one.id).collect();
        let of_sung = background_size(sung.len());
        let is_fresh = |one: &Background| {
            let is_final = !relating.is_last || !relating.provisional.contains(&one.recording);
            let voice_is_fresh = match one.voice {
                Some(voice) => voice.n * 3 >= of_sung * 2,
                None => !sung.contains(&one.recording),
            };
            one.n_library * 3 >= of_library * 2 && one.n_bundled > 0 && is_final && voice_is_fresh
        };
        Ok(self.backgrounds()?.iter().filter(|one| is_fresh(one)).map(|one| one.recording).collect())
    }

    /// The scores of one recording against the bundled pieces, computed once.
    fn stranger_scores(
        &self,
        of: StrangerScores,
        strangers: &Strangers,
        id: RecordingId,
        track: impl FnOnce() -> Result<Arc<Track>, Error>,
        scratch: &mut Scratch,
    ) -> Result<Vec<f32>, Error> {
        let digest = match of {
            StrangerScores::Harmony => &strangers.digest,
            StrangerScores::Voice => &strangers.melody_digest,
        };
        if let Some(known) = self.asking()?.stranger_scores(of, ALIGNER, digest, id)? {
            return Ok(known);
        }
        let scores = match of {
            StrangerScores::Harmony => strangers.scores(&*track()?, scratch),
            StrangerScores::Voice => strangers.voice_scores(&*track()?, scratch),
        };
        self.store().put_stranger_scores(of, ALIGNER, digest, &[(id, scores.clone())])?;
        Ok(scores)
    }

    /// The backgrounds in force.
    pub(crate) fn backgrounds(&self) -> Result<Vec<Background>, Error> {
        Ok(self.asking()?.backgrounds(ALIGNER)?)
    }
}

fn background(recording: RecordingId, in_library: &[f32], bundled: &[f32]) -> Background {
    let centring = centre::Background::of(in_library.iter().chain(bundled).copied());
    Background {
        recording,
        mean: centring.mean,
        deviation: centring.deviation,
        n_library: in_library.len() as u32,
        n_bundled: bundled.len() as u32,
        voice: None,
    }
}

/// How many scores against the library a background can rest on.
fn background_size(recordings: usize) -> u32 {
    let size = if recordings <= ALIGNED_WHOLE { recordings.saturating_sub(1) } else { SAMPLED };
    size as u32
}
