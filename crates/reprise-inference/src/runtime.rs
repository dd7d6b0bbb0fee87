//! ONNX Runtime itself: its shared library, and the one environment that a process may have.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ort::environment::Environment;

use crate::device::{Device, Graphics, UnusedDevice};
use crate::error::Error;

/// The loaded library. It stays for the life of the process, because ONNX Runtime cannot be unloaded and loaded again.
static LOADED: Mutex<Option<(PathBuf, Runtime)>> = Mutex::new(None);

/// ONNX Runtime, ready to open models. It is cheap to clone; all clones share one environment.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: Environment,
    graphics: Arc<Mutex<Graphics>>,
}

impl Runtime {
    /// Loads the shared library at `library`. If the same file is already loaded, returns that one.
    ///
    /// The devices to try are decided here, once: `REPRISE_DEVICE` names the only one, or `processor`.
    ///
    /// No data is sent to anyone: Microsoft's builds have telemetry switched on, here it is off.
    pub fn load(library: &Path) -> Result<Self, Error> {
        // An absolute path, so that the system's search order does not affect which library is loaded.
        let library = library
            .canonicalize()
            .map_err(|source| Error::Unreadable { path: library.to_owned(), source })?;
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        match &*loaded {
            Some((path, runtime)) if *path == library => Ok(runtime.clone()),
            Some((path, _)) => Err(Error::AnotherLibrary { loaded: path.clone(), requested: library }),
            None => {
                let named = Device::named()?;
                let environment = open(&library)?;
                let candidates = named.unwrap_or_else(Device::offered);
                let graphics = Graphics { candidates, ..Graphics::default() };
                let runtime = Self { environment, graphics: Arc::new(Mutex::new(graphics)) };
                *loaded = Some((library, runtime.clone()));
                Ok(runtime)
            }
        }
    }

    /// Returns the loaded runtime, if there is one.
    pub fn loaded() -> Option<Self> {
        let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.as_ref().map(|(_, runtime)| runtime.clone())
    }

    /// Returns the same runtime with other graphics processors to try. Without any, every network stays on the CPU.
    pub fn offering(&self, candidates: &[Device]) -> Self {
        let graphics = Graphics { candidates: candidates.into(), ..Graphics::default() };
        Self { environment: self.environment.clone(), graphics: Arc::new(Mutex::new(graphics)) }
    }

    /// Returns the graphics processors that were tried without success.
    pub fn unused_devices(&self) -> Vec<UnusedDevice> {
        self.graphics_state().unused.clone()
    }

    /// Returns the device of the networks that benefit from a graphics processor; `None` if one of them must be opened
    /// to find out.
    pub fn device(&self) -> Option<Device> {
        let state = self.graphics_state();
        if state.candidates.is_empty() { Some(Device::Processor) } else { state.serves }
    }

    /// Returns the graphics processor to try next.
    pub(crate) fn graphics(&self) -> Option<Device> {
        self.graphics_state().candidates.first().copied()
    }

    /// Records that a graphics processor gave the same results as the CPU.
    pub(crate) fn found_serving(&self, device: Device) {
        self.graphics_state().serves = Some(device);
    }

    /// Stops using a graphics processor for the life of the process.
    pub(crate) fn refuse(&self, device: Device, reason: String) {
        self.graphics_state().refuse(device, reason);
    }

    fn graphics_state(&self) -> MutexGuard<'_, Graphics> {
        self.graphics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }
}

fn open(library: &Path) -> Result<Environment, Error> {
    ort::init_from(library)
        .map_err(|source| Error::LibraryRefused { path: library.to_owned(), source })?
        .with_name("reprise")
        .with_telemetry(false)
        .build()
        .map_err(Error::runtime("start"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find_runtime_library;

    #[test]
    fn loading_twice_gives_the_same_environment_and_another_library_is_refused() {
        let library = find_runtime_library().unwrap();
        Runtime::load(&library).unwrap();
        Runtime::load(&library).unwrap();
        let other = std::env::current_exe().unwrap();
        assert!(matches!(Runtime::load(&other), Err(Error::AnotherLibrary { .. })));
    }

    #[test]
    fn a_missing_library_is_named() {
        let error = Runtime::load(Path::new("/nowhere/libonnxruntime.so")).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/libonnxruntime.so cannot be read");
    }
}
