#!/usr/bin/env bash
# Every stage of the Rust chain against the reference arrays in tests/golden.
set -euo pipefail
cd "$(dirname "$0")/.."

bash scripts/system-packages.sh cli
source scripts/runtime-paths.sh
cargo test -p reprise-tests --test golden --test golden_crema
