# SPDX-License-Identifier: Apache-2.0
"""Exports a network that `train.py` trained: weights rounded as stored, statistics recalibrated with them.

    /usr/bin/python3 models/train/export_mimoconv.py mimoconv_fmnist_n2 --from runs/train --out configs/network

Reads DIR/NAME.pt (or, from a training still running, DIR/NAME.ckpt). Writes OUT/NAME.yaml, OUT/NAME.safetensors, a copy
of the log in models/train/logs, and tests/data/NAME_logits.safetensors: PyTorch's fp32 logits of the first 256 test
images (of noise for CIFAR-10) in every mode, which the C++ reference is tested against.
"""

import argparse
import ast
import os
import re

import torch

import data
import export
import networks
import train

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.join(HERE, "..", "..", "tests", "data")
REFERENCE_INPUTS = 256
DESCRIPTIONS = {
    "mimoconv_fmnist_n1": "MIMOConv (depth 10, width {}) for one input per pass: the baseline with binding layers",
    "mimoconv_fmnist_n2": "MIMOConv (depth 10, width {}) for two inputs in superposition",
    "mimoconv_fmnist_n4": "MIMOConv (depth 10, width {}) for four inputs in superposition",
    "mimoconv_fmnist_dynamic": "MIMOConv (depth 10, width {}) with four slots for one, two or four inputs per pass",
    "wideresnet_fmnist": "Plain wide residual network (depth 10, width {}) without superposition",
}
VARIANTS = {
    None: "",
    "noise": ", trained with the noise of a chip",
    "frozen": ", keys as they were drawn, never trained",
    "unbound": ", without keys: the bundle is a plain sum",
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=networks.NETWORKS)
    parser.add_argument("--from", dest="source", default="runs/train", help="folder of NAME.pt or NAME.ckpt")
    parser.add_argument("--out", default="configs/network")
    parser.add_argument("--tests", default=TESTS, help="folder of the reference logits")
    parser.add_argument("--logs", default=os.path.join(HERE, "logs"))
    return parser.parse_args()


def read_log(options):
    """Lines of the training's log, without the folders it ran in."""
    with open(os.path.join(options.source, options.network + ".log"), encoding="utf-8") as file:
        return [re.sub(r"'out': '[^']*', ", "", re.sub(r"'init': '[^']*/", "'init': '", line)) for line in file]


def load(options, log):
    """(module with its trained tensors, facts for the metadata). The log begins with the training's options."""
    path = os.path.join(options.source, options.network)
    finished = os.path.exists(path + ".pt")
    saved = torch.load(path + (".pt" if finished else ".ckpt"), map_location="cpu")
    net = networks.build(options.network)
    net.load_state_dict(saved["net"])
    begun = [line for line in log if line.startswith("#")]  # once, and again whenever it was resumed
    settings = ast.literal_eval(re.search(r"{.*}", begun[-1]).group())
    recipe = " ".join(f"--{key.replace('_', '-')} {value}" for key, value in settings.items()
                      if key != "network" and value not in (None, 0.0))  # fmt: skip
    steps = settings["steps"] if finished else saved["step"]
    return net, dict(seed=settings["seed"], steps=steps, recipe=f"train.py {options.network} {recipe}")


def description(name):
    kind, width, variant = re.fullmatch(r"(.*?)(?:_16k)?(?:_w(\d))?(?:_(noise|frozen|unbound))?", name).groups()
    kind = kind.replace("cifar10", "fmnist")  # the same shapes
    return DESCRIPTIONS[kind].format(width or 4) + VARIANTS[variant]


def baseline(name):
    """The network of one input per pass that a superposed one is compared with: of its width and training."""
    return re.sub("_(frozen|unbound)$", "", re.sub(r"_n\d(_16k)?", "_n1", name.replace("_dynamic", "_n1")))


def calibrate(net, name):
    """Running statistics per mode and accuracies, both with the rounded weights."""
    dataset = networks.dataset_of(name)
    images, dev, test = data.load("train", dataset)[0], data.load("dev", dataset), data.load("test", dataset)
    stats, facts, logits = {}, {}, []
    for n in train.modes(name, net.slots):
        train.recalibrate(net, images, n)
        stats[n] = {k: v.clone() for k, v in net.state_dict().items() if "running_" in k}
        facts[f"accuracy_dev@n{n}"] = f"{train.accuracy(net, dev, n):.4f}"
        facts[f"accuracy_test@n{n}"] = f"{train.accuracy(net, test, n):.4f}"
        reference = train.logits_of(net, data.reference_images(REFERENCE_INPUTS, dataset), n, net.slots)
        logits.append((f"logits@n{n}", reference.numpy()))
    return stats, facts, logits


def main():
    options = arguments()
    torch.set_num_threads(1)
    log = read_log(options)
    net, facts = load(options, log)
    export.round_weights(net)
    stats, accuracy, logits = calibrate(net, options.network)
    dataset = networks.dataset_of(options.network)
    about, slots = data.SETS[dataset], max(net.slots, 1)
    metadata = dict(accuracy, **facts, dataset=dataset, dataset_sha256=data.dataset_sha256(dataset))
    export.export(net, about.shape, options.network, options.out, slots=slots, modes=list(stats), stats=stats,
                  metadata=metadata, description=description(options.network), dataset=dataset,
                  baseline=baseline(options.network) if slots > 1 else None, mean=about.mean, std=about.std)  # fmt: skip
    os.makedirs(options.logs, exist_ok=True)
    os.makedirs(options.tests, exist_ok=True)
    export.write_whole(os.path.join(options.logs, options.network + ".log"), "".join(log).encode())
    export.write_safetensors(os.path.join(options.tests, options.network + "_logits.safetensors"), logits,
                             dict(network=options.network))  # fmt: skip
    print(options.network, *(f"{key} {value}" for key, value in accuracy.items()))


if __name__ == "__main__":
    main()
