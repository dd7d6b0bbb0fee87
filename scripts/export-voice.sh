#!/usr/bin/env bash
# Writes models/vocals, models/melody and models/voice-activity again, from the published weights.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/system-packages.sh test
environment=$(bash scripts/torch-env.sh)
PYTHONPATH=training/src "$environment/bin/python" training/scripts/export_voice.py "$@"
