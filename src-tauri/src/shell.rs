//! The state of the shell: the library, the scanner, the cleaner and the player.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use reprise_library::Error;
use tauri::AppHandle;
use tauri_specta::Event;

use crate::cleaner::Cleaner;
use crate::ipc::error::IpcError;
use crate::ipc::events::{CleanUpWentOn, LibraryChanged, ScanChanged};
use crate::open_library::OpenLibrary;
use crate::scanner::Scanner;
use crate::sound::Sound;

/// How often the library is checked for changes, and the shortest time between two events about them.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Changes by another program do not change the revision. While it writes, the interface must reload this often.
const LOOK_AT_OTHERS_EVERY: Duration = Duration::from_secs(5);

/// The first list has priority over the first scan, which reads everything that is known.
const FIRST_SCAN_AFTER: Duration = Duration::from_secs(2);

/// The state behind every command.
pub struct Shell {
    pub library: Arc<OpenLibrary>,
    pub scanner: Arc<Scanner>,
    pub cleaner: Cleaner,
    pub sound: Sound,
    is_ending: AtomicBool,
}

impl Shell {
    /// Opens the library without starting any work.
    pub fn open(app: &AppHandle) -> Result<Self, Error> {
        let library = Arc::new(OpenLibrary::open()?);
        let (told, sound) = (app.clone(), Sound::new(app)?);
        // Fails only while the window closes.
        let scanner = Scanner::new(library.clone(), move |scan| drop(ScanChanged(scan).emit(&told)));
        let (scanner, told) = (Arc::new(scanner), app.clone());
        let report = move |progress| drop(CleanUpWentOn(progress).emit(&told));
        let cleaner = Cleaner::new(library.clone(), scanner.clone(), report);
        Ok(Self { library, scanner, cleaner, sound, is_ending: AtomicBool::new(false) })
    }

    /// Starts the background work: the scan of known and `named` folders, and the check for changes.
    pub fn begin(self: &Arc<Self>, app: &AppHandle, named: Vec<PathBuf>) {
        if !named.is_empty() {
            // A folder that cannot be added must not prevent the window from opening.
            let _ = self.add_folders(&named);
        }
        let (shell, app) = (self.clone(), app.clone());
        std::thread::spawn(move || shell.look_out(&app));
    }

    /// Adds folders to the library and scans all folders.
    pub fn add_folders(&self, folders: &[PathBuf]) -> Result<(), IpcError> {
        let library = self.library.to_write()?;
        folders.iter().try_for_each(|folder| library.add_folder(folder).map(drop))?;
        self.scanner.start(false);
        Ok(())
    }

    /// Informs the interface when the library changes, and takes over the lock when it becomes free.
    fn look_out(&self, app: &AppHandle) {
        let revision = || self.library.to_read().ok().map(|library| library.revision());
        let (mut told, mut told_at) = (revision(), Instant::now());
        std::thread::sleep(FIRST_SCAN_AFTER);
        if self.library.to_write().is_ok() && !self.scanner.is_working() {
            self.scanner.start(false);
        }
        while !self.is_ending.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK_EVERY);
            if self.library.take_over() {
                told = None;
                self.scanner.start(false);
            }
            let revision = revision();
            let is_old = self.library.notice().is_some() && told_at.elapsed() >= LOOK_AT_OTHERS_EVERY;
            if revision != told || is_old {
                (told, told_at) = (revision, Instant::now());
                // Fails only while the window closes.
                let _ = LibraryChanged { revision: revision.unwrap_or_default() as u32 }.emit(app);
            }
        }
    }

    /// Ends all work. Files in progress are analysed again the next time.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
        self.sound.player.stop();
        self.cleaner.stop_and_wait();
        self.scanner.stop_and_wait();
        // The process ends without dropping the library.
        self.library.to_read().iter().for_each(|library| library.settle());
    }
}
