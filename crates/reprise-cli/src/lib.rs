//! The `reprise` program: Reprise without a window, on the same library and the same code.
//!
//! Start at [`run`], which is the whole program. The modules [`saved_decisions`] and [`playlist`], which read files
//! from elsewhere and write files for other programs, are public as well, so that tests can call them with any input.

mod args;
mod command;
mod failure;
mod json;
mod output;
mod picture;
pub mod playlist;
mod print;
mod progress_bar;
pub mod saved_decisions;
mod visible;

use std::process::ExitCode;

use clap::Parser;

use args::{Arguments, Command};
use failure::Failure;

/// Runs the command line and returns the exit code of the process.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error),
    };
    if let Command::DecodeWorker { arguments } = &arguments.command {
        return reprise_audio::worker::serve(arguments, std::io::stdout().lock());
    }
    match obey(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            print::failure(&failure);
            failure.exit_code()
        }
    }
}

/// Prints the help, or the error in the command line, which is quoted.
fn refuse(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        error.exit();
    }
    error.render().to_string().trim_end().lines().for_each(print::complain);
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn obey(arguments: &Arguments) -> Result<(), Failure> {
    let has_library =
        !matches!(arguments.command, Command::Features(_) | Command::Demo { .. } | Command::Backup(_));
    if arguments.model.is_some() && !has_library {
        return Err(Failure::Other("--model is of a library, and this command changes none".into()));
    }
    match &arguments.command {
        Command::Scan(scan) => command::scan::scan(arguments, scan),
        Command::Listen(effort) => command::scan::listen(arguments, effort),
        Command::Covers(covers) => command::covers::covers(arguments, covers),
        Command::Compare(compare) => command::compare::compare(arguments, compare),
        Command::Clusters => command::clusters::clusters(arguments),
        Command::Duplicates { why } => command::duplicates::duplicates(arguments, *why),
        Command::Clean { action } => command::clean::clean(arguments, action),
        Command::Decide(decide) => command::decide::decide(arguments, decide),
        Command::Kind(kind) => command::kind::kind(arguments, kind),
        Command::Review(review) => command::review::review(arguments, review),
        Command::Decisions { action } => command::decisions::decisions(arguments, action),
        Command::Export(export) => command::export::export(arguments, export),
        Command::Backup(backup) => command::backup::backup(arguments, backup),
        Command::Search(search) => command::search::search(arguments, search),
        Command::Words { file, other } => command::words::words(arguments, file, other.as_deref()),
        Command::Status => command::status::status(arguments),
        Command::Problems => command::problems::problems(arguments),
        Command::Features(features) => command::features::features(features),
        Command::Eval(eval) => command::eval::eval(arguments, eval),
        Command::Demo { dir } => command::demo::demo(arguments, dir),
        Command::DecodeWorker { .. } => Ok(()),
    }
}
