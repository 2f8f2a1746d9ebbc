# SPDX-License-Identifier: Apache-2.0
"""Pages of studies hold the tables that their committed points give."""

import pathlib
import sys

try:
    import numpy  # noqa: F401
except ImportError:
    print("python: skipped, it needs python3-numpy")
    sys.exit(77)

from study import attention, superposition
from study.journal import network_of, read_study
from study.tables import study

studies = pathlib.Path(__file__).resolve().parents[2] / "docs" / "studies"
failed = False
for name, sections, network in [
    ("superposition-under-noise", superposition.SECTIONS, network_of),
    ("mimoformer-under-noise", attention.SECTIONS, attention.network_of),
]:
    page = (studies / f"{name}.md").read_text()
    tables = study(read_study(studies / f"{name}.jsonl", network), sections)
    missing = [line for line in tables.splitlines() if line and line not in page.splitlines()]
    if missing or not tables:
        print(f"{name}.md lacks what its points say:", *missing, sep="\n")
        failed = True
sys.exit(failed)
