//! The device that the networks run on, for display to the user.

use reprise_analysis::Tools;
use reprise_inference::{Device, Embedder, Runtime, UnusedDevice};

use crate::error::Error;

/// The device that runs the networks which benefit from a graphics processor, and the devices that were not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// The device in use.
    pub in_use: Device,
    /// Graphics processors that failed, each with the reason, in the order in which the failures were found.
    pub unused: Vec<UnusedDevice>,
}

impl Devices {
    /// Determines the devices. Loads ONNX Runtime. If a graphics processor is available and nothing ran on it yet,
    /// opens a network there, which takes some seconds: do not call this from a thread that draws.
    pub fn find() -> Result<Self, Error> {
        let tools = Tools::find()?;
        let in_use = match tools.runtime().device() {
            Some(device) => device,
            None => {
                let shipped = tools.models().join(Embedder::Harmony.folder());
                tools.asimt(&shipped, Embedder::Harmony)?.device()
            }
        };
        Ok(Self { in_use, unused: tools.runtime().unused_devices() })
    }

    /// What this process knows so far; `None` until a network ran that benefits from a graphics processor.
    pub fn so_far() -> Option<Self> {
        let runtime = Runtime::loaded()?;
        Some(Self { in_use: runtime.device()?, unused: runtime.unused_devices() })
    }

    /// One sentence for each device.
    pub fn sentences(&self) -> Vec<String> {
        let unused = self.unused.iter().map(|one| format!("Not on {}: {}.", one.device, one.reason));
        std::iter::once(format!("Large networks run on {}.", self.in_use)).chain(unused).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_out_stays_known() {
        let found = Devices::find().unwrap();
        assert_eq!(Devices::so_far(), Some(found));
    }

    #[test]
    fn the_device_in_use_comes_first_then_what_kept_others_from_it() {
        let reason = "its memory is full".into();
        let unused = vec![UnusedDevice { device: Device::Cuda, reason }];
        let devices = Devices { in_use: Device::Processor, unused };
        let second = "Not on the graphics processor (CUDA): its memory is full.";
        assert_eq!(devices.sentences(), ["Large networks run on the processor.", second]);
    }
}
