# SPDX-License-Identifier: Apache-2.0
"""Tests of the exporter: what it writes for each kind of module, and what it refuses.

    /usr/bin/python3 models/train/export_test.py
"""

import json
import os
import struct
import tempfile
import unittest

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import export
import networks


class Functional(nn.Module):
    """Functional forms, a residual sum inside a submodule, dropout."""

    def __init__(self):
        super().__init__()
        self.block = Residual()
        self.drop = nn.Dropout()
        self.fc = nn.Linear(16, 3)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.block(x)), 2, stride=1)
        return self.fc(self.drop(torch.flatten(F.avg_pool2d(torch.sigmoid(x), 3).tanh(), 1)))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3, padding=1)

    def forward(self, x):
        x = x + self.conv(x)
        return x + x.relu()


class Calls(nn.Module):
    """A network that is one call of a function."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


def refusal(module):
    try:
        export.lower(module)
    except export.ExportError as error:
        return str(error)
    return "exported"


class ExportTest(unittest.TestCase):
    def test_functions_are_named_by_the_module_that_calls_them(self):
        nodes = export.lower(Functional().eval())
        self.assertEqual([n["name"] for n in nodes],
                         ["block.conv", "block.add", "block.relu", "block.add_1", "relu", "max_pool", "sigmoid",
                          "avg_pool", "tanh", "flatten", "fc"])  # fmt: skip
        by_name = {n["name"]: n for n in nodes}
        self.assertEqual(by_name["block.add"]["inputs"], ["input", "block.conv"])
        self.assertEqual(by_name["max_pool"]["stride"], 1)
        self.assertEqual(by_name["avg_pool"]["stride"], 3)
        self.assertEqual(by_name["fc"]["inputs"], ["flatten"])

    def test_superposition_layers_become_their_operations(self):
        nodes = export.lower(networks.MimoConv(slots=2).eval())
        ops = {n["name"]: n["op"] for n in nodes}
        for name in ("bind", "bundle", "unbind", "merge"):
            self.assertEqual(ops[name], name)

    def test_what_cannot_be_expressed_is_refused_by_the_module_s_name(self):
        cases = {
            "'0' (Conv2d)": nn.Conv2d(2, 2, 3, groups=2),
            "dilated": nn.Conv2d(2, 2, 3, dilation=2),
            "only square": nn.Conv2d(2, 2, (3, 1)),
            "padding mode": nn.Conv2d(2, 2, 3, padding=1, padding_mode="reflect"),
            "'0' (LayerNorm)": nn.LayerNorm(4),
            "affine": nn.BatchNorm2d(2, affine=False),
            "ceil_mode": nn.MaxPool2d(2, ceil_mode=True),
            "count_include_pad": nn.AvgPool2d(3, padding=1, count_include_pad=False),
            "only to 1": nn.AdaptiveAvgPool2d(2),
            "only flatten(1)": nn.Flatten(2),
        }
        for text, module in cases.items():
            self.assertIn(text, refusal(nn.Sequential(module)))
        self.assertIn("softmax", refusal(Calls(lambda x: F.softmax(x, 1))))
        self.assertIn("not a value of the network", refusal(Calls(lambda x: x + 1)))
        shared = nn.ReLU()
        self.assertIn("called twice", refusal(nn.Sequential(shared, nn.Conv2d(1, 1, 1), shared)))

    def test_one_slope_for_all_channels_is_refused(self):
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(export.ExportError, "PReLU"):
            export.export(nn.Sequential(nn.PReLU()), (1, 2, 2), "net", folder)

    def test_matrices_are_stored_as_fp16_and_the_rest_as_fp32(self):
        net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.PReLU(2), nn.Flatten(), nn.Linear(2, 2))
        before = net[0].weight.detach().clone()
        export.round_weights(net)
        stats = {n: {"1.running_mean": torch.full((2,), float(n)), "1.running_var": torch.ones(2)} for n in (1, 2)}
        with tempfile.TemporaryDirectory() as folder:
            export.export(net, (1, 3, 3), "net", folder, slots=2, modes=[1, 2], stats=stats, metadata=dict(seed=5))
            with open(os.path.join(folder, "net.safetensors"), "rb") as file:
                raw = file.read()
        size = struct.unpack("<Q", raw[:8])[0]
        header = json.loads(raw[8 : 8 + size])
        self.assertEqual(header.pop("__metadata__"), dict(network="net", seed="5"))
        kinds = {name: entry["dtype"] for name, entry in header.items()}
        self.assertEqual([k for k, v in kinds.items() if v == "F16"], ["0.weight", "4.weight"])
        self.assertIn("1.running_mean@n2", kinds)
        self.assertNotIn("1.running_mean", kinds)
        begin, end = header["0.weight"]["data_offsets"]
        stored = np.frombuffer(raw[8 + size :][begin:end], "<f2").astype(np.float32).reshape(2, 1, 3, 3)
        self.assertTrue(np.array_equal(stored, net[0].weight.detach().numpy()))
        self.assertTrue(np.array_equal(stored, before.half().float().numpy()))


if __name__ == "__main__":
    unittest.main()
