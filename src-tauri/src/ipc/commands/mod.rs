//! What the interface may ask. Each command is a line or two: it finds the library, asks it off the main thread, and
//! turns the answer into something that can cross the border.

pub mod clean_up;
pub mod folders;
pub mod library;
pub mod models;
pub mod playback;
pub mod review;
pub mod scan;
pub mod versions;
pub mod words;

use std::sync::Arc;

use reprise_library::Library;

use super::error::IpcError;
use crate::shell::Shell;

/// The shell as commands get it.
pub type TheShell<'a> = tauri::State<'a, Arc<Shell>>;

/// What a command answers.
pub type Answer<T> = Result<T, IpcError>;

/// Asks the library on a thread that may block.
async fn ask<T: Send + 'static>(
    shell: &TheShell<'_>,
    question: impl FnOnce(&Library) -> Result<T, reprise_library::Error> + Send + 'static,
) -> Answer<T> {
    let library = shell.library.to_read()?;
    blocking(move || question(&library).map_err(IpcError::from)).await
}

/// Does what writes, or waits, on a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Answer<T> + Send + 'static) -> Answer<T> {
    let joined = tauri::async_runtime::spawn_blocking(work).await;
    joined.unwrap_or_else(|_| Err(IpcError::failed("That failed in an unforeseen way.".into())))
}
