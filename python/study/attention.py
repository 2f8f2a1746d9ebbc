# SPDX-License-Identifier: Apache-2.0
"""What noise and converters cost attention in superposition: tables for docs/studies/mimoformer-under-noise.md.

python3 -m study.attention POINTS.jsonl          prints the tables
python3 -m study.attention --collect RUNS FILE   writes FILE from the sweeps in RUNS/EXPERIMENT
"""

import dataclasses
import re

from study.statistics import mean_interval
from study.tables import percent, print_study, table

TASKS = {"recall": "Associative recall", "induction": "Induction head"}
VARIANTS = {None: "", "exp": ", exponential", "dpfp": ", DPFP", "s2": ", seed 2", "s3": ", seed 3"}
LAYERS = {
    '"*"': "all",
    '["*.q", "*.k", "*.v", "*.o"]': "projections",
    '"*_omega"': "Ω",
    '["*.up", "*.down", "classifier"]': "MLP and classifier",
}
TIMES = {3600: "1 hour", 86400: "1 day", 31536000: "1 year"}


@dataclasses.dataclass(frozen=True)
class Network:
    """What the name of a sequence network says."""

    name: str
    task: str
    grid: str  # "1x1": the Performer
    variant: str | None

    @property
    def label(self):
        return "Performer" if self.grid == "1x1" else self.grid.replace("x", " × ") + VARIANTS[self.variant]

    @property
    def rank(self):
        return self.grid, list(VARIANTS).index(self.variant)


def network_of(name):
    match = re.fullmatch(r"(?:performer|mimoformer)_([a-z]+)(?:_(\dx\d))?(?:_([a-z0-9]+))?", name)
    if not match or match[1] not in TASKS or match[3] not in VARIANTS:
        raise ValueError(f"{name}: expected performer_TASK or mimoformer_TASK_GRID[_VARIANT], a TASK of {', '.join(TASKS)}")
    return Network(name, match[1], match[2] or "1x1", match[3])


def accuracy(point):
    """One digit: a sequence of 500 is 0.2 points."""
    return percent(mean_interval(point.samples), digits=1)


def by_task(points, section):
    """A table for each task, a column for each of its networks."""
    parts = []
    for task, title in TASKS.items():
        chosen = [p for p in points if p.network.task == task]
        if chosen:
            networks = sorted({p.network for p in chosen}, key=lambda n: n.rank)
            parts.append(f"{title}:\n\n{section(chosen, networks)}")
    return "\n".join(parts)


def row(title, points, networks, cell):
    at = {p.network: p for p in points}
    return [title, *(cell(at[n]) if n in at else "–" for n in networks)]


def without_noise(point):
    return f"{100 * point['accuracy_float']:.1f} / {100 * point['accuracy_ideal']:.1f}"


def by_layers(axis, values=None):
    """Rows: which layers have noise, and how much by the axis."""

    def section(points, networks):
        rows = [row("float / ideal cells", points, networks, without_noise)]
        for layers, words in LAYERS.items():
            for value in sorted({p.axes[axis] for p in points}):
                chosen = [p for p in points if p.axes["noise_layers"] == layers and p.axes[axis] == value]
                if chosen:
                    rows.append(row(f"{words}, {values[value] if values else f'{value:g}'}", chosen, networks, accuracy))
        return table([f"noise in, {'after' if values else 'times published'}", *(n.label for n in networks)], rows)

    return lambda points: by_task(points, section)


def against(axis, head, unit=""):
    """Rows: values of the axis, with ideal cells and with all effects after a day."""

    def section(points, networks):
        rows = []
        for value in sorted({p.axes[axis] for p in points}):
            chosen = [p for p in points if p.axes[axis] == value]
            name = f"{value:g}{unit}"
            rows.append(row(f"{name}, ideal cells", chosen, networks, lambda p: f"{100 * p['accuracy_ideal']:.1f}"))
            rows.append(row(f"{name}, after 1 day", chosen, networks, accuracy))
        return table([head, *(n.label for n in networks)], rows)

    return lambda points: by_task(points, section)


SECTIONS = {
    "mimoformer_noise": [("All effects of the device over time", by_layers("device.time_s", TIMES))],
    "mimoformer_noise_programming": [("Programming noise alone", by_layers("device.programming_noise"))],
    "mimoformer_noise_read": [("Read noise alone", by_layers("device.read_noise"))],
    "mimoformer_noise_adc": [("Bits of the ADCs", against("chip.adc.bits", "bits"))],
    "mimoformer_noise_ranges": [("Range of the DACs", against("calibration.dac_percentile", "percentile in range", " %"))],
}


if __name__ == "__main__":
    print_study(__doc__, SECTIONS, network_of)
