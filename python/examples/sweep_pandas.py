# SPDX-License-Identifier: Apache-2.0
"""A figure of a sweep against one of its axes, as sweep_sqlite.py, and then a figure that only the whole reports
in the journals hold.

    python3 python/examples/sweep_pandas.py runs/accuracy_vs_noise device.programming_noise accuracy
"""

import json
import pathlib
import sqlite3
import sys

import pandas

folder, axis, figure = sys.argv[1:]
index = sqlite3.connect(f"file:{folder}/results.sqlite?mode=ro", uri=True)
points = pandas.read_sql("SELECT * FROM points WHERE status = 'ok'", index)
table = points.groupby(["network_name", axis])[figure].agg(["mean", "count"])
print(table.to_csv(header=False, float_format="%.6g"), end="")


def reports():
    """Finished points, a report each; the last line of a journal may be torn."""
    for journal in sorted(pathlib.Path(folder, "journals").glob("*.jsonl")):
        for line in journal.read_text().splitlines():
            try:
                point = json.loads(line)
            except json.JSONDecodeError:
                continue
            if point["status"] == "ok":
                yield point


flat = pandas.json_normalize(reports()).drop_duplicates("address", keep="last")
flat = flat[flat["results_version"] == flat["results_version"].max()]  # those of an older program count no more
print("latency in cycles")
print(flat.groupby(f"axes.{axis}")["report.timing.latency_cycles"].mean().to_csv(header=False), end="")
