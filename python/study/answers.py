# SPDX-License-Identifier: Apache-2.0
"""Where superposition pays: the cheapest way to an accuracy, its prediction, and what noise does to N slots."""

import dataclasses
import math

import numpy

from study.statistics import Interval, difference_interval


@dataclasses.dataclass(frozen=True)
class Choice:
    """A way to run a network: energy per input in J, accuracy as a share, and the settings that give them."""

    energy_j: float
    accuracy: Interval
    settings: dict


def frontier(choices):
    """Choices that no other one beats in both mean accuracy and energy, by energy."""
    kept = []
    for choice in sorted(choices, key=lambda c: (c.energy_j, -c.accuracy.mean)):
        if not kept or choice.accuracy.mean > kept[-1].accuracy.mean:
            kept.append(choice)
    return kept


def cheapest(choices, target):
    """The choice of least energy that holds `target`: the lower end of its interval does. None where no one does."""
    holding = [choice for choice in choices if choice.accuracy.low >= target]
    return min(holding, key=lambda c: c.energy_j, default=None)


def cost_of_a_bit(choices, chosen, bits="chip.adc.bits"):
    """r: energy with one more bit over energy with the chosen bits, all else equal; None where that was not run."""
    wanted = chosen.settings | {bits: chosen.settings[bits] + 1}
    return next((c.energy_j / chosen.energy_j for c in choices if c.settings == wanted), None)


def predicted_saving(slots, r):
    """N inputs share a pass, and each of them sees √N times the noise, which ½ log₂ N more bits undo."""
    return slots / r ** (0.5 * math.log2(slots))


@dataclasses.dataclass(frozen=True)
class Saving:
    """Of N slots against one where both hold `target`."""

    target: float
    one: Choice
    many: Choice
    r: float | None
    predicted: float | None

    @property
    def measured(self):
        return self.one.energy_j / self.many.energy_j


def saving(one, many, slots, target):
    """`one` and `many`: the choices of N = 1 and of N slots. None where either cannot hold the target."""
    best_one, best_many = cheapest(one, target), cheapest(many, target)
    if best_one is None or best_many is None:
        return None
    r = cost_of_a_bit(one, best_one)
    return Saving(target, best_one, best_many, r, None if r is None else predicted_saving(slots, r))


def samples_at(curve, x):
    """Chip samples at x of a curve {x: samples}: those measured there, else interpolated between the neighbours, chip
    sample by chip sample. None beyond the ends."""
    for known, samples in curve.items():
        if math.isclose(known, x, rel_tol=1e-3, abs_tol=1e-12):
            return numpy.asarray(samples)
    below, above = [k for k in curve if k < x], [k for k in curve if k > x]
    if not below or not above:
        return None
    low, high = max(below), min(above)
    count = min(len(curve[low]), len(curve[high]))
    share = (x - low) / (high - low)
    return (1 - share) * numpy.asarray(curve[low][:count]) + share * numpy.asarray(curve[high][:count])


@dataclasses.dataclass(frozen=True)
class ScalingTest:
    """acc_N(σ)/acc_N(0) − acc_1(√N σ)/acc_1(0) at one σ; `rejected` where its interval leaves out 0."""

    sigma: float
    many: float
    one: float
    difference: Interval

    @property
    def rejected(self):
        return abs(self.difference.mean) > self.difference.half


def scaling_tests(one, many, slots, false_alarms=0.05):
    """Tests acc_N(σ)/acc_N(0) = acc_1(√N σ)/acc_1(0) at every σ > 0 of `many` where `one` says what √N σ gives. Curves
    {σ: accuracies of chip samples}; none without σ = 0. Bonferroni: a true hypothesis is rejected at any σ at all with
    probability `false_alarms` or less, over the chip samples, for these networks and inputs."""
    if 0.0 not in one or 0.0 not in many:
        return []
    at_zero = numpy.mean(one[0.0]), numpy.mean(many[0.0])
    pairs = []
    for sigma in sorted(many):
        other = samples_at(one, math.sqrt(slots) * sigma) if sigma > 0 else None
        if other is not None:
            pairs.append((sigma, numpy.asarray(many[sigma]) / at_zero[1], other / at_zero[0]))
    return [
        ScalingTest(sigma, float(m.mean()), float(o.mean()), difference_interval(m, o, false_alarms / len(pairs)))
        for sigma, m, o in pairs
    ]


def effective_scale(one, many):
    """The factor k for which acc_N(σ)/acc_N(0) = acc_1(kσ)/acc_1(0), at every σ of `many`: what √N is held against.
    {σ: k}; without those σ where accuracy has not fallen or falls below what `one` reached."""
    if 0.0 not in one or 0.0 not in many:
        return {}
    xs = numpy.array(sorted(one))
    falls = numpy.array([numpy.mean(one[x]) for x in xs]) / numpy.mean(one[0.0])
    falls, first = numpy.unique(numpy.minimum.accumulate(falls), return_index=True)  # ascending
    xs = xs[first]
    scales = {}
    for sigma in sorted(many):
        kept = numpy.mean(many[sigma]) / numpy.mean(many[0.0])
        if sigma > 0 and falls[0] < kept < falls[-1]:
            scales[sigma] = float(numpy.interp(kept, falls, xs) / sigma)
    return scales
