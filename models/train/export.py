# SPDX-License-Identifier: Apache-2.0
"""Exports a PyTorch module as a network: OUT/NAME.yaml (the graph) and OUT/NAME.safetensors (its tensors).

The module is traced with torch.fx in evaluation mode. Understood are Conv2d (square kernel, stride and padding, one
group, no dilation), Linear, BatchNorm1d/2d, ReLU, PReLU, Sigmoid, Tanh, AvgPool2d, MaxPool2d, AdaptiveAvgPool2d(1),
Flatten, Dropout and Identity (left out), their functional forms without parameters, the addition of two values, and
BindBundle, Unbind, Merge of `networks.py`. Anything else is an ExportError that names the module.

Matrices and keys are stored as fp16, everything else as fp32. `round_weights` rounds a module's own tensors in the
same way, so that it computes what the stored file says.
"""

import json
import os
import struct

import numpy as np
import torch
from torch import fx, nn
from torch.nn import functional as F

import networks

MATRICES = (nn.Conv2d, nn.Linear, networks.BindBundle)
LEAVES = (networks.BindBundle, networks.Unbind, networks.Merge)
FUNCTIONS = {F.relu: "relu", torch.relu: "relu", torch.sigmoid: "sigmoid", torch.tanh: "tanh", torch.flatten: "flatten",
             F.avg_pool2d: "avg_pool", F.max_pool2d: "max_pool", F.adaptive_avg_pool2d: "global_pool"}  # fmt: skip
METHODS = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "flatten": "flatten"}
ADDITIONS = ("add", "iadd")


class ExportError(Exception):
    """What the simulator's graph cannot express; the message names the module."""


class Tracer(fx.Tracer):
    """Remembers in which module each function is called: a node made from it is named `module.function`."""

    def __init__(self):
        super().__init__()
        self.path, self.scopes = [""], {}

    def is_leaf_module(self, module, qualified_name):
        return isinstance(module, LEAVES) or super().is_leaf_module(module, qualified_name)

    def call_module(self, module, forward, args, kwargs):
        self.path.append(self.path_of_module(module))
        try:
            return super().call_module(module, forward, args, kwargs)
        finally:
            self.path.pop()

    def create_node(self, *args, **kwargs):
        node = super().create_node(*args, **kwargs)
        self.scopes[node] = self.path[-1]
        return node


def one(value, place, what):
    """A number that may be given as a pair of equal ones."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if any(v != values[0] for v in values) or not isinstance(values[0], int):
        raise ExportError(f"{place}: {what} {value}; only square ones can be exported")
    return values[0]


def windows(module, place):
    """kernel, stride and padding of a convolution or pool."""
    stride = module.stride if module.stride is not None else module.kernel_size
    pairs = dict(kernel=module.kernel_size, stride=stride, padding=module.padding)
    return {key: one(value, place, key) for key, value in pairs.items()}


def refuse_unless(condition, place, text):
    if not condition:
        raise ExportError(f"{place}: {text}")


def describe_conv(module, place):
    refuse_unless(module.groups == 1, place, "grouped convolutions cannot be exported")
    refuse_unless(one(module.dilation, place, "dilation") == 1, place, "dilated convolutions cannot be exported")
    refuse_unless(module.padding_mode == "zeros", place, f"padding mode {module.padding_mode}; only zeros")
    return dict(op="conv2d", **windows(module, place), out_channels=module.out_channels, bias=module.bias is not None)


def describe_norm(module, place):
    refuse_unless(module.affine and module.track_running_stats, place, "needs affine=True, track_running_stats=True")
    return dict(op="batch_norm", eps=module.eps)


def describe_pool(module, place):
    refuse_unless(not module.ceil_mode, place, "ceil_mode cannot be exported")
    if isinstance(module, nn.MaxPool2d):
        refuse_unless(one(module.dilation, place, "dilation") == 1, place, "dilated pooling cannot be exported")
        return dict(op="max_pool", **windows(module, place))
    plain = module.count_include_pad and module.divisor_override is None
    refuse_unless(plain, place, "needs count_include_pad=True and no divisor_override")
    return dict(op="avg_pool", **windows(module, place))


def describe_global_pool(size, place):
    refuse_unless(size in (1, (1, 1), [1, 1]), place, f"adaptive pooling to {size}; only to 1")
    return dict(op="avg_pool", kernel=0)


def describe_flatten(start, end, place):
    refuse_unless((start, end) == (1, -1), place, f"flatten({start}, {end}); only flatten(1)")
    return dict(op="flatten")


def describe(module, place):
    """Operation and attributes of a leaf module; None where it does nothing in evaluation."""
    kind = type(module)
    if kind in (nn.Dropout, nn.Dropout2d, nn.Identity):
        return None
    if kind is nn.Conv2d:
        return describe_conv(module, place)
    if kind is nn.Linear:
        return dict(op="linear", out_channels=module.out_features, bias=module.bias is not None)
    if kind is networks.Unbind:
        return dict(op="unbind", bias=module.bias is not None)
    if kind in (nn.BatchNorm1d, nn.BatchNorm2d):
        return describe_norm(module, place)
    if kind in (nn.AvgPool2d, nn.MaxPool2d):
        return describe_pool(module, place)
    if kind is nn.AdaptiveAvgPool2d:
        return describe_global_pool(module.output_size, place)
    if kind is nn.Flatten:
        return describe_flatten(module.start_dim, module.end_dim, place)
    plain = {nn.ReLU: "relu", nn.PReLU: "prelu", nn.Sigmoid: "sigmoid", nn.Tanh: "tanh", networks.Merge: "merge"}
    refuse_unless(kind in plain, place, f"{kind.__name__} cannot be exported; see docs/own_network.md for what can")
    return dict(op=plain[kind])


def describe_function(node, place):
    """Operation of a call of a function or tensor method, its arguments as the module forms'."""
    table, target = (METHODS, node.target) if node.op == "call_method" else (FUNCTIONS, node.target)
    name = getattr(target, "__name__", str(target))
    if name in ADDITIONS and len(node.args) == 2 and not node.kwargs:
        return dict(op="add")
    refuse_unless(target in table, place, f"{name} cannot be exported; see docs/own_network.md for what can")
    op, args, kwargs = table[target], node.args[1:], node.kwargs
    if op == "flatten":
        return describe_flatten(*(args + (0, -1)[len(args) :]), place) if not kwargs else describe_flatten(
            kwargs.get("start_dim", 0), kwargs.get("end_dim", -1), place)  # fmt: skip
    if op == "global_pool":
        return describe_global_pool(*args, *kwargs.values(), place)
    if op in ("avg_pool", "max_pool"):
        options = {key: value for key, value in kwargs.items() if key not in ("return_indices",)}
        return describe_pool((nn.AvgPool2d if op == "avg_pool" else nn.MaxPool2d)(*args, **options), place)
    return dict(op=op)


class Lowering:
    """The list of nodes, and the names by which each traced value is known."""

    def __init__(self, tracer):
        self.tracer, self.nodes, self.names = tracer, [], {}

    def unique(self, name):
        taken = {node["name"] for node in self.nodes} | {"input"}
        candidates = [name] + [f"{name}_{i}" for i in range(1, len(taken) + 1)]
        return next(c for c in candidates if c not in taken)

    def append(self, name, inputs, attributes):
        self.nodes.append(dict(name=name, inputs=inputs, **attributes))
        return name

    def module(self, node, module):
        name, inputs = self.unique(node.target), self.inputs(node)
        refuse_unless(name == node.target, node.target, "one module is called twice; give each call its own")
        if isinstance(module, networks.BindBundle):
            self.append(name, inputs, dict(op="bind"))
            parent = name.rpartition(".")[0]
            return self.append(self.unique(f"{parent}.bundle" if parent else "bundle"), [name], dict(op="bundle"))
        attributes = describe(module, f"module '{name}' ({type(module).__name__})")
        return inputs[0] if attributes is None else self.append(name, inputs, attributes)

    def function(self, node):
        scope = self.tracer.scopes[node]
        attributes = describe_function(node, f"module '{scope or 'top'}'")
        name = self.unique(f"{scope}.{attributes['op']}" if scope else attributes["op"])
        return self.append(name, self.inputs(node, 2 if attributes["op"] == "add" else 1), attributes)

    def inputs(self, node, count=1):
        values = node.args[:count]
        known = all(isinstance(v, fx.Node) and v in self.names for v in values) and len(values) == count
        refuse_unless(known, str(node), "an operand is not a value of the network (constants cannot be exported)")
        return [self.names[v] for v in values]


def lower(module):
    """The nodes of the network, in order of computation: dictionaries with the keys of the YAML format."""
    tracer = Tracer()
    graph = tracer.trace(module)
    lowering = Lowering(tracer)
    for node in graph.nodes:
        if node.op == "placeholder":
            refuse_unless(not lowering.names, f"input '{node.name}'", "a network has one input")
            lowering.names[node] = "input"
        elif node.op == "call_module":
            lowering.names[node] = lowering.module(node, module.get_submodule(node.target))
        elif node.op in ("call_function", "call_method"):
            lowering.names[node] = lowering.function(node)
        elif node.op == "output":
            refuse_unless(isinstance(node.args[0], fx.Node), "output", "a network has one output")
            last = lowering.names[node.args[0]]
            refuse_unless(lowering.nodes and lowering.nodes[-1]["name"] == last, last, "it must be computed last")
        else:
            raise ExportError(f"'{node.target}': a free parameter; put it in a module that can be exported")
    return lowering.nodes


def is_fp16(module, name):
    """Whether the parameter `layer.name` of the module is stored as fp16."""
    layer, _, parameter = name.rpartition(".")
    return isinstance(module.get_submodule(layer), MATRICES) and parameter in ("weight", "keys")


@torch.no_grad()
def round_weights(module):
    """Rounds the module's matrices and keys to fp16 in place: it then computes with the numbers that are stored."""
    for name, parameter in module.named_parameters():
        if is_fp16(module, name):
            parameter.copy_(parameter.half().float())


def tensors_of(module, stats):
    """(name, numpy array) of everything stored. `stats`: mode to its running statistics, or None for the module's."""
    state = {k: v for k, v in module.state_dict().items() if not k.endswith("num_batches_tracked")}
    stored = [(k, v.detach().half() if is_fp16(module, k) else v.detach().float()) for k, v in state.items()
              if not (stats and "running_" in k)]  # fmt: skip
    for mode, values in (stats or {}).items():
        suffix = f"@n{mode}" if len(stats) > 1 else ""
        stored += [(k + suffix, v.float()) for k, v in values.items()]
    return [(name, value.contiguous().numpy()) for name, value in stored]


def refuse_single_slopes(module):
    """nn.PReLU() has one slope for all channels; the format keeps one a channel."""
    for name, layer in module.named_modules():
        if isinstance(layer, nn.PReLU):
            text = "one slope for all channels cannot be exported; use PReLU(channels)"
            refuse_unless(layer.num_parameters > 1, f"module '{name}' (PReLU)", text)


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": {k: str(v) for k, v in metadata.items()}}, []
    begin = 0
    for name, array in tensors:
        raw = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
        kind = {"float16": "F16", "float32": "F32"}[array.dtype.name]
        header[name] = dict(dtype=kind, shape=list(array.shape), data_offsets=[begin, begin + len(raw)])
        begin += len(raw)
        data.append(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    write_whole(path, struct.pack("<Q", len(text)) + text + b"".join(data))


def read_safetensors(path):
    """{name: array} of a file that `write_safetensors` wrote."""
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    kinds = {"F16": "<f2", "F32": "<f4"}
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(entry["shape"]).copy()
            for name, entry in header.items()}  # fmt: skip


def write_whole(path, content):
    with open(path + ".part", "wb") as file:
        file.write(content)
    os.replace(path + ".part", path)


def scalar(value):
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) and ":" in value else str(value)


def node_line(node):
    """One node in flow style; attributes at their default are left out."""
    inputs = node["inputs"]
    fields = [f"name: {node['name']}", f"op: {node['op']}"]
    fields.append(f"input: {inputs[0]}" if len(inputs) == 1 else f"inputs: [{', '.join(inputs)}]")
    stride = 1 if node["op"] == "conv2d" else node.get("kernel")
    defaults = dict(stride=stride, padding=0, bias=False, eps=1e-5)
    for key in ("kernel", "stride", "padding", "out_channels", "bias", "eps"):
        if key in node and node[key] != defaults.get(key):
            fields.append(f"{key}: {scalar(node[key])}")
    return "  - {" + ", ".join(fields) + "}\n"


def yaml_text(nodes, example_shape, head, weights):
    shape, text = list(example_shape), "# SPDX-License-Identifier: Apache-2.0\n"
    for key in ("name", "description", "dataset", "slots", "modes", "baseline"):
        if head.get(key) is not None:
            text += f"{key}: {scalar(head[key])}\n"
    text += f"input: {{shape: {shape}, mean: {head['mean']}, std: {head['std']}}}\n"
    if weights:
        text += f"weights: {weights}\n"
    return text + "nodes:\n" + "".join(node_line(node) for node in nodes)


def export(module, example_shape, name, out_dir, slots=1, modes=None, stats=None, metadata=None, description=None,
           dataset=None, baseline=None, mean=0.0, std=1.0, weights=True):  # fmt: skip
    """Writes OUT_DIR/NAME.yaml and, unless `weights` is False, OUT_DIR/NAME.safetensors.

    example_shape  [channels, height, width] of one input
    slots, modes   N, and the numbers n of different inputs per pass it is calibrated for (default [N])
    stats          mode to batch-norm running statistics by state_dict name; default: the module's own
    metadata       text stored in the weight file
    """
    module = module.eval()
    nodes = lower(module)
    with torch.no_grad():  # shapes that do not fit fail here, with PyTorch's own message
        module(torch.zeros(slots, *example_shape))
    refuse_single_slopes(module)
    head = dict(name=name, description=description, dataset=dataset, slots=slots, modes=list(modes or [slots]),
                baseline=baseline, mean=mean, std=std)  # fmt: skip
    os.makedirs(out_dir, exist_ok=True)
    if weights:
        tensors = tensors_of(module, stats)
        write_safetensors(os.path.join(out_dir, name + ".safetensors"), tensors, dict(network=name, **(metadata or {})))
    text = yaml_text(nodes, example_shape, head, name + ".safetensors" if weights else None)
    write_whole(os.path.join(out_dir, name + ".yaml"), text.encode())
