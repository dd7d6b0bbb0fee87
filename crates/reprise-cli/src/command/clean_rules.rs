//! `clean rules`: what the library remembers for every plan.

use std::path::PathBuf;

use reprise_library::KeepRules;
use reprise_wording::clean_up;
use serde::Serialize;

use crate::args::Arguments;
use crate::args::clean::RuleChoices;
use crate::command::{open_existing, open_library};
use crate::failure::Failure;
use crate::json::PathJson;
use crate::print;

#[derive(Serialize)]
struct RulesJson<'a> {
    #[serde(flatten)]
    rules: &'a KeepRules,
    playlists: Vec<PathJson>,
}

/// Shows what the library remembers, after changing it if that is asked for. `forget`: beginning with nothing.
pub fn rules(arguments: &Arguments, choices: &RuleChoices, forget: bool) -> Result<(), Failure> {
    let library = open_existing(arguments)?;
    // What is to be forgotten may be what cannot be read.
    let remembered =
        if forget { Default::default() } else { (library.keep_rules()?, library.named_playlists()?) };
    let (rules, playlists) =
        (choices.applied_to(remembered.0.clone())?, choices.added_to(remembered.1.clone())?);
    if forget || (&rules, &playlists) != (&remembered.0, &remembered.1) {
        drop(library);
        let library = open_library(arguments)?;
        library.set_keep_rules(&rules)?;
        library.set_named_playlists(&playlists)?;
    }
    if arguments.json {
        let playlists = playlists.iter().map(|file| file.as_path().into()).collect();
        return print::json(&RulesJson { rules: &rules, playlists });
    }
    show(&rules, &playlists)
}

fn show(rules: &KeepRules, playlists: &[PathBuf]) -> Result<(), Failure> {
    let order: Vec<String> = rules.order.iter().map(clean_up::rule).collect();
    let order = if order.is_empty() { "you decide".into() } else { order.join(", then ") };
    print::line(&format!("Keep: {order}."))?;
    for folder in &rules.protected {
        print::line(&format!("Nothing goes from {}.", print::path(&folder.0)))?;
    }
    let says = |is: bool, yes: &str, no: &str| print::line(if is { yes } else { no });
    says(rules.one_per_album, "One file stays for each album.", "Copies on other albums may go.")?;
    says(
        rules.companions,
        "A lossy file beside a lossless one of its name stays.",
        "A lossy file beside a lossless one of its name may go.",
    )?;
    says(rules.remasters, "Remasters may go, and others in favour of them.", "Remasters stay.")?;
    for file in playlists {
        print::line(&format!("Playlists are also read from {}.", print::path(file)))?;
    }
    Ok(())
}
