#!/usr/bin/env bash
# System packages for building and running Reprise: `system-packages.sh cli`, `window` or `test`.
# Says and does nothing when all of them are there. Rust is the user's own to install; its absence is an error
# that says how.
set -euo pipefail

# cmake and g++ build libopus and SQLite; Python fetches ONNX Runtime's library and runs the parity checks.
cli="gcc g++ make cmake pkg-config python3"
# The web view, and ALSA's headers for playing.
window="$cli libwebkit2gtk-4.1-dev librsvg2-dev libasound2-dev"
# A display, a driver and a browser to drive the window with; a font for its screenshots.
driving="xvfb xauth dbus-x11 webkit2gtk-driver chromium fonts-dejavu-core"
case "${1:-}" in
  cli) wanted="$cli" ;;
  window) wanted="$window" ;;
  test) wanted="$window python3-venv $driving" ;;
  *) echo "usage: $0 cli|window|test" >&2; exit 2 ;;
esac

is_installed() {
  dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'
}

# A package whose program was installed in another way (Python by pyenv, say) is not missing.
is_missing() {
  case "$1" in
    python3) ! python3 -c 'import zipfile, venv' 2>/dev/null ;;
    python3-venv) ! python3 -c 'import ensurepip' 2>/dev/null ;;
    *) ! command -v "$1" >/dev/null && ! is_installed "$1" ;;
  esac
}

missing=()
for package in $wanted; do
  if is_missing "$package"; then missing+=("$package"); fi
done
# Fetching the library needs pip, or the means to make an environment with pip in it.
if ! python3 -m pip --version >/dev/null 2>&1 && ! python3 -c 'import ensurepip' 2>/dev/null; then
  missing+=(python3-pip)
fi

if [ ${#missing[@]} -gt 0 ]; then
  if ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]} (Debian's names). Install them with this system's package manager, then run again." >&2
    exit 1
  fi
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  echo "Installing system packages: ${missing[*]}"
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
fi

if ! command -v cargo >/dev/null; then
  echo "Rust is missing: install it from https://rustup.rs, then run again." >&2
  exit 1
fi
