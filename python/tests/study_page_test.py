# SPDX-License-Identifier: Apache-2.0
"""Pages of studies hold the tables that their committed points give."""

import pathlib
import sys

try:
    import numpy  # noqa: F401
except ImportError:
    print("python: skipped, it needs python3-numpy")
    sys.exit(77)

from study import attention, design_space, superposition
from study.journal import network_of, read_study
from study.tables import study

studies = pathlib.Path(__file__).resolve().parents[2] / "docs" / "studies"


def noise_tables(name, sections, network):
    return study(read_study(studies / f"{name}.jsonl", network), sections)


failed = False
for name, tables in [
    ("superposition-under-noise", noise_tables("superposition-under-noise", superposition.SECTIONS, network_of)),
    ("superposition-on-cifar-10", noise_tables("superposition-on-cifar-10", superposition.SECTIONS, network_of)),
    ("mimoformer-under-noise", noise_tables("mimoformer-under-noise", attention.SECTIONS, attention.network_of)),
    ("chip-design-space", design_space.tables(studies)),
]:
    page = (studies / f"{name}.md").read_text()
    missing = [line for line in tables.splitlines() if line and line not in page.splitlines()]
    if missing or not tables:
        print(f"{name}.md lacks what its points say:", *missing, sep="\n")
        failed = True
sys.exit(failed)
