# SPDX-License-Identifier: Apache-2.0
"""The study's page holds the tables that its committed points give."""

import pathlib
import sys

try:
    import numpy  # noqa: F401
except ImportError:
    print("python: skipped, it needs python3-numpy")
    sys.exit(77)

from study.journal import read_study
from study.superposition import study

studies = pathlib.Path(__file__).resolve().parents[2] / "docs" / "studies"
page = (studies / "superposition-under-noise.md").read_text()
tables = study(read_study(studies / "superposition-under-noise.jsonl"))
missing = [line for line in tables.splitlines() if line and line not in page.splitlines()]
if missing or not tables:
    sys.exit("superposition-under-noise.md lacks what its points say:\n" + "\n".join(missing))
