#!/usr/bin/env bash
# scripts/fuzz.sh TARGET [SECONDS]: searches for bytes that break a promise of a target (tests/fuzz), an hour unless told
# otherwise. What was learned stays in work/fuzz/TARGET and the next search goes on from there; findings lie in
# work/fuzz/found. Needs cargo-fuzz (`cargo install cargo-fuzz`) and a nightly compiler; the plain tests need neither.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:?"which target? One of: $(cd tests/fuzz/libfuzzer/targets && ls | sed 's/\.rs$//' | xargs)"}
seconds=${2:-3600}
libfuzzer=tests/fuzz/libfuzzer
corpus=work/fuzz/$target
found=work/fuzz/found/$target-
mkdir -p "$corpus" work/fuzz/found work/fuzz/tmp

cargo run --quiet -p reprise-fuzz -- seeds "$target" "$corpus"
# The dependencies of the program itself, and not newer ones.
cp Cargo.lock $libfuzzer/Cargo.lock

# Two gigabytes, and 25 seconds: in a worker either ends one file, here it is worth a look. A stated rate that nobody records
# in takes a filter of a million points, which is slow and no finding.
TMPDIR=$PWD/work/fuzz/tmp cargo +nightly fuzz run --fuzz-dir $libfuzzer --sanitizer none "$target" "$corpus" -- \
  -max_total_time="$seconds" -max_len=262144 -timeout=25 -rss_limit_mb=2048 \
  -artifact_prefix="$PWD/$found" -print_final_stats=1
