# SPDX-License-Identifier: Apache-2.0
"""MIMOConv (Menet et al., NeurIPS 2023) and the plain wide ResNet it is compared with, as PyTorch modules.

Slots are folded into the batch: a superposed network takes [passes * N, C, H, W], slot index fastest, and gives
[passes * N, classes]. Inside the trunk there is one bundle per pass.
"""

import math

import torch
from torch import nn
from torch.nn import functional as F


class BindBundle(nn.Module):
    """Position-wise HRR binding with one trained key per slot, then the plain sum over the N slots.

    y[t] = sum_j sum_m a_j[m] x_j[(t - m) mod D] at every pixel, realised as one 1x1 convolution with the stacked
    circulants. Keys start unitary (|FFT(a)| = 1: every circulant is orthogonal); `trained` ones are free after that,
    `frozen` ones stay there. With `none` every circulant is the identity, and the bundle the plain sum.
    """

    def __init__(self, slots, channels, keys="trained"):
        super().__init__()
        self.slots, self.channels, self.trained = slots, channels, keys == "trained"
        phases = torch.rand(slots, channels // 2 + 1) * 2 * math.pi
        phases[:, 0] = phases[:, -1] = 0
        if keys == "none":
            phases[:] = 0
        start = torch.fft.irfft(torch.polar(torch.ones_like(phases), phases), n=channels)
        self.keys = nn.Parameter(start, requires_grad=self.trained)
        t = torch.arange(channels)
        self.register_buffer("index", (t[:, None] - t[None, :]) % channels, persistent=False)
        self.noise = 0.0  # of the matrix's elements, over their largest magnitude: each a cell of its own on a chip

    def forward(self, x):
        weight = self.keys[:, self.index].permute(1, 0, 2).reshape(self.channels, self.slots * self.channels)
        if self.noise:
            weight = weight + self.noise * weight.detach().abs().max() * torch.randn_like(weight)
        stacked = x.reshape(-1, self.slots * self.channels, *x.shape[2:])
        return F.conv2d(stacked, weight[:, :, None, None])

    def penalty(self):
        """Mean squared cosine between keys plus the mean squared distance of their norms from 1."""
        norms = self.keys.norm(dim=1)
        loss = ((norms - 1) ** 2).mean()
        if self.slots > 1:
            unit = self.keys / norms[:, None]
            pairs = torch.triu_indices(self.slots, self.slots, 1, device=unit.device)
            off = (unit @ unit.T)[pairs.unbind()]
            loss = loss + (off**2).mean()
        return loss


class Unbind(nn.Linear):
    """One private F x F affine map per slot on the pooled feature: [passes, F] to [passes * N, F]."""

    def __init__(self, slots, features):
        super().__init__(features, slots * features)
        self.slots, self.features = slots, features

    def forward(self, x):
        return super().forward(x).reshape(-1, self.features)


class Merge(nn.Module):
    """Average over the N/n copies of each input: [passes * N, F] to [passes * n, F]; slot j holds input j mod n."""

    def __init__(self, slots):
        super().__init__()
        self.slots, self.inputs = slots, slots

    def forward(self, x):
        if self.inputs == self.slots:
            return x
        return x.reshape(-1, self.slots // self.inputs, self.inputs, x.shape[1]).mean(1).flatten(0, 1)


def activation(kind, channels):
    return nn.PReLU(channels, init=0.5) if kind == "prelu" else nn.ReLU()


class Block(nn.Module):
    """Pre-activation residual block; the skip is the identity or BN(conv1x1(x)) of the raw x."""

    def __init__(self, channels_in, channels_out, stride, act):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(channels_in)
        self.act1 = activation(act, channels_in)
        self.conv1 = nn.Conv2d(channels_in, channels_out, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels_out)
        self.act2 = activation(act, channels_out)
        self.conv2 = nn.Conv2d(channels_out, channels_out, 3, 1, 1, bias=False)
        self.skip = None
        if stride != 1 or channels_in != channels_out:
            self.skip = nn.Sequential(
                nn.Conv2d(channels_in, channels_out, 1, stride, bias=False), nn.BatchNorm2d(channels_out)
            )

    def forward(self, x):
        h = self.conv1(self.act1(self.bn1(x)))
        h = self.conv2(self.act2(self.bn2(h)))
        return h + (x if self.skip is None else self.skip(x))


class MimoConv(nn.Module):
    """`slots` = 0 gives the plain wide ResNet: no binding, no unbinding, ReLU, stem of 16 channels."""

    def __init__(self, slots, width=4, initial_width=4, blocks=(1, 1, 1), stem_stride=2, channels=1, classes=10,
                 keys="trained"):  # fmt: skip
        super().__init__()
        self.slots = slots
        act = "prelu" if slots else "relu"
        depth = 16 * (initial_width if slots else 1)
        self.stem = nn.Conv2d(channels, depth, 3, stem_stride, 1, bias=False)
        self.stem_bn = nn.BatchNorm2d(depth)
        self.stem_act = nn.ReLU()
        self.bind = BindBundle(slots, depth, keys) if slots else None
        stages = []
        for stage, count in enumerate(blocks):
            features = (16 * width) << stage
            for block in range(count):
                stages.append(Block(depth, features, 2 if stage and not block else 1, act))
                depth = features
        self.blocks = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        if slots:
            self.unbind = Unbind(slots, depth)
            self.unbind_act = nn.ReLU()
            self.merge = Merge(slots)
        self.fc = nn.Linear(depth, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.stem_act(self.stem_bn(self.stem(x)))
        if self.slots:
            x = self.bind(x)
        x = self.flatten(self.pool(self.blocks(x)))
        if self.slots:
            x = self.merge(self.unbind_act(self.unbind(x)))
        return self.fc(x)

    def set_inputs(self, inputs):
        """Dynamic mode: `inputs` distinct inputs per pass, each in slots/inputs slots."""
        self.merge.inputs = inputs

    def isometry_penalty(self):
        """Half the squared distance of each trunk kernel's convolution Gram from the identity [ISONet]."""
        loss = 0.0
        for module in self.blocks.modules():
            if not isinstance(module, nn.Conv2d):
                continue
            w = module.weight
            if w.shape[1] < w.shape[0]:  # rows are the shorter side
                w = w.transpose(0, 1)
            pad = w.shape[2] - 1
            gram = F.conv2d(w, w, stride=module.stride, padding=pad)
            target = torch.zeros_like(gram)
            centre = gram.shape[2] // 2
            target[:, :, centre, centre] = torch.eye(gram.shape[0], device=gram.device)
            loss = loss + 0.5 * ((gram - target) ** 2).sum()
        return loss


NETWORKS = {
    "mimoconv_fmnist_n1": dict(slots=1),
    "mimoconv_fmnist_n2": dict(slots=2),
    "mimoconv_fmnist_n4": dict(slots=4),
    "mimoconv_fmnist_dynamic": dict(slots=4),
    "wideresnet_fmnist": dict(slots=0),
}
# The ladder: the same at widths 1 and 2 (the stem, and with it the dimension of the keys, stays at 64 channels), and
# each of width 1, 2 and 4 trained on with the noise of a chip.
LADDER = {name: shape for name, shape in NETWORKS.items() if not name.endswith("_dynamic")}
LADDER.update((f"{name}_w{width}", dict(shape, width=width)) for name, shape in list(LADDER.items()) for width in (1, 2))
LADDER["mimoconv_fmnist_n4_16k"] = dict(slots=4)  # with as many steps as the others; mimoconv_fmnist_n4 has more
# A harder task at width 2: colour images.
LADDER.update(
    (name.replace("fmnist", "cifar10"), dict(shape, channels=3))
    for name, shape in list(LADDER.items())
    if name.endswith("_w2")
)
NETWORKS.update(LADDER)
NETWORKS.update((f"{name}_noise", shape) for name, shape in LADDER.items())
# What the keys are worth: the narrowest networks trained with keys that stay as they were drawn, and without keys.
for _name in ("mimoconv_fmnist_n2_w1", "mimoconv_fmnist_n4_w1"):
    NETWORKS[f"{_name}_frozen"] = dict(NETWORKS[_name], keys="frozen")
    NETWORKS[f"{_name}_unbound"] = dict(NETWORKS[_name], keys="none")


def dataset_of(name):
    """A key of `data.SETS`."""
    return "cifar-10" if "_cifar10" in name else "fashion-mnist"


def build(name):
    return MimoConv(**NETWORKS[name])
