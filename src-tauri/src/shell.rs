//! What the shell holds: the library with its lock, the scanner, the player.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use reprise_library::{Error, Library};
use tauri::AppHandle;
use tauri_specta::Event;

use crate::ipc::error::IpcError;
use crate::ipc::events::LibraryChanged;
use crate::scanner::Scanner;
use crate::sound::Sound;

/// Names a library file in place of the usual one.
const LIBRARY_VARIABLE: &str = "REPRISE_LIBRARY";

/// Said while another program writes to the library.
pub const IN_USE: &str =
    "Another Reprise is at work on this library, so nothing can be added or decided until it ends.";

/// How often changes are looked for; the interface hears of them no more often.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Changes of another program move no number here: while it writes, the interface is told to look this often.
const LOOK_AT_OTHERS_EVERY: Duration = Duration::from_secs(5);

/// The first list comes before the first look for changes, which reads everything that is known.
const FIRST_SCAN_AFTER: Duration = Duration::from_secs(2);

/// The state behind every command.
pub struct Shell {
    place: PathBuf,
    library: RwLock<Result<Arc<Library>, String>>,
    notice: Mutex<Option<String>>,
    pub scanner: Scanner,
    pub sound: Sound,
    is_ending: AtomicBool,
}

impl Shell {
    /// Opens the library: to write, or to read while another program writes.
    pub fn open(app: &AppHandle) -> Result<Self, Error> {
        let place = match std::env::var_os(LIBRARY_VARIABLE) {
            Some(path) => PathBuf::from(path),
            None => reprise_library::default_library()?,
        };
        let (library, notice) = match Library::open(&place) {
            Ok(library) => (Ok(Arc::new(library)), None),
            Err(Error::InUse(_)) => (Library::open_to_read(&place).map(Arc::new), Some(IN_USE.to_owned())),
            Err(error) => (Err(error), None),
        };
        Ok(Self {
            place,
            library: RwLock::new(library.map_err(|error| error.to_string())),
            notice: Mutex::new(notice),
            scanner: Scanner::default(),
            sound: Sound::new(app)?,
            is_ending: AtomicBool::new(false),
        })
    }

    /// Starts what goes on by itself: the scan of known and `named` folders, and the look-out for changes.
    pub fn begin(self: &Arc<Self>, app: &AppHandle, named: Vec<PathBuf>) {
        if !named.is_empty() {
            // A folder that cannot be taken in is not worth a window that does not open.
            let _ = self.add_folders(app, &named);
        }
        let (shell, app) = (self.clone(), app.clone());
        std::thread::spawn(move || shell.look_out(&app));
    }

    /// Takes folders into the library and listens to what is new in all of them.
    pub fn add_folders(&self, app: &AppHandle, folders: &[PathBuf]) -> Result<(), IpcError> {
        let library = self.writable()?;
        for folder in folders {
            library.add_folder(folder)?;
        }
        self.scanner.start(app, false);
        Ok(())
    }

    /// Tells the interface when the library changed, and takes over the lock when it becomes free.
    fn look_out(&self, app: &AppHandle) {
        let revision = || self.library().ok().map(|library| library.revision());
        let (mut told, mut told_at) = (revision(), Instant::now());
        std::thread::sleep(FIRST_SCAN_AFTER);
        if self.writable().is_ok() && !self.scanner.is_working() {
            self.scanner.start(app, false);
        }
        while !self.is_ending.load(Ordering::Relaxed) {
            std::thread::sleep(LOOK_EVERY);
            if self.take_over() {
                told = None;
                self.scanner.start(app, false);
            }
            let revision = revision();
            let is_old = self.notice().is_some() && told_at.elapsed() >= LOOK_AT_OTHERS_EVERY;
            if revision != told || is_old {
                (told, told_at) = (revision, Instant::now());
                // Fails only while the window closes.
                let _ = LibraryChanged { revision: revision.unwrap_or_default() as u32 }.emit(app);
            }
        }
    }

    /// Opens the library to write if another program kept it from that and has ended. True when it did.
    fn take_over(&self) -> bool {
        if self.notice().is_none() {
            return false;
        }
        let Ok(library) = Library::open(&self.place) else { return false };
        *self.library.write().unwrap_or_else(PoisonError::into_inner) = Ok(Arc::new(library));
        *self.notice.lock().unwrap_or_else(PoisonError::into_inner) = None;
        true
    }

    /// The library, to ask.
    pub fn library(&self) -> Result<Arc<Library>, IpcError> {
        let library = self.library.read().unwrap_or_else(PoisonError::into_inner);
        library.clone().map_err(IpcError::failed)
    }

    /// The library, to write to.
    pub fn writable(&self) -> Result<Arc<Library>, IpcError> {
        let library = self.library()?;
        if library.can_write() { Ok(library) } else { Err(IpcError::in_use()) }
    }

    /// A sentence about the library's state, if there is something to say.
    pub fn notice(&self) -> Option<String> {
        self.notice.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends what goes on; what is in flight is heard again the next time.
    pub fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
        self.sound.player.stop();
        self.scanner.stop_and_wait();
        // The process ends without dropping the library.
        self.library().iter().for_each(|library| library.settle());
    }
}
