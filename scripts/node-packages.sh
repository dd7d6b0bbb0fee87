#!/usr/bin/env bash
# Installs the packages of package-lock.json into node_modules; does nothing while the lock is as it was.
# Nothing of a package is run: those that would fetch programs at installation are not needed.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v npm >/dev/null; then
  echo "Node is missing: install version 20 or newer from https://nodejs.org, then run again." >&2
  exit 1
fi
stamp=node_modules/.reprise-lock
lock=$(sha256sum package-lock.json | cut -d' ' -f1)
if [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  echo "$lock" > "$stamp"
fi
