#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: reference_traces.sh MIMOSA [--renew]
# Makes the traces of traces/reference again and compares them byte for byte; --renew puts the new ones in their place.
set -euo pipefail
mimosa=$(readlink -f "$1")
reference=$(readlink -f "$(dirname "$0")/../../traces/reference")
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"

"$mimosa" run "$reference/experiment.yaml" --vcd chip --timeline --quiet --out run
"$mimosa" compile "$reference/experiment.yaml" --map --out map.svg >map.txt
sed -i '/^map  /d' map.txt # it names this folder
sed -i 's|^\^1 /.*/|^1 |' run/trace.gtkw # the states' path is whole
mv run/trace.vcd run/trace.gtkw run/trace.states run/timeline.json .
traces=(trace.vcd trace.gtkw trace.states timeline.json map.svg map.txt)

if [ "${2:-}" = --renew ]; then
  for trace in "${traces[@]}"; do diff -u "$reference/$trace" "$trace" || true; done
  cp "${traces[@]}" "$reference"
  exit
fi
status=0
for trace in "${traces[@]}"; do
  diff -u "$reference/$trace" "$trace" >"$trace.diff" || status=1
  head -n 20 "$trace.diff"
done
[ "$status" -eq 0 ] || echo "they differ; where that is meant: tests/golden/reference_traces.sh MIMOSA --renew"
exit "$status"
