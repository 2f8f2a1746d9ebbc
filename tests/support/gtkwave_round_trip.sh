#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: gtkwave_round_trip.sh MIMOSA VCD_EVENTS EXPERIMENT [OPTION …]
# Our waveform, through GTKWave's own format and back, must hold the events it held before.  vcd2fst takes nearly
# everything without complaint, so it is the comparison that tells.  Exits 77 (skipped) where GTKWave is missing.
set -euo pipefail
mimosa=$1 events=$2
if ! command -v vcd2fst >/dev/null || ! command -v fst2vcd >/dev/null; then
  echo "GTKWave's round trip: skipped, it needs vcd2fst and fst2vcd"
  exit 77
fi
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

"$mimosa" run "${@:3}" --engine timing --vcd '*' --out "$here/run" --quiet
vcd2fst "$here/run/trace.vcd" "$here/trace.fst" >"$here/log" 2>&1 || { cat "$here/log" && exit 1; }
fst2vcd "$here/trace.fst" >"$here/back.vcd"
"$events" "$here/run/trace.vcd" >"$here/before"
"$events" "$here/back.vcd" >"$here/after"
count=$(wc -l <"$here/before")
if [ "$count" -lt 1000 ]; then
  echo "only $count events: too few to tell anything"
  exit 1
fi
if ! diff "$here/before" "$here/after" >"$here/different"; then
  head -n 20 "$here/different"
  exit 1
fi
echo "$count events are the same"
