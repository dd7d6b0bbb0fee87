#!/usr/bin/env bash
# Writes models/vocals, models/melody and models/voice-activity again, from the published weights. Installs PyTorch (6 GB)
# into an environment outside the checkout.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/system-packages.sh test
requirements=(training/requirements.txt training/requirements-torch.txt)
hash=$({ python3 --version; cat "${requirements[@]}"; } | sha256sum | cut -c 1-12)
environment="${XDG_CACHE_HOME:-$HOME/.cache}/reprise/torch-$hash"
if [ ! -f "$environment/ready" ]; then
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    --requirement "${requirements[0]}" --requirement "${requirements[1]}"
  touch "$environment/ready"
fi
PYTHONPATH=training/src "$environment/bin/python" training/scripts/export_voice.py "$@"
