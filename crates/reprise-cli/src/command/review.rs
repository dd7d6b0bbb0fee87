//! `review`: the pairs in doubt, as a dialogue or as JSON, and what was learnt from the answers.

use reprise_library::{Library, PersonalCalibration, QueuedPair, ReviewPair};
use serde::Serialize;

use crate::args::{Arguments, Calibration, Review};
use crate::command::compare::MatchingJson;
use crate::command::review_dialogue::dialogue;
use crate::command::{existing, open_existing, open_library};
use crate::failure::Failure;
use crate::json::{TrackJson, rounded};
use crate::print;

#[derive(Serialize)]
struct QueueJson {
    answered: usize,
    total: usize,
    pairs: Vec<PairJson>,
}

#[derive(Serialize)]
struct PairJson {
    a: TrackJson,
    b: TrackJson,
    probability: f64,
    /// How many tracks the answer joins or keeps apart.
    tracks: usize,
    #[serde(flatten)]
    matching: MatchingJson,
}

impl PairJson {
    fn new(queued: &QueuedPair, pair: &ReviewPair) -> Self {
        Self {
            a: (&pair.a).into(),
            b: (&pair.b).into(),
            probability: rounded(f64::from(queued.probability), 3),
            tracks: queued.tracks,
            matching: pair.matching.as_ref().map(Into::into).unwrap_or_default(),
        }
    }
}

#[derive(Serialize)]
struct CalibrationJson {
    answers: usize,
    yes: usize,
    /// How many answers are needed, and how many of each kind.
    needed: usize,
    needed_of_each: usize,
    in_use: bool,
    /// In standard deviations; null while there are too few answers.
    certain_shift: Option<f64>,
    likely_shift: Option<f64>,
}

impl From<PersonalCalibration> for CalibrationJson {
    fn from(personal: PersonalCalibration) -> Self {
        let shift = |shift| rounded(f64::from(shift), 3);
        Self {
            answers: personal.n_answers,
            yes: personal.n_yes,
            needed: PersonalCalibration::ANSWERS,
            needed_of_each: PersonalCalibration::OF_EACH,
            in_use: personal.in_use,
            certain_shift: personal.shifts.map(|shifts| shift(shifts.certain)),
            likely_shift: personal.shifts.map(|shifts| shift(shifts.likely)),
        }
    }
}

pub fn review(arguments: &Arguments, wanted: &Review) -> Result<(), Failure> {
    if let Some(choice) = wanted.calibration {
        return calibration(arguments, choice);
    }
    let limit = wanted.limit.unwrap_or(usize::MAX);
    if arguments.json {
        return queue(&open_existing(arguments)?, limit);
    }
    // To open a library for writing would make one.
    existing(arguments)?;
    dialogue(&open_library(arguments)?, limit, std::io::stdin().lock())
}

fn queue(library: &Library, limit: usize) -> Result<(), Failure> {
    let queue = library.review_queue()?;
    let mut pairs = Vec::new();
    for queued in queue.pairs.iter().take(limit) {
        pairs.push(PairJson::new(queued, &library.review_pair(queued.a, queued.b)?));
    }
    print::json(&QueueJson { answered: queue.answered, total: queue.total, pairs })
}

fn calibration(arguments: &Arguments, choice: Calibration) -> Result<(), Failure> {
    let library = match choice {
        Calibration::Show => open_existing(arguments)?,
        Calibration::Personal | Calibration::Shipped => {
            existing(arguments)?;
            let library = open_library(arguments)?;
            library.use_personal_calibration(choice == Calibration::Personal)?;
            library
        }
    };
    let personal = library.personal_calibration()?;
    if arguments.json {
        return print::json(&CalibrationJson::from(personal));
    }
    print::line(&reprise_wording::calibration(&personal))
}
