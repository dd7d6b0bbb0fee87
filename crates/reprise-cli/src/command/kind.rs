//! `kind FILE KIND yes|no|undo`: records the user's decision about the kind of a track.

use reprise_library::TrackQuestion;
use serde::Serialize;

use crate::args::{Arguments, KindOf};
use crate::command::decide::track;
use crate::command::open_library;
use crate::failure::Failure;
use crate::print;

#[derive(Serialize)]
struct KindDecisionJson {
    before: Option<bool>,
    now: Option<bool>,
}

pub fn kind(arguments: &Arguments, wanted: &KindOf) -> Result<(), Failure> {
    let library = open_library(arguments)?;
    let now = wanted.answer.is_yes();
    let question = TrackQuestion::Rendition(track(&library, &wanted.file)?, wanted.kind);
    let before = library.decide(question, now)?;
    if arguments.json {
        return print::json(&KindDecisionJson { before, now });
    }
    let kind = wanted.kind.word();
    print::line(&match (now, before) {
        (Some(true), _) => format!("Noted: {kind}."),
        (Some(false), _) => format!("Noted: not {kind}."),
        (None, Some(_)) => "Forgotten.".to_owned(),
        (None, None) => "Nothing was said of that.".to_owned(),
    })
}
