#!/usr/bin/env bash
# npm test: sets up what is missing and checks everything; stops at the first failure.
set -euo pipefail
cd "$(dirname "$0")/.."

section() {
  printf '\n== %s\n' "$1"
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

section "Rust: lints"
cargo clippy --all-targets -- -D warnings

section "Rust: documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --quiet
echo "no dead link"

section "Rust: tests"
cargo test

section "Interface: format, types, units"
npm run --silent --workspace ui format:check
npm run --silent --workspace ui check
npm run --silent --workspace ui test

section "Interface: in a browser, on a pretended library"
npm run --silent --workspace ui test:browser

section "Window: lints and tests"
npm run --silent --workspace ui build
cargo clippy -p reprise-app -p reprise-playback --all-targets -- -D warnings
cargo test -p reprise-app -p reprise-playback

section "Window: the real one, driven"
bash scripts/e2e.sh

section "Python: features, models, training"
torch_environment=$(bash scripts/torch-env.sh)
(cd training && PYTHONDONTWRITEBYTECODE=1 REPRISE_CREMA_WHEEL=$(echo "$environment"/wheels/crema-*.whl) \
  "$torch_environment/bin/python" -m pytest --quiet)

section "All checks passed"
