# SPDX-License-Identifier: Apache-2.0
"""The statistics of studies against tables and closed forms, their answers on data whose answer is known."""

import json
import math
import pathlib
import sys
import tempfile
import unittest
import zlib

try:
    import numpy
except ImportError:
    print("python: skipped, it needs python3-numpy")
    sys.exit(77)

from study import attention, superposition
from study.answers import (
    Choice,
    cheapest,
    cost_of_a_bit,
    effective_scale,
    frontier,
    predicted_saving,
    samples_at,
    saving,
    scaling_tests,
)
from study.journal import Point, collect, network_of, points_of, read_study
from study.statistics import Interval, difference_interval, mean_interval, paired_interval, student_t
from study.tables import study

TRIALS = 1000
# A share of 1,000 trials lies within 4 standard deviations of its probability but for 6 in 100,000.
SPREAD = 4 * math.sqrt(0.05 * 0.95 / TRIALS)


class Statistics(unittest.TestCase):
    def test_quantiles_are_those_of_the_tables(self):
        # Abramowitz and Stegun, table 26.10.
        for degrees, t in [(1, 12.706), (2, 4.303), (3, 3.182), (7, 2.365), (8, 2.306), (30, 2.042), (63, 1.998)]:
            self.assertAlmostEqual(student_t(degrees), t, delta=6e-4)
        self.assertAlmostEqual(student_t(7, 0.01), 3.499, delta=6e-4)
        self.assertAlmostEqual(student_t(4, 0.001), 8.610, delta=6e-4)

    def test_interval_of_a_mean(self):
        interval = mean_interval([1.0, 2.0, 3.0, 4.0])
        self.assertAlmostEqual(interval.mean, 2.5)
        self.assertAlmostEqual(interval.half, 3.182446 * math.sqrt(5 / 3 / 4), places=5)
        self.assertEqual(mean_interval([0.5]), Interval(0.5, math.inf))
        self.assertEqual(difference_interval([0.5], [0.25, 0.25]), Interval(0.25, math.inf))

    def test_pairing_removes_what_two_share(self):
        shared = numpy.linspace(0, 1, 9)
        self.assertEqual(paired_interval(shared + 0.25, shared[:8]), Interval(0.25, 0.0))

    def test_intervals_of_differences_cover_as_often_as_they_say(self):
        draws = numpy.random.default_rng(1)
        missed = 0
        for _ in range(TRIALS):
            d = difference_interval(draws.normal(3.0, 5.0, 4), draws.normal(1.0, 1.0, 20))
            missed += abs(d.mean - 2.0) > d.half
        self.assertAlmostEqual(missed / TRIALS, 0.05, delta=SPREAD)


def choice(energy, accuracy, half=0.0, **settings):
    return Choice(energy, Interval(accuracy, half), settings)


class Energy(unittest.TestCase):
    def test_a_frontier_drops_what_is_beaten(self):
        kept = [choice(1, 0.6), choice(2, 0.8), choice(4, 0.9)]
        beaten = [choice(2.5, 0.7), choice(2, 0.75), choice(5, 0.9)]
        self.assertEqual(frontier(kept[::-1] + beaten), kept)

    def test_a_target_is_held_by_the_lower_end(self):
        choices = [choice(1, 0.91, 0.02), choice(2, 0.91, 0.01), choice(3, 0.95)]
        self.assertEqual(cheapest(choices, 0.9).energy_j, 2)
        self.assertIsNone(cheapest(choices, 0.96))

    @staticmethod
    def ladder(slots, r, noise=1.0, overhead=0.0):
        """N slots share a pass of r^bits; the signal of a slot is √N weaker against the converter's step."""
        return [
            Choice(
                r**bits / slots + overhead,
                Interval(0.9 - noise * math.sqrt(slots) * 2.0**-bits, 0.0),
                {"chip.adc.bits": bits, "chip.read.repeats": 1},
            )
            for bits in range(2, 12)
        ]

    def test_savings_of_shared_passes_are_the_predicted_ones(self):
        for r in (1.2, 2.0, 4.0):
            one, four = self.ladder(1, r), self.ladder(4, r)
            self.assertAlmostEqual(cost_of_a_bit(one, one[0]), r)
            found = saving(one, four, 4, 0.9 - 2.0**-6)
            # ½ log₂ 4 = 1 bit more.
            self.assertEqual(
                found.many.settings["chip.adc.bits"], found.one.settings["chip.adc.bits"] + 1
            )
            self.assertAlmostEqual(found.measured, found.predicted)
            self.assertAlmostEqual(found.predicted, 4 / r)
        self.assertAlmostEqual(predicted_saving(2, 4.0), 1.0)  # two slots at 4 a bit bring nothing
        self.assertIsNone(saving(one, [choice(1, 0.5)], 4, 0.8))

    def test_unshared_energy_makes_the_saving_smaller_than_predicted(self):
        found = saving(self.ladder(1, 2.0), self.ladder(4, 2.0, overhead=20.0), 4, 0.9 - 2.0**-6)
        self.assertLess(found.measured, found.predicted)


def accuracy(sigma):
    return 0.1 + 0.8 / (1 + sigma**2)


def curve(sigmas, scale, draws, chips=8, spread=0.01):
    return {s: accuracy(scale * s) + draws.normal(0, spread, chips) * (s > 0) for s in sigmas}


class Scaling(unittest.TestCase):
    sigmas = [0.0] + [2.0 ** (k / 2) for k in range(-2, 5)]

    def rejections(self, scale, slots):
        draws = numpy.random.default_rng(2)
        rejected = 0
        for _ in range(TRIALS):
            tests = scaling_tests(
                curve(self.sigmas, 1.0, draws), curve(self.sigmas, scale, draws), slots
            )
            rejected += any(t.rejected for t in tests)
        return rejected / TRIALS

    def test_a_true_hypothesis_is_rejected_as_often_as_said(self):
        # Seven tests of intervals that are nearly independent: Bonferroni is nearly exact.
        self.assertAlmostEqual(self.rejections(2.0, 4), 0.05, delta=SPREAD + 0.01)

    def test_a_false_one_is_rejected(self):
        self.assertGreater(self.rejections(1.6, 4), 0.99)

    def test_between_points_samples_are_interpolated_and_beyond_them_there_are_none(self):
        known = {0.0: [1.0, 1.0, 1.0], 1.0: [0.8, 0.7]}
        numpy.testing.assert_allclose(samples_at(known, 0.5), [0.9, 0.85])
        numpy.testing.assert_allclose(samples_at(known, 1.0 + 1e-9), [0.8, 0.7])
        self.assertIsNone(samples_at(known, 1.1))

    def test_the_factor_is_found(self):
        draws = numpy.random.default_rng(3)
        fine = numpy.linspace(0, 4, 81)
        found = effective_scale(curve(fine, 1.0, draws, spread=0), curve([0.0, 0.5, 1.0, 2.0], 1.7, draws, spread=0))
        self.assertEqual(sorted(found), [0.5, 1.0, 2.0])
        for factor in found.values():
            self.assertAlmostEqual(factor, 1.7, delta=0.01)


def sealed(line):
    """A line as the program writes it."""
    text = json.dumps(line).encode()[:-1]
    return text + b',"crc":"%08x"}' % zlib.crc32(text)


class Tables(unittest.TestCase):
    """Of points with known figures; what failed or was not run is no reason for no table."""

    @staticmethod
    def point(name, axes, samples, **figures):
        return Point("sweep", network_of(name), axes, {"accuracy.analog.values": samples} | figures)

    def test_the_cheapest_ways_stand_under_their_number_of_slots(self):
        def way(name, energy):
            axes = {"chip.adc.bits": 6, "chip.read.repeats": 1}
            return self.point(name, axes, [0.9, 0.9], energy_j=energy * 1e-6)

        points = [way("mimoconv_fmnist_n1", 8), way("mimoconv_fmnist_n2", 4), way("mimoconv_fmnist_n4_16k", 2),
                  way("mimoconv_fmnist_n1_noise", 8), way("mimoconv_fmnist_n4_16k_noise", 3)]  # fmt: skip
        lines = superposition.across(points).splitlines()
        self.assertEqual(lines[0], "| training | target | N = 1 | N = 2 | N = 4 | cheapest |")
        cell = "6 bits, 1 read: {:.2f} µJ; N = {}, width 4{}".format
        plain = [cell(8, 1, ""), cell(4, 2, ""), cell(2, 4, "")]
        noisy = [cell(8, 1, ", noise-trained"), "–", cell(3, 4, ", noise-trained")]
        self.assertIn("| plain | 90 % | " + " | ".join(plain) + " | N = 4 |", lines)
        self.assertIn("| noise-trained | 90 % | " + " | ".join(noisy) + " | N = 4 |", lines)

    def test_tables_are_made_without_points_that_failed(self):
        one, two = "mimoconv_fmnist_n1", "mimoconv_fmnist_n2"
        points = [self.point(n, {"device.read_noise": 1}, [0.8, 0.9]) for n in (one, two)]
        self.assertEqual(len(superposition.scaling(points, "device.read_noise").splitlines()), 2)  # without σ = 0
        controls = [self.point(two, {"variant": "blank"}, [0.8, 0.9]), self.point(one, {"variant": "as_it_is"}, [0.8, 0.9],
                    **{"accuracy.slots": None, "accuracy.wrong_key": None})]  # fmt: skip
        self.assertIn("| blank | – | 85.00 ± 63.53 |", superposition.controls(controls).splitlines())
        pair = {"paired.mean": -0.01, "paired.ci95": 0.005, "paired.inputs_ci95": None}
        self.assertIn("| N = 2, width 4 | 85.00 ± 63.53 | -1.00 | ± 0.50 | ± – |",
                      superposition.pairs([self.point(two, {}, [0.8, 0.9], **pair)]).splitlines())  # fmt: skip

    def test_one_sample_rejects_nothing(self):
        (test,) = scaling_tests({0.0: [0.9], 1.0: [0.5]}, {0.0: [0.9], 0.5: [0.8]}, 4)
        self.assertFalse(test.rejected)


class Journals(unittest.TestCase):
    def test_names_say_what_a_network_is(self):
        n = network_of("mimoconv_fmnist_n4_w2_noise")
        self.assertEqual((n.slots, n.width, n.noise_trained, n.plain), (4, 2, True, False))
        n = network_of("wideresnet_fmnist")
        self.assertEqual((n.slots, n.width, n.noise_trained, n.plain), (1, 4, False, True))
        self.assertEqual(network_of("mimoconv_fmnist_n4_16k_noise").family, network_of("mimoconv_fmnist_n1_noise").family)
        one, many = network_of("wideresnet_cifar10_w2"), network_of("mimoconv_cifar10_n4_w2")
        self.assertEqual(one.family, many.family)  # and not that of the other images:
        self.assertNotEqual(many.family, network_of("mimoconv_fmnist_n4_w2").family)
        for name in ("mimoconv_cifar10", "wideresnet_fmnist_n2", "mimoconv_mnist_n2"):
            with self.assertRaises(ValueError):
                network_of(name)
        n = network_of("mimoconv_fmnist_n2_w1_unbound")
        self.assertEqual((n.slots, n.width, n.noise_trained, n.keys), (2, 1, False, "none"))
        with self.assertRaisesRegex(ValueError, "no network of the ladder"):
            network_of("wrn28_10")

    def test_names_say_what_a_sequence_network_is(self):
        n = attention.network_of("mimoformer_induction_2x2_dpfp")
        self.assertEqual((n.task, n.grid, n.label), ("induction", "2x2", "2 × 2, DPFP"))
        n = attention.network_of("performer_recall")
        self.assertEqual((n.task, n.grid, n.label), ("recall", "1x1", "Performer"))
        for name in ("mimoformer_pixels_2x2", "datamux_recall", "mimoformer_recall_2x2_new"):
            with self.assertRaisesRegex(ValueError, "expected performer_TASK"):
                attention.network_of(name)

    def test_tables_of_attention_have_a_cell_for_what_there_is(self):
        def point(network, layers, hours, accuracy):
            figures = {"accuracy.analog.values": [accuracy], "accuracy_float": 1.0, "accuracy_ideal": 0.995}
            axes = {"noise_layers": layers, "device.time_s": 3600 * hours}
            return Point("mimoformer_noise", attention.network_of(network), axes, figures)

        points = [point("performer_recall", '"*"', 1, 0.9), point("mimoformer_recall_2x2", '"*_omega"', 24, 0.8)]
        lines = study(points, attention.SECTIONS).splitlines()
        self.assertIn("| noise in, after | Performer | 2 × 2 |", lines)
        self.assertIn("| float / ideal cells | 100.0 / 99.5 | 100.0 / 99.5 |", lines)
        self.assertIn("| all, 1 hour | 90.0 ± – | – |", lines)
        self.assertIn("| Ω, 1 day | – | 80.0 ± – |", lines)

    def test_points_are_collected_once_and_read(self):
        line = {
            "address": "ab", "status": "ok", "results_version": 5, "wall_s": 1.0,
            "axes": {"network": "mimoconv_fmnist_n2", "device.time_s": 60}, "seed": 1, "config_sha256": "c",
            "figures": [{"network": "mimoconv_fmnist_n2", "accuracy.analog.values": [0.8, 0.9]}],
        }  # fmt: skip
        failed = line | {"address": "cd", "status": "failed", "error": "no"}
        older = line | {"address": "12", "results_version": 4}
        with tempfile.TemporaryDirectory() as folder:
            journals = pathlib.Path(folder) / "drift" / "journals"
            journals.mkdir(parents=True)
            text = b"\n".join(sealed(x) for x in (line, older, failed, line))
            torn = sealed(line | {"address": "ef", "error": "größer"})[:-30]
            damaged = sealed(line).replace(b"0.8", b"0.7")
            (journals / "1.jsonl").write_bytes(b"\n".join([text, damaged, torn]))
            (collected,) = collect(folder)
        (point,) = points_of(json.loads(collected), "drift")
        self.assertEqual((point.network.slots, point.axes, point.samples), (2, {"device.time_s": 60}, [0.8, 0.9]))
        self.assertEqual(points_of(failed, "drift"), [])
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "points.jsonl"
            file.write_text(collected + "\n")
            self.assertEqual(read_study(file), [point])
            file.write_text(collected + "\n" + collected.replace('"config_sha256":"c"', '"config_sha256":"d"') + "\n")
            with self.assertRaisesRegex(ValueError, "stands twice"):
                read_study(file)
            twin = collected.replace("mimoconv_fmnist_n2", "mimoconv_fmnist_n2_16k")
            file.write_text(collected + "\n" + twin + "\n")
            with self.assertRaisesRegex(ValueError, "another network of its kind"):
                read_study(file)


unittest.main()
