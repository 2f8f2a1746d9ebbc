# SPDX-License-Identifier: Apache-2.0
"""The exported graph of a sequence network, computed node by node from its files, gives the module's logits.

    /usr/bin/python3 models/train/export_sequences_test.py
"""

import json
import os
import re
import struct
import tempfile
import unittest

import numpy as np
import torch

import export
import export_sequences as es
import mimoformer as mf
import sequences
import train_sequences as ts

SMALL = dict(vocabulary=12, context=9, classes=12, dim=16, heads=2, head_dim=8, hidden=24, layers=2, features=16)


def read_safetensors(path):
    with open(path, "rb") as file:
        raw = file.read()
    size = struct.unpack("<Q", raw[:8])[0]
    header, data = json.loads(raw[8 : 8 + size]), raw[8 + size :]
    kinds = {"F16": "<f2", "F32": "<f4"}
    return {name: np.frombuffer(data[slice(*e["data_offsets"])], kinds[e["dtype"]]).reshape(e["shape"]).astype(np.float64)
            for name, e in header.items() if name != "__metadata__"}  # fmt: skip


def read_nodes(text):
    """The nodes of the YAML's flow lines; values stay text, lists become lists."""
    nodes = []
    for line in re.findall(r"^  - \{(.*)\}$", text, re.M):
        fields = dict(re.findall(r"(\w+): (\[[^]]*\]|[^,]+)", line))
        fields["inputs"] = fields.pop("inputs", "[" + fields.pop("input", "") + "]")[1:-1].split(", ")
        nodes.append(fields)
    return nodes


class Evaluator:
    """Values are [slots, L, W, C], as the format defines them."""

    def __init__(self, nodes, tensors, grid):
        self.nodes, self.tensors, self.grid = nodes, tensors, grid

    def run(self, tokens):
        values = {"input": tokens}
        for node in self.nodes:
            inputs = [values[name] for name in node["inputs"]]
            owner = node.get("weights_of", node["name"])
            get = lambda name: self.tensors[f"{owner}.{name}"]  # noqa: B023, E731
            values[node["name"]] = getattr(self, node["op"])(node, get, *inputs)
        return values[self.nodes[-1]["name"]]

    def embed(self, node, get, x):
        return (get("weight")[x] + get("positions")[: x.shape[1]])[:, :, None, :]

    def layer_norm(self, node, get, x):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * get("weight") + get("bias")

    def conv2d(self, node, get, x):
        return x @ get("weight")[:, :, 0, 0].T + (get("bias") if node.get("bias") == "true" else 0.0)

    def heads(self, node, get, x):
        return x.reshape(*x.shape[:2], int(node["heads"]), -1)

    def join_heads(self, node, get, x):
        return x.reshape(*x.shape[:2], 1, -1)

    def hadamard(self, node, get, x):
        rows, columns = self.grid
        slots = [{"none": m * columns + n, "n": n, "m": m}[node.get("spread", "none")] for m in range(rows) for n in range(columns)]
        return x[slots] * get("keys").reshape(rows * columns, 1, 1, -1)

    def grid_sum(self, node, get, x):
        x = x.reshape(*self.grid, *x.shape[1:]).sum({"m": 0, "n": 1}[node["over"]])
        spread = np.prod(self.grid) ** -0.5 if node.get("grid_scale") == "true" else 1.0
        return x * float(node.get("scale", 1)) * spread

    def random_features(self, node, get, p, x=None):
        kind = node["kind"]
        if kind == "relu":
            y = np.maximum(p, 0)
        else:
            y = np.exp(p - (p.max(-1, keepdims=True) if kind == "exp_query" else (x * x).sum(-1, keepdims=True) / 2))
        return y + float(node["eps"])

    def dpfp(self, node, get, x):
        r = np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], -1)
        return np.concatenate([r * np.roll(r, i, -1) for i in range(1, int(node["nu"]) + 1)], -1)

    def may(self, node, length):
        if node["mask"] == "full":
            return np.ones((length, length))
        prefix, place = int(node["prefix"]), np.arange(length)
        return ((place[None] < prefix) | (place[None] <= place[:, None])).astype(float)

    def attention(self, node, get, q, k, v):
        weight = np.einsum("nlhr,mkhr->mnhlk", q, k) * self.may(node, q.shape[1])
        num, den = np.einsum("mnhlk,mkhd->nlhd", weight, v), weight.sum(-1).transpose(0, 1, 3, 2)[..., None]
        eps = float(node.get("eps", 0))
        if node.get("pooled") == "true":
            return num / (den.sum(0) + eps)
        return (num / (den + eps)).reshape(-1, *num.shape[1:])

    def softmax_attention(self, node, get, q, k, v):
        weight = np.exp(np.einsum("nlhd,nkhd->nhlk", q, k) * float(node["scale"])) * self.may(node, q.shape[1])
        return np.einsum("nhlk,nkhd->nlhd", weight / weight.sum(-1, keepdims=True), v)

    def add(self, node, get, a, b):
        return a + b

    def relu(self, node, get, x):
        return np.maximum(x, 0)

    def row(self, node, get, x):
        return x[:, [int(node["index"])]]

    def avg_pool(self, node, get, x):
        return x.mean((1, 2), keepdims=True)

    def flatten(self, node, get, x):
        return x.reshape(len(x), -1)

    def unbind(self, node, get, x):
        return (x @ get("weight").T + get("bias")).reshape(-1, x.shape[1])

    def linear(self, node, get, x):
        return x @ get("weight").T + get("bias")


def exported(net, name="net"):
    """(nodes, tensors) read back from written files."""
    graph = es.lower(net)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name + ".safetensors")
        export.write_safetensors(path, es.stored(graph), {})
        return read_nodes("".join(graph.lines)), read_safetensors(path)


class ExportSequencesTest(unittest.TestCase):
    def check(self, **words):
        torch.manual_seed(5)
        net = mf.Network(mf.Shape(**{**SMALL, **words}))
        with torch.no_grad():
            for p in net.parameters():
                p.add_(0.1 * torch.randn_like(p))
        es.round_weights(net)
        nodes, tensors = exported(net)
        net.double()
        count = 3 * net.sequences
        tokens = torch.randint(12, (count, 9 + (net.shape.head == "row")), generator=torch.Generator().manual_seed(6))
        asked = tokens[:, 9:] if net.shape.head == "row" else None
        with torch.no_grad():
            expected = net(tokens[:, :9], asked).reshape(count, -1).numpy()
        evaluator = Evaluator(nodes, tensors, net.grid)
        got = np.concatenate([evaluator.run(chunk.numpy()) for chunk in tokens.split(net.sequences)])
        self.assertLess(np.abs(got - expected).max(), 1e-6)  # positions and keys are stored as fp32

    def test_every_kind_of_network_computes_what_its_module_does(self):
        for kernel in ("relu", "exp", "dpfp"):
            for grid in ((2, 2), (2, 3)):
                for variant in ("att", "att_mlp"):
                    with self.subTest(kernel=kernel, grid=grid, variant=variant):
                        self.check(kernel=kernel, grid=grid, variant=variant)

    def test_a_performer_folds_its_signs_into_the_features(self):
        self.check(grid=(1, 1))
        self.check(grid=(1, 1), kernel="exp")
        self.check(grid=(2, 2), head="mean")

    def test_baselines(self):
        self.check(kernel="softmax")
        self.check(grid=(4, 1), variant="datamux", kernel="softmax")

    def test_names_say_what_is_trained(self):
        shape, task, seed = ts.shape_of("mimoformer_recall_2x2_dpfp_s3")
        self.assertEqual((shape.grid, shape.kernel, task, seed), ((2, 2), "dpfp", "recall", 3))
        shape, task, seed = ts.shape_of("performer_pixels")
        self.assertEqual((shape.grid, shape.head, shape.classes, task, seed), ((1, 1), "mean", 10, "pixels", 1))

    def test_head_of_the_file_names_task_grid_and_tokens(self):
        shape, task, _ = ts.shape_of("mimoformer_induction_2x2")
        text = es.yaml_text("mimoformer_induction_2x2", shape, task, es.lower(mf.Network(shape)))
        for line in ("dataset: induction_head", "task: {vocabulary: 20, length: 30}", "grid: [2, 2]",
                     "input: {shape: [1, 31, 1], tokens: 20}"):  # fmt: skip
            self.assertIn("\n" + line + "\n", text)

    def test_interval_is_wilson_s(self):
        low, high = es.wilson(0.5, 100)
        self.assertAlmostEqual(low, 0.4038, 4)
        self.assertAlmostEqual(high, 0.5962, 4)


if __name__ == "__main__":
    unittest.main()
