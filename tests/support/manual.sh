#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: manual.sh MIMOSA
# A strict reader finds no mistake in the manual page; long lines and no date (pages are equal each time) are none.
set -euo pipefail
command -v mandoc >/dev/null || exit 77
found=$("$1" man | mandoc -T lint -W warning | grep -v "missing date" || true)
[ -z "$found" ] || { echo "$found" && exit 1; }
"$1" man | mandoc -T utf8 | col -b | grep -q "mimosa check FILE"
