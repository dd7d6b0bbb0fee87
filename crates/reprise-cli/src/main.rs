//! The `reprise` program. All of it is in the library of this crate, where tests can call what it reads and writes.

use std::process::ExitCode;

fn main() -> ExitCode {
    reprise_cli::run()
}
