# SPDX-License-Identifier: Apache-2.0
"""Means of chip samples and their 95 % intervals, as the program computes them."""

import dataclasses
import functools
import math

import numpy


def _central_probability(degrees, t):
    """P(|T| < t) of Student's t; Abramowitz and Stegun 26.7.3 and 26.7.4."""
    theta = math.atan(t / math.sqrt(degrees))
    square, sine = math.cos(theta) ** 2, math.sin(theta)
    if degrees % 2 == 0:
        term = total = 1.0
        for k in range(2, degrees - 1, 2):
            term *= square * (k - 1) / k
            total += term
        return sine * total
    term = total = math.cos(theta) if degrees > 1 else 0.0
    for k in range(3, degrees - 1, 2):
        term *= square * (k - 1) / k
        total += term
    return 2 / math.pi * (theta + sine * total)


@functools.lru_cache(maxsize=None)
def student_t(degrees, false_alarms=0.05):
    """Two-sided quantile: |T| is beyond it in a share `false_alarms` of draws. Degrees of freedom: an integer ≥ 1."""
    low, high = 0.0, 1.0
    while _central_probability(degrees, high) < 1 - false_alarms:
        high *= 2
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if _central_probability(degrees, middle) < 1 - false_alarms else (low, middle)
    return high


@dataclasses.dataclass(frozen=True)
class Interval:
    """A mean and the half-width of its interval: 0 of values that are equal, infinite of one value, which tells no spread."""

    mean: float
    half: float

    @property
    def low(self):
        return self.mean - self.half

    @property
    def high(self):
        return self.mean + self.half


def mean_interval(values, false_alarms=0.05):
    values = numpy.asarray(values, dtype=float)
    if len(values) < 2:
        return Interval(float(values.mean()), math.inf)
    error = values.std(ddof=1) / math.sqrt(len(values))
    return Interval(float(values.mean()), float(student_t(len(values) - 1, false_alarms) * error))


def paired_interval(values, others):
    """Of values − others, chip sample by chip sample, as many as both have."""
    count = min(len(values), len(others))
    return mean_interval(numpy.asarray(values[:count]) - numpy.asarray(others[:count]))


def difference_interval(values, others, false_alarms=0.05):
    """Of mean(values) − mean(others), unpaired and of unequal variances (Welch). Samples that share draws are
    correlated positively, which makes it wider than need be."""
    values, others = numpy.asarray(values, dtype=float), numpy.asarray(others, dtype=float)
    mean = float(values.mean() - others.mean())
    if min(len(values), len(others)) < 2:
        return Interval(mean, math.inf)
    parts = [(v.var(ddof=1) / len(v), len(v) - 1) for v in (values, others)]
    error = sum(variance for variance, _ in parts)
    if error == 0:
        return Interval(mean, 0.0)
    degrees = max(1, math.floor(error**2 / sum(variance**2 / n for variance, n in parts)))
    return Interval(mean, student_t(degrees, false_alarms) * math.sqrt(error))
