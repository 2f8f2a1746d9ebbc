#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Where does superposition pay? Runs every sweep of the study, going on where it was stopped, gathers the points in one
# file, prints the tables of docs/studies/superposition-under-noise.md and draws its figures.
#   examples/superposition_study.sh [network …] [-- options of mimosa sweep]
# Without networks: the ladder below. MIMOSA: the program; OUT: the folder of the results, one for each set of images:
#   OUT=runs/superposition-cifar-10 examples/superposition_study.sh {wideresnet_cifar10,mimoconv_cifar10_n{1,2,4}}_w2{,_noise}
set -euo pipefail

ladder=({wideresnet_fmnist,mimoconv_fmnist_n1,mimoconv_fmnist_n2,mimoconv_fmnist_n4_16k}{,_noise}
  {wideresnet_fmnist,mimoconv_fmnist_n{1,2,4}}_w{1,2}{,_noise})
families=({fmnist,cifar10}{,_w1,_w2}{,_noise}) # images, width, training: of these names but for their N

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
failed=0
sweep() { # experiment, axis of networks, option …: a point that fails does not stop the others
  local experiment=superposition_noise$1 status=0
  [ "$2" != network= ] || return 0
  "$mimosa" sweep "$root/configs/experiment/$experiment.yaml" "$2" --out "$out/$experiment" "${@:3}" || status=$?
  [ "$status" -le 1 ] || exit "$status"
  [ "$status" -eq 0 ] || failed=1
}

group() { # family: its networks, N = 1 first, joined by commas
  local network first=() others=() images=${1%%_*}
  local rest=${1#"$images"}
  for network in "${networks[@]}"; do
    case ${network/_16k/} in
      mimoconv_"$images"_n1"$rest") first+=("$network") ;;
      mimoconv_"$images"_n[0-9]"$rest" | wideresnet_"$1") others+=("$network") ;;
    esac
  done
  local IFS=,
  first+=("${others[@]}")
  echo "${first[*]}"
}

compare() { # family: its networks in one run
  local networks_of_group
  networks_of_group=$(group "$1")
  [[ $networks_of_group == *_n1*,* ]] || return 0
  sweep _pairs device.time_s=86400 --set "network=[$networks_of_group]" "${@:2}"
}

keys() { # what trained keys are worth: against the same network trained with frozen ones and without any
  local network file=$root/configs/network
  for network in "${networks[@]}"; do
    if [ -e "$file/${network}_unbound.yaml" ] && [ -e "$file/${network}_frozen.yaml" ]; then
      sweep _keys device.time_s=86400 --set "network=[$network,${network}_frozen,${network}_unbound]" "$@"
    fi
  done
}

for part in _programming _read _converters ""; do sweep "$part" "$(chosen "")" "$@"; done
sweep _controls "$(chosen 'wideresnet*')" "$@"
for family in "${families[@]}"; do compare "$family" "$@"; done
keys "$@"
sweep _area "$(chosen '*_noise')" "$@" # weights do not matter
PYTHONPATH=$root/python PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 -m study.superposition --collect "$out" \
  "$out/superposition-under-noise.jsonl" >"$out/tables.md.part"
mv "$out/tables.md.part" "$out/tables.md"
cat "$out/tables.md"

plot() { # experiment, x axis, file: a figure of each family that was run
  local family list name
  for family in "${families[@]}"; do
    list=$(group "$family") name=$3_$family
    [ -z "$list" ] || "$mimosa" plot "$out/superposition_noise$1" "network=$list" --x "$2" --y accuracy \
      --series network --out "$out/${name/_fmnist/}.svg" || failed=1
  done
}
if command -v gnuplot >/dev/null; then
  plot _programming device.programming_noise programming_noise
  plot _read device.read_noise read_noise
  plot _converters energy_j accuracy_and_energy
fi
exit "$failed"
