# To be sourced at the checkout's root: says where ONNX Runtime's library and the models are, fetching the library if
# nobody has named one, and the recogniser of words; with REPRISE_GPU=yes the library for NVIDIA's graphics processors.
# Programs in the checkout's own target folder find the ordinary one and the models by themselves; those built into a
# CARGO_TARGET_DIR elsewhere do not.
if [ "${REPRISE_GPU:-}" = yes ]; then
  # Also in place of one that was named: it was asked for by name.
  ORT_DYLIB_PATH=$(python3 scripts/onnxruntime.py --gpu)
  # CUDA and cuDNN from pip, where docs/graphics.md says to put them; else the system's are found.
  for libraries in "${XDG_CACHE_HOME:-$HOME/.cache}"/reprise/cuda/lib/python3*/site-packages/nvidia/*/lib; do
    if [ -d "$libraries" ]; then
      export LD_LIBRARY_PATH="$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    fi
  done
elif [ -z "${ORT_DYLIB_PATH:-}" ]; then
  ORT_DYLIB_PATH=$(python3 scripts/onnxruntime.py)
fi
export ORT_DYLIB_PATH REPRISE_MODELS="${REPRISE_MODELS:-$PWD/models}"
# Without it words are not heard, and `reprise status` says so.
python3 scripts/words.py >/dev/null || true
