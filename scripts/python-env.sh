#!/usr/bin/env bash
# Makes the virtual environment of the Python checks and prints its folder. It lies outside the checkout and is
# named by its requirements, so that every clean checkout of one version shares it and none installs it again.
# Beside the packages it keeps the wheel that CREMA's weights are read from, in wheels/.
set -euo pipefail
cd "$(dirname "$0")/.."

requirements=(training/requirements.txt training/requirements-checks.txt)
crema=crema==0.2.0

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "The Python checks need Python 3.11 or newer; this is $(python3 --version)." >&2
  exit 1
fi

hash=$({ python3 --version; echo "$crema"; cat "${requirements[@]}"; } | sha256sum | cut -c 1-12)
environment="${XDG_CACHE_HOME:-$HOME/.cache}/reprise/python-$hash"

if [ ! -f "$environment/ready" ]; then
  echo "Installing the packages of the Python checks into $environment" >&2
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    --requirement "${requirements[0]}" --requirement "${requirements[1]}" >&2
  "$environment/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
    --dest "$environment/wheels" "$crema" >&2
  touch "$environment/ready"
fi
echo "$environment"
