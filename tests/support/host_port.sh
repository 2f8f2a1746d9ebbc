#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: host_port.sh EXAMPLE ROOT
# The example succeeds, and what it prints stands in docs/host_port.md.
set -euo pipefail
printed=$(SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 "$1")
[ "$(wc -l <<<"$printed")" -eq 3 ] || { echo "not three lines: $printed"; exit 1; }
while IFS= read -r line; do
  grep -qxF -- "$line" "$2/docs/host_port.md" || { echo "docs/host_port.md does not hold: $line"; exit 1; }
done <<<"$printed"
