//! Why a graphics processor cannot be used, in words that say what to do. ONNX Runtime's own messages name its source
//! files.

use crate::error::Error;

/// What precedes the actual message in ONNX Runtime's text: `[ONNXRuntimeError] : 1 : FAIL : `.
const MARK: &str = "[ONNXRuntimeError]";

/// Messages of libraries and drivers, and what they mean.
const MEANINGS: [(&[&str], &str); 4] = [
    (
        &["libcuda.so.1: cannot open", "nvcuda.dll"],
        "NVIDIA's driver is not installed (its library libcuda.so.1 was not found)",
    ),
    (
        &[
            "CUDA driver version is insufficient",
            "no CUDA-capable device",
            "CUDA failure 100",
            "CUDA failure 35",
        ],
        "there is no NVIDIA graphics processor, or its driver is too old",
    ),
    (
        &[
            "out of memory",
            "OutOfMemory",
            "Failed to allocate memory",
            "STATUS_ALLOC_FAILED",
            "E_OUTOFMEMORY",
            "8007000E",
        ],
        "its memory is full",
    ),
    (&["not enabled in this build", "not supported in this build"], "this ONNX Runtime was built without it"),
];

/// Returns a clause that follows "was not used:".
pub(crate) fn in_plain_words(failure: &Error) -> String {
    let Error::Runtime { reason, .. } = failure else { return failure.to_string() };
    let meaning = MEANINGS.iter().find(|(signs, _)| signs.iter().any(|sign| reason.contains(sign)));
    match (meaning, missing_library(reason)) {
        (Some((_, meaning)), _) => (*meaning).to_owned(),
        (None, Some(library)) => format!("the library {library} was not found"),
        (None, None) => message_proper(reason),
    }
}

/// Returns the library that the system's loader did not find.
fn missing_library(words: &str) -> Option<&str> {
    let (before, _) = words.split_once(": cannot open shared object file")?;
    before.rsplit([' ', '\n']).next().filter(|name| !name.is_empty())
}

/// Returns the first line of the message, without its location in ONNX Runtime.
fn message_proper(words: &str) -> String {
    let message = match words.rfind(MARK) {
        Some(mark) => words[mark + MARK.len()..].splitn(4, " : ").last().unwrap_or(words),
        None => words,
    };
    message.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reason: &str) -> String {
        in_plain_words(&Error::Runtime { task: "choose the processor", reason: reason.into() })
    }

    #[test]
    fn what_is_missing_is_named() {
        let cublas = "/onnxruntime_src/onnxruntime/core/session/provider_bridge_ort.cc:2167 onnxruntime::Provider& \
            onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library \
            /home/ada/.cache/libonnxruntime_providers_cuda.so with error: libcublasLt.so.13: cannot open shared \
            object file: No such file or directory\n";
        assert_eq!(told(cublas), "the library libcublasLt.so.13 was not found");
        let driver = cublas.replace("libcublasLt.so.13", "libcuda.so.1");
        assert!(told(&driver).starts_with("NVIDIA's driver is not installed"));
    }

    #[test]
    fn a_driver_without_a_device_and_full_memory_are_told_apart() {
        let device = "CUDA failure 100: no CUDA-capable device is detected ; GPU=-1 ; hostname=h ; file=c.cc";
        assert!(told(device).starts_with("there is no NVIDIA graphics processor"));
        let memory = "Non-zero status code returned while running Conv node. Status Message: bfc_arena.cc:376 void* \
            onnxruntime::BFCArena::AllocateRawInternal(size_t) Failed to allocate memory for requested buffer of size 9";
        assert_eq!(told(memory), "its memory is full");
        assert_eq!(told("CUDA failure 2: out of memory ; GPU=0"), "its memory is full");
    }

    #[test]
    fn a_library_without_it_says_so_in_each_of_its_ways() {
        let ways = [
            "TensorRT execution provider is not enabled in this build. ",
            "WebGpuExecutionProvider execution provider is not supported in this build.",
            "DirectML is not supported in this build of ONNX Runtime",
        ];
        for way in ways {
            assert_eq!(told(way), "this ONNX Runtime was built without it");
        }
    }

    #[test]
    fn other_words_are_repeated_without_the_source_they_come_from() {
        let words = "graph.cc:12 [ONNXRuntimeError] : 9 : NOT_IMPLEMENTED : no kernel : GRU(14)\nat node 3";
        assert_eq!(told(words), "no kernel : GRU(14)");
        assert_eq!(told("device lost"), "device lost");
        assert_eq!(
            in_plain_words(&Error::OutputNotFinite { frame: 3 }),
            "frame 3 of the model's output is not finite"
        );
    }
}
