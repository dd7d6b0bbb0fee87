//! The face of this crate: calls that return at once.

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use reprise_audio::worker::Worker;

use crate::State;
use crate::command::Command;
use crate::control::Control;
use crate::output::Output;
use crate::speakers::Speakers;

/// Plays one track at a time.
pub struct Player {
    commands: Sender<Command>,
    control: Option<JoinHandle<()>>,
}

impl Player {
    /// A player for the system's loudspeakers, which are opened with the first play. Tracks are decoded by
    /// `worker`.
    ///
    /// `report` gets the state after each change, and about ten times a second while a track plays; it is called
    /// on a thread of the player, which does nothing else meanwhile.
    pub fn new(worker: Worker, report: impl Fn(&State) + Send + 'static) -> Self {
        Self::with_output(worker, Speakers, report)
    }

    /// As [`Self::new`], with other loudspeakers.
    pub fn with_output(
        worker: Worker,
        output: impl Output + 'static,
        report: impl Fn(&State) + Send + 'static,
    ) -> Self {
        let (commands, received) = channel();
        let events = commands.clone();
        let run = move || Control::new(worker, Box::new(output), Box::new(report), events).run(&received);
        // A system that has no thread left has nothing to play either: commands then go nowhere.
        let control = std::thread::Builder::new().name("playback".into()).spawn(run).ok();
        Self { commands, control }
    }

    /// Plays a track from a second on, in place of what plays now.
    pub fn play(&self, path: &Path, from_s: f64) {
        self.send(Command::Play(path.to_path_buf(), from_s));
    }

    /// Falls silent and keeps the place.
    pub fn pause(&self) {
        self.send(Command::Pause);
    }

    /// Goes on where a pause, a seek or a lost device left it; from the beginning where the track had ended.
    pub fn resume(&self) {
        self.send(Command::Resume);
    }

    /// Goes on from another second of the same track, or will with the next resume.
    pub fn seek(&self, to_s: f64) {
        self.send(Command::Seek(to_s));
    }

    /// Falls silent and forgets the track.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// Scales the samples, 0 to 1. A slider's place should be squared first: loudness is not amplitude.
    pub fn set_volume(&self, volume: f32) {
        self.send(Command::Volume(volume));
    }

    /// Fails only where there is no control thread.
    fn send(&self, command: Command) {
        let _ = self.commands.send(command);
    }
}

impl Drop for Player {
    /// Closes the device and waits for that, so that `report` is not called any more; it must not wait for the
    /// one who drops. Dropped by `report` itself, it does not wait.
    fn drop(&mut self) {
        self.send(Command::Quit);
        if let Some(control) = self.control.take()
            && control.thread().id() != std::thread::current().id()
        {
            let _ = control.join();
        }
    }
}
