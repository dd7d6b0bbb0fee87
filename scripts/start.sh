#!/usr/bin/env bash
# npm start [-- FOLDER]: sets up what is missing, then scans the folder and prints which of its tracks are
# versions of each other. Without a folder it makes the demo library and does the same with that.
set -euo pipefail
# npm runs this in the checkout; a relative folder means the place npm was called from.
called_from=${INIT_CWD:-$PWD}
cd "$(dirname "$0")/.."

bash scripts/system-packages.sh cli
source scripts/runtime-paths.sh
reprise=${CARGO_TARGET_DIR:-target}/release/reprise
if [ -x "$reprise" ]; then
  cargo build --quiet --release -p reprise-cli
else
  echo "Building Reprise; the first time takes a few minutes."
  cargo build --release -p reprise-cli
fi

if [ $# -gt 0 ]; then
  folders=()
  for folder in "$@"; do
    case "$folder" in /*) ;; *) folder=$called_from/$folder ;; esac
    folders+=("$folder")
  done
  "$reprise" scan "${folders[@]}"
  "$reprise" clusters
else
  demo=${XDG_DATA_HOME:-$HOME/.local/share}/org.reprise.desktop/demo
  "$reprise" demo "$demo/audio"
  "$reprise" scan "$demo/audio" --library "$demo/library.db"
  "$reprise" clusters --library "$demo/library.db"
  echo
  echo "That was the demo library. For your own music: npm start -- FOLDER"
fi
