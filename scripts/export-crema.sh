#!/usr/bin/env bash
# Writes models/crema/model.onnx and its manifest again, from the published weights.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/system-packages.sh test
environment=$(bash scripts/python-env.sh)
PYTHONPATH=training/src "$environment/bin/python" training/scripts/export_crema.py \
  --wheel "$environment"/wheels/crema-*.whl "$@"
