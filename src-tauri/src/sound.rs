//! The player for the window, which identifies tracks by id and not by path.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use reprise_playback::{Player, State};
use tauri::AppHandle;
use tauri_specta::Event;

use crate::ipc::dto::{Id, Playback};
use crate::ipc::events::PlaybackChanged;

/// The track that was requested last, and its file.
type Loaded = Arc<Mutex<Option<(Id, PathBuf)>>>;

/// Plays tracks, and informs the interface about their positions.
pub struct Sound {
    pub player: Player,
    loaded: Loaded,
}

impl Sound {
    /// A player that is silent at first. The sound card is opened when something is played.
    pub fn new(app: &AppHandle) -> Result<Self, reprise_library::Error> {
        let loaded = Loaded::default();
        let (known, app) = (loaded.clone(), app.clone());
        let report = move |state: &State| {
            // Fails only while the window closes.
            let _ = PlaybackChanged(playback(state, &known)).emit(&app);
        };
        Ok(Self { player: Player::new(reprise_library::decode_worker()?, report), loaded })
    }

    /// Plays the file of a track from second `from_s` on.
    pub fn play(&self, track: Id, path: PathBuf, from_s: f64) {
        *self.loaded.lock().unwrap_or_else(PoisonError::into_inner) = Some((track, path.clone()));
        self.player.play(&path, from_s);
    }
}

fn playback(state: &State, loaded: &Loaded) -> Playback {
    let loaded = loaded.lock().unwrap_or_else(PoisonError::into_inner);
    let track =
        loaded.as_ref().filter(|(_, path)| state.path.as_ref() == Some(path)).map(|(track, _)| *track);
    Playback {
        track,
        position_s: state.position_s,
        is_playing: state.is_playing,
        problem: state.problem.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_about_the_track_whose_file_it_names() {
        let loaded = Loaded::default();
        *loaded.lock().unwrap() = Some((7, PathBuf::from("/music/b.flac")));
        let state = |path: &str| State { path: Some(path.into()), position_s: 3.0, ..State::default() };
        assert_eq!(playback(&state("/music/b.flac"), &loaded).track, Some(7));
        assert_eq!(playback(&state("/music/a.flac"), &loaded).track, None, "the old one still fades out");
    }
}
