#!/usr/bin/env bash
# Makes the virtual environment in which networks are trained and exported, PyTorch in it (6 GB), and prints its folder. It
# lies outside the checkout and is named by its requirements, as that of scripts/python-env.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=(training/requirements.txt training/requirements-torch.txt)
hash=$({ python3 --version; cat "${requirements[@]}"; } | sha256sum | cut -c 1-12)
environment="${XDG_CACHE_HOME:-$HOME/.cache}/reprise/torch-$hash"
if [ ! -f "$environment/ready" ]; then
  echo "Installing PyTorch into $environment" >&2
  # Those of other requirements go: each takes 6 GB.
  rm -rf "${environment%/*}"/torch-*
  python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --no-cache-dir \
    --requirement "${requirements[0]}" --requirement "${requirements[1]}" >&2
  touch "$environment/ready"
fi
echo "$environment"
