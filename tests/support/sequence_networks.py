# SPDX-License-Identifier: Apache-2.0
"""Writes tests/data/sequence_networks: small networks of every kind with random weights, and PyTorch's logits of random
tokens, which tests/oracle/sequence_logits_test.cpp holds against the C++ reference.

    /usr/bin/python3 tests/support/sequence_networks.py
"""

import os
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "models", "train"))

import export  # noqa: E402
import export_sequences as es  # noqa: E402
import mimoformer as mf  # noqa: E402

OUT = os.path.join(HERE, "..", "data", "sequence_networks")
SMALL = dict(vocabulary=12, context=21, classes=12, dim=16, heads=2, head_dim=8, hidden=24, layers=2, features=20)
NETWORKS = {
    "att": dict(grid=(2, 2)),
    "att_mlp": dict(grid=(2, 2), variant="att_mlp"),
    "dpfp": dict(grid=(2, 2), kernel="dpfp"),
    "exp": dict(grid=(2, 3), kernel="exp"),
    "performer": dict(),
    "softmax": dict(kernel="softmax"),
    "datamux": dict(grid=(4, 1), variant="datamux", kernel="softmax"),
    "mean": dict(grid=(3, 2), variant="att_mlp", head="mean"),
}


@torch.no_grad()
def write(name, words):
    shape = mf.Shape(**{**SMALL, **words})
    net = mf.Network(shape)
    for parameter in net.parameters():
        parameter.add_(0.05 * torch.randn_like(parameter))  # zeros too
    es.round_weights(net)
    graph = es.lower(net)
    export.write_safetensors(os.path.join(OUT, name + ".safetensors"), es.stored(graph), dict(network=name))
    text = es.yaml_text(name, shape, "recall", graph).splitlines(keepends=True)
    text = [line for line in text if not line.startswith(("dataset", "task", "baseline", "description"))]
    export.write_whole(os.path.join(OUT, name + ".yaml"), "".join(text).encode())
    count = 4 * shape.grid[0] * shape.grid[1]
    tokens = torch.randint(0, shape.vocabulary, (count, shape.context))
    query = None if shape.head == "mean" else torch.randint(0, shape.vocabulary, (count, 1))
    logits = net(tokens, query).reshape(count, -1)
    rows = tokens if query is None else torch.cat([tokens, query], 1)
    tensors = [("tokens", rows.float().numpy()), ("logits", logits.numpy())]
    export.write_safetensors(os.path.join(OUT, name + "_logits.safetensors"), tensors, dict(network=name))


if __name__ == "__main__":
    torch.manual_seed(5)
    torch.set_num_threads(1)
    os.makedirs(OUT, exist_ok=True)
    for name, words in NETWORKS.items():
        write(name, words)
