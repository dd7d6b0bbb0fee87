//! Where a network runs: on a graphics processor if ONNX Runtime can use one, otherwise on the CPU.

use std::env;
use std::fmt;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

use crate::error::Error;

/// Names the only device to use. Without it the graphics processors are tried in order.
const DEVICE_VARIABLE: &str = "REPRISE_DEVICE";

/// A kind of processor that networks run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The CPU. It is always available, and every other device is checked against it.
    Processor,
    /// A graphics processor by NVIDIA.
    Cuda,
    /// The same, with TensorRT programs that are compiled for it when a network is opened.
    TensorRt,
    /// Any graphics processor on Windows.
    DirectMl,
    /// Apple's graphics and neural processors.
    CoreMl,
    /// Any graphics processor, through Vulkan, Metal or Direct3D.
    WebGpu,
}

impl Device {
    /// All devices.
    const ALL: [Self; 6] =
        [Self::Processor, Self::Cuda, Self::TensorRt, Self::DirectMl, Self::CoreMl, Self::WebGpu];

    /// The devices that are tried by default, the fastest first. Not TensorRT: see DESIGN.md, "Why is TensorRT used
    /// only when it is named".
    const TRIED: [Self; 4] = [Self::Cuda, Self::DirectMl, Self::CoreMl, Self::WebGpu];

    /// Returns its name in `REPRISE_DEVICE` and in JSON.
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

    /// Returns the graphics processors that the environment variable names, if it is set.
    pub(crate) fn named() -> Result<Option<Vec<Self>>, Error> {
        let name = env::var_os(DEVICE_VARIABLE).filter(|name| !name.is_empty());
        name.map(|name| Self::only(&name.to_string_lossy())).transpose()
    }

    /// Returns the graphics processors to try by default: those that the loaded ONNX Runtime was built for. Whether the
    /// computer has one becomes known when a network is opened on it.
    pub(crate) fn offered() -> Vec<Self> {
        Self::TRIED.into_iter().filter(|device| device.is_offered()).collect()
    }

    /// Returns the graphics processors to try if only the device of this name may be used.
    fn only(name: &str) -> Result<Vec<Self>, Error> {
        let named = Self::ALL.into_iter().find(|device| device.code() == name.to_lowercase());
        match named {
            Some(Self::Processor) => Ok(Vec::new()),
            // Whether it is available or not: if not, opening a network on it reports that.
            Some(device) => Ok(vec![device]),
            None => {
                Err(Error::UnknownDevice { name: name.into(), known: Self::ALL.map(Self::code).join(", ") })
            }
        }
    }

    /// Whether the loaded ONNX Runtime was built for this device.
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

    /// Returns the execution providers for this device. They report an error if they cannot serve. `keeps_memory`: see
    /// [`crate::network::Expected`].
    pub(crate) fn providers(self, keeps_memory: bool) -> Vec<ExecutionProviderDispatch> {
        // With rounded products, features would differ from those of the CPU.
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
            // Operations that TensorRT does not support stay on the graphics processor.
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
    /// The device.
    pub device: Device,
    /// The reason, as a clause.
    pub reason: String,
}

impl fmt::Display for UnusedDevice {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} was not used: {}", self.device, self.reason)
    }
}

/// The graphics processors to try, and those that were tried without success.
#[derive(Debug, Default)]
pub(crate) struct Graphics {
    pub candidates: Vec<Device>,
    /// The one whose results matched those of the CPU.
    pub serves: Option<Device>,
    pub unused: Vec<UnusedDevice>,
}

impl Graphics {
    /// Does not try `device` again.
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
