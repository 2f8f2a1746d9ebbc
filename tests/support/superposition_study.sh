#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: superposition_study.sh MIMOSA SOURCE
# The study of superposition, reduced: every sweep with few points of two networks and few inputs, then its tables; once
# more runs nothing; what has been lost runs again.
set -euo pipefail
mimosa=$1 source=$2
/usr/bin/python3 -c "import numpy" 2>/dev/null || exit 77
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

fail() {
  echo "$1"
  exit 1
}

cat >"$here/mimosa" <<END
#!/usr/bin/env bash
set -euo pipefail
fewer=()
case "\$*" in
  sweep*_programming.yaml*) fewer=(device.programming_noise=0,1,1.41421,2) ;;
  sweep*_read.yaml*) fewer=(device.read_noise=0,2,4) ;;
  sweep*_converters.yaml*) fewer=(chip.read.repeats=1,4 chip.adc.bits=7,8) ;;
  sweep*_controls.yaml*) fewer=(--set "sweep.where=network == 'mimoconv_fmnist_n4' and (variant == 'as_it_is' or
    variant == 'order_1' or variant == 'blank' or variant == 'foreign_keys' or variant == 'noise_in_trunk')") ;;
  sweep*_pairs.yaml*) ;;
  sweep*_area.yaml*) fewer=(compiler.array_budget=64) ;;
  sweep*) fewer=(device.time_s=86400) ;;
esac
exec "$mimosa" "\$@" "\${fewer[@]}"
END
chmod +x "$here/mimosa"

study() {
  MIMOSA=$here/mimosa OUT=$here/out "$source/examples/superposition_study.sh" mimoconv_fmnist_n1 mimoconv_fmnist_n4 \
    -- --set inputs=24 --set calibration.inputs=16 --set chips=2 --set chips_most=3 --set half_width=0.003 \
    >"$here/log" 2>&1 || fail "status $?: $(tail -n 20 "$here/log")"
}
points() { cat "$here"/out/*/journals/*.jsonl | sort; }

study
points >"$here/first"
# 8 + 6 + 8 + 4 (with compensation and without), 5 controls, one of both networks, 2 of area.
[ "$(wc -l <"$here/first")" -eq 34 ] || fail "$(wc -l <"$here/first") points, not 34"
[ "$(wc -l <"$here/out/superposition-under-noise.jsonl")" -eq 34 ] || fail "the collected file lacks points"
for title in Drift "Programming noise" "Read noise: is N slots √N times the noise?" "Accuracy and energy" \
  "What is saved where accuracy is held" "Paired by chip and by input" "Equal area" "Controls and ablations"; do
  grep -qxF "## $title" "$here/out/tables.md" || fail "no table \"$title\": $(cat "$here/out/tables.md")"
done
grep -qE '^\| 1.41421 \| [0-9.]+ ± [0-9.]+ \(3\) \|' "$here/out/tables.md" || fail "no row of noise with 3 samples"
grep -qE '^\| N = 4, width 4 \| 1 \| [0-9.]+ \| [0-9.]+ \|' "$here/out/tables.md" || fail "no test at σ = 1"
grep -qE '^\| wrong key \| [0-9.]+ ± [0-9.]+; chance [0-9.]+ \|' "$here/out/tables.md" || fail "no wrong key"
if command -v gnuplot >/dev/null; then
  for figure in programming_noise read_noise accuracy_and_energy; do
    grep -q 'mimoconv_fmnist_n4' "$here/out/$figure.svg" || fail "no figure $figure"
  done
fi

study
points >"$here/second"
cmp "$here/first" "$here/second" || fail "the second time ran points again"

cp "$here/out/tables.md" "$here/before"
rm -r "$here/out/superposition_noise_read"
study
cmp "$here/before" "$here/out/tables.md" || fail "points that ran again have other figures"
