//! The user's decisions: answers to questions about one track or two. Questions of all kinds are answered, withdrawn,
//! listed and imported in the same way. A new kind needs a variant of [`TrackQuestion`] and a word for it.

pub(crate) mod calibration;
pub(crate) mod search;

use reprise_store::{Decision, PayloadHash, Question, TrackId};

use crate::database::clock::now_s;
use crate::database::{Changed, Database};
use crate::decisions::calibration::renew;
use crate::error::Error;
use crate::recordings::known_track;
use crate::recordings::track_info::{TrackInfo, info};
use crate::relations::evidence::ONE_SONG;
use crate::renditions::title_words::Kind;

/// A question that the user answers with yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrackQuestion {
    /// Whether two tracks are versions of one song.
    OneSong(TrackId, TrackId),
    /// Whether a track is a rendition of this kind, such as live. The answer overrides all estimates.
    Rendition(TrackId, Kind),
}

/// A decision with the files that it concerns.
#[derive(Debug, Clone, PartialEq)]
pub struct DecidedFiles {
    /// The decision.
    pub decision: Decision,
    /// The tracks that contain the question's recording, including absent ones; empty if the decision came from
    /// elsewhere.
    pub files_a: Vec<TrackInfo>,
    /// The tracks that contain the second recording, if the question is about two.
    pub files_b: Vec<TrackInfo>,
}

pub(crate) fn decide(
    database: &Database,
    question: TrackQuestion,
    is_yes: Option<bool>,
) -> Result<Option<bool>, Error> {
    answer(database, about_content(database, question)?, is_yes)
}

/// Withdraws the answer to a question in terms of recordings, whose files may be gone. Returns the answer.
pub(crate) fn withdraw(database: &Database, question: &Question) -> Result<Option<bool>, Error> {
    answer(database, question.clone(), None)
}

fn answer(database: &Database, question: Question, is_yes: Option<bool>) -> Result<Option<bool>, Error> {
    let is_learnt_from = question.word() == ONE_SONG;
    let before = database.change(Changed::Relations, |store| {
        let before = store.decision(&question)?.map(|decision| decision.is_yes);
        match is_yes {
            Some(is_yes) => store.put_decision(&Decision { question, is_yes, at_s: now_s() })?,
            None => drop(store.remove_decision(&question)?),
        }
        Ok(before)
    })?;
    if is_learnt_from {
        renew(database)?;
    }
    Ok(before)
}

pub(crate) fn decisions(database: &Database) -> Result<Vec<DecidedFiles>, Error> {
    let reader = database.reader()?;
    let files = |payload: Option<PayloadHash>| -> Result<Vec<TrackInfo>, Error> {
        let tracks = payload.map(|payload| reader.tracks_of(&payload)).transpose()?;
        Ok(tracks.into_iter().flatten().map(|track| info(&track)).collect())
    };
    let with_files = |decision: Decision| {
        let (files_a, files_b) = (files(Some(decision.question.a()))?, files(decision.question.b())?);
        Ok(DecidedFiles { decision, files_a, files_b })
    };
    reader.decisions()?.into_iter().map(with_files).collect()
}

pub(crate) fn import(database: &Database, decisions: &[Decision]) -> Result<usize, Error> {
    let mut imported = 0;
    for one in decisions {
        imported += usize::from(database.change(Changed::Relations, |store| {
            let known = store.decision(&one.question)?;
            let is_news = known.is_none_or(|known| known.at_s < one.at_s && known.is_yes != one.is_yes);
            if is_news {
                store.put_decision(one)?;
            }
            Ok(is_news)
        })?);
    }
    renew(database)?;
    Ok(imported)
}

/// The same question in terms of recordings, which do not change when files are moved.
fn about_content(database: &Database, question: TrackQuestion) -> Result<Question, Error> {
    let content = |track| {
        let track = known_track(database, track)?;
        let payload = track.payload.ok_or_else(|| Error::NotAnalysed(track.path.clone()))?;
        Ok::<_, Error>((payload, track.path))
    };
    match question {
        TrackQuestion::OneSong(one, other) => {
            let ((a, a_path), (b, b_path)) = (content(one)?, content(other)?);
            Question::pair(ONE_SONG, a, b).ok_or(Error::SameAudio(a_path, b_path))
        }
        TrackQuestion::Rendition(track, kind) => Ok(Question::single(kind.word(), content(track)?.0)),
    }
}
