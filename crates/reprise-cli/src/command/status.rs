//! `status`: how much of the library is done.

use reprise_library::{Devices, Library, Model};
use serde::Serialize;

use crate::args::Arguments;
use crate::command::open_existing;
use crate::failure::Failure;
use crate::json::{DevicesJson, PathJson};
use crate::print::{self, count};

#[derive(Serialize)]
struct StatusJson {
    tracks: usize,
    missing: usize,
    heard: usize,
    owed: usize,
    matchable: usize,
    problems: usize,
    voices_heard: usize,
    voices_sung: usize,
    voices_total: usize,
    words_listened: usize,
    words_heard: usize,
    /// Why no words are heard.
    words_off: Option<&'static str>,
    models: Vec<ModelJson>,
    #[serde(flatten)]
    devices: DevicesJson,
    /// The reason why networks cannot run at all.
    device_problem: Option<String>,
}

/// A model that embeds tracks.
#[derive(Serialize)]
struct ModelJson {
    view: &'static str,
    /// Null if the model cannot be used.
    id: Option<String>,
    /// Why it cannot be used.
    problem: Option<String>,
    /// Null for the one that ships.
    folder: Option<PathJson>,
}

impl From<Model> for ModelJson {
    fn from(model: Model) -> Self {
        let folder = model.folder.as_deref().map(PathJson::from);
        let (id, problem) = match model.id {
            Ok(id) => (Some(id), None),
            Err(problem) => (None, Some(problem)),
        };
        Self { view: model.view, id, problem, folder }
    }
}

pub fn status(arguments: &Arguments) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    let (status, voices) = (library.status()?, library.voice_counts()?);
    let models = library.models()?;
    let words_off = words_off(&library)?;
    // An error of the networks is part of the output, because the counts are right without them.
    let devices = Devices::find().map_err(|error| error.to_string());
    if arguments.json {
        let (devices, device_problem) = match devices {
            Ok(devices) => (devices.into(), None),
            Err(problem) => (DevicesJson::default(), Some(problem)),
        };
        return print::json(&StatusJson {
            tracks: status.tracks,
            missing: status.missing,
            heard: status.analysed,
            owed: status.owed,
            matchable: status.matchable,
            problems: status.problems,
            voices_heard: voices.analysed,
            voices_sung: voices.sung,
            voices_total: voices.total,
            words_listened: voices.listened,
            words_heard: voices.with_words,
            words_off,
            models: models.into_iter().map(ModelJson::from).collect(),
            devices,
            device_problem,
        });
    }
    let mut parts = vec![count(status.tracks, "track"), format!("{} heard", status.analysed)];
    let also =
        [(status.missing, "absent now"), (status.owed, "still to be heard"), (status.problems, "unusable")];
    parts.extend(also.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")));
    if voices.total > 0 {
        parts.push(format!("voices of {} heard, {} sung", voices.analysed, voices.sung));
    }
    if voices.with_words > 0 {
        parts.push(format!("words in {}", voices.with_words));
    }
    print::line(&parts.join(", "))?;
    if let Some(reason) = words_off {
        print::line(&format!("No words are heard: {reason}."))?;
    }
    for Model { view, id, folder } in &models {
        match (id, folder) {
            (Ok(id), Some(folder)) => {
                print::line(&format!("Model of the {view}: {id}, in {}.", print::path(folder)))?;
            }
            (Ok(_), None) => {}
            (Err(problem), _) => print::line(&print::plain(&format!("{problem}.")))?,
        }
    }
    let lines = devices.map_or_else(|problem| vec![problem], |devices| devices.sentences());
    lines.iter().try_for_each(|line| print::line(line))
}

/// Why no words are heard.
fn words_off(library: &Library) -> Result<Option<&'static str>, Failure> {
    Ok(if !reprise_library::words_are_installed() {
        Some("the recogniser is not installed; `npm start` sets it up")
    } else if !library.wants_words()? {
        Some("this library was told so; `reprise scan --words later` changes it")
    } else if !library.wants_voices()? {
        Some("voices are not heard either; `reprise scan --voice later` changes it")
    } else {
        None
    })
}
