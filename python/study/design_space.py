# SPDX-License-Identifier: Apache-2.0
"""The design space of a chip: tables for docs/studies/chip-design-space.md.

python3 -m study.design_space FOLDER    of chip-design-space.jsonl, chip-design-space-wires.jsonl, chip-design-space-slices.jsonl
"""

import json
import pathlib
import sys

from study.tables import table

OBJECTIVES = {"accuracy": -1, "energy_j": 1, "latency_s": 1, "area_mm2": 1}  # 1: less is better


def read_journal(path):
    """Axes and figures of every finished point, in one dict a point."""
    lines = [json.loads(text) for text in pathlib.Path(path).read_text().splitlines()]
    return [line["axes"] | line["figures"][0] for line in lines if line["status"] == "ok"]


def beats(one, other):
    """Better in one objective, worse in none."""
    gains = [sign * (other[figure] - one[figure]) for figure, sign in OBJECTIVES.items()]
    return min(gains) >= 0 and max(gains) > 0


def is_on_front(point, points):
    return not any(beats(other, point) for other in points)


def percent(share, half=None):
    return f"{100 * share:.1f}" if half is None else f"{100 * share:.1f} ± {100 * half:.1f}"


def array(point):
    return f"{point['chip.array.rows']} × {2 * point['chip.array.cols']}"


def design(point):
    return [
        array(point),
        point["chip.weights.cell_bits"] or 8,
        point["chip.adc.bits"],
        point["chip.array.cols"] // point["chip.mvm.adc.per_array"],
        percent(point["accuracy"], point["accuracy_inputs_ci95"]),
        f"{100 * point['accuracy_ideal']:.0f}",
        f"{1e6 * point['energy_j']:.2f}",
        f"{1e6 * point['latency_s']:.1f}",
        f"{point['area_mm2']:.2f}",
        f"{100 * point['area.by_part_mm2.adc'] / point['area_mm2']:.0f} %",
    ]


def designs(points):
    """By accuracy as printed, then energy, then area."""
    head = ["array", "cell bits", "ADC bits", "columns an ADC", "accuracy (%)", "ideal cells (%)", "energy (µJ)",
            "latency (µs)", "area (mm²)", "ADCs' share of it"]  # fmt: skip
    ordered = sorted(points, key=lambda p: (-round(p["accuracy"], 3), round(p["energy_j"], 9), p["area_mm2"]))
    return table(head, [design(p) for p in ordered])


def wires(points):
    """A row for each array and ADC, with ideal and with resistive lines."""
    head = ["array", "ADC bits", "ideal cells, ideal lines (%)", "PCM, ideal lines (%)", "ideal cells, resistive lines (%)",
            "PCM, resistive lines (%)"]  # fmt: skip
    rows = []
    for rows_of_array, bits in sorted({(p["chip.array.rows"], p["chip.adc.bits"]) for p in points}):
        of = {p["chip.wires.level"]: p for p in points if (p["chip.array.rows"], p["chip.adc.bits"]) == (rows_of_array, bits)}
        cells = [f"{rows_of_array} × {rows_of_array}", bits]
        for level in ("ideal", "line"):
            cells += [percent(of[level]["accuracy_ideal"]), percent(of[level]["accuracy"], of[level]["accuracy_ci95"])]
        rows.append(cells)
    return table(head, rows)


def slices(points):
    """A row for each array and number of bits in a cell."""
    head = ["array", "cell bits", "ideal cells (%)", "PCM (%)"]
    ordered = sorted(points, key=lambda p: (p["chip.array.rows"], -(p["chip.weights.cell_bits"] or 8)))
    return table(head, [[array(p), p["chip.weights.cell_bits"] or 8, percent(p["accuracy_ideal"]),
                         percent(p["accuracy"], p["accuracy_ci95"])] for p in ordered])  # fmt: skip


def tables(folder):
    """The front, the other designs, then accuracy with more images and chips: with lines, and with slices."""
    search, lines, sliced = (
        read_journal(pathlib.Path(folder) / f"chip-design-space{part}.jsonl") for part in ("", "-wires", "-slices")
    )
    front = [p for p in search if is_on_front(p, search)]
    others = [p for p in search if not is_on_front(p, search)]
    return "\n".join([designs(front), designs(others), wires(lines), slices(sliced)])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    print(tables(sys.argv[1]), end="")
