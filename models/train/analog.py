# SPDX-License-Identifier: Apache-2.0
"""An analog chip in the training loop: noisy weights, clipped weights, 8-bit converters around every matrix.

Weight noise as Joshi et al. (Nature Communications 11:2473, 2020) train with: at every step each weight of a matrix is
used with one Gaussian error, whose sigma is `noise` times the largest magnitude of the matrix (the conductance of full
scale; their phase-change cells: 3.8 %), the gradient is applied to the weight without it, and weights are clipped to
`clip` standard deviations of their matrix. Converters: input and output of a matrix are rounded to 2^bits - 1 levels
within the largest magnitude of the step; the gradient passes rounding unchanged.
"""

import contextlib

import torch
from torch import nn

import networks

MATRICES = (nn.Conv2d, nn.Linear)


class Round(torch.autograd.Function):
    """x on `levels` steps either side of zero, up to its largest magnitude; the gradient is the identity's."""

    @staticmethod
    def forward(ctx, x, levels):
        values = x.float()
        step = values.abs().amax().clamp_min(1e-12) / levels
        return ((values / step).round_() * step).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        return gradient, None


class Chip:
    """Hooks into a module of `networks.py`; `noise` and `clip` of 0 leave that effect out, `bits` of 0 the converters."""

    def __init__(self, net, noise, clip, bits):
        self.net, self.noise, self.clip = net, noise, clip
        self.matrices = [m for m in net.modules() if isinstance(m, MATRICES)]
        self.bound = [m for m in net.modules() if isinstance(m, networks.BindBundle)]
        if bits:
            levels = 2 ** (bits - 1) - 1
            for module in self.matrices + self.bound:
                module.register_forward_pre_hook(lambda m, x: Round.apply(x[0], levels) if m.training else None)
                module.register_forward_hook(lambda m, x, y: Round.apply(y, levels) if m.training else None)

    @contextlib.contextmanager
    def programmed(self):
        """Within it every weight has the error of one step."""
        if not self.noise:
            yield
            return
        clean = [m.weight.detach().clone() for m in self.matrices]
        with torch.no_grad():
            for m in self.matrices:
                m.weight.add_(self.noise * m.weight.abs().max() * torch.randn_like(m.weight))
        for m in self.bound:
            m.noise = self.noise
        yield
        for m in self.bound:
            m.noise = 0.0
        with torch.no_grad():
            for m, weight in zip(self.matrices, clean):
                m.weight.copy_(weight)

    @torch.no_grad()
    def clip_weights(self):
        if self.clip:
            for m in self.matrices:
                limit = self.clip * m.weight.std()
                m.weight.clamp_(-limit, limit)
