//! Plays a file: `cargo run -p reprise-playback --example play -- FILE [FROM_S] [FOR_S]`. With the argument `serve` it
//! is the worker program, for itself and for the tests of this crate.

#![allow(clippy::print_stdout, reason = "it has no other way to tell")]

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use reprise_audio::worker::{Limits, Worker, serve};
use reprise_playback::Player;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.split_first() {
        Some((first, job)) if first == "serve" => serve(job, std::io::stdout().lock()),
        Some((path, numbers)) => {
            let number = |at: usize| numbers.get(at).and_then(|number| number.to_str()?.parse::<f64>().ok());
            play(path, number(0).unwrap_or(0.0), number(1).unwrap_or(5.0))
        }
        None => ExitCode::from(2),
    }
}

fn play(path: &OsString, from_s: f64, for_s: f64) -> ExitCode {
    let Ok(program) = std::env::current_exe() else { return ExitCode::FAILURE };
    let worker = Worker { program, args: vec!["serve".into()], limits: Limits::default() };
    let started = Instant::now();
    let player =
        Player::new(worker, move |state| println!("{:.3} s {state:?}", started.elapsed().as_secs_f64()));
    player.play(path.as_ref(), from_s);
    std::thread::sleep(Duration::try_from_secs_f64(for_s).unwrap_or_default());
    ExitCode::SUCCESS
}
