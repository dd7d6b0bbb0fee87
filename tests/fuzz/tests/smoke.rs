//! Runs every target on its seeds and on a fixed number of mutations of them. The inputs are the same in every run, and
//! take some seconds in total.
//!
//! `scripts/fuzz.sh` searches until it finds something.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reprise_fuzz::{Mutator, TARGETS, Target};

/// An input that takes longer than this hangs. The slowest inputs take a second here, and test machines are slow.
const HANGS_AFTER: Duration = Duration::from_secs(120);

macro_rules! smoke {
    ($($target:ident)*) => {
        $(#[test]
        fn $target() {
            smoke(stringify!($target));
        })*

        #[test]
        fn every_target_has_its_smoke_test() {
            let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($target)),*]);
        }
    };
}

smoke! { container ogg tags worker_protocol fingerprint sound manifest decisions playlist playlist_files plan }

fn smoke(name: &str) {
    let target = Target::named(name).unwrap();
    let seeds = target.seeds();
    assert!(!seeds.is_empty(), "{name} has something to begin with");
    let watch = Watch::start(name);
    for (number, seed) in seeds.iter().enumerate() {
        watch.try_input(target, &format!("seed {number}"), seed);
    }
    for number in 0..target.smoke_inputs {
        watch.try_input(target, &format!("mutation {number}"), &Mutator::new(number).mutated(&seeds));
    }
}

/// Ends the tests when an input hangs, which a test itself could not do.
struct Watch {
    target: String,
    trying: Arc<Mutex<Trying>>,
}

/// The input that is being tested, its start time, and its bytes.
type Trying = (String, Instant, Vec<u8>);

impl Watch {
    fn start(target: &str) -> Self {
        let trying = Arc::new(Mutex::new((String::new(), Instant::now(), Vec::new())));
        let (target, watched) = (target.to_owned(), Arc::downgrade(&trying));
        let name = target.clone();
        std::thread::spawn(move || {
            while let Some(trying) = watched.upgrade() {
                end_if_it_hangs(&name, &trying.lock().unwrap_or_else(PoisonError::into_inner));
                drop(trying);
                std::thread::sleep(Duration::from_millis(100));
            }
        });
        Self { target, trying }
    }

    fn try_input(&self, target: &Target, input: &str, bytes: &[u8]) {
        *self.trying.lock().unwrap() = (input.to_owned(), Instant::now(), bytes.to_vec());
        let outcome = std::panic::catch_unwind(|| target.run(bytes));
        if let Err(words) = outcome {
            let words = words.downcast_ref::<String>().map_or("it panicked", String::as_str);
            let kept = keep(&self.target, bytes);
            panic!("{}, {input}: {words}\nthe input is {}", self.target, kept.display());
        }
    }
}

fn end_if_it_hangs(target: &str, (input, since, bytes): &Trying) {
    if since.elapsed() > HANGS_AFTER {
        let kept = keep(target, bytes);
        // The output of a test would be lost when its process ends.
        let _ = writeln!(std::io::stderr(), "{target}, {input}, hangs: {}", kept.display());
        std::process::abort();
    }
}

/// Writes an input to a place where `reprise-fuzz replay` can read it.
fn keep(target: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{target}.input"));
    std::fs::write(&path, bytes).unwrap();
    path
}
