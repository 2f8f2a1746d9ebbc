# SPDX-License-Identifier: Apache-2.0
"""Where does superposition pay? Tables for docs/studies/superposition-under-noise.md.

python3 -m study.superposition POINTS.jsonl          prints the tables
python3 -m study.superposition --collect RUNS FILE   writes FILE from the sweeps in RUNS/EXPERIMENT
"""

import collections

from study.answers import Choice, cheapest, effective_scale, frontier, saving, scaling_tests
from study.statistics import Interval, mean_interval, paired_interval
from study.tables import half_width, percent, print_study, signed, table

TARGETS = (0.90, 0.95, 0.98)  # of what N = 1 has in float
ABSOLUTE_TARGETS = (0.75, 0.80, 0.85, 0.88, 0.90, 0.91, 0.92)


def accuracy(point):
    return mean_interval(point.samples)


def kind(network):
    return "plain" if network.plain else f"N = {network.slots}"


def family_label(network):
    images = ", CIFAR-10" if network.images == "cifar10" else ""
    return f"width {network.width}{', noise-trained' if network.noise_trained else ''}{images}"


def label(network):
    return f"{kind(network)}, {family_label(network)}"


def by_family(points, section):
    """A table for each width and training, so that none has more columns than there are numbers of inputs."""
    networks = networks_of(points)
    parts = []
    for family in dict.fromkeys(n.family for n in networks):
        first = next(n for n in networks if n.family == family)
        table_text = section([p for p in points if p.network.family == family])
        heading = family_label(first)
        parts.append(f"{heading[0].upper()}{heading[1:]}:\n\n{table_text}")
    return "\n".join(parts)


def networks_of(points):
    found = {p.network for p in points}
    return sorted(found, key=lambda n: (n.noise_trained, n.width, not n.plain, n.slots))


def families(points):
    """(N = 1, the networks of N > 1 with it)."""
    networks = [n for n in networks_of(points) if not n.plain]
    for one in networks:
        others = [n for n in networks if n.family == one.family and n.slots > 1]
        if one.slots == 1 and others:
            yield one, others


def of_network(points, network):
    return [p for p in points if p.network == network]


def against_axis(points, axis, unit=""):
    """Accuracy with its interval over chip samples, a column for each network, a row for each value of the axis."""
    networks = networks_of(points)
    cells = collections.defaultdict(dict)
    for p in points:
        cells[p.axes[axis]][p.network] = f"{percent(accuracy(p))} ({len(p.samples)})"
    rows = [[f"{x:g}{unit}", *(cells[x].get(n, "–") for n in networks)] for x in sorted(cells)]
    widths = ["± over inputs", *(inputs_width(of_network(points, n)) for n in networks)]
    return table([axis, *map(kind, networks)], rows + [widths])


def inputs_width(points):
    halves = [100 * p["accuracy_inputs_ci95"] for p in points if p.figures.get("accuracy_inputs_ci95")]
    return f"{min(halves):.1f} … {max(halves):.1f}" if halves else "–"


def drift(points):
    text = ""
    for compensation in sorted({p.axes["device.drift_compensation"] for p in points}):
        chosen = [p for p in points if p.axes["device.drift_compensation"] == compensation]
        tables = by_family(chosen, lambda p: against_axis(p, "device.time_s", " s"))
        text += f"### Compensation {compensation}\n\n{tables}\n"
    return text.rstrip("\n") + "\n"


def paired(points, axis):
    """Points of accuracy of N against N = 1 of the same width, paired by chip sample."""
    xs = sorted({p.axes[axis] for p in points})
    rows = []
    for one, others in families(points):
        base = {p.axes[axis]: p for p in of_network(points, one)}
        for network in others:
            at = {p.axes[axis]: p for p in of_network(points, network)}
            both = [x if x in at and x in base else None for x in xs]
            rows.append([label(network), *(signed(paired_interval(at[x].samples, base[x].samples)) if x is not None
                                           else "–" for x in both)])  # fmt: skip
    return table([axis, *(f"{x:g}" for x in xs)], rows)


def curve(points, axis):
    return {float(p.axes[axis]): p.samples for p in points}


def scaling(points, axis):
    """acc_N(σ)/acc_N(0) − acc_1(√N σ)/acc_1(0), and the factor that would stand for √N."""
    rows = []
    for one, others in families(points):
        base = curve(of_network(points, one), axis)
        for network in others:
            many = curve(of_network(points, network), axis)
            factors = effective_scale(base, many)
            for test in scaling_tests(base, many, network.slots):
                factor = f"{factors[test.sigma]:.2f}" if test.sigma in factors else "–"
                rows.append([label(network), f"{test.sigma:g}", f"{100 * test.many:.1f}", f"{100 * test.one:.1f}",
                             signed(test.difference), "rejected" if test.rejected else "not rejected",
                             f"{factor} ({network.slots ** 0.5:.2f})"])  # fmt: skip
    return table(["network", "σ", "keeps, %", "N = 1 at √N σ, %", "difference", "equal?", "factor (√N)"], rows)


def choices(points):
    axes = ("chip.adc.bits", "chip.read.repeats")
    return [
        Choice(p["energy_j"], accuracy(p), {a: p.axes[a] for a in axes} | {"network": label(p.network)}) for p in points
    ]


def settings_text(choice):
    bits, reads = choice.settings["chip.adc.bits"], choice.settings["chip.read.repeats"]
    return f"{bits} bits, {reads} read{'s' if reads > 1 else ''}: {1e6 * choice.energy_j:.2f} µJ"


def frontiers(points):
    rows = []
    for network in networks_of(points):
        for c in frontier(choices(of_network(points, network))):
            rows.append([label(network), settings_text(c), percent(c.accuracy)])
    return table(["network", "way", "accuracy"], rows)


def savings(points):
    """What N saves where it and N = 1 of the same width hold the same accuracy."""
    rows = []
    for one, others in families(points):
        base = choices(of_network(points, one))
        best = max(p["accuracy_float"] for p in of_network(points, one))
        for network in others:
            for share in TARGETS:
                found = saving(base, choices(of_network(points, network)), network.slots, share * best)
                head = [label(network), f"{100 * share * best:.1f} %"]
                if found is None:
                    rows.append([*head, "–", "–", "–", "–", "does not hold it"])
                    continue
                predicted = "–" if found.predicted is None else f"{found.predicted:.2f}× (r = {found.r:.3f})"
                pays = "pays" if found.measured > 1 else "does not pay"
                rows.append(
                    [*head, settings_text(found.one), settings_text(found.many), f"{found.measured:.2f}×", predicted,
                     pays]
                )  # fmt: skip
    return table(["network", "target", "N = 1", "N", "saving", "predicted", ""], rows)


def across(points):
    """The cheapest way to an accuracy with N inputs a pass, whatever the width; N = 1 may do without binding."""
    rows = []
    slots = sorted({p.network.slots for p in points})
    for noise_trained in sorted({p.network.noise_trained for p in points}):
        chosen = [p for p in points if p.network.noise_trained == noise_trained]
        ways = {n: choices([p for p in chosen if p.network.slots == n]) for n in slots}
        for target in ABSOLUTE_TARGETS:
            best = {n: cheapest(ways[n], target) for n in slots}
            held = {n: c for n, c in best.items() if c}
            if not held:
                continue
            winner = min(held, key=lambda n: held[n].energy_j)
            cells = [f"{settings_text(best[n])}; {best[n].settings['network']}" if best[n] else "–" for n in slots]
            rows.append(["noise-trained" if noise_trained else "plain", f"{100 * target:g} %", *cells, f"N = {winner}"])
    return table(["training", "target", *(f"N = {n}" for n in slots), "cheapest"], rows)


def pairs(points):
    """Differences to the first network of a run, over chips and over inputs."""
    rows = []
    for p in sorted(points, key=lambda p: (p.network.noise_trained, p.network.width)):  # runs stay as they are
        of_chips = percent(accuracy(p))
        if p["paired.mean"] is None:
            rows.append([label(p.network), of_chips, "–", "–", "–"])
            continue
        mean = f"{100 * p['paired.mean']:+.2f}"
        rows.append([label(p.network), of_chips, mean, half_width(p["paired.ci95"]), half_width(p["paired.inputs_ci95"])])
    return table(["network", "accuracy", "points against N = 1", "over chips", "over inputs"], rows)


def trained_keys(points):
    """What it is worth to train the keys, or to have any: networks of one run, the first with trained ones."""
    rows = []
    for p in sorted(points, key=lambda p: (p.network.slots, p.network.width, p["paired.mean"] is not None)):
        against = "–" if p["paired.mean"] is None else signed(Interval(p["paired.mean"], p["paired.ci95"]))
        rows.append([label(p.network), p.network.keys, f"{100 * p['accuracy_float']:.2f}", percent(accuracy(p)), against])
    return table(["network", "keys", "float", "accuracy", "against trained keys"], rows)


def area(points):
    """Inputs a second and mm² of the arrays used, against N = 1 with as many arrays to use."""
    rows = []
    networks = networks_of(points)
    for one, others in families(points):
        plain = [n for n in networks if n.plain and n.family == one.family]
        at = {(p.network, p.axes["compiler.array_budget"]): p for p in points}
        for budget in sorted({p.axes["compiler.array_budget"] for p in points}):
            base = at.get((one, budget))
            for network in [*plain, one, *others]:
                p = at.get((network, budget))
                if p is None or base is None:
                    continue
                ratio = density(p) / density(base)
                rows.append(
                    [budget, label(network), int(p["arrays_used"]), f"{p['inputs_per_s']:,.0f}", f"{density(p):,.0f}",
                     f"{ratio:.2f}×"]
                )  # fmt: skip
    return table(["arrays allowed", "network", "used", "inputs/s", "inputs/s and mm²", "against N = 1"], rows)


def density(point):
    square_mm = point["area_mm2"] * point["arrays_used"] / point["utilisation.arrays_total"]
    return point["inputs_per_s"] / square_mm


def controls(points):
    networks = networks_of(points)
    at = {(p.axes["variant"], p.network): p for p in points}
    names = list(dict.fromkeys(p.axes["variant"] for p in points))
    orders = sorted(n for n in names if n.startswith("order_"))
    rows = []
    for name in sorted(set(names) - set(orders)):
        found = [at.get((name, n)) for n in networks]
        cells = [control_text(p, at.get(("as_it_is", p.network))) if p else "–" for p in found]
        rows.append([name.replace("_", " "), *cells])
    means = [[at[o, n]["accuracy"] for o in orders if (o, n) in at] for n in networks]
    rows.append([f"{len(orders)} orders, lowest … highest",
                 *(f"{100 * min(m):.2f} … {100 * max(m):.2f}" if m else "–" for m in means)])  # fmt: skip
    usual = [at.get(("as_it_is", n)) for n in networks]
    rows.append(["slots", *(slots_text(p) for p in usual)])
    rows.append(["wrong key", *(wrong_key_text(p) for p in usual)])
    return table(["control", *map(kind, networks)], rows)


def control_text(point, usual):
    text = percent(accuracy(point))
    if usual is None or point is usual:
        return text
    return f"{text}; {signed(paired_interval(point.samples, usual.samples))}"


def slots_text(point):
    slots = point and point["accuracy.slots"]
    return ", ".join(f"{100 * s['mean']:.1f}" for s in slots) if slots else "–"


def wrong_key_text(point):
    wrong = point and point["accuracy.wrong_key"]
    if not wrong:
        return "–"
    return f"{percent(Interval(wrong['mean'], wrong['inputs_ci95']))}; chance {100 * wrong['chance']:.2f}"


SECTIONS = {
    "superposition_noise": [("Drift", drift)],
    "superposition_noise_programming": [
        ("Programming noise", lambda p: by_family(p, lambda q: against_axis(q, "device.programming_noise"))),
        ("Programming noise, against N = 1", lambda p: paired(p, "device.programming_noise")),
        ("Programming noise: is N slots √N times the noise?", lambda p: scaling(p, "device.programming_noise")),
    ],
    "superposition_noise_read": [
        ("Read noise", lambda p: by_family(p, lambda q: against_axis(q, "device.read_noise"))),
        ("Read noise, against N = 1", lambda p: paired(p, "device.read_noise")),
        ("Read noise: is N slots √N times the noise?", lambda p: scaling(p, "device.read_noise")),
    ],
    "superposition_noise_converters": [
        ("Accuracy and energy", frontiers),
        ("What is saved where accuracy is held", savings),
        ("The cheapest way of any width", across),
    ],
    "superposition_noise_area": [("Equal area", area)],
    "superposition_noise_pairs": [("Paired by chip and by input", pairs)],
    "superposition_noise_keys": [("Keys trained, frozen, none", trained_keys)],
    "superposition_noise_controls": [("Controls and ablations", lambda p: by_family(p, controls))],
}


if __name__ == "__main__":
    print_study(__doc__, SECTIONS)
