#!/usr/bin/env bash
# What the voice pass costs for songs of three minutes on one core: bash scripts/bench-voice.sh
# Songs are put together from the demo library, sung for two minutes out of three, throughout and not at all. Needs a
# release build, and ffmpeg to cut.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/runtime-paths.sh
reprise=${CARGO_TARGET_DIR:-target}/release/reprise
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$reprise" demo "$work/demo" >/dev/null

# song OUT FILE SECONDS [FILE SECONDS]...: the beginnings of files, one after another.
song() {
  local out=$1 inputs=() cuts="" n=0
  shift
  mkdir -p "$(dirname "$out")"
  while [ $# -gt 0 ]; do
    inputs+=(-stream_loop 1 -i "$work/demo/$1.flac")
    cuts+="[$n]atrim=0:$2,asetpts=PTS-STARTPTS[c$n];"
    n=$((n + 1))
    shift 2
  done
  ffmpeg -v error "${inputs[@]}" -filter_complex \
    "$cuts$(for i in $(seq 0 $((n - 1))); do printf '[c%d]' "$i"; done)concat=n=$n:v=0:a=1" "$out"
}

sung=("Korobeiniki - Ensemble Halden" "Für Elise - The Glass Room" "Scarborough Fair - Ida Lindqvist")
played=("Londonderry Air (Live) - Marlow & the Tides" "Ode to Joy - Two Rivers" "Londonderry Air - Two Rivers")
for i in 0 1 2; do
  s=${sung[$i]} p=${played[$i]}
  song "$work/two-thirds/$i.flac" "$p" 15 "$s" 60 "$p" 25 "$s" 60 "$p" 20
  song "$work/throughout/$i.flac" "$s" 60 "$s" 60 "$s" 60
  song "$work/nothing/$i.flac" "$p" 70 "$p" 70 "$p" 40
done

for share in two-thirds throughout nothing; do
  library=$work/$share.db
  "$reprise" scan --threads 1 --voice later --library "$library" "$work/$share" >/dev/null 2>&1
  printf '%s sung: ' "$share"
  { time "$reprise" listen --threads 1 --library "$library" 2>/dev/null | grep voices; } 2>&1 |
    awk '/voices/ { line = $0 } /^user|^sys/ { split($2, t, /[ms]/); used += 60 * t[1] + t[2] }
      END { printf "%s; %.2f s of one core a song, opening the networks included\n", line, used / 3 }'
done
