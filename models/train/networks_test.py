# SPDX-License-Identifier: Apache-2.0
"""Tests of what the variants of a network do with its keys.

    /usr/bin/python3 models/train/networks_test.py
"""

import argparse
import unittest

import torch

import networks
import train

OPTIONS = argparse.Namespace(lr=0.1, weight_decay=1e-5, key_penalty=0.1, isometry=1e-4)


def trained(keys, steps=2):
    """(keys before, keys after, weight before, weight after) some steps of the training loop's own parts."""
    torch.manual_seed(7)
    net = networks.MimoConv(2, width=1, initial_width=1, keys=keys)
    watched = net.bind.keys, net.stem.weight
    before = [tensor.detach().clone() for tensor in watched]
    opt = train.optimiser(net, OPTIONS)
    for step in range(steps):
        opt.zero_grad(set_to_none=True)
        net(torch.randn(8, 1, 28, 28)).square().sum().backward()
        if penalty := train.penalties(net, step, OPTIONS):
            penalty.backward()
        opt.step()
    return before[0], watched[0].detach(), before[1], watched[1].detach()


class Keys(unittest.TestCase):
    def test_trained_keys_move_and_frozen_ones_and_none_stay(self):
        for keys in ("trained", "frozen", "none"):
            before, after, weight_before, weight_after = trained(keys)
            self.assertEqual(torch.equal(before, after), keys != "trained", keys)
            self.assertFalse(torch.equal(weight_before, weight_after), keys)

    def test_every_variant_starts_with_the_same_weights_elsewhere(self):
        starts = [trained(keys, steps=0) for keys in ("trained", "frozen", "none")]
        self.assertTrue(torch.equal(starts[0][0], starts[1][0]))
        self.assertFalse(torch.equal(starts[0][0], starts[2][0]))
        self.assertTrue(torch.equal(starts[0][2], starts[1][2]) and torch.equal(starts[0][2], starts[2][2]))

    def test_without_keys_the_bundle_is_the_plain_sum(self):
        bind = networks.BindBundle(3, 16, "none")
        x = torch.randn(2 * 3, 16, 4, 4)
        self.assertTrue(torch.allclose(bind(x), x.reshape(2, 3, 16, 4, 4).sum(1), atol=1e-5))

    def test_with_keys_a_slot_turned_back_by_its_own_key_is_found_among_the_others(self):
        torch.manual_seed(3)
        bind = networks.BindBundle(2, 256)
        x = torch.randn(2, 256, 1, 1)
        bundle = bind(x).flatten()
        for slot in range(2):
            back = torch.fft.irfft(torch.fft.rfft(bundle) * torch.fft.rfft(bind.keys[slot]).conj(), n=256)
            likeness = torch.nn.functional.cosine_similarity(back, x[slot].flatten(), dim=0)
            # The slot itself plus as much of something unlike it: 1/sqrt(2), with a spread of 1/sqrt(2 * 256).
            self.assertLess(abs(likeness.item() - 0.5**0.5), 5 / 512**0.5)


if __name__ == "__main__":
    unittest.main()
