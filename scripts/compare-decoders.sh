#!/usr/bin/env bash
# What Reprise hears and reads of audio files beside what ffmpeg does: bash scripts/compare-decoders.sh DIR...
# Prints a table in Markdown, then one line for each file that differs. Known differences and their reasons are in
# tests/fixtures/decoders.toml; `--explained FILE` names another list. Fails where more than 1 % of the files differ
# without one. Needs ffmpeg and ffprobe.
set -euo pipefail

checkout=$(cd "$(dirname "$0")/.." && pwd)
cargo build --quiet --release --manifest-path "$checkout/Cargo.toml" -p reprise-audio --example what_is_heard
python3 "$checkout/training/scripts/compare_decoders.py" \
  --reader "${CARGO_TARGET_DIR:-$checkout/target}/release/examples/what_is_heard" \
  --explained "$checkout/tests/fixtures/decoders.toml" "$@"
