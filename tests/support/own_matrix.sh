#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: own_matrix.sh EXAMPLE ROOT
# What the example prints stands in docs/own_matrix.md, and lies within a tenth of the largest value (noise of the
# cells) of the exact product 3.25 1; 2.25 4.125.
set -euo pipefail
printed=$("$1")
while IFS= read -r line; do
  grep -qxF -- "$line" "$2/docs/own_matrix.md" || { echo "docs/own_matrix.md does not hold: $line"; exit 1; }
done <<<"$printed"
awk 'function check(value, exact) { if (value < exact - 0.41 || value > exact + 0.41) failed = 1 }
     NR == 1 { check($1, 3.25); check($2, 1) }
     NR == 2 { check($1, 2.25); check($2, 4.125) }
     END { if (NR != 2 || failed) { print "not near the exact product"; exit 1 } }' <<<"$printed"
