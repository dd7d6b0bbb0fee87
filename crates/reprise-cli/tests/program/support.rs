//! What the tests of the program share: a way to run it, and a separate library for each test.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A temporary folder with a place for music and a library.
pub struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command that runs the program with the library of this home.
    pub fn command(&self, arguments: &[&OsStr]) -> Command {
        self.command_on(&self.path("library.db"), arguments)
    }

    /// A command that runs the program with another library.
    pub fn command_on(&self, library: &Path, arguments: &[&OsStr]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reprise"));
        command.arg("--library").arg(library).args(arguments);
        command.env("HOME", self.folder.path()).env_remove("XDG_DATA_HOME");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        self.command(&arguments).output().unwrap()
    }

    /// Runs the program with another library.
    pub fn run_on(&self, library: &Path, arguments: &[&str]) -> Output {
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        self.command_on(library, &arguments).output().unwrap()
    }

    /// Runs the program with `--json`, checks that it succeeds, and returns its output.
    pub fn json(&self, arguments: &[&str]) -> Value {
        self.json_on(&self.path("library.db"), arguments)
    }

    /// Like [`Self::json`], with another library.
    pub fn json_on(&self, library: &Path, arguments: &[&str]) -> Value {
        let output = self.run_on(library, &[&["--json"], arguments].concat());
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "reprise {arguments:?} failed: {complaint}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    pub fn scan(&self, folder: &Path) -> Value {
        self.json(&["scan", folder.to_str().unwrap()])
    }

    /// The messages of all problems, by file name.
    pub fn problems(&self) -> Vec<(String, String)> {
        let problems = self.json(&["problems"]);
        let name = |path: &Value| {
            Path::new(path.as_str().unwrap()).file_name().unwrap().to_string_lossy().into_owned()
        };
        let all = problems["problems"].as_array().unwrap().iter();
        all.map(|p| (name(&p["path"]), p["message"].as_str().unwrap().to_owned())).collect()
    }
}

/// Writes a mono 16-bit WAV at 22,050 Hz: a slow sequence of triads that depends on `seed`, so that no two seeds are
/// versions of each other.
pub fn write_song(path: &Path, seed: u32, seconds: u32) {
    let format = hound::WavSpec {
        channels: 1,
        sample_rate: 22_050,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut wav = hound::WavWriter::create(path, format).unwrap();
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(12_345);
    let mut roots = Vec::new();
    for _ in 0..=seconds / 2 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        roots.push(f64::from(state >> 28) - 3.0);
    }
    for n in 0..seconds * 22_050 {
        let t = f64::from(n) / 22_050.0;
        let root = roots[(t / 2.0) as usize];
        let third = if seed.is_multiple_of(2) { 4.0 } else { 3.0 };
        let voice = |semitones: f64| {
            let phase = std::f64::consts::TAU * 220.0 * (semitones / 12.0).exp2() * t;
            phase.sin() + 0.4 * (2.0 * phase).sin()
        };
        let sample = (voice(root) + voice(root + third) + voice(root + 7.0)) * 0.15 * (1.0 - (t % 2.0) * 0.3);
        wav.write_sample((sample * 30_000.0) as i16).unwrap();
    }
    wav.finalize().unwrap();
}
