//! Where a network runs: on a graphics processor where ONNX Runtime can speak to one, else on the processor.

use std::env;
use std::fmt;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use crate::error::Error;

/// Names the only device to use; without it the graphics processors are tried in order.
const DEVICE_VARIABLE: &str = "REPRISE_DEVICE";

/// A kind of processor that networks run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The computer's own. Always there, and what every other one is checked against.
    Processor,
    /// A graphics processor of NVIDIA's.
    Cuda,
    /// The same by way of programs compiled for it when a network is opened.
    TensorRt,
    /// Windows' way to any graphics processor.
    DirectMl,
    /// Apple's way to its graphics and neural processors.
    CoreMl,
    /// Any graphics processor by Vulkan, Metal or Direct3D.
    WebGpu,
}

impl Device {
    /// All there are.
    const ALL: [Self; 6] =
        [Self::Processor, Self::Cuda, Self::TensorRt, Self::DirectMl, Self::CoreMl, Self::WebGpu];

    /// What is tried unasked, the fastest first. Not TensorRT: DESIGN.md, "Why is TensorRT used only when it is named".
    const TRIED: [Self; 4] = [Self::Cuda, Self::DirectMl, Self::CoreMl, Self::WebGpu];

    /// Its name in `REPRISE_DEVICE` and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Processor => "processor",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
            Self::DirectMl => "directml",
            Self::CoreMl => "coreml",
            Self::WebGpu => "webgpu",
        }
    }

    /// The graphics processors to try by the word of the environment, if it has one.
    pub(crate) fn named() -> Result<Option<Vec<Self>>, Error> {
        let name = env::var_os(DEVICE_VARIABLE).filter(|name| !name.is_empty());
        name.map(|name| Self::only(&name.to_string_lossy())).transpose()
    }

    /// The graphics processors to try unasked: those that the loaded ONNX Runtime was built for. Whether the computer
    /// has one shows when a network is opened there.
    pub(crate) fn offered() -> Vec<Self> {
        Self::TRIED.into_iter().filter(|device| device.is_offered()).collect()
    }

    /// What there is to try when only the device of this name is to be used.
    fn only(name: &str) -> Result<Vec<Self>, Error> {
        let named = Self::ALL.into_iter().find(|device| device.code() == name.to_lowercase());
        match named {
            Some(Self::Processor) => Ok(Vec::new()),
            // Offered or not: when it is not, opening it says so.
            Some(device) => Ok(vec![device]),
            None => {
                Err(Error::UnknownDevice { name: name.into(), known: Self::ALL.map(Self::code).join(", ") })
            }
        }
    }

    /// Whether the loaded ONNX Runtime was built for it.
    fn is_offered(self) -> bool {
        let asked = match self {
            Self::Processor => Ok(true),
            Self::Cuda => ep::CUDA::is_available(),
            Self::TensorRt => ep::TensorRT::is_available(),
            Self::DirectMl => ep::DirectML::is_available(),
            Self::CoreMl => ep::CoreML::is_available(),
            Self::WebGpu => ep::WebGPU::is_available(),
        };
        asked.unwrap_or(false)
    }

    /// The execution providers for it, which say so when they cannot serve. `keeps_memory`: see
    /// [`crate::network::Expected`].
    pub(crate) fn providers(self, keeps_memory: bool) -> Vec<ExecutionProviderDispatch> {
        // Rounded products would give other features than the processor does.
        let cuda = || {
            ep::CUDA::default()
                .with_tf32(false)
                .with_conv_algorithm_search(ep::cuda::ConvAlgorithmSearch::Heuristic)
                .build()
        };
        let graphics = match self {
            Self::Processor => {
                return vec![ep::CPU::default().with_arena_allocator(keeps_memory).build()];
            }
            Self::Cuda => vec![cuda()],
            // What TensorRT does not know stays on the graphics processor.
            Self::TensorRt => vec![ep::TensorRT::default().with_fp16(false).build(), cuda()],
            Self::DirectMl => vec![ep::DirectML::default().build()],
            Self::CoreMl => vec![ep::CoreML::default().with_low_precision_accumulation_on_gpu(false).build()],
            Self::WebGpu => vec![ep::WebGPU::default().build()],
        };
        graphics.into_iter().map(ExecutionProviderDispatch::error_on_failure).collect()
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Processor => "the processor",
            Self::Cuda => "the graphics processor (CUDA)",
            Self::TensorRt => "the graphics processor (TensorRT)",
            Self::DirectMl => "the graphics processor (DirectML)",
            Self::CoreMl => "the graphics processor (Core ML)",
            Self::WebGpu => "the graphics processor (WebGPU)",
        })
    }
}

/// A graphics processor that was not used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedDevice {
    /// Which one.
    pub device: Device,
    /// What kept it from serving, as a clause.
    pub reason: String,
}

impl fmt::Display for UnusedDevice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} was not used: {}", self.device, self.reason)
    }
}

/// Which graphics processors there are to try, and which were tried in vain.
#[derive(Debug, Default)]
pub(crate) struct Graphics {
    pub candidates: Vec<Device>,
    /// The one that gave the processor's results when it was tried.
    pub serves: Option<Device>,
    pub unused: Vec<UnusedDevice>,
}

impl Graphics {
    /// Never tries `device` again.
    pub fn refuse(&mut self, device: Device, reason: String) {
        if self.candidates.contains(&device) {
            self.candidates.retain(|candidate| *candidate != device);
            self.serves = self.serves.filter(|serving| *serving != device);
            self.unused.push(UnusedDevice { device, reason });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_is_named_is_the_only_one_that_is_tried() {
        for device in Device::ALL {
            let expected = if device == Device::Processor { vec![] } else { vec![device] };
            assert_eq!(Device::only(device.code()).unwrap(), expected);
        }
        assert_eq!(Device::only("CUDA").unwrap(), [Device::Cuda]);
    }

    #[test]
    fn a_name_that_is_no_device_is_refused_with_those_that_are() {
        let sentence = Device::only("gpu").unwrap_err().to_string();
        let known = "processor, cuda, tensorrt, directml, coreml, webgpu";
        assert_eq!(sentence, format!("REPRISE_DEVICE is gpu; it can be {known}"));
    }

    #[test]
    fn nothing_that_takes_minutes_to_open_is_tried_unasked() {
        assert!(!Device::TRIED.contains(&Device::TensorRt));
        assert!(!Device::TRIED.contains(&Device::Processor), "it needs no trial");
    }

    #[test]
    fn a_device_is_refused_once_and_the_next_one_is_tried() {
        let candidates = vec![Device::Cuda, Device::WebGpu];
        let mut graphics = Graphics { candidates, serves: Some(Device::Cuda), ..Graphics::default() };
        graphics.refuse(Device::Cuda, "its memory is full".into());
        graphics.refuse(Device::Cuda, "said by a second thread".into());
        assert_eq!((graphics.candidates, graphics.serves), (vec![Device::WebGpu], None));
        let told: Vec<String> = graphics.unused.iter().map(UnusedDevice::to_string).collect();
        assert_eq!(told, ["the graphics processor (CUDA) was not used: its memory is full"]);
    }
}
