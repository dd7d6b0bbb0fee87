//! The control thread executes one command after another and reports the state.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use reprise_audio::worker::Worker;
use reprise_audio::{Error, Excerpt};

use crate::State;
use crate::command::Command;
use crate::mixer::{Desk, Mixer, Order};
use crate::output::{Lost, Output, Stream};
use crate::voice::{Progress, Reading, Voice};

/// How often the position is checked.
const TICK: Duration = Duration::from_millis(100);

/// How long a silent device stays open. After that a paused voice is restarted when needed.
const IDLE: Duration = Duration::from_secs(10);

/// A device that is lost sooner than this after it was opened is not reopened automatically.
const SHORTEST_LIFE: Duration = Duration::from_secs(2);

const LOST: &str = "The audio device stopped working. Check that it is plugged in and press play again.";

/// The state of the control thread.
pub(crate) struct Control {
    worker: Worker,
    output: Box<dyn Output>,
    report: Box<dyn Fn(&State) + Send>,
    events: Sender<Command>,
    device: Option<Device>,
    playing: Option<Playing>,
    state: State,
    reported: State,
    volume: f32,
    /// How many devices were opened and voices started, to recognise outdated events.
    n_begun: u64,
    silent_since: Instant,
}

/// An open device. The stream is closed before the desk that its mixer reads from.
struct Device {
    _stream: Box<dyn Stream>,
    desk: Desk,
    rate_hz: u32,
    number: u64,
    opened: Instant,
}

/// The voice that is playing or about to play.
struct Playing {
    progress: Arc<Progress>,
    from_s: f64,
    number: u64,
}

impl Control {
    pub fn new(
        worker: Worker,
        output: Box<dyn Output>,
        report: Box<dyn Fn(&State) + Send>,
        events: Sender<Command>,
    ) -> Self {
        Self {
            worker,
            output,
            report,
            events,
            device: None,
            playing: None,
            state: State::default(),
            reported: State::default(),
            volume: 1.0,
            n_begun: 0,
            silent_since: Instant::now(),
        }
    }

    /// Executes commands until the player is dropped.
    pub fn run(mut self, commands: &Receiver<Command>) {
        let mut waiting = None;
        loop {
            let command = match waiting.take() {
                Some(command) => Some(command),
                None => match self.wait(commands) {
                    Ok(command) => Some(command),
                    Err(RecvTimeoutError::Timeout) => None,
                    Err(RecvTimeoutError::Disconnected) => return,
                },
            };
            match command {
                Some(Command::Quit) => return,
                // Dragging a slider sends many seeks. Only the last one counts.
                Some(Command::Seek(to_s)) => {
                    waiting = commands.try_recv().ok();
                    if !matches!(waiting, Some(Command::Seek(_))) {
                        self.seek(to_s);
                    }
                }
                Some(command) => self.obey(command),
                None => {}
            }
            self.look();
        }
    }

    /// While no device is open, nothing changes without a command.
    fn wait(&self, commands: &Receiver<Command>) -> Result<Command, RecvTimeoutError> {
        match self.device {
            Some(_) => commands.recv_timeout(TICK),
            None => commands.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Play(path, from_s) => self.begin(path, from_s),
            Command::Pause => {
                self.state.is_playing = false;
                self.order(Order::Pause);
            }
            Command::Resume => self.resume(),
            Command::Seek(to_s) => self.seek(to_s),
            Command::Stop => {
                self.state = State::default();
                self.dismiss();
            }
            Command::Volume(volume) => {
                self.volume = if volume.is_nan() { self.volume } else { volume.clamp(0.0, 1.0) };
                self.device.iter().for_each(|device| device.desk.set_volume(self.volume));
            }
            Command::Lost(number) => {
                if self.device.as_ref().is_some_and(|device| device.number == number) {
                    self.lose_device();
                }
            }
            Command::Failed(number, error) => {
                if self.playing.as_ref().is_some_and(|playing| playing.number == number) {
                    self.fail(&error);
                }
            }
            Command::Quit => {}
        }
    }

    /// Starts a track in place of the current one.
    fn begin(&mut self, path: PathBuf, from_s: f64) {
        self.playing.take().iter().for_each(|playing| playing.progress.dismiss());
        let from_s = if from_s.is_finite() { from_s.max(0.0) } else { 0.0 };
        let outcome = self.open().and_then(|()| self.voice(&path, from_s));
        self.state = State { path: Some(path), position_s: from_s, is_playing: true, problem: None };
        match outcome {
            Ok(voice) => {
                self.order(Order::Swap(voice));
                self.order(Order::Resume);
            }
            Err(problem) => self.stay_silent(problem),
        }
    }

    fn resume(&mut self) {
        let Some(path) = self.state.path.clone().filter(|_| !self.state.is_playing) else { return };
        match &self.playing {
            Some(playing) if playing.progress.is_over() => self.begin(path, 0.0),
            Some(_) => {
                self.state.is_playing = true;
                self.order(Order::Resume);
            }
            None => self.begin(path, self.state.position_s),
        }
    }

    fn seek(&mut self, to_s: f64) {
        let Some(path) = self.state.path.clone() else { return };
        if self.state.is_playing {
            return self.begin(path, to_s);
        }
        self.dismiss();
        self.state.position_s = if to_s.is_finite() { to_s.max(0.0) } else { 0.0 };
    }

    /// Fades out the current voice and ends its decoder.
    fn dismiss(&mut self) {
        self.playing.take().iter().for_each(|playing| playing.progress.dismiss());
        self.order(Order::Hush);
    }

    /// Opens the device if none is open.
    fn open(&mut self) -> Result<(), String> {
        if self.device.is_some() {
            return Ok(());
        }
        self.n_begun += 1;
        let (number, volume, mut made) = (self.n_begun, self.volume, None);
        let events = self.events.clone();
        let lost: Lost = Box::new(move || drop(events.send(Command::Lost(number))));
        let stream = self.output.open(
            &mut |rate_hz| {
                let (mut mixer, desk) = Mixer::new(rate_hz, volume);
                made = Some((desk, rate_hz));
                Box::new(move |samples| mixer.fill(samples))
            },
            lost,
        )?;
        let (desk, rate_hz) = made.ok_or(LOST)?;
        self.device = Some(Device { _stream: stream, desk, rate_hz, number, opened: Instant::now() });
        Ok(())
    }

    /// Starts a decoder.
    fn voice(&mut self, path: &Path, from_s: f64) -> Result<Voice, String> {
        let rate_hz = self.device.as_ref().ok_or(LOST)?.rate_hz;
        self.n_begun += 1;
        let (number, events) = (self.n_begun, self.events.clone());
        let (voice, ring) = Voice::new(rate_hz);
        let (worker, progress) = (self.worker.clone(), voice.progress.clone());
        let excerpt = Excerpt { rate_hz, from_s };
        let reading = Reading { worker, path: path.into(), excerpt, ring, progress: progress.clone() };
        let failed = move |error| drop(events.send(Command::Failed(number, error)));
        reading.start(failed).map_err(|error| format!("{} cannot be played: {error}.", name_of(path)))?;
        self.playing = Some(Playing { progress, from_s, number });
        Ok(voice)
    }

    fn order(&mut self, order: Order) {
        let Some(device) = &mut self.device else { return };
        device.desk.clear();
        if !device.desk.order(order) {
            self.lose_device();
        }
    }

    /// When headphones are unplugged, their device is lost but another one exists, and the track continues on that one.
    fn lose_device(&mut self) {
        let Some(device) = self.device.take() else { return };
        self.playing.take().iter().for_each(|playing| playing.progress.dismiss());
        let Some(path) = self.state.path.clone().filter(|_| self.state.is_playing) else { return };
        if device.opened.elapsed() < SHORTEST_LIFE {
            return self.stay_silent(LOST.into());
        }
        drop(device);
        self.begin(path, self.state.position_s);
    }

    /// If a file breaks off, the part that was decoded is played to its end.
    fn fail(&mut self, error: &Error) {
        let name = self.state.path.as_deref().map(name_of).unwrap_or_default();
        if self.playing.as_ref().is_some_and(|playing| playing.progress.has_sound()) {
            self.state.problem = Some(format!("{name} breaks off: {error}."));
        } else {
            self.stay_silent(format!("{name} cannot be played: {error}."));
        }
    }

    fn stay_silent(&mut self, problem: String) {
        self.state.is_playing = false;
        self.state.problem = Some(problem);
        self.dismiss();
    }

    /// Updates the position, and reports the state if it has changed.
    fn look(&mut self) {
        let now = Instant::now();
        if let Some(device) = &mut self.device {
            device.desk.clear();
            if let Some(playing) = &self.playing {
                self.state.position_s = playing.from_s + playing.progress.played_s(device.rate_hz);
                self.state.is_playing &= !playing.progress.is_over();
            }
            if self.state.is_playing {
                self.silent_since = now;
            } else if now - self.silent_since > IDLE {
                self.device = None;
                self.let_go();
            }
        }
        if self.state != self.reported {
            self.reported = self.state.clone();
            (self.report)(&self.state);
        }
    }

    /// Ends the decoder of a voice whose device is closed. A voice that had ended will start from the beginning.
    fn let_go(&mut self) {
        let Some(playing) = self.playing.take_if(|playing| !playing.progress.is_over()) else { return };
        playing.progress.dismiss();
    }
}

/// The file name, which is the part of the path that the user knows.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}
