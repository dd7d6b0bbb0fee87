//! Finds recordings that contain the same audio, in any encoding, mastering or cut, by their fingerprints.

use std::collections::HashMap;

use reprise_features::{Spec, Versions};
use reprise_fingerprint::{Fingerprint, Sameness, Side, Sketches, Sounding, Stretch, VERSION, compare};
use reprise_matching::Span;
use reprise_store::{Recording, RecordingId, SharedAudio, Store};

use crate::database::Database;
use crate::error::Error;

/// The audio that one recording shares with another, from the point of view of the first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SameAudio {
    /// How the two relate by their audio.
    pub sameness: Sameness,
    /// The shared stretches, in the order of the first recording.
    pub stretches: Vec<Stretch>,
}

/// What is compared of a track to find whether another contains the same audio.
#[derive(Debug)]
pub(crate) struct Audio {
    pub fingerprint: Fingerprint,
    pub duration_s: f64,
    /// `[n_frames, 12]`; empty if it could not be computed or is outdated.
    pub chroma: Vec<[f32; 12]>,
    /// The waveform, see [`Library::waveform`]; empty if it is not computed yet.
    pub peaks: Vec<u8>,
}

impl Audio {
    /// The audio of a recording of the library; `None` while it has no fingerprint.
    pub fn stored(reader: &Store, recording: &Recording) -> Result<Option<Self>, Error> {
        let Some(fingerprint) = stored_fingerprint(reader, recording.id)? else { return Ok(None) };
        let payload = &recording.sound.payload;
        let chroma = reader.features(payload, "chroma", Versions::CURRENT.chroma)?.unwrap_or_default();
        let peaks = reader.waveform(payload)?.unwrap_or_default();
        Ok(Some(Self { fingerprint, duration_s: recording.sound.duration_s, chroma, peaks }))
    }

    fn side(&self) -> Side<'_> {
        let (chroma, peaks) = (&self.chroma, &self.peaks);
        let sounding = Sounding { chroma, frame_rate_hz: Spec::v1().frame_rate_hz(), peaks };
        Side {
            fingerprint: &self.fingerprint,
            duration_s: self.duration_s,
            sounding: (!chroma.is_empty()).then_some(sounding),
        }
    }
}

impl SameAudio {
    /// The same audio in two tracks; `None` if they have none in common.
    pub fn between(one: &Audio, other: &Audio) -> Option<Self> {
        let (sameness, stretches) = compare(&one.side(), &other.side())?;
        Some(Self { sameness, stretches })
    }

    /// Whether both are one recording, perhaps with different cuts.
    pub fn is_one_recording(&self) -> bool {
        matches!(self.sameness, Sameness::Whole | Sameness::Edit)
    }

    /// The stretches as matching spans.
    pub fn spans(&self) -> Vec<Span> {
        let span = |stretch: &Stretch| Span {
            query_start_s: stretch.a_start_s,
            query_end_s: stretch.a_start_s + stretch.length_s,
            candidate_start_s: stretch.b_start_s,
            candidate_end_s: stretch.b_start_s + stretch.length_s,
        };
        self.stretches.iter().map(span).collect()
    }

    /// The same audio from the point of view of the other recording.
    fn flipped(self) -> Self {
        let flip = |stretch: Stretch| Stretch {
            a_start_s: stretch.b_start_s,
            b_start_s: stretch.a_start_s,
            ..stretch
        };
        let mut stretches: Vec<Stretch> = self.stretches.into_iter().map(flip).collect();
        stretches.sort_by(|one, other| one.a_start_s.total_cmp(&other.a_start_s));
        Self { stretches, ..self }
    }
}

/// The same audio in a stored pair, from the point of view of its lesser recording. `None` if this version does not
/// know the relation that is stored.
pub(crate) fn of_pair(pair: &SharedAudio) -> Option<SameAudio> {
    let stretch = |[a_start_s, b_start_s, length_s, bit_errors]: &[f32; 4]| Stretch {
        a_start_s: f64::from(*a_start_s),
        b_start_s: f64::from(*b_start_s),
        length_s: f64::from(*length_s),
        bit_errors: f64::from(*bit_errors),
    };
    let stretches: Vec<Stretch> = pair.stretches.iter().map(stretch).collect();
    Some(SameAudio { sameness: Sameness::from_word(&pair.sameness)?, stretches })
}

/// The recordings that share audio with a recording, and the shared audio.
pub(crate) fn same_audio_of(
    reader: &Store,
    recording: RecordingId,
) -> Result<HashMap<RecordingId, SameAudio>, Error> {
    let from_here = |pair: SharedAudio| {
        let same = of_pair(&pair)?;
        Some(if pair.a == recording { (pair.b, same) } else { (pair.a, same.flipped()) })
    };
    Ok(reader.shared_audio_of(recording)?.into_iter().filter_map(from_here).collect())
}

/// The fingerprint of a recording, if it has one.
pub(crate) fn stored_fingerprint(
    reader: &Store,
    recording: RecordingId,
) -> Result<Option<Fingerprint>, Error> {
    Ok(reader.fingerprint(recording, VERSION)?.and_then(|bytes| Fingerprint::from_bytes(&bytes)))
}

/// The recordings that share audio with an external file, from the point of view of the file.
pub(crate) fn same_audio_as(
    database: &Database,
    audio: &Audio,
) -> Result<HashMap<RecordingId, SameAudio>, Error> {
    let reader = database.reader()?;
    let mut external = Sketches::new([audio.fingerprint.sketch().as_slice()].into_iter());
    let mut found = HashMap::new();
    for known in reader.sketches(VERSION)? {
        if external.near(&known.sketch).is_empty() {
            continue;
        }
        let Some(recording) = reader.recording_in(known.recording)? else { continue };
        let other = Audio::stored(&reader, &recording)?;
        let same = other.and_then(|other| SameAudio::between(audio, &other));
        found.extend(same.map(|same| (recording.id, same)));
    }
    Ok(found)
}
