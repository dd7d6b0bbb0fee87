//! Where a network runs: on a graphics processor where ONNX Runtime can speak to one, else on the processor.

use std::fmt;

use ort::ep::{self, ExecutionProvider, ExecutionProviderDispatch};

/// A kind of processor that networks run on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The computer's own. Always there, and what every other one is checked against.
    Processor,
    /// A graphics processor of NVIDIA's.
    Cuda,
    /// Windows' way to any graphics processor.
    DirectMl,
    /// Apple's way to its graphics and neural processors.
    CoreMl,
    /// Any graphics processor by Vulkan, Metal or Direct3D.
    WebGpu,
}

impl Device {
    /// The graphics processors that the loaded ONNX Runtime was built for, what is fastest first. Whether the computer has
    /// one shows when a network is opened there.
    pub(crate) fn offered() -> Vec<Self> {
        let is_offered = |device: &Self| {
            match device {
                Self::Processor => Ok(false),
                Self::Cuda => ep::CUDA::is_available(),
                Self::DirectMl => ep::DirectML::is_available(),
                Self::CoreMl => ep::CoreML::is_available(),
                Self::WebGpu => ep::WebGPU::is_available(),
            }
            .unwrap_or(false)
        };
        [Self::Cuda, Self::DirectMl, Self::CoreMl, Self::WebGpu].into_iter().filter(is_offered).collect()
    }

    /// The execution provider for it, which says so when it cannot serve. `keeps_memory`: see
    /// [`crate::network::Expected`].
    pub(crate) fn provider(self, keeps_memory: bool) -> ExecutionProviderDispatch {
        let graphics = match self {
            Self::Processor => return ep::CPU::default().with_arena_allocator(keeps_memory).build(),
            // Rounded products would give other features than the processor does.
            Self::Cuda => ep::CUDA::default()
                .with_tf32(false)
                .with_conv_algorithm_search(ep::cuda::ConvAlgorithmSearch::Heuristic)
                .build(),
            Self::DirectMl => ep::DirectML::default().build(),
            Self::CoreMl => ep::CoreML::default().with_low_precision_accumulation_on_gpu(false).build(),
            Self::WebGpu => ep::WebGPU::default().build(),
        };
        graphics.error_on_failure()
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            Self::Processor => "the processor",
            Self::Cuda => "the graphics processor (CUDA)",
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
    /// What it or ONNX Runtime said.
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
    pub unused: Vec<UnusedDevice>,
}

impl Graphics {
    /// Never tries `device` again.
    pub fn refuse(&mut self, device: Device, reason: String) {
        if self.candidates.contains(&device) {
            self.candidates.retain(|candidate| *candidate != device);
            self.unused.push(UnusedDevice { device, reason });
        }
    }
}
