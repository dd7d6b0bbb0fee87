//! A room with simulated loudspeakers: the test is the device that requests frames.

#![allow(clippy::unwrap_used, reason = "a test that unwraps fails with the place and the reason")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use reprise_audio::Excerpt;
use reprise_audio::worker::{Limits, Worker};
use reprise_playback::output::{Fill, Lost, Output, Stream};
use reprise_playback::{Player, State};

pub const RATE_HZ: u32 = 48_000;

pub type Frame = [f32; 2];

/// How many frames the device requests at a time: 10 ms.
const PERIOD: usize = RATE_HZ as usize / 100;

#[derive(Default)]
struct Loudspeakers {
    open: Option<(Fill, Lost)>,
    is_unplugged: bool,
    n_opened: usize,
}

#[derive(Default)]
struct Reports {
    all: Mutex<Vec<State>>,
    more: Condvar,
}

/// What the player plays to and reports to.
pub struct Room {
    pub folder: tempfile::TempDir,
    loudspeakers: Arc<Mutex<Loudspeakers>>,
    reports: Arc<Reports>,
    tape: Mutex<Vec<Frame>>,
}

impl Room {
    pub fn with_player() -> (Self, Player) {
        let (loudspeakers, reports) = (Arc::default(), Arc::<Reports>::default());
        let output = Pretended(Arc::clone(&loudspeakers));
        let told = Arc::clone(&reports);
        let player = Player::with_output(worker(), output, move |state| {
            told.all.lock().unwrap().push(state.clone());
            told.more.notify_all();
        });
        let (folder, tape) = (tempfile::tempdir().unwrap(), Mutex::default());
        (Self { folder, loudspeakers, reports, tape }, player)
    }

    /// Plays for some seconds, about three times as fast as a device. It yields silence while no device is open.
    pub fn pull_s(&self, seconds: f64) -> Vec<Frame> {
        let mut pulled = Vec::new();
        while pulled.len() < (seconds * f64::from(RATE_HZ)) as usize {
            pulled.extend(self.pull());
            std::thread::sleep(Duration::from_millis(3));
        }
        pulled
    }

    fn pull(&self) -> Vec<Frame> {
        let mut samples = [0.0; 2 * PERIOD];
        if let Some((fill, _)) = &mut self.open().open {
            fill(&mut samples);
        }
        let frames = samples.as_chunks::<2>().0.to_vec();
        self.tape.lock().unwrap().extend_from_slice(&frames);
        frames
    }

    /// All frames pulled so far.
    pub fn tape(&self) -> Vec<Frame> {
        self.tape.lock().unwrap().clone()
    }

    /// Continues to play until a report fulfils the condition.
    pub fn wait_for(&self, is_wished: impl Fn(&State) -> bool) -> State {
        for _ in 0..1000 {
            self.pull();
            let all = self.reports.all.lock().unwrap();
            let (all, _) = self.reports.more.wait_timeout(all, Duration::from_millis(10)).unwrap();
            if let Some(last) = all.last().filter(|last| is_wished(last)) {
                return last.clone();
            }
        }
        panic!("never told; the last were {:?}", self.reports().iter().rev().take(3).collect::<Vec<_>>());
    }

    pub fn reports(&self) -> Vec<State> {
        self.reports.all.lock().unwrap().clone()
    }

    pub fn unplug(&self) {
        self.open().is_unplugged = true;
    }

    pub fn plug_in(&self) {
        self.open().is_unplugged = false;
    }

    /// What a system does when the device is unplugged.
    pub fn lose(&self) {
        let (_, lost) = &mut self.open().open.take().unwrap();
        lost();
    }

    pub fn n_opened(&self) -> usize {
        self.open().n_opened
    }

    pub fn is_closed(&self) -> bool {
        self.open().open.is_none()
    }

    fn open(&self) -> MutexGuard<'_, Loudspeakers> {
        self.loudspeakers.lock().unwrap()
    }
}

struct Pretended(Arc<Mutex<Loudspeakers>>);

impl Output for Pretended {
    fn open(&mut self, connect: &mut dyn FnMut(u32) -> Fill, lost: Lost) -> Result<Box<dyn Stream>, String> {
        let mut loudspeakers = self.0.lock().unwrap();
        if loudspeakers.is_unplugged {
            return Err("There is nothing to hear with.".into());
        }
        loudspeakers.n_opened += 1;
        loudspeakers.open = Some((connect(RATE_HZ), lost));
        Ok(Box::new(Opened(Arc::clone(&self.0), loudspeakers.n_opened)))
    }
}

/// The simulated stream; it recognises whether another one was opened since.
struct Opened(Arc<Mutex<Loudspeakers>>, usize);

impl Stream for Opened {}

impl Drop for Opened {
    fn drop(&mut self) {
        let mut loudspeakers = self.0.lock().unwrap();
        if loudspeakers.n_opened == self.1 {
            loudspeakers.open = None;
        }
    }
}

/// Cargo puts examples into a folder next to that of the tests.
pub fn worker() -> Worker {
    let test = std::env::current_exe().unwrap();
    let program = test.ancestors().nth(2).unwrap().join("examples/play");
    let program = program.with_extension(std::env::consts::EXE_EXTENSION);
    Worker { program, args: vec!["serve".into()], limits: Limits::default() }
}

/// The frames that a worker decodes from a file for listening.
pub fn heard(path: &Path, from_s: f64) -> Vec<Frame> {
    let mut frames = Vec::new();
    let excerpt = Excerpt { rate_hz: RATE_HZ, from_s };
    let outcome = worker().stream_stereo(path, excerpt, &mut |samples| {
        frames.extend_from_slice(samples.as_chunks::<2>().0);
        ControlFlow::Continue(())
    });
    outcome.unwrap();
    frames
}

/// Writes a tone whose level indicates the time: each second is a little louder.
pub fn song(folder: &tempfile::TempDir, name: &str, seconds: u32, tone_hz: f64) -> PathBuf {
    let path = folder.path().join(name);
    let (bits_per_sample, sample_format) = (32, hound::SampleFormat::Float);
    let spec = hound::WavSpec { channels: 2, sample_rate: RATE_HZ, bits_per_sample, sample_format };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for n in 0..seconds * RATE_HZ {
        let t_s = f64::from(n) / f64::from(RATE_HZ);
        let loudness = 0.3 + 0.2 * t_s / f64::from(seconds);
        // The tone does not begin at zero, which could not be distinguished from silence.
        let sample = (loudness * (std::f64::consts::TAU * tone_hz * t_s).cos()) as f32;
        writer.write_sample(sample).unwrap();
        writer.write_sample(-0.5 * sample).unwrap();
    }
    writer.finalize().unwrap();
    path
}

/// How many processes of this machine have this word in their command line.
#[cfg(target_os = "linux")]
pub fn processes_with(word: &str) -> usize {
    let processes = std::fs::read_dir("/proc").unwrap();
    let lines = processes.filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok());
    lines.filter(|line| String::from_utf8_lossy(line).contains(word)).count()
}
