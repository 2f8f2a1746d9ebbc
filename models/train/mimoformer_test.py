# SPDX-License-Identifier: Apache-2.0
"""Tests of the attention networks and of the sequence tasks against their definitions.

    /usr/bin/python3 models/train/mimoformer_test.py
"""

import unittest

import numpy as np
import torch
from torch.nn import functional as F

import mimoformer as mf
import sequences as sq
import train_sequences as ts

SMALL = dict(vocabulary=12, context=9, classes=12, dim=16, heads=2, head_dim=8, hidden=24, layers=2, features=16)


def network(**words):
    """A small random network in double precision; biases are not zero."""
    torch.manual_seed(3)
    net = mf.Network(mf.Shape(**{**SMALL, **words})).double()
    with torch.no_grad():
        for p in net.parameters():
            p.add_(0.1 * torch.randn_like(p))
    return net


def tokens(count, queries=1):
    generator = torch.Generator().manual_seed(4)
    draw = lambda width: torch.randint(12, (count, width), generator=generator)  # noqa: E731
    return draw(SMALL["context"]), draw(queries)


def performer(attention, x, mask):
    """Attention of one sequence [L, d] as section 2.2 writes it, head by head, with both factors D_h^(-1/4)."""
    depth, out = attention.shape.head_dim, []
    for h in range(attention.shape.heads):
        part = slice(h * depth, (h + 1) * depth)
        q, k, v = (F.linear(x, p.weight[part], p.bias[part]) for p in (attention.q, attention.k, attention.v))
        phi = [F.relu(attention.omega @ (y.T * depth**-0.25) * depth**-0.25) + 1e-3 for y in (q, k)]
        weight = phi[0].T @ phi[1] * mask
        out.append(weight / weight.sum(1, keepdim=True) @ v)
    return attention.o(torch.cat(out, 1))


class AttentionTest(unittest.TestCase):
    def close(self, a, b, tolerance=1e-10):
        self.assertLess((a - b).abs().max().item(), tolerance)

    def test_a_grid_of_one_with_positive_keys_is_the_performer(self):
        net = network()
        attention = net.layers[0].attention
        attention.keys.fill_(1)
        x = torch.randn(3, 10, 16, dtype=torch.double)
        mask = mf.mask_of(9, 1)
        self.close(attention(x, mask), torch.stack([performer(attention, row, mask) for row in x]))
        full = torch.ones(10, 10, dtype=torch.bool)
        self.close(attention(x, None), torch.stack([performer(attention, row, full) for row in x]))

    def test_states_scores_and_prefix_sums_agree(self):
        fq, fk, v = torch.rand(2, 3, 2, 7, 5).double(), torch.rand(2, 3, 4, 7, 5).double(), torch.randn(2, 3, 4, 7, 6).double()
        for a, b in zip(mf.attend_linear(fq, fk, v), mf.attend_quadratic(fq, fk, v)):
            self.close(a, b)
        for a, b in zip(mf.attend_prefix_sums(fq, fk, v), mf.attend_quadratic(fq, fk, v, mf.causal_mask(7))):
            self.close(a, b)

    def test_permuting_rows_or_columns_with_their_keys_permutes_the_outputs(self):
        for variant in ("att", "att_mlp"):
            for kernel in ("relu", "exp", "dpfp"):
                net = network(grid=(2, 3), variant=variant, kernel=kernel)
                context, asked = tokens(12)
                before = net(context, asked).view(2, 2, 3, -1)
                for axis, order in ((0, [1, 0]), (1, [2, 0, 1])):
                    twin = network(grid=(2, 3), variant=variant, kernel=kernel)
                    for layer in twin.layers:
                        layer.attention.keys = layer.attention.keys.index_select(axis, torch.tensor(order))
                        if variant == "att_mlp":
                            layer.skip_keys = layer.skip_keys.index_select(axis, torch.tensor(order))
                    move = lambda t: t.view(2, 2, 3, -1).index_select(axis + 1, torch.tensor(order)).flatten(0, 2)  # noqa: E731
                    after = twin(move(context), move(asked)).view(2, 2, 3, -1)
                    self.close(after, before.index_select(axis + 1, torch.tensor(order)))
                    self.assertGreater((after - before).abs().max().item(), 1e-3)

    def test_one_sample_alone_is_attended_as_on_a_single_grid_with_its_key(self):
        """Without biases the other samples' q, k, v are zero; features of zero bundles are epsilon, made 0 here."""
        eps, mf.RELU_EPS = mf.RELU_EPS, 0.0
        try:
            grid, single = network(grid=(2, 2)).layers[0].attention, network().layers[0].attention
            single.load_state_dict({k: v for k, v in grid.state_dict().items() if k != "keys"}, strict=False)
            for m, n in ((0, 0), (0, 1), (1, 0)):
                x = torch.zeros(4, 10, 16, dtype=torch.double)
                x[2 * m + n] = torch.randn(10, 16, dtype=torch.double)
                for attention in (grid, single):
                    for p in (attention.q, attention.k, attention.v):
                        p.bias.data.zero_()
                single.keys = grid.keys[m : m + 1, n : n + 1]
                mask = mf.mask_of(9, 1)
                self.close(grid(x, mask)[2 * m + n], single(x[2 * m + n : 2 * m + n + 1], mask)[0])
        finally:
            mf.RELU_EPS = eps

    def test_exponential_features_estimate_the_softmax_kernel(self):
        """Mean of phi(q).phi(k) over draws of omega is exp(q.k), within 5 standard errors."""
        q, k = (0.3 * torch.randn(2, 8, generator=torch.Generator().manual_seed(0))).double()
        draws = []
        net = network(kernel="exp").layers[0].attention
        for _ in range(400):
            net.omega = mf.orthogonal_features(64, 8).double()
            highest = (net.omega @ q).max() - q @ q / 2  # what the stable form leaves out
            draws.append((net.map(q, True) @ net.map(k, False) / 64 * highest.exp()).item())
        self.assertLess(abs(np.mean(draws) - (q @ k).exp().item()), 5 * np.std(draws) / 20)

    def test_dpfp_is_the_published_product_of_rolled_halves(self):
        x = torch.tensor([1.0, -2.0])
        r = [1.0, 0.0, 0.0, 2.0]
        expected = [r[j] * r[j - i] for i in (1, 2) for j in range(4)]
        self.assertEqual(mf.dpfp(x).tolist(), expected)

    def test_a_query_does_not_depend_on_the_other_queries(self):
        for words in (dict(grid=(2, 2)), dict(grid=(2, 2), variant="att_mlp"),
                      dict(grid=(4, 1), variant="datamux", kernel="softmax")):  # fmt: skip
            net = network(**words)
            context, asked = tokens(8, 3)
            together = net(context, asked)
            for column in range(3):
                self.close(together[:, column], net(context, asked[:, column : column + 1])[:, 0])

    def test_a_sub_grid_uses_the_upper_left_block_of_the_keys(self):
        net, single = network(grid=(2, 2)), network()
        single.load_state_dict({k: v[:1, :1] if k.endswith("keys") else v for k, v in net.state_dict().items()})
        context, asked = tokens(4)
        net.set_grid(1, 1)
        self.close(net(context, asked), single(context, asked))

    def test_fixed_keys_and_features_are_stored_and_get_no_gradient(self):
        net = network(grid=(2, 2), variant="att_mlp")
        fixed = [name for name in net.state_dict() if name.rpartition(".")[2] in ("keys", "skip_keys", "omega")]
        self.assertEqual(len(fixed), 6)
        self.assertFalse(set(fixed) & {name for name, _ in net.named_parameters()})

    def test_datamux_has_as_many_parameters_as_the_superposed_network(self):
        count = lambda name: sum(p.numel() for p in mf.Network(ts.shape_of(name)[0]).parameters())  # noqa: E731
        self.assertLess(abs(count("datamux_recall") / count("mimoformer_recall_2x2") - 1), 0.01)


class SequencesTest(unittest.TestCase):
    def test_recall_answers_are_the_values_of_the_asked_keys(self):
        for queries in (1, 5):
            context, asked, answers = sq.associative_recall(sq.stream("train", 1), 300, "train", queries)
            for row, keys, values in zip(context, asked, answers):
                table = dict(zip(row[0:20:2], row[1:20:2]))
                self.assertEqual([table[k] for k in keys], list(values))
                self.assertEqual(row[20], 11)
            self.assertTrue(context[:, 0:20:2].max() == 5 and answers.min() == 6 and answers.max() == 10)

    def test_induction_answers_follow_the_asked_symbol_which_occurs_once(self):
        context, asked, answers = sq.induction_head(sq.stream("train", 1), 300, "train", 4)
        for row, symbols, values in zip(context, asked, answers):
            self.assertEqual(symbols[0], 19)
            for symbol, value in zip(symbols, values):
                (place,) = np.flatnonzero(row == symbol)
                self.assertEqual(row[place + 1], value)

    def test_asked_keys_are_uniform_among_those_present(self):
        """Every column of the training queries and the single test query; chi-square over 5 keys, alarm 1e-4."""
        for queries in (1, 5):
            asked = sq.associative_recall(sq.stream("train", 7), 20000, "train", queries)[1]
            for column in asked.T:
                counts = np.bincount(column, minlength=6)[1:]
                self.assertLess(((counts - 4000) ** 2 / 4000).sum(), 23.5)

    def test_splits_are_disjoint_by_their_hash_and_seeds_repeat(self):
        contexts = {s: sq.induction_head(sq.stream(s, 1), 500, s)[0] for s in sq.SPLITS}
        for split, rows in contexts.items():
            for other in sq.SPLITS:
                self.assertEqual(sq.belongs(rows, other).all(), other == split)
        self.assertTrue(np.array_equal(contexts["dev"], sq.induction_head(sq.stream("dev", 1), 500, "dev")[0]))

    def test_hash_is_fnv_1a(self):
        self.assertEqual(sq.hash_class(np.array([[ord(c) for c in "foobar"]]))[0],
                         (0x85944171F73967E8 ^ 0x85944171) % 16)  # fmt: skip

    def test_list_ops_values_are_those_of_their_expressions(self):
        """Evaluated again from the tokens by a stack."""
        context, lengths, answers = sq.list_ops(sq.stream("train", 1), 40, "train", 4, 64)
        for row, length, answer in zip(context, lengths, answers):
            stack = []
            for token in row[:length]:
                stack.append(int(token) - 6 if token > 5 else sq.LIST_OPS_TOKENS[token])
                if token == 5:
                    stack.pop()
                    arguments = []
                    while isinstance(stack[-1], int):
                        arguments.append(stack.pop())
                    name = stack.pop()
                    functions = {"[MIN": min, "[MAX": max, "[SM": lambda a: sum(a) % 10, "[MED": lambda a: int(np.median(a))}
                    stack.append(functions[name](arguments))
            self.assertEqual(stack, [answer])
            self.assertTrue(4 < length < 64 and not row[length:].any())

    def test_pixels_are_rounded_means(self):
        image = np.zeros((1, 28, 28), np.uint8)
        image[0, 0, :2] = [3, 3]  # 6 / 4 = 1.5
        self.assertEqual(sq.pixel_sequences(image)[0, 0], 2)
        self.assertEqual(sq.pixel_sequences(image).shape, (1, 196))
        self.assertEqual(sq.pixel_sequences(image, 1).shape, (1, 784))


if __name__ == "__main__":
    unittest.main()
