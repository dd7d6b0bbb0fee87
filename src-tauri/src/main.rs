//! The window of Reprise: a thin shell around `reprise-library`.
//!
//! Start at [`window::open`]. The commands of the interface are in `ipc/commands`, their types in `ipc/dto`, the
//! library and its lock in `open_library`, the analysis in `scanner`, clean-ups in `cleaner`. Everything about music is in other crates.

// Otherwise Windows would open a console beside the window.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod art;
mod cleaner;
mod ipc;
mod open_library;
mod scanner;
mod shell;
mod sound;
mod window;

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    // A child process of our own that decodes one file and does nothing else.
    if let [command, rest @ ..] = arguments.as_slice()
        && command == reprise_library::DECODE_WORKER_COMMAND
    {
        return reprise_audio::worker::serve(rest, std::io::stdout().lock());
    }
    window::open(&arguments)
}
