//! ONNX Runtime itself: its shared library and the one environment a process may have.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ort::environment::Environment;

use crate::device::{Device, Graphics, UnusedDevice};
use crate::error::Error;

/// What is loaded. It stays for the life of the process: ONNX Runtime cannot be unloaded and taken up again.
static LOADED: Mutex<Option<(PathBuf, Runtime)>> = Mutex::new(None);

/// ONNX Runtime, ready to open models. Cheap to clone; every clone is the same one.
#[derive(Clone, Debug)]
pub struct Runtime {
    environment: Environment,
    graphics: Arc<Mutex<Graphics>>,
}

impl Runtime {
    /// Loads the shared library at `library`, or gives the one that is loaded when it is the same file.
    ///
    /// Which devices are tried is decided here, once: `REPRISE_DEVICE` names the only one, or `processor`.
    ///
    /// Nothing is reported to anyone: Microsoft's builds have telemetry switched on, here it is off.
    pub fn load(library: &Path) -> Result<Self, Error> {
        // An absolute path, so that the system's search order has no say in which library it is.
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

    /// The one that is loaded, if one is.
    pub fn loaded() -> Option<Self> {
        let loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.as_ref().map(|(_, runtime)| runtime.clone())
    }

    /// The same, with other graphics processors to try; none keeps every network on the processor.
    pub fn offering(&self, candidates: &[Device]) -> Self {
        let graphics = Graphics { candidates: candidates.into(), ..Graphics::default() };
        Self { environment: self.environment.clone(), graphics: Arc::new(Mutex::new(graphics)) }
    }

    /// The graphics processors that were tried in vain.
    pub fn unused_devices(&self) -> Vec<UnusedDevice> {
        self.graphics_state().unused.clone()
    }

    /// Where networks that gain by it run; none while one of them must be opened to know.
    pub fn device(&self) -> Option<Device> {
        let state = self.graphics_state();
        if state.candidates.is_empty() { Some(Device::Processor) } else { state.serves }
    }

    /// The graphics processor to try next.
    pub(crate) fn graphics(&self) -> Option<Device> {
        self.graphics_state().candidates.first().copied()
    }

    /// Takes down that a graphics processor gave the processor's results.
    pub(crate) fn found_serving(&self, device: Device) {
        self.graphics_state().serves = Some(device);
    }

    /// Gives up a graphics processor for as long as the process lives.
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
