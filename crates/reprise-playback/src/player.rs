//! The public interface of this crate: calls that return at once.

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
    /// A player for the system's loudspeakers, which are opened at the first play. `worker` decodes the tracks.
    ///
    /// `report` receives the state after each change, and about ten times a second while a track plays. It is called on
    /// a thread of the player, which does nothing else meanwhile.
    pub fn new(worker: Worker, report: impl Fn(&State) + Send + 'static) -> Self {
        Self::with_output(worker, Speakers, report)
    }

    /// Like [`Self::new`], with other loudspeakers.
    pub fn with_output(
        worker: Worker,
        output: impl Output + 'static,
        report: impl Fn(&State) + Send + 'static,
    ) -> Self {
        let (commands, received) = channel();
        let events = commands.clone();
        let run = move || Control::new(worker, Box::new(output), Box::new(report), events).run(&received);
        // If the system has no thread left, nothing can be played, and commands have no effect.
        let control = std::thread::Builder::new().name("playback".into()).spawn(run).ok();
        Self { commands, control }
    }

    /// Plays a track from this second on, in place of the current one.
    pub fn play(&self, path: &Path, from_s: f64) {
        self.send(Command::Play(path.to_path_buf(), from_s));
    }

    /// Stops the sound and keeps the position.
    pub fn pause(&self) {
        self.send(Command::Pause);
    }

    /// Continues where a pause, a seek or a lost device stopped. A track that had ended starts from the beginning.
    pub fn resume(&self) {
        self.send(Command::Resume);
    }

    /// Continues at another second of the same track. During a pause, the next resume starts there.
    pub fn seek(&self, to_s: f64) {
        self.send(Command::Seek(to_s));
    }

    /// Stops the sound and unloads the track.
    pub fn stop(&self) {
        self.send(Command::Stop);
    }

    /// Multiplies the samples by a factor from 0 to 1. The position of a slider should be squared first, because
    /// loudness is not proportional to amplitude.
    pub fn set_volume(&self, volume: f32) {
        self.send(Command::Volume(volume));
    }

    /// Sends a command. Fails only if there is no control thread.
    fn send(&self, command: Command) {
        let _ = self.commands.send(command);
    }
}

impl Drop for Player {
    /// Closes the device and waits for that, so that `report` is not called any more. `report` must not wait for the
    /// thread that drops the player. If `report` itself drops the player, there is no wait.
    fn drop(&mut self) {
        self.send(Command::Quit);
        if let Some(control) = self.control.take()
            && control.thread().id() != std::thread::current().id()
        {
            let _ = control.join();
        }
    }
}
