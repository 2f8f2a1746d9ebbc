#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# usage: read_sweep.sh MIMOSA EXAMPLES DATA sqlite|pandas|duckdb
# The examples that read a sweep's results find what `mimosa export` prints, and leave a torn line aside. Exits 77
# (skipped) where what they need is missing.
set -euo pipefail
mimosa=$(readlink -f "$1") examples=$(readlink -f "$2") data=$(readlink -f "$3")
skip() { echo "skipped: $1" && exit 77; }
case $4 in
  sqlite) /usr/bin/python3 -c 'import sqlite3' 2>/dev/null || skip "it needs python3" ;;
  pandas) /usr/bin/python3 -c 'import pandas' 2>/dev/null || skip "it needs python3-pandas" ;;
  duckdb) command -v duckdb >/dev/null || skip "it needs the program duckdb" ;;
esac
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT
cd "$here"
"$mimosa" sweep "$data/tiny_timing.yaml" chip.adc.bits=6,8 chip.io.bytes_per_cycle=1,2,4 --out s --quiet
head -c 500 "$(find s/journals -name '*.jsonl' | head -n 1)" >s/journals/torn.jsonl

# Means over the sweep's rows: "tiny,6,4.21e-08,3".
"$mimosa" export s --csv | tr -d '"' >table
means() { # COLUMN KEY: the mean of a column for each value of another
  awk -F, -v column="$1" -v key="$2" '
    NR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
    { sum[$at[key]] += $at[column]; ++count[$at[key]] }
    END { for (k in sum) printf "%s,%.6g,%d\n", k, sum[k] / count[k], count[k] }' table | sort
}
means latency_s chip.adc.bits | sed 's/^/tiny,/' >expected
[ "$(wc -l <expected)" -eq 2 ] || { echo "no table: $(cat table)" && exit 1; }

case $4 in
  sqlite) /usr/bin/python3 "$examples/sweep_sqlite.py" s chip.adc.bits latency_s >found ;;
  pandas)
    /usr/bin/python3 "$examples/sweep_pandas.py" s chip.adc.bits latency_s >all
    sed '/^latency/,$d' all >found
    # The report has cycles, the index seconds at 1 GHz.
    sed '1,/^latency/d' all | awk -F, '{ printf "tiny,%s,%.6g,3\n", $1, $2 / 1e9 }' | cmp - expected
    ;;
  duckdb)
    (cd s && duckdb -csv -noheader <"$examples/sweep_duckdb.sql") >all
    awk -F, '{ printf "%s,%d,%.6g\n", $1, $2, $4 / 1e9 }' all >found
    means latency_s network_name | awk -F, '{ printf "%s,%d,%s\n", $1, $3, $2 }' >expected
    [ "$(head -c 4 s/points.parquet)" = PAR1 ] || { echo "no Parquet file" && exit 1; }
    ;;
esac
diff expected found
