#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: token_by_token.sh EXAMPLE ROOT
# Sequences continued token by token: what was added, given at first, leads to the same, and memory stays.
set -euo pipefail
example=$1
networks=$2/tests/data/sequence_networks
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
fail() { echo "$1"; exit 1; }

# NAME NUMBERS SEQUENCE …: the small networks with a causal mask; 2 layers x 2 heads x (R D + M R) numbers.
continues() {
  local name=$1 numbers=$2
  shift 2
  cp "$networks/$name.safetensors" "$here"
  sed 's/mask: prefix, prefix: 21/mask: causal/' "$networks/$name.yaml" >"$here/$name.yaml"
  mapfile -t all < <("$example" "$here/$name.yaml" 9 "$@")
  mapfile -t some < <("$example" "$here/$name.yaml" 4 "$@")
  mapfile -t again < <("$example" "$here/$name.yaml" 5 "${some[@]:0:$#}")
  [ "${#all[@]}" -eq $(($# + 1)) ] || fail "$name: ${#all[@]} lines for $# sequences"
  for ((i = 0; i < $#; ++i)); do
    [[ ${all[i]} == "${some[i]},"* ]] || fail "$name: ${all[i]} does not begin with ${some[i]}"
    [ "${all[i]}" = "${again[i]}" ] || fail "$name: ${all[i]}, but in two parts ${again[i]}"
  done
  [ "${all[-1]}" = "$numbers numbers remembered after 11 tokens" ] || fail "$name: ${all[-1]}"
  [ "${some[-1]}" = "$numbers numbers remembered after 6 tokens" ] || fail "$name: ${some[-1]}"
}
continues performer $((2 * 2 * (20 * 8 + 20))) 1,6,2
continues att $((2 * 2 * (20 * 8 + 2 * 20))) 1,6,2 3,7,1 11,2,8 5,5,9
continues att_mlp $((2 * 2 * (20 * 8 + 20))) 1,6,2 3,7,1 11,2,8 5,5,9

# MESSAGE ARGUMENT …: one line, status 2
refuses() {
  local message=$1 rc=0
  shift
  "$example" "$@" >"$here/out" 2>"$here/err" || rc=$?
  [ "$rc" -eq 2 ] || fail "$*: status $rc"
  [ "$(wc -l <"$here/err")" -eq 1 ] || fail "$*: not one line: $(cat "$here/err")"
  grep -qF -- "$message" "$here/err" || fail "$*: $(cat "$here/err")"
}
net=$here/att.yaml
refuses "usage: token_by_token" "$net"
refuses "'x' is no whole number" "$net" x 1 1 1 1
refuses "'' is no whole number" "$net" 1 1, 1,1 1,1 1,1
refuses "3 sequences; att takes 4 a pass" "$net" 1 1 2 3
refuses "sequences of 1 and 2 tokens" "$net" 1 1 2 3,4 5
refuses "token 12 at position 1; the vocabulary is 0 to 11" "$net" 1 1,1 2,1 5,12 5,1
refuses "a sequence longer than its 22 positions" "$net" 30 1 2 3 5
refuses "attends to later positions" "$networks/att.yaml" 1 1 2 3 5
refuses "softmax attention remembers every position" "$networks/softmax.yaml" 1 1
refuses "are not its 256 tokens" performer_pixels 1 1
