//! Complete workers, correct and faulty ones. The child is `examples/decode_worker.rs`.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

mod support;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use reprise_audio::worker::{Limits, Worker};
use reprise_audio::{Error, Excerpt, decode, payload_hash, stream_stereo};
use support::{FIXTURES, Kept, fixture};

const RATE_HZ: u32 = 44_100;

/// Cargo puts examples into a folder next to that of the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/decode_worker");
    program.with_extension(std::env::consts::EXE_EXTENSION)
}

fn worker(behaviour: &str) -> Worker {
    let limits = Limits { stall: Duration::from_secs(20), ..Limits::default() };
    Worker { program: program(), args: vec![behaviour.into()], limits }
}

fn failure(worker: &Worker) -> Error {
    worker.decode(&fixture("sweep.mp3"), RATE_HZ, &mut Kept::default()).unwrap_err()
}

#[test]
fn a_worker_gives_what_decoding_here_gives() {
    for name in FIXTURES {
        let (mut there, mut here) = (Kept::default(), Kept::default());
        let decoded = worker("serve").decode(&fixture(name), RATE_HZ, &mut there).unwrap();
        assert_eq!(decoded, decode(&fixture(name), RATE_HZ, &mut here).unwrap(), "{name}");
        assert!(
            (there.samples, there.stream, there.tags) == (here.samples, here.stream, here.tags),
            "{name}"
        );
        assert_eq!(worker("serve").payload_hash(&fixture(name)), payload_hash(&fixture(name)), "{name}");
    }
}

#[test]
fn a_worker_lets_hear_what_is_heard_here() {
    for name in FIXTURES {
        let (mut there, mut here) = (Vec::new(), Vec::new());
        let excerpt = Excerpt { rate_hz: RATE_HZ, from_s: 0.7 };
        let outcome = worker("serve").stream_stereo(&fixture(name), excerpt, &mut keep(&mut there));
        assert_eq!(outcome, stream_stereo(&fixture(name), excerpt, &mut keep(&mut here)), "{name}");
        assert!(!here.is_empty() && there == here, "{name}");
    }
}

fn keep(samples: &mut Vec<f32>) -> impl FnMut(&[f32]) -> ControlFlow<()> {
    |some| {
        samples.extend_from_slice(some);
        ControlFlow::Continue(())
    }
}

#[test]
fn a_listener_who_has_enough_or_waits_is_served() {
    let excerpt = Excerpt { rate_hz: RATE_HZ, from_s: 0.0 };
    let mut worker = worker("serve");
    let enough = worker.stream_stereo(&fixture("sweep.mp3"), excerpt, &mut |_| ControlFlow::Break(()));
    assert_eq!(enough, Err(Error::Stopped));
    worker.limits.stall = Duration::from_millis(2500);
    let mut n_waits = 0;
    let slow = worker.stream_stereo(&fixture("sweep.mp3"), excerpt, &mut |_| {
        n_waits += 1;
        std::thread::sleep(Duration::from_millis(if n_waits == 1 { 3000 } else { 0 }));
        ControlFlow::Continue(())
    });
    assert_eq!(slow, Ok(()));
}

#[test]
fn an_error_crosses_the_pipe_as_it_is() {
    for path in ["/nonexistent/--help", "-"] {
        let path = Path::new(path);
        let there = worker("serve").decode(path, RATE_HZ, &mut Kept::default());
        assert_eq!(there, decode(path, RATE_HZ, &mut Kept::default()));
        assert_eq!(worker("serve").payload_hash(path), payload_hash(path));
        let excerpt = Excerpt { rate_hz: RATE_HZ, from_s: 3.0 };
        let there = worker("serve").stream_stereo(path, excerpt, &mut keep(&mut Vec::new()));
        assert_eq!(there, stream_stereo(path, excerpt, &mut keep(&mut Vec::new())));
    }
}

#[test]
fn a_child_that_misbehaves_costs_one_file() {
    assert_eq!(failure(&worker("abort")).to_string(), "the decoder crashed (signal 6)");
    assert_eq!(failure(&worker("quiet")).to_string(), "the decoder crashed (exit status 0)");
    for behaviour in ["garbage", "huge", "half"] {
        assert!(matches!(failure(&worker(behaviour)), Error::WorkerDied { .. }), "{behaviour}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_eats_memory_is_stopped_by_its_limit() {
    let error = failure(&worker("eat"));
    assert_eq!(error, Error::OutOfMemory { limit_bytes: Limits::default().memory_bytes });
}

#[test]
fn a_child_that_says_nothing_is_ended() {
    let mut worker = worker("sleep");
    worker.limits.stall = Duration::from_millis(200);
    let started = Instant::now();
    assert_eq!(failure(&worker), Error::Stalled { waited_s: 0.2 });
    assert!(started.elapsed() < Duration::from_secs(10), "it sleeps for a minute");
}

#[test]
fn time_in_the_sink_is_no_stall() {
    struct Slow(u32);
    impl reprise_audio::Sink for Slow {
        fn tags(&mut self, _: reprise_audio::Tags) {
            std::thread::sleep(Duration::from_millis(3000));
        }
        fn stream(&mut self, _: &reprise_audio::Stream) {}
        fn samples(&mut self, _: &[f32]) -> std::ops::ControlFlow<()> {
            self.0 += 1;
            std::ops::ControlFlow::Continue(())
        }
    }
    let mut worker = worker("serve");
    worker.limits.stall = Duration::from_millis(2500);
    let mut slow = Slow(0);
    worker.decode(&fixture("sweep.mp3"), RATE_HZ, &mut slow).unwrap();
    assert!(slow.0 > 1);
}

#[test]
fn a_sink_that_has_enough_ends_the_child() {
    let mut kept = Kept { stop_after: Some(1), ..Kept::default() };
    assert_eq!(worker("serve").decode(&fixture("sweep.mp3"), RATE_HZ, &mut kept), Err(Error::Stopped));
}

#[test]
fn audio_beyond_the_limit_is_too_long() {
    let mut worker = worker("serve");
    worker.limits.max_duration_s = 1.0;
    assert_eq!(failure(&worker), Error::TooLong { limit_s: 1.0 });
}

#[test]
fn a_program_that_is_not_there_is_no_fault_of_the_file() {
    let mut worker = worker("serve");
    worker.program = "/nonexistent/program".into();
    assert!(matches!(failure(&worker), Error::WorkerStart { .. }));
}

#[cfg(target_os = "linux")]
#[test]
fn no_child_is_left_behind() {
    let children = || {
        let own = std::fs::read_dir("/proc/self/task").unwrap();
        let lists = own
            .map(|task| std::fs::read_to_string(task.unwrap().path().join("children")).unwrap_or_default());
        lists
            .flat_map(|list| list.split_whitespace().map(String::from).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    };
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    assert!(children().contains(&child.id().to_string()), "the list of children works here");
    child.kill().unwrap();
    child.wait().unwrap();
    let zombies = || {
        let state = |id: &String| std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        children().iter().filter(|id| state(id).contains(") Z")).count()
    };
    for behaviour in ["abort", "garbage", "serve"] {
        let _ = worker(behaviour).decode(&fixture("sweep.mp3"), RATE_HZ, &mut Kept::default());
    }
    // Other tests of this program have children; a child that has written everything waits for its slow sink.
    let gone = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        zombies() == 0
    });
    assert!(gone, "every child is waited for");
}

#[cfg(unix)]
#[test]
fn a_child_ends_with_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    let fifo = folder.path().join("input");
    std::fs::write(&fifo, b"").unwrap();
    let mut child = std::process::Command::new(program())
        .args(["serve", "44100", "1000000000", "100"])
        .arg(fixture("sweep.wav"))
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // What remains of a parent after kill -9: closed pipes.
    drop(child.stdin.take());
    drop(child.stdout.take());
    let ended = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        child.try_wait().unwrap().is_some()
    });
    assert!(ended, "the child runs on without a parent");
}

#[cfg(unix)]
#[test]
fn a_name_that_is_not_utf8_reaches_the_child() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"-caf\xe9 \n.mp3"));
    std::fs::copy(fixture("sweep.mp3"), &path).unwrap();
    assert_eq!(worker("serve").payload_hash(&path), payload_hash(&fixture("sweep.mp3")));
}
