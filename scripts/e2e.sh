#!/usr/bin/env bash
# Builds the real window and drives it on a display of its own: tests/e2e. `e2e.sh FILE...` runs these files only.
# REPRISE_APP names a window that is built already, beside a `reprise`.
set -euo pipefail
cd "$(dirname "$0")/.."

source scripts/runtime-paths.sh
if [ -z "${REPRISE_APP:-}" ]; then
  npm run --silent --workspace ui build
  # As in test.sh, so that little is left to compile.
  cargo build --quiet --workspace --all-targets --features reprise-app/custom-protocol
  REPRISE_APP=${CARGO_TARGET_DIR:-$PWD/target}/debug/reprise-app
fi
export REPRISE_APP
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(tests/e2e/*.test.js)
# A bus and a display of its own, so that nothing of the user's is touched.
xvfb-run --auto-servernum --server-args="-screen 0 1280x800x24" \
  dbus-run-session -- node --test --test-concurrency=1 "${files[@]}"
