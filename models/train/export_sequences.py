# SPDX-License-Identifier: Apache-2.0
"""Exports a network that `train_sequences.py` trained: the graph of its operations, and its tensors.

    /usr/bin/python3 models/train/export_sequences.py mimoformer_recall_2x2 --from runs/train --out configs/network

Reads DIR/NAME.pt. Writes OUT/NAME.yaml, OUT/NAME.safetensors (matrices and random features fp16, the rest fp32), a copy
of the log in models/train/logs, and tests/data/NAME_logits.safetensors: 64 test sequences, their answers and PyTorch's
fp32 logits with the rounded weights, which the C++ reference is tested against. The accuracies stored are those of the
rounded weights on all test sequences.
"""

import argparse
import math
import os
import re

import torch

import data
import export
import mimoformer as mf
import sequences
import train_sequences as ts

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "..", "tests", "data")
REFERENCE_INPUTS = 64
LINEARS = ("q", "k", "v", "o", "up", "down")
WORDS = {"recall": "associative recall (5 keys, 5 values, 10 pairs)", "induction": "the induction head (V = 20, 30 tokens)",
         "recall20": "associative recall (9 keys, 9 values, 20 pairs)", "pixels": "Fashion-MNIST as 196 pixels"}  # fmt: skip
# Accuracies that Menet et al. (NeurIPS 2023) give for N = 2, by kind of network and task. The settings of their tasks
# are not published, nor which of their two variants it is; DataMUX is theirs with N = 2, ours with four sequences a pass.
PUBLISHED = {"mimoformer": {"recall": 0.9652, "induction": 0.9940}, "dpfp": {"recall": 0.9364, "induction": 0.9856},
             "datamux": {"recall": 0.2004, "induction": 0.0606}}  # fmt: skip
PUBLISHED_SOURCE = "Menet et al., NeurIPS 2023, N = 2, as reprinted in the press; settings of its tasks not published"


class Graph:
    """Nodes in order of computation; `shared` names the node that owns another's tensors."""

    def __init__(self):
        self.lines, self.tensors = [], {}

    def add(self, name, op, inputs, **attributes):
        many = isinstance(inputs, (list, tuple))
        fields = dict(name=name, op=op, **({"inputs": list(inputs)} if many else {"input": inputs}), **attributes)
        self.lines.append("  - {" + ", ".join(f"{key}: {self.scalar(value)}" for key, value in fields.items()) + "}\n")
        return name

    @staticmethod
    def scalar(value):
        if isinstance(value, list):
            return f"[{', '.join(value)}]"
        return repr(value).rstrip() if isinstance(value, float) else export.scalar(value)

    def linear(self, name, x, module, per_position=True):
        """A Linear as the 1x1 convolution that acts on every position, or as itself."""
        self.tensors[name + ".weight"] = module.weight[..., None, None] if per_position else module.weight
        self.tensors[name + ".bias"] = module.bias
        words = dict(kernel=1) if per_position else {}
        op = "conv2d" if per_position else "linear"
        return self.add(name, op, x, **words, out_channels=module.out_features, bias=True)

    def norm(self, name, x, module):
        self.tensors.update({name + ".weight": module.weight, name + ".bias": module.bias})
        return self.add(name, "layer_norm", x)

    def bind(self, name, x, owner, keys=None, **attributes):
        if keys is not None:
            self.tensors[owner + ".keys"] = keys
        words = {} if keys is not None else dict(weights_of=owner)
        return self.add(name, "hadamard", x, **attributes, **words)


def bundle_of(graph, prefix, letter, x, layer):
    """Projection, heads, binding and bundling of one of q, k, v."""
    attention = layer.attention
    shape, name = attention.shape, f"{prefix}.{letter}"
    x = graph.linear(name, x, getattr(attention, letter))
    x = graph.add(name + "_heads", "heads", x, heads=shape.heads)
    if shape.grid != (1, 1):
        x = graph.bind(name + "_bind", x, f"{prefix}.q_bind", attention.keys if letter == "q" else None)
    elif letter == "v":
        return x
    scale = {} if letter == "v" else dict(scale=shape.head_dim**-0.5, grid_scale=True)
    return graph.add(name + "_bundle", "grid_sum", x, over="m" if letter == "q" else "n", **scale)


def features_of(graph, prefix, letter, x, layer):
    attention = layer.attention
    kernel, name, owner = attention.shape.kernel, f"{prefix}.{letter}", f"{prefix}.q_omega"
    if kernel == "dpfp":
        return graph.add(name + "_phi", "dpfp", x, nu=mf.DPFP_NU)
    words = dict(kernel=1, out_channels=attention.shape.features)
    if letter == "q":
        sign = attention.keys[0, 0] if attention.shape.grid == (1, 1) else 1.0
        graph.tensors[owner + ".weight"] = (attention.omega * sign)[..., None, None]
    else:
        words["weights_of"] = owner
    p = graph.add(name + "_omega", "conv2d", x, **words)
    if kernel == "relu":
        return graph.add(name + "_phi", "random_features", p, kind="relu", eps=mf.RELU_EPS)
    kind, inputs = ("exp_query", p) if letter == "q" else ("exp_key", [p, x])
    return graph.add(name + "_phi", "random_features", inputs, kind=kind, eps=mf.EXP_EPS)


def mask_words(shape):
    return dict(mask="full") if shape.head == "mean" else dict(mask="prefix", prefix=shape.context)


def linear_attention(graph, prefix, x, layer):
    shape = layer.attention.shape
    q, k, v = (bundle_of(graph, prefix, letter, x, layer) for letter in "qkv")
    phi = [features_of(graph, prefix, letter, bundle, layer) for letter, bundle in (("q", q), ("k", k))]
    pooled = dict(pooled=True) if shape.variant == "att_mlp" else {}
    eps = dict(eps=mf.DPFP_EPS) if shape.kernel == "dpfp" else {}
    x = graph.add(prefix + ".attention", "attention", [*phi, v], **mask_words(shape), **pooled, **eps)
    if shape.variant == "att" and shape.grid != (1, 1):
        x = graph.bind(prefix + ".unbind", x, f"{prefix}.q_bind")
    return x


def softmax_attention(graph, prefix, x, layer):
    shape, inputs = layer.attention.shape, []
    for letter in "qkv":
        y = graph.linear(f"{prefix}.{letter}", x, getattr(layer.attention, letter))
        inputs.append(graph.add(f"{prefix}.{letter}_heads", "heads", y, heads=shape.heads))
    return graph.add(prefix + ".attention", "softmax_attention", inputs, **mask_words(shape), scale=shape.head_dim**-0.5)


def add_layer(graph, prefix, x, layer):
    attend = softmax_attention if layer.shape.kernel == "softmax" else linear_attention
    y = attend(graph, prefix, graph.norm(prefix + ".norm1", x, layer.norm1), layer)
    y = graph.linear(prefix + ".o", graph.add(prefix + ".join", "join_heads", y), layer.attention.o)
    if layer.shape.variant == "att_mlp":
        x = graph.bind(prefix + ".skip_bind", x, prefix + ".skip_bind", layer.skip_keys)
        x = graph.add(prefix + ".skip_bundle", "grid_sum", x, over="m")
    x = graph.add(prefix + ".add", "add", [y, x])
    y = graph.linear(prefix + ".up", graph.norm(prefix + ".norm2", x, layer.norm2), layer.up)
    y = graph.linear(prefix + ".down", graph.add(prefix + ".relu", "relu", y), layer.down)
    x = graph.add(prefix + ".add_mlp", "add", [y, x])
    if layer.shape.variant == "att_mlp":
        x = graph.bind(prefix + ".skip_unbind", x, prefix + ".skip_bind", spread="n")
    return x


def lower(net):
    """The graph of a trained network; tensors by the names of their nodes."""
    graph, shape = Graph(), net.shape
    graph.tensors.update({"embed.weight": net.embedding.weight, "embed.positions": net.positions})
    x = graph.add("embed", "embed", "input", out_channels=shape.dim)
    if shape.variant == "datamux":
        x = graph.bind("bind", x, "bind", net.keys)
        x = graph.add("mean", "grid_sum", x, over="m", scale=1.0 / shape.grid[0])
    for i, layer in enumerate(net.layers):
        x = add_layer(graph, f"l{i}", x, layer)
    x = graph.norm("norm", x, net.norm)
    x = graph.add("pool", "avg_pool", x, kernel=0) if shape.head == "mean" else graph.add("last", "row", x, index=-1)
    x = graph.add("flatten", "flatten", x)
    if shape.variant == "datamux":
        graph.tensors.update({"unbind.weight": net.unbind.weight, "unbind.bias": net.unbind.bias})
        x = graph.add("unbind_act", "relu", graph.add("unbind", "unbind", x, bias=True))
    graph.linear("classifier", x, net.classifier, per_position=False)
    return graph


def is_fp16(name, tensor):
    """Matrices and random features; keys, tables, biases and norms stay fp32."""
    return name.endswith(".weight") and tensor.dim() > 1 and name != "embed.weight"


@torch.no_grad()
def round_weights(net):
    """Rounds what is stored as fp16 in the module itself."""
    matrices = [m.weight for m in net.modules() if isinstance(m, torch.nn.Linear)]
    for tensor in matrices + [layer.attention.omega for layer in net.layers if hasattr(layer.attention, "omega")]:
        tensor.copy_(tensor.half().float())


def stored(graph):
    tensors = ((name, tensor.detach()) for name, tensor in graph.tensors.items())
    return [(name, (t.half() if is_fp16(name, t) else t.float()).contiguous().numpy()) for name, t in tensors]


def describe(name, shape, task):
    rows, columns = shape.grid
    kind = {"datamux": "DataMUX", "att": "MIMOFormer", "att_mlp": "MIMOFormer (att.+MLP)"}[shape.variant]
    if shape.grid == (1, 1):
        kind = "Softmax transformer" if shape.kernel == "softmax" else "Performer"
    feature = {"relu": "ReLU features", "exp": "exponential features", "dpfp": "DPFP features", "softmax": "softmax"}[shape.kernel]
    count = rows * columns
    return f"{kind}, {feature}, {count} sequence{'s' if count > 1 else ''} a pass, for {WORDS[task]}"


def published_kind(shape):
    """The row of PUBLISHED for a network, or None."""
    if shape.variant == "datamux":
        return "datamux"
    if shape.grid != (2, 2) or shape.variant != "att":
        return None
    return {"relu": "mimoformer", "dpfp": "dpfp"}.get(shape.kernel)


def published_line(shape, task):
    accuracy = PUBLISHED.get(published_kind(shape), {}).get(task)
    if accuracy is None:
        return ""
    ours = f"; here {shape.grid[0] * shape.grid[1]} sequences a pass" if shape.variant == "datamux" else ""
    return f'published: {{accuracy: {accuracy}, source: "{PUBLISHED_SOURCE}{ours}"}}\n'


def yaml_text(name, shape, task, graph):
    facts = sequences.TASKS[task]
    words = ", ".join(f"{key}: {value}" for key, value in facts["task"].items())
    length = shape.context + (shape.head == "row")
    text = "# SPDX-License-Identifier: Apache-2.0\n"
    text += f"name: {name}\ndescription: {export.scalar(describe(name, shape, task))}\n"
    text += f"dataset: {facts['dataset']}\ntask: {{{words}}}\ngrid: [{shape.grid[0]}, {shape.grid[1]}]\n"
    if shape.grid != (1, 1):
        text += f"baseline: performer_{task}\n"
    text += published_line(shape, task)
    text += f"input: {{shape: [1, {length}, 1], tokens: {shape.vocabulary}}}\nweights: {name}.safetensors\n"
    return text + "nodes:\n" + "".join(graph.lines)


def wilson(share, count, z=1.96):
    """95 % interval of a share that was seen on `count` sequences."""
    centre, spread = share + z * z / (2 * count), z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return (centre - spread) / (1 + z * z / count), (centre + spread) / (1 + z * z / count)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network")
    parser.add_argument("--from", dest="source", default="runs/train", help="folder of NAME.pt and NAME.log")
    parser.add_argument("--out", default="configs/network")
    parser.add_argument("--tests", default=TESTS, help="folder of the reference logits")
    parser.add_argument("--logs", default=os.path.join(HERE, "logs"))
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(1)
    shape, task, seed = ts.shape_of(options.network)
    path = os.path.join(options.source, options.network)
    saved = torch.load(path + ".pt")
    net = mf.Network(shape)
    net.load_state_dict(saved["net"])
    round_weights(net)
    source = ts.Pixels() if task == "pixels" else ts.Drawn(task)
    dev, test = source.fixed("dev", seed, ts.DEV), source.fixed("test", seed, ts.TEST)
    share = ts.accuracy(net, test)
    low, high = wilson(share, len(test[0]))
    facts = dict(accuracy_dev=f"{ts.accuracy(net, dev):.4f}", accuracy_test=f"{share:.4f}", test_sequences=len(test[0]),
                 accuracy_test_95=f"{low:.4f} {high:.4f}", seed=seed, best_of="development set",
                 recipe=" ".join(f"--{k} {v}" for k, v in saved["options"].items() if k not in ("network", "out")))  # fmt: skip
    if task == "pixels":
        facts["dataset_sha256"] = data.dataset_sha256()
    for folder in (options.out, options.tests, options.logs):
        os.makedirs(folder, exist_ok=True)
    graph = lower(net)
    export.write_safetensors(os.path.join(options.out, options.network + ".safetensors"), stored(graph),
                             dict(network=options.network, **facts))  # fmt: skip
    export.write_whole(os.path.join(options.out, options.network + ".yaml"),
                       yaml_text(options.network, shape, task, graph).encode())  # fmt: skip
    write_examples(net, [t if t is None else t[:REFERENCE_INPUTS] for t in test], options)
    with open(path + ".log", encoding="utf-8") as file:
        lines = [re.sub(r"'out': '[^']*', ", "", line) for line in file]
    export.write_whole(os.path.join(options.logs, options.network + ".log"), "".join(lines).encode())
    print(options.network, *(f"{key} {value}" for key, value in facts.items()))


def write_examples(net, examples, options):
    tokens, queries, answers = examples
    logits = ts.logits_of(net, tokens, queries)
    rows = tokens if queries is None else torch.cat([tokens, queries], 1)
    tensors = [(name, t.float().numpy()) for name, t in (("tokens", rows), ("answers", answers.flatten()), ("logits", logits))]
    export.write_safetensors(os.path.join(options.tests, options.network + "_logits.safetensors"), tensors,
                             dict(network=options.network))  # fmt: skip


if __name__ == "__main__":
    main()
