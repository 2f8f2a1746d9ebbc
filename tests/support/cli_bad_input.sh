#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: cli_bad_input.sh MIMOSA DATA NAME
# Types the arguments of that line of DATA/bad_inputs.txt and holds the answer against it: status 2, one line on
# standard error that starts with "mimosa: " and holds the text, nothing on standard output, nothing written.
set -euo pipefail
set -f
mimosa=$1 data=$2 name=$3
line=$(grep -E "^$name \|" "$data/bad_inputs.txt")
IFS='|' read -r _ arguments expected <<<"$line"
expected=${expected# }
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
mkdir "$here/work" && cd "$here/work"
status=0
# shellcheck disable=SC2086  # the arguments are words
"$mimosa" ${arguments//DATA/$data} >"$here/out" 2>"$here/err" || status=$?
fail() {
  echo "$name: $1"
  cat "$here/err" "$here/out"
  exit 1
}
[ "$status" -eq 2 ] || fail "exit status $status, not 2"
[ ! -s "$here/out" ] || fail "text on standard output"
[ "$(wc -l <"$here/err")" -eq 1 ] || fail "not one line on standard error"
grep -q "^mimosa: " "$here/err" || fail "standard error does not start with mimosa:"
grep -qF -- "$expected" "$here/err" || fail "standard error does not hold \"$expected\""
[ -z "$(ls -A .)" ] || fail "something was written: $(ls -A .)"
