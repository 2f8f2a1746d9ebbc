# SPDX-License-Identifier: Apache-2.0
"""The example runs, and docs/own_matrix.md shows it and what it prints."""

import pathlib
import subprocess
import sys

try:
    import numpy  # noqa: F401
except ImportError:
    print("python: skipped, it needs python3-numpy")
    sys.exit(77)

root = pathlib.Path(__file__).resolve().parents[2]
page = (root / "docs" / "own_matrix.md").read_text()
example = root / "python" / "examples" / "own_matrix.py"
if example.read_text().split('"""\n\n', 1)[1] not in page:
    sys.exit("docs/own_matrix.md does not hold python/examples/own_matrix.py")
printed = subprocess.run(
    [sys.executable, example], check=True, capture_output=True, text=True
).stdout
missing = [line for line in printed.splitlines() if line not in page.splitlines()]
if missing or len(printed.splitlines()) != 4:
    sys.exit(f"docs/own_matrix.md does not hold what the example prints:\n{printed}")
