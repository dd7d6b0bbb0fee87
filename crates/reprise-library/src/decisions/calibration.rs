//! The personal calibration: what the user's answers about pairs say about their standings in this library. It is
//! fitted again after each answer.

use reprise_store::{Decision, Store};

use crate::database::{Changed, Database};
use crate::error::Error;
use crate::relations::evidence::ONE_SONG;
use crate::relations::normalisation::ScoreNormalisation;
use crate::relations::passages::shared_passages_of;
use crate::relations::personal::{LEARNT, Learnt, NOT_USED, USED, is_used};
use crate::relations::platt::{Answer, Platt};
use crate::relations::same_audio::same_audio_of;
use crate::relations::thresholds::{Shifts, Thresholds};

/// What was learnt from the user's answers about what a standing means in this library.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PersonalCalibration {
    /// How many answers can be learnt from: those about two linked recordings without the same audio or passage.
    pub n_answers: usize,
    /// How many of them are yes.
    pub n_yes: usize,
    /// How the thresholds move; `None` while there are fewer than [`Self::ANSWERS`], or fewer than [`Self::OF_EACH`]
    /// yes or no.
    pub shifts: Option<Shifts>,
    /// Whether the shifts count, if there are any; false after the user went back to the shipped calibration.
    pub in_use: bool,
}

impl PersonalCalibration {
    /// How many answers are needed.
    pub const ANSWERS: usize = 30;

    /// How many of them must be yes, and how many must be no. Answers of one kind cannot show where the limit is.
    pub const OF_EACH: usize = 5;
}

pub(crate) fn personal_calibration(database: &Database) -> Result<PersonalCalibration, Error> {
    let reader = database.reader()?;
    let Learnt { n_answers, n_yes, fit } = Learnt::stored(&reader)?;
    let shifts = fit.map(|fit| Shifts::by(&fit));
    Ok(PersonalCalibration { n_answers, n_yes, shifts, in_use: is_used(&reader)? })
}

pub(crate) fn use_personal_calibration(database: &Database, wanted: bool) -> Result<(), Error> {
    database.change(Changed::Relations, |store| match wanted {
        true => store.remove_meta(USED),
        false => store.set_meta(USED, NOT_USED),
    })
}

/// Fits the personal calibration to the answers and standings as they are now. To be called after either changed.
pub(crate) fn renew(database: &Database) -> Result<(), Error> {
    let (before, now) = {
        let reader = database.reader()?;
        let thresholds = ScoreNormalisation::shipped_thresholds(&reader)?;
        (reader.meta(LEARNT)?, learnt(&answers(&reader, &thresholds)?).to_text())
    };
    if before.as_deref() == Some(&now) || (before.is_none() && now == Learnt::default().to_text()) {
        return Ok(());
    }
    database.change(Changed::Relations, |store| store.set_meta(LEARNT, &now))
}

fn learnt(answers: &[Answer]) -> Learnt {
    let (n_answers, n_yes) = (answers.len(), answers.iter().filter(|answer| answer.is_yes()).count());
    let has_both = n_yes.min(n_answers - n_yes) >= PersonalCalibration::OF_EACH;
    let is_enough = n_answers >= PersonalCalibration::ANSWERS && has_both;
    Learnt { n_answers, n_yes, fit: is_enough.then(|| Platt::fitted(answers)) }
}

/// The answers whether two recordings are one song, for those with a standing. Answers about the same audio, or about a
/// song inside another recording, say nothing about what a standing means.
fn answers(reader: &Store, thresholds: &Thresholds) -> Result<Vec<Answer>, Error> {
    let mut answers = Vec::new();
    for Decision { question, is_yes, .. } in reader.decisions()? {
        let Some(b) = question.b().filter(|_| question.word() == ONE_SONG) else { continue };
        let Some((one, other)) = reader.recording(&question.a())?.zip(reader.recording(&b)?) else {
            continue;
        };
        let mut links = reader.links_of(one.id)?.into_iter();
        let Some(link) = links.find(|link| one.id.other_of(link.a, link.b) == other.id) else { continue };
        let is_other_question = same_audio_of(reader, one.id)?.contains_key(&other.id)
            || shared_passages_of(reader, one.id)?.contains_key(&other.id);
        if !is_other_question {
            answers.push(Answer::new(thresholds.shipped_log_odds(link.standing), is_yes));
        }
    }
    Ok(answers)
}
