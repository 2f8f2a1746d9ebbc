#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where does superposition pay? Runs every sweep of the study, going on where it was stopped, gathers the points in one
# file, prints the tables of docs/studies/superposition-under-noise.md and draws its figures.
#   examples/superposition_study.sh [network …] [-- options of mimosa sweep]
# Without networks: the ladder below. MIMOSA: the program; OUT: the folder of the results.
set -euo pipefail

ladder=(wideresnet_fmnist mimoconv_fmnist_n1 mimoconv_fmnist_n2 mimoconv_fmnist_n4)

root=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
mimosa=${MIMOSA:-$root/mimosa}
out=${OUT:-$root/runs/superposition}
networks=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  networks+=("$1")
  shift
done
[ $# -eq 0 ] || shift # the --
[ ${#networks[@]} -gt 0 ] || networks=("${ladder[@]}")

chosen() { # pattern of names to leave out: the other networks, as an axis
  local network names=()
  for network in "${networks[@]}"; do
    # shellcheck disable=SC2053 # a pattern
    [[ $network == $1 ]] || names+=("$network")
  done
  local IFS=,
  echo "network=${names[*]}"
}
sweep() { # experiment, axis of networks, option …
  local experiment=superposition_noise$1
  [ "$2" = network= ] || "$mimosa" sweep "$root/configs/experiment/$experiment.yaml" "$2" --out "$out/$experiment" "${@:3}"
}

for part in _programming _read _converters ""; do sweep "$part" "$(chosen "")" "$@"; done
sweep _controls "$(chosen 'wideresnet*')" "$@"
sweep _area "$(chosen '*_noise')" "$@" # weights do not matter
PYTHONPATH=$root/python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m study.superposition --collect "$out" \
  "$out/superposition-under-noise.jsonl" | tee "$out/tables.md"
if command -v gnuplot >/dev/null; then
  plot() { "$mimosa" plot "$out/superposition_noise$1" --x "$2" --y accuracy --series network --out "$out/$3.svg"; }
  plot _programming device.programming_noise programming_noise
  plot _read device.read_noise read_noise
fi
