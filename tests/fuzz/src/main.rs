//! `reprise-fuzz replay TARGET FILE...` tests inputs that were found, `reprise-fuzz search TARGET FIRST COUNT` tests
//! mutations beyond those of the smoke test, and `reprise-fuzz seeds TARGET FOLDER` writes the seeds for libFuzzer.

use std::path::Path;
use std::process::ExitCode;

use reprise_fuzz::{Mutator, Target};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["replay", target, files @ ..] if !files.is_empty() => with(target, |target| replay(target, files)),
        ["search", target, first, count] => {
            with(target, |target| search(target, number(first)?, number(count)?))
        }
        ["seeds", target, folder] => with(target, |target| write_seeds(target, Path::new(folder))),
        _ => {
            Err("reprise-fuzz replay TARGET FILE... | search TARGET FIRST COUNT | seeds TARGET FOLDER".into())
        }
    };
    outcome.map_or_else(
        |reason| {
            eprintln!("{reason}");
            ExitCode::FAILURE
        },
        |()| ExitCode::SUCCESS,
    )
}

fn with(name: &str, run: impl FnOnce(&Target) -> std::io::Result<()>) -> Result<(), String> {
    let target = Target::named(name).ok_or_else(|| format!("there is no target {name}"))?;
    run(target).map_err(|error| error.to_string())
}

fn replay(target: &Target, files: &[&str]) -> std::io::Result<()> {
    files.iter().try_for_each(|file| {
        target.run(&std::fs::read(file)?);
        Ok(())
    })
}

/// Stops at the first mutation that breaks a promise, and writes it to the working directory.
fn search(target: &Target, first: u64, count: u64) -> std::io::Result<()> {
    let seeds = target.seeds();
    for mutation in first..first.saturating_add(count) {
        let input = Mutator::new(mutation).mutated(&seeds);
        if std::panic::catch_unwind(|| target.run(&input)).is_err() {
            let file = format!("{}-{mutation}.input", target.name);
            std::fs::write(&file, input)?;
            return Err(std::io::Error::other(format!("mutation {mutation} is in {file}")));
        }
    }
    Ok(())
}

fn number(text: &str) -> std::io::Result<u64> {
    text.parse().map_err(|_| std::io::Error::other(format!("{text} is no number")))
}

fn write_seeds(target: &Target, folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for (number, seed) in target.seeds().iter().enumerate() {
        std::fs::write(folder.join(format!("seed-{number:03}")), seed)?;
    }
    Ok(())
}
