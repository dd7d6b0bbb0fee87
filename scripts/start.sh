#!/usr/bin/env bash
# npm start [-- [--gpu] FOLDER...]: sets up what is missing. Where there is a display it opens the window; folders named are
# added to its library. Without a display, or with REPRISE_WINDOW=no, it scans the folders in the terminal and prints
# which tracks are versions of each other; without folders it makes the demo library and does the same with that.
# --gpu: with the ONNX Runtime that speaks to NVIDIA's graphics processors; what of it cannot be used is said.
set -euo pipefail
# npm runs this in the checkout; a relative folder means the place npm was called from.
called_from=${INIT_CWD:-$PWD}
cd "$(dirname "$0")/.."

folders=()
for folder in "$@"; do
  case "$folder" in
    --gpu) export REPRISE_GPU=yes; continue ;;
    /*) ;;
    *) folder=$called_from/$folder ;;
  esac
  folders+=("$folder")
done

has_display() {
  [ "${REPRISE_WINDOW:-}" != no ] && { [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]; }
}

first_time() {
  [ -x "$1" ] || echo "Building Reprise; the first time takes several minutes."
}

# Whether anything the window is made of is newer than the program: cargo would build it anew for a fresh copy of the
# interface alone.
is_stale() {
  [ ! -x "$1" ] || [ -n "$(find Cargo.toml Cargo.lock package-lock.json crates src-tauri ui/src ui/index.html \
    ui/package.json ui/vite.config.ts models -type f -newer "$1" -print -quit)" ]
}

target=${CARGO_TARGET_DIR:-target}/release
if has_display; then
  bash scripts/system-packages.sh window
  bash scripts/node-packages.sh
  source scripts/runtime-paths.sh
  if is_stale "$target/reprise-app"; then
    first_time "$target/reprise-app"
    npx tauri build --no-bundle --ci
  fi
  exec "$target/reprise-app" "${folders[@]}"
fi

bash scripts/system-packages.sh cli
source scripts/runtime-paths.sh
first_time "$target/reprise"
cargo build --quiet --release -p reprise-cli
if [ ${#folders[@]} -gt 0 ]; then
  "$target/reprise" scan --voice now "${folders[@]}"
  "$target/reprise" clusters
else
  demo=${XDG_DATA_HOME:-$HOME/.local/share}/org.reprise.desktop/demo
  "$target/reprise" demo "$demo/audio"
  "$target/reprise" scan --voice now "$demo/audio" --library "$demo/library.db"
  "$target/reprise" clusters --library "$demo/library.db"
  echo
  echo "That was the demo library. For your own music: npm start -- FOLDER"
fi
