# SPDX-License-Identifier: Apache-2.0
"""MIMOFormer (Menet et al., NeurIPS 2023), Performer, softmax transformer and DataMUX as PyTorch modules.

Sequences are folded into the batch: tokens [passes * M * N, L], index (p * M + m) * N + n. FAVOR+S binds sample (m, n)
with a bipolar key s_mn, sums queries over m and keys and values over n, and lets every query bundle meet every key
bundle, so that M * N attention maps are computed in one pass (a 1x1 grid is the Performer):
    q~_n = sum_m s_mn q_mn,  k~_m = sum_n s_mn k_mn,  v~_m = sum_n s_mn v_mn      (q, k scaled by 1/sqrt(D_h M N))
    num_n[l] = sum_m sum_l' mask[l, l'] v~_m[l'] (phi(k~_m[l']) . phi(q~_n[l])),  den_mn[l] = the same without v~
    att:      o_mn = s_mn num_n / den_mn, everything else per sample
    att_mlp:  o_n = num_n / sum_m den_mn; W_o, skip (bound by second keys t_mn) and MLP act on the N bundles
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

RELU_EPS, EXP_EPS, DPFP_EPS = 1e-3, 1e-6, 1e-5  # the last is added to the denominator
DPFP_NU = 2


@dataclass(frozen=True)
class Shape:
    """`variant`: att, att_mlp, datamux. `kernel`: relu, exp, dpfp, or softmax (1x1 grids only). `head`: row or mean."""

    vocabulary: int
    context: int  # positions that attend to each other; queries follow at one position more
    classes: int
    grid: tuple = (1, 1)
    variant: str = "att"
    kernel: str = "relu"
    head: str = "row"
    dim: int = 64
    heads: int = 2
    head_dim: int = 64
    hidden: int = 128
    layers: int = 2
    features: int = 128


def mask_of(context, queries):
    """[L, L] True where row attends to column: context mutually, a query to the context and itself. None is full."""
    if not queries:
        return None
    mask = torch.eye(context + queries, dtype=torch.bool)
    mask[:, :context] = True
    return mask


def causal_mask(length):
    return torch.ones(length, length, dtype=torch.bool).tril()


def attend_linear(fq, fk, v):
    """Full mask by the state A = sum v phi(k)^T. fq [P,H,N,L,R], fk [P,H,M,L,R], v [P,H,M,L,D]: num [P,H,N,L,D], den [P,H,M,N,L]."""
    state = fk.flatten(2, 3).transpose(2, 3) @ v.flatten(2, 3)
    num = (fq.flatten(2, 3) @ state).view(*fq.shape[:4], -1)
    den = fq.flatten(2, 3) @ fk.sum(3).transpose(2, 3)
    return num, den.view(*fq.shape[:4], -1).permute(0, 1, 4, 2, 3)


def attend_quadratic(fq, fk, v, mask=None):
    """The same by scores, for any mask [L of q, L of k]."""
    bundles_q, bundles_k = fq.shape[2], fk.shape[2]
    scores = fq.flatten(2, 3) @ fk.flatten(2, 3).transpose(2, 3)
    if mask is not None:
        scores = scores * mask.to(scores.dtype).repeat(bundles_q, bundles_k)
    num = (scores @ v.flatten(2, 3)).view(*fq.shape[:4], -1)
    den = scores.view(*scores.shape[:2], bundles_q, fq.shape[3], bundles_k, fk.shape[3]).sum(5)
    return num, den.permute(0, 1, 4, 2, 3)


def attend_prefix_sums(fq, fk, v):
    """The same for the causal mask: the state after each position is a prefix sum."""
    states = torch.einsum("phmlr,phmld->phlrd", fk, v).cumsum(2)
    num = torch.einsum("phnlr,phlrd->phnld", fq, states)
    return num, torch.einsum("phnlr,phmlr->phmnl", fq, fk.cumsum(3))


def orthogonal_features(features, head_dim):
    """[R, D_h]: stacked orthogonal blocks, rows of the norm of independent Gaussian vectors [Choromanski 2021]."""
    blocks = []
    for _ in range(math.ceil(features / head_dim)):
        q, r = torch.linalg.qr(torch.randn(head_dim, head_dim))
        blocks.append(q.T * r.diagonal().sign()[:, None])  # the factorisation's own signs are not uniform
    return torch.cat(blocks)[:features] * torch.randn(features, head_dim).norm(dim=1, keepdim=True)


def dpfp(x, nu=DPFP_NU):
    """2 nu D_h non-negative features without random numbers [Schlag 2021]."""
    r = torch.cat([x, -x], -1).relu()
    return torch.cat([r * r.roll(i, -1) for i in range(1, nu + 1)], -1)


def bipolar(*shape):
    return torch.randint(0, 2, shape).float() * 2 - 1


class FavorS(nn.Module):
    """Attention of one layer. `grid` may be a sub-grid (curriculum, dynamic mode): the keys' upper left block."""

    def __init__(self, shape):
        super().__init__()
        width = shape.heads * shape.head_dim
        self.shape, self.grid = shape, shape.grid
        self.q, self.k, self.v = (nn.Linear(shape.dim, width) for _ in range(3))
        self.o = nn.Linear(width, shape.dim)
        if shape.variant != "datamux":
            self.register_buffer("keys", bipolar(*shape.grid, shape.head_dim))
        if shape.kernel in ("relu", "exp"):
            self.register_buffer("omega", orthogonal_features(shape.features, shape.head_dim))

    def map(self, x, query):
        """phi of bundles [..., D_h]."""
        if self.shape.kernel == "dpfp":
            return dpfp(x)
        p = x @ self.omega.T
        if self.shape.kernel == "relu":
            return p.relu() + RELU_EPS
        shift = p.amax(-1, keepdim=True) if query else 0.5 * (x * x).sum(-1, keepdim=True)  # a query's factor cancels
        return (p - shift).exp() + EXP_EPS

    def split(self, x):
        """[P M N, L, H D] to [P, M, N, H, L, D]."""
        rows, columns = self.grid
        x = x.view(-1, rows, columns, x.shape[1], self.shape.heads, self.shape.head_dim)
        return x.transpose(3, 4)

    def join(self, x):
        """[B, H, L, D] to [B, L, H D]."""
        return x.transpose(1, 2).flatten(2)

    def bundles(self, x, first):
        rows, columns = self.grid
        key = self.keys[:rows, :columns, None, None, :]
        scale = 1 / math.sqrt(self.shape.head_dim * rows * columns)
        q = (self.split(self.q(x[:, first:])) * key).sum(1) * scale  # [P, N, H, L, D]
        k = (self.split(self.k(x)) * key).sum(2) * scale  # [P, M, H, L, D]
        v = (self.split(self.v(x)) * key).sum(2)
        return q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)

    def forward(self, x, mask, first=0):
        """[B, L, d] (att_mlp: bundles) of the positions from `first` on."""
        mask = mask if mask is None else mask[first:]
        if self.shape.kernel == "softmax":
            return self.softmax(x, mask, first)
        q, k, v = self.bundles(x, first)
        fq, fk = self.map(q, True), self.map(k, False)
        num, den = attend_linear(fq, fk, v) if mask is None else attend_quadratic(fq, fk, v, mask)
        eps = DPFP_EPS if self.shape.kernel == "dpfp" else 0.0
        if self.shape.variant == "att_mlp":
            out = num / (den.sum(2) + eps)[..., None]  # [P, H, N, L, D]
            return self.o(self.join(out.transpose(1, 2).flatten(0, 1)))
        rows, columns = self.grid
        out = num[:, :, None] / (den + eps)[..., None] * self.keys[:rows, :columns, None, :]  # [P, H, M, N, L, D]
        return self.o(self.join(out.permute(0, 2, 3, 1, 4, 5).flatten(0, 2)))

    def softmax(self, x, mask, first):
        inputs = (self.q, x[:, first:]), (self.k, x), (self.v, x)
        q, k, v = (self.split(project(y)).flatten(0, 2) for project, y in inputs)
        scores = q @ k.transpose(2, 3) / math.sqrt(self.shape.head_dim)
        if mask is not None:
            scores = scores.masked_fill(~mask, -math.inf)
        return self.o(self.join(scores.softmax(-1) @ v))


class Layer(nn.Module):
    """Pre-LN block; in att_mlp the skip is bound by its own keys t and the MLP acts on bundles."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.norm1 = nn.LayerNorm(shape.dim)
        self.attention = FavorS(shape)
        self.norm2 = nn.LayerNorm(shape.dim)
        self.up = nn.Linear(shape.dim, shape.hidden)
        self.down = nn.Linear(shape.hidden, shape.dim)
        if shape.variant == "att_mlp":
            self.register_buffer("skip_keys", bipolar(*shape.grid, shape.dim))

    def mlp(self, x):
        return x + self.down(self.up(self.norm2(x)).relu())

    def forward(self, x, mask, first=0):
        attended = self.attention(self.norm1(x), mask, first)
        x = x[:, first:]
        if self.shape.variant != "att_mlp":
            return self.mlp(x + attended)
        rows, columns = self.attention.grid
        key = self.skip_keys[:rows, :columns, None, :]
        x = x.view(-1, rows, columns, *x.shape[1:])
        bundle = self.mlp((x * key).sum(1).flatten(0, 1) + attended)
        return (bundle.view(-1, 1, columns, *bundle.shape[1:]) * key).flatten(0, 2)


class Network(nn.Module):
    """forward(context [B, P], queries [B, Q] or None): logits [B, Q, classes], or [B, classes] of the mean."""

    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.dim)
        self.positions = nn.Parameter(torch.zeros(shape.context + (shape.head == "row"), shape.dim))
        if shape.variant == "datamux":
            self.register_buffer("keys", torch.randn(*shape.grid, shape.dim))
            self.unbind = nn.Linear(shape.dim, shape.grid[0] * shape.dim)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.dim)
        self.classifier = nn.Linear(shape.dim, shape.classes)
        self.initialise()
        self.set_grid(*shape.grid)

    @torch.no_grad()
    def initialise(self):
        """Same content and near positions match from the start; random queries and keys stay on a plateau for long."""
        gain = 1.7 if self.shape.kernel == "exp" else 1.0
        self.embedding.weight.normal_(std=0.5)
        if self.shape.head == "mean":  # tokens are levels: near ones start alike
            level = torch.linspace(-1, 1, self.shape.vocabulary)[:, None]
            self.embedding.weight.copy_(level * self.embedding.weight[:1] + 0.1 * self.embedding.weight)
        place, rank = torch.arange(len(self.positions))[:, None], torch.arange(self.shape.dim // 2)
        angle = place / 100 ** (rank / (self.shape.dim // 2))
        self.positions.copy_(0.7 * torch.cat([angle.sin(), angle.cos()], 1))
        for layer in self.layers:
            nn.init.orthogonal_(layer.attention.q.weight, gain)
            layer.attention.k.weight.copy_(layer.attention.q.weight)
            layer.attention.q.bias.zero_()
            layer.attention.k.bias.zero_()

    def set_grid(self, rows, columns):
        """A sub-grid of the trained one; DataMUX takes [sequences, 1]."""
        self.grid = (rows, columns)
        for layer in self.layers:
            layer.attention.grid = (1, 1) if self.shape.variant == "datamux" else self.grid

    @property
    def sequences(self):
        return self.grid[0] * self.grid[1]

    def forward(self, context, queries=None):
        asked = 0 if queries is None else queries.shape[1]
        places = torch.arange(context.shape[1] + asked).clamp(max=len(self.positions) - 1)
        tokens = context if queries is None else torch.cat([context, queries], 1)
        x = self.embedding(tokens) + self.positions[places]
        if self.shape.variant == "datamux":
            slots = self.sequences
            x = (x.view(-1, slots, *x.shape[1:]) * self.keys[:slots, 0, None, :]).mean(1)
        mask = mask_of(context.shape[1], asked)
        for layer in self.layers[:-1]:
            x = layer(x, mask)
        x = self.norm(self.layers[-1](x, mask, context.shape[1] if asked else 0))  # of the last layer, only the queries
        x = x.mean(1) if self.shape.head == "mean" else x
        if self.shape.variant == "datamux":
            width = self.sequences * self.shape.dim
            x = F.linear(x, self.unbind.weight[:width], self.unbind.bias[:width]).relu()
            x = x.view(len(x), -1, self.sequences, self.shape.dim).transpose(1, 2).flatten(0, 1)
            x = x[:, 0] if self.shape.head == "mean" else x
        return self.classifier(x)
