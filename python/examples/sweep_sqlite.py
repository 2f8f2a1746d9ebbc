# SPDX-License-Identifier: Apache-2.0
"""A figure of a sweep against one of its axes, from its index: for each network and value the mean over all
other axes, and the number of points.

    python3 python/examples/sweep_sqlite.py runs/accuracy_vs_noise device.programming_noise accuracy
"""

import sqlite3
import sys

folder, axis, figure = sys.argv[1:]
index = sqlite3.connect(f"file:{folder}/results.sqlite?mode=ro", uri=True)
# Brackets, not quotation marks: with these SQLite takes an unknown name for a text.
rows = index.execute(
    f"SELECT network_name, [{axis}], avg([{figure}]), count(*) FROM points"
    " WHERE status = 'ok' GROUP BY 1, 2 ORDER BY 1, 2"
)
for network, value, mean, points in rows:
    print(f"{network},{value},{mean:.6g},{points}")
