#!/usr/bin/env bash
# npm run dev [-- mock]: the window, rebuilt as one edits; with `mock`, the interface alone in a browser, on a
# pretended library (http://localhost:1420/?tracks=100000).
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/node-packages.sh
if [ "${1:-}" = mock ]; then
  exec npm run --workspace ui dev:mock
fi
bash scripts/system-packages.sh window
source scripts/runtime-paths.sh
exec npx tauri dev
