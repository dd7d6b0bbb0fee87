#!/usr/bin/env bash
# npm test: sets up what is missing and checks everything; stops at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."

took=()
# Begins a section; tells how long the one before it took.
section() {
  if [ -n "${name:-}" ]; then
    took+=("$name $((SECONDS - began)) s")
    printf -- '-- took %d s\n' $((SECONDS - began))
  fi
  name=$1 began=$SECONDS
  printf '\n== %s\n' "$name"
}

section "Set-up"
bash scripts/system-packages.sh test
bash scripts/node-packages.sh
source scripts/runtime-paths.sh
# One test reads the metadata of every crate, those of other systems included.
cargo fetch --locked --quiet
environment=$(bash scripts/python-env.sh)
echo "ready"

section "Rust: format"
cargo fmt --all --check
echo "formatted"

# The window carries the interface inside.
section "Interface: built"
npm run --silent --workspace ui build

# One selection of packages and features throughout: with another, cargo would compile what they share again.
all=(--workspace --features reprise-app/custom-protocol)

section "Rust: lints"
cargo clippy "${all[@]}" --all-targets -- -D warnings

section "Rust: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc "${all[@]}" --no-deps --quiet
echo "no dead link"

section "Rust: tests"
cargo test "${all[@]}"

section "Interface: format, types, units"
npm run --silent --workspace ui format:check
npm run --silent --workspace ui check
npm run --silent --workspace ui test

section "Interface: in a browser, on a pretended library"
npm run --silent --workspace ui test:browser

section "Window: the real one, driven"
bash scripts/e2e.sh

section "Python: format, lints, types"
torch_environment=$(bash scripts/torch-env.sh)
(
  cd training
  "$environment/bin/ruff" format --no-cache --check
  "$environment/bin/ruff" check --no-cache
  # Its cache lies outside the checkout; PyTorch's types are read where PyTorch is.
  "$environment/bin/mypy" --cache-dir "$environment/mypy" --python-executable "$torch_environment/bin/python"
)
"$environment/bin/python" scripts/benchmarks.py --check

section "Python: features, models, training"
# The tests of the command line have built the program.
reprise=${CARGO_TARGET_DIR:-$PWD/target}/debug/reprise
(cd training && PYTHONDONTWRITEBYTECODE=1 REPRISE=$reprise \
  REPRISE_CREMA_WHEEL=$(echo "$environment"/wheels/crema-*.whl) \
  "$torch_environment/bin/python" -m pytest --quiet --known-skips)

section "All checks passed"
printf '%s; ' "${took[@]}"
printf 'in all %d s\n' "$SECONDS"
