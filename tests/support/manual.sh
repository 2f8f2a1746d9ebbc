#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: manual.sh MIMOSA
# A strict reader finds no mistake in the manual page; long lines and no date (pages are equal each time) are none.
set -euo pipefail
command -v mandoc >/dev/null || exit 77
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
"$1" man >"$here/mimosa.1"
found=$(mandoc -T lint -W warning "$here/mimosa.1" | grep -v "missing date" || true)
[ -z "$found" ] || { echo "$found" && exit 1; }
mandoc -T utf8 "$here/mimosa.1" | col -b >"$here/text" # a file: grep -q in a pipe leaves early, and the writer dies of it
grep -q "mimosa check FILE" "$here/text"
