# SPDX-License-Identifier: Apache-2.0
"""Tests of training with a chip in the loop against its definition.

    /usr/bin/python3 models/train/analog_test.py
"""

import unittest

import torch

import analog
import networks


def network(slots=2):
    torch.manual_seed(5)
    return networks.MimoConv(slots, width=1, initial_width=1)


class Programmed(unittest.TestCase):
    def test_every_matrix_has_errors_of_the_stated_size_and_its_weights_back_afterwards(self):
        net = network()
        chip = analog.Chip(net, noise=0.04, clip=0, bits=0)
        before = {name: p.clone() for name, p in net.named_parameters()}
        with chip.programmed():
            errors = [(m.weight - before[name + ".weight"]) / before[name + ".weight"].abs().max()
                      for name, m in net.named_modules() if isinstance(m, analog.MATRICES)]  # fmt: skip
        for name, p in net.named_parameters():
            self.assertTrue(torch.equal(p, before[name]), name)
        self.assertEqual(len(errors), 11)  # stem, three blocks with two skips, unbinding, classifier
        for e in errors:  # sigma of a sample's sigma is 1 / sqrt(2 n); five of them fail once in a million
            self.assertLess(abs(e.std().item() / 0.04 - 1), 5 / (2 * e.numel()) ** 0.5)

    def test_elements_of_a_bound_matrix_have_errors_of_their_own(self):
        bind = networks.BindBundle(2, 16)
        x = torch.eye(32)[:, :, None, None].reshape(-1, 16, 1, 1)  # pass p has element p of the two slots
        exact = bind(x).detach()
        bind.noise = 0.1
        error = (bind(x) - exact).detach() / (0.1 * exact.abs().max())
        self.assertLess(abs(error.std().item() - 1), 5 / (2 * error.numel()) ** 0.5)

    def test_gradient_reaches_the_weight_without_error(self):
        net = network()
        chip = analog.Chip(net, noise=0.04, clip=0, bits=8)
        with chip.programmed():
            net(torch.randn(8, 1, 28, 28)).square().sum().backward()
        self.assertTrue(all(m.weight.grad.abs().max() > 0 for m in chip.matrices))
        self.assertGreater(net.bind.keys.grad.abs().max(), 0)


class Converters(unittest.TestCase):
    def test_rounding_is_within_half_a_step_and_its_gradient_is_one(self):
        x = torch.randn(1000, requires_grad=True)
        y = analog.Round.apply(x, 127)
        self.assertLessEqual((y - x).abs().max().item(), 0.5001 * x.abs().max().item() / 127)
        self.assertLessEqual(len(y.unique()), 255)
        y.sum().backward()
        self.assertTrue(torch.equal(x.grad, torch.ones(1000)))

    def test_they_work_in_training_only(self):
        net, x = network(), torch.randn(4, 1, 28, 28)
        exact = net.eval()(x)
        analog.Chip(net, noise=0, clip=0, bits=4)
        self.assertTrue(torch.equal(net(x), exact))
        stem = net.train().stem(x)
        self.assertLessEqual(len(stem.unique()), 15)


class Clipping(unittest.TestCase):
    def test_no_weight_is_beyond_its_limit(self):
        net = network()
        limits = [2 * m.weight.std().item() for m in net.modules() if isinstance(m, analog.MATRICES)]
        chip = analog.Chip(net, noise=0, clip=2, bits=0)
        chip.clip_weights()
        for m, limit in zip(chip.matrices, limits):
            self.assertLessEqual(m.weight.abs().max().item(), limit * 1.00001)


if __name__ == "__main__":
    unittest.main()
