# SPDX-License-Identifier: Apache-2.0
"""Trains one network of `networks.py` on its image set; resumable, one thread.

    /usr/bin/python3 models/train/train.py mimoconv_fmnist_n2 --out runs/train

Writes OUT/NAME.log (one line per 250 steps), OUT/NAME.ckpt (resumed when present) and, at the end, OUT/NAME.pt with
the trained module's state and the accuracies that `export.py` stores beside the weights.

The recipe follows the authors' where a short run allows: SGD, isometry and key penalties, 64 passes a step for every N
(so that N networks see N times the images in the same number of updates), flips and shifts. It differs in: no mix-up,
unitary keys at the start, Nesterov momentum 0.9, cosine with 10 % warm-up, bfloat16 convolutions. The dynamic network
starts from the four-slot one (`--init`), which already fills every slot with another image. Networks `…_noise` go on from
the same network without noise, with a chip in the loop (see analog.py); the same options for every N and width:

    --init …/NAME.safetensors --noise 0.038 --clip-weights 2.5 --converter-bits 8 --steps 3000 --lr 0.02
"""

import argparse
import math
import os
import time

import torch
from torch import nn
from torch.nn import functional as F

import analog
import data
import export
import networks

ISOMETRY_EVERY = 10  # the isometry gradient is evaluated every 10th step and weighted by 10


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=networks.NETWORKS)
    parser.add_argument("--out", default="runs/train")
    parser.add_argument("--steps", type=int, default=16000, help="optimiser steps")
    parser.add_argument("--passes", type=int, default=64, help="passes (bundles) per step")
    parser.add_argument("--lr", type=float, default=0.1, help="peak learning rate")
    parser.add_argument("--warmup", type=float, default=0.1, help="share of the steps spent warming up")
    parser.add_argument("--weight-decay", type=float, default=1e-5, help="not applied to PReLU slopes")
    parser.add_argument("--isometry", type=float, default=1e-4)
    parser.add_argument("--key-penalty", type=float, default=0.1)
    parser.add_argument("--clip", type=float, default=5.0, help="total gradient norm")
    parser.add_argument("--slow-share", type=float, default=0.2, help="dynamic network: share of steps at n = 1")
    parser.add_argument("--init", help="start from the weights of this NAME.pt or NAME.safetensors")
    parser.add_argument("--noise", type=float, default=0.0, help="of weights in every step, over their largest magnitude")
    parser.add_argument("--clip-weights", type=float, default=0.0, help="standard deviations; 0: not clipped")
    parser.add_argument("--converter-bits", type=int, default=0, help="around every matrix; 0: none")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="of PyTorch's; tried on cpu alone")
    return parser.parse_args()


def learning_rate(step, options):
    warm = max(1, int(options.warmup * options.steps))
    if step < warm:
        return options.lr * (0.04 + 0.96 * step / warm)
    return options.lr * 0.5 * (1 + math.cos(math.pi * (step - warm) / (options.steps - warm)))


def optimiser(net, options):
    slopes = [p for m in net.modules() if isinstance(m, nn.PReLU) for p in m.parameters()]
    rest = [p for p in net.parameters() if not any(p is s for s in slopes)]
    groups = [dict(params=rest, weight_decay=options.weight_decay), dict(params=slopes, weight_decay=0.0)]
    return torch.optim.SGD(groups, lr=options.lr, momentum=0.9, nesterov=True)


def fill_slots(images, inputs, slots):
    """[P * n, ...] to [P * N, ...]: slot j of a pass holds its input j mod n."""
    if inputs == slots:
        return images
    grouped = images.reshape(-1, inputs, *images.shape[1:])
    return grouped.repeat(1, slots // inputs, 1, 1, 1).flatten(0, 1)


@torch.no_grad()
def logits_of(net, images, inputs, slots, passes=256):
    """fp32 logits [n, classes] of consecutive inputs; a short last pass repeats its first ones and drops the copies."""
    net.eval()
    device = net.fc.weight.device
    if slots:
        net.set_inputs(inputs)
    out = []
    for start in range(0, len(images), passes * inputs):
        batch = images[start : start + passes * inputs].to(device)
        short = -len(batch) % inputs
        out.append(net(fill_slots(torch.cat([batch, batch[:short]]), inputs, max(slots, 1)))[: len(batch)].cpu())
    return torch.cat(out)


def accuracy(net, split, inputs):
    images, labels = split
    return (logits_of(net, images, inputs, net.slots).argmax(1) == labels).float().mean().item()


@torch.no_grad()
def recalibrate(net, images, inputs, passes=256, batches=60):
    """Batch-norm statistics of one mode: plain averages over un-augmented training images."""
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    net.train()
    if net.slots:
        net.set_inputs(inputs)
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).to(images.device)
    for chunk in order.split(passes * inputs)[:batches]:
        if len(chunk) == passes * inputs:
            net(fill_slots(images[chunk].to(net.fc.weight.device), inputs, max(net.slots, 1)))
    for norm in norms:
        norm.momentum = 0.1
    net.eval()


def initial(net, path):
    """The state of a trained network; a network file lacks only how many batches its norms have seen."""
    if path.endswith(".pt"):
        return torch.load(path, map_location="cpu")["net"]
    counts = {k: v for k, v in net.state_dict().items() if k.endswith("num_batches_tracked")}
    return dict(counts, **{k: torch.from_numpy(v).float() for k, v in export.read_safetensors(path).items()})


def modes(name, slots):
    return (1, 2, 4) if name.endswith("_dynamic") else (max(slots, 1),)


def penalties(net, step, options):
    """What a superposed network's own weights add to the loss of a step; 0 is nothing to differentiate."""
    if not net.slots:
        return 0.0
    penalty = options.key_penalty * net.bind.penalty() if net.bind.trained else 0.0
    if step % ISOMETRY_EVERY == 0:
        penalty = penalty + ISOMETRY_EVERY * options.isometry * net.isometry_penalty()
    return penalty


def train(options):
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    device, dataset = torch.device(options.device), networks.dataset_of(options.network)
    net = networks.build(options.network).to(memory_format=torch.channels_last)
    slots, dynamic = max(net.slots, 1), options.network.endswith("_dynamic")
    generator = torch.Generator().manual_seed(options.seed + 1)
    images, labels = (part.to(device) for part in data.load("train", dataset))
    dev, pad = data.load("dev", dataset), data.SETS[dataset].pad
    path = os.path.join(options.out, options.network)
    os.makedirs(options.out, exist_ok=True)
    step, seconds = 0, 0.0
    if options.init:
        net.load_state_dict(initial(net, options.init))
    net.to(device)
    opt = optimiser(net, options)
    chip = analog.Chip(net, options.noise, options.clip_weights, options.converter_bits)
    if os.path.exists(path + ".ckpt"):
        saved = torch.load(path + ".ckpt", map_location="cpu")
        net.load_state_dict(saved["net"])
        opt.load_state_dict(saved["opt"])
        generator.set_state(saved["generator"])
        step, seconds = saved["step"], saved["seconds"]
    log = open(path + ".log", "a", buffering=1)
    log.write(f"# {vars(options)}, from step {step}\n")
    began, seen = time.process_time() - seconds, 0
    right, total = (torch.zeros((), dtype=torch.float64, device=device) for _ in range(2))
    order, at = torch.empty(0, dtype=torch.long), 0
    net.train()
    while step < options.steps:
        slow = dynamic and torch.rand(1, generator=generator).item() < options.slow_share
        inputs = 1 if slow else slots
        count = options.passes * inputs
        if at + count > len(order):
            order, at = torch.randperm(len(images), generator=generator), 0
        chunk, at = order[at : at + count].to(device), at + count
        batch = fill_slots(data.augment(images[chunk], generator, pad), inputs, slots)
        if net.slots:
            net.set_inputs(inputs)
        opt.zero_grad(set_to_none=True)
        with chip.programmed():
            with torch.autocast(device.type, torch.bfloat16):
                logits = net(batch.to(memory_format=torch.channels_last))
            loss = F.cross_entropy(logits.float(), labels[chunk])
            total += loss.detach()
            loss.backward()
        if isinstance(penalty := penalties(net, step, options), torch.Tensor):
            penalty.backward()
        for group in opt.param_groups:
            group["lr"] = learning_rate(step, options)
        nn.utils.clip_grad_norm_(net.parameters(), options.clip)
        opt.step()
        chip.clip_weights()
        step += 1
        right += (logits.argmax(1) == labels[chunk]).sum()
        seen += count
        if step % 250 == 0:
            line = f"step {step} lr {learning_rate(step, options):.4f} loss {total / 250:.4f} train {right / seen:.4f}"
            if step % 2000 == 0:
                line += f" dev {accuracy(net, dev, slots):.4f}"
                net.train()
            log.write(line + f" cpu_s {time.process_time() - began:.0f}\n")
            right, seen, total = right.zero_(), 0, total.zero_()
            state = dict(net=net.state_dict(), opt=opt.state_dict(), generator=generator.get_state())
            torch.save(dict(state, step=step, seconds=time.process_time() - began), path + ".part")
            os.replace(path + ".part", path + ".ckpt")
    finish(net, options, images, dev, path, log)


def finish(net, options, images, dev, path, log):
    """Statistics per mode, accuracies as the chip will see them (running statistics), OUT/NAME.pt."""
    test = data.load("test", networks.dataset_of(options.network))
    stats, result = {}, {}
    for n in modes(options.network, net.slots):
        recalibrate(net, images, n)
        stats[n] = {k: v.clone() for k, v in net.state_dict().items() if "running_" in k}
        result[n] = dict(dev=accuracy(net, dev, n), test=accuracy(net, test, n))
        log.write(f"final n={n} dev {result[n]['dev']:.4f} test {result[n]['test']:.4f} (fp32 weights)\n")
    torch.save(dict(net=net.state_dict(), stats=stats, accuracy=result, options=vars(options)), path + ".pt")


if __name__ == "__main__":
    train(arguments())
