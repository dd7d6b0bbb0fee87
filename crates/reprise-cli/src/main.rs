//! The `reprise` program; all of it is in the library beside this file, where tests can reach what it reads and writes.

use std::process::ExitCode;

fn main() -> ExitCode {
    reprise_cli::run()
}
