//! Prints how long it takes to find versions in a large library:
//! `cargo run --release -p reprise-library --example large_search -- DIR LIKE [TRACKS] [RELATED]`.
//!
//! The library consists of passages of the tracks of LIKE, a library that this build has scanned. It is written into
//! DIR unless there is already one of that size. Run the program again after that, but only once, because linked
//! recordings are not owed again. The program then links RELATED recordings (500 by default), which is what a scan does
//! after the analysis, and extrapolates the time for all. With 0 it links and adds nothing. Processor time is printed
//! beside the wall time, because other work on the machine affects only the latter.

#![allow(clippy::print_stdout)] // a benchmark prints its results

mod made;
mod pieces;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use reprise_library::{Closeness, Control, Effort, Event, Library, ListQuery, Progress, TrackId};

use pieces::Pieces;

/// How many tracks are queried.
const ASKED: usize = 200;

/// How many tracks are added to a library that is linked.
const ADDED: u32 = 10;

/// How many processor cores the machine has that the goals are for.
const CORES: f64 = 2.0;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("name a folder to keep the library in")?);
    let like = PathBuf::from(arguments.next().ok_or("name a library whose tracks these are to be like")?);
    let mut number = |otherwise| arguments.next().map_or(Ok(otherwise), |number| number.parse::<u32>());
    let (tracks, related) = (number(100_000)?, number(500)?);
    let path = folder.join(format!("search-{tracks}.db"));
    if !path.exists() {
        std::fs::create_dir_all(&folder)?;
        return made::make(&path, &Pieces::of(&like)?, 0, tracks, true);
    }
    println!("{:<60} {:>9.0} MB", "size", std::fs::metadata(&path)?.len() as f64 / 1e6);
    let library = timed("open", || Ok(Library::open(&path)?))?;
    let ids = library.track_ids(&ListQuery::default())?;
    shortlists(&library, &ids)?;
    if related == 0 {
        return Ok(());
    }
    let hours = relate(&library, tracks, related as usize)?;
    println!("{:<60} {:>9.1} h", "all of it, reckoned", hours);
    drop(library);
    add(&path, &like, tracks)
}

/// Queries similar tracks, by codewords alone and by local embeddings.
fn shortlists(library: &Library, ids: &[TrackId]) -> Outcome<()> {
    let asked: Vec<TrackId> =
        (0..ASKED.min(ids.len())).map(|n| ids[ids.len() / ASKED.min(ids.len()) * n]).collect();
    timed("index loaded, with the first answer", || Ok(library.alike(asked[0], Closeness::Quickly, 50)?))?;
    // The neighbours of each codeword are searched once, by the first query or in the background after it.
    for (what, closeness) in [
        ("first look, in the first seconds", Closeness::Quickly),
        ("first look, then", Closeness::Quickly),
        ("moment by moment", Closeness::ByLocalEmbeddings),
    ] {
        let mut times = Vec::new();
        for track in &asked {
            let began = (Instant::now(), thread_busy_s());
            library.alike(*track, closeness, 50)?;
            times.push((began.0.elapsed().as_secs_f64(), thread_busy_s() - began.1));
        }
        percentiles(what, &times);
    }
    let times = asked.iter().map(|track| {
        let began = (Instant::now(), busy_s());
        library.versions(*track)?;
        Ok((began.0.elapsed().as_secs_f64(), busy_s() - began.1))
    });
    percentiles("versions of a track that waits to be related", &times.collect::<Outcome<Vec<_>>>()?);
    println!("{:<60} {:>9.0} MB", "memory at most", most_memory_mb());
    Ok(())
}

/// The end of one shortlist.
struct Mark {
    at: Instant,
    busy_s: f64,
    /// How many recordings the shortlist was for.
    recordings: usize,
}

/// Links some recordings, as a scan does. Returns how many hours all recordings would take on [`CORES`].
fn relate(library: &Library, tracks: u32, related: usize) -> Outcome<f64> {
    let (control, marks) = (Control::new(), Mutex::new(Vec::new()));
    let note = |event: Event| {
        let Event::Shortlisting { done, total } = event else { return };
        if done == total {
            let mut marks = marks.lock().unwrap_or_else(PoisonError::into_inner);
            marks.push(Mark { at: Instant::now(), busy_s: busy_s(), recordings: total });
            // The first mark is the end of the provisional matches; the recordings of the last one are not aligned.
            let shortlisted: usize = marks.iter().skip(1).map(|mark| mark.recordings).sum();
            if marks.len() > 2 && shortlisted > related {
                control.stop();
            }
        }
    };
    let (began, busy_before_s) = (Instant::now(), busy_s());
    let summary = library.analyse_owed(&Effort::default(), &Progress::new(&note, &control))?;
    let marks = marks.into_inner()?;
    let [look, first, .., last] = marks.as_slice() else { return Err("nothing was related".into()) };
    let print = |what: &str, clock_s: f64, busy_s: f64| {
        println!("{what:<60} {clock_s:>9.2} s, {busy_s:.2} s of processors")
    };
    print("first look at everything", (look.at - began).as_secs_f64(), look.busy_s - busy_before_s);
    // From the end of one shortlist to the end of the next, every step happens once.
    let n: usize = marks[1..marks.len() - 1].iter().map(|mark| mark.recordings).sum();
    let busy_s = (last.busy_s - first.busy_s) / n as f64;
    print("a recording related", (last.at - first.at).as_secs_f64() / n as f64, busy_s);
    println!("{:<60} {:>9}", "pairs aligned", summary.pairs_aligned);
    println!("{:<60} {:>9.0} MB", "memory at most", most_memory_mb());
    Ok(f64::from(tracks) * busy_s / CORES / 3600.0)
}

/// Adds a few tracks, twice, to a library in which all others are linked. The first time, the audio of all others is
/// compared as well.
fn add(path: &Path, like: &Path, tracks: u32) -> Outcome<()> {
    made::pretend_related(path)?;
    for (first, what) in [(tracks, "ten tracks added"), (tracks + ADDED, "ten more")] {
        made::make(path, &Pieces::of(like)?, first, first + ADDED, false)?;
        let library = Library::open(path)?;
        let control = Control::new();
        let relate = || Ok(library.analyse_owed(&Effort::default(), &Progress::new(&|_| {}, &control))?);
        timed(&format!("{what}: embedded, related, compared"), relate)?;
        timed("songs grouped", || Ok(library.songs()?))?;
        timed("nothing owed", relate)?;
    }
    Ok(())
}

/// Runs `work` and prints its duration.
fn timed<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let began = (Instant::now(), busy_s());
    let outcome = work()?;
    let (clock, busy) = (began.0.elapsed().as_secs_f64(), busy_s() - began.1);
    println!("{what:<60} {:>9.0} ms, {:.0} ms of processors", clock * 1e3, busy * 1e3);
    Ok(outcome)
}

fn percentiles(what: &str, times: &[(f64, f64)]) {
    let sorted = |of: &dyn Fn(&(f64, f64)) -> f64| {
        let mut values: Vec<f64> = times.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        [values[values.len() / 2], values[values.len() * 99 / 100]].map(|s| s * 1e3)
    };
    let ([clock, clock_99], [busy, busy_99]) = (sorted(&|one| one.0), sorted(&|one| one.1));
    println!(
        "{what:<60} median {clock:.1} ms, p99 {clock_99:.1} ms; of a processor {busy:.1} and {busy_99:.1}"
    );
}

/// The processor time of this process in seconds, on Linux; 0 elsewhere.
fn busy_s() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The second field is a name in parentheses, which may contain spaces.
    let after_name = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    after_name.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / TICKS_A_SECOND
}

/// The processor time of this thread in seconds, exact to the microsecond.
fn thread_busy_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).map_or(0.0, |ns| ns * 1e-9)
}

/// The largest amount of memory that this process had resident, in MB; 0 where the system does not report it.
fn most_memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok())
        .map_or(0.0, |kib| kib * 1.024 / 1e3)
}
