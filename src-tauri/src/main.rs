//! The window of Reprise: a thin shell around `reprise-library`.
//!
//! Start at [`window::open`]. What the interface may ask is in `ipc/commands`, what crosses the border in `ipc/dto`,
//! the library and its lock in `open_library`, listening in `scanner`. Everything that is about music is elsewhere.

// A console window beside the window would be a second one on Windows.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

mod art;
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
    // A child of our own that decodes one file; it must be nothing else.
    if let [command, rest @ ..] = arguments.as_slice()
        && command == reprise_library::DECODE_WORKER_COMMAND
    {
        return reprise_audio::worker::serve(rest, std::io::stdout().lock());
    }
    window::open(&arguments)
}
