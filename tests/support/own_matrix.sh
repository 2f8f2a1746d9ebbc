#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: own_matrix.sh EXAMPLE ROOT
# What the example prints stands in docs/own_matrix.md, and is near the exact product (2.5 -1, -3.75 4.125 with the
# example's numbers, each to a tenth of the largest).
set -euo pipefail
printed=$("$1")
while IFS= read -r line; do
  grep -qxF -- "$line" "$2/docs/own_matrix.md" || { echo "docs/own_matrix.md does not hold: $line"; exit 1; }
done <<<"$printed"
awk 'BEGIN { split("W11 W12 W21 W22", names, " ") }
     { y[2 * NR - 1] = $1; y[2 * NR] = $2 }
     END { exact[1] = 2.5; exact[2] = 0; exact[3] = 0; exact[4] = 0
           for (i = 1; i <= 4; ++i) if (y[i] == "") { print names[i] " is missing"; exit 1 } }' <<<"$printed"
