# To be sourced at the checkout's root: says where ONNX Runtime's library and the models are, fetching the library if
# nobody has named one. Programs in the checkout's own target folder find both by themselves; those built into a
# CARGO_TARGET_DIR elsewhere do not.
if [ -z "${ORT_DYLIB_PATH:-}" ]; then
  ORT_DYLIB_PATH=$(python3 scripts/onnxruntime.py)
fi
export ORT_DYLIB_PATH REPRISE_MODELS="${REPRISE_MODELS:-$PWD/models}"
