//! Holds the scanner while something else moves files.

use std::sync::{Arc, PoisonError};

use super::{LONGEST_END, Pass, Scanner};

/// While it lives, no job of the scanner runs.
pub struct Hold(Arc<Scanner>);

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl Scanner {
    /// Stops the job, and starts none until the hold is dropped; then what was going on goes on, paused if it was. `None` if
    /// the job does not end within some seconds.
    pub fn hold(self: &Arc<Self>) -> Option<Hold> {
        let mut state = self.state();
        state.is_held = true;
        // From here on, dropping it lets jobs start again.
        let hold = Hold(self.clone());
        if let Some(control) = state.control.clone().filter(|control| !control.is_stopped()) {
            control.stop();
            (state.again, state.was_paused) = (true, state.scan.is_paused);
        }
        let waited = self.ended.wait_timeout_while(state, LONGEST_END, |state| state.control.is_some());
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let has_ended = state.control.is_none();
        drop(state);
        has_ended.then_some(hold)
    }

    fn release(self: &Arc<Self>) {
        let mut state = self.state();
        state.is_held = false;
        if state.control.is_none() && std::mem::take(&mut state.again) {
            let was_paused = std::mem::take(&mut state.was_paused);
            self.begin(state, Pass::Scan);
            if was_paused {
                self.pause(true);
            }
        }
    }
}
