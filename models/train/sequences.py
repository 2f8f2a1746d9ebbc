# SPDX-License-Identifier: Apache-2.0
"""Sequence tasks drawn from a seed: associative recall, induction head, ListOps, Fashion-MNIST pixel by pixel.

Recall and induction follow the public generators of H3 (HazyResearch/safari): V tokens in all, id 0 is `.` (unused
here), V-1 is `=>`, the V-2 symbols lie between.
  recall     first half of the symbols are keys, second half values. Every key of a sequence gets a value, uniformly with
             replacement; `pairs` (key, value) pairs with keys uniform with replacement; `=>`; a key uniform among those
             present; asked is its value.
  induction  `length` symbols, uniform; position p, uniform in [0, length - 2), becomes `=>`; a second `=>` ends the
             sequence; asked is the symbol at p + 1.
ListOps is the Long Range Arena's: operators MIN, MAX, MED, SM (sum modulo 10), 2 to 10 arguments, a node is an operator
with probability 1/4 at depths 1 to 9; strictly between 500 and 2000 tokens after removing parentheses. Lengths of the
short variant, between 4 and 64 tokens, are ours. Pixels: bytes as tokens, row by row; 14x14 by the rounded mean of 2x2 pixels (ours).

Ours too: sequences are drawn afresh for every step instead of 5000 fixed ones; a sequence belongs to one split by a
hash of its context, so that no test sequence can have been seen in training or development, whatever the seeds:
FNV-1a (64 bit) over the context's tokens as bytes, folded to `(h ^ h >> 32) mod 16`; 0 is test, 1 development, the rest
training. The context is everything before the final `=>` (all of a ListOps expression).

Several queries. A drawn sequence is (context, queries, answers): the network's prefix is `context`, in which all
positions attend to each other, and each query stands at the same position after it and attends to the context and
itself. So a query's output does not depend on other queries, and training on Q of them is Q times the situation of the
test, where there is one. Recall asks every present key in a random order (repeating some where a key is absent);
induction asks `=>` first and then symbols that occur once in the sequence, whose successor is thus as well defined.
"""

import numpy as np

SPLITS = ("train", "dev", "test")


def stream(split, seed, part=0):
    """Random numbers of one part of a split: seed spaces of the splits are disjoint."""
    return np.random.default_rng([SPLITS.index(split), seed, part])


def hash_class(context):
    """[n, L] tokens below 256 to their class 0..15."""
    value = np.full(len(context), 0xCBF29CE484222325, np.uint64)
    for column in context.astype(np.uint64).T:
        value = (value ^ column) * np.uint64(0x100000001B3)
    return ((value ^ (value >> np.uint64(32))) % np.uint64(16)).astype(int)


def belongs(context, split):
    kind = hash_class(context)
    return kind == 0 if split == "test" else kind == 1 if split == "dev" else kind > 1


def of_split(draw, rng, count, split):
    """`count` rows of the arrays that draw(rng, n) gives, in order, those of other splits left out."""
    kept, have = [], 0
    share = 14 / 16 if split == "train" else 1 / 16
    while have < count:
        arrays = draw(rng, int((count - have) / share * 1.1) + 16)
        mine = belongs(arrays[0], split)
        kept.append([a[mine] for a in arrays])
        have += int(mine.sum())
    return tuple(np.concatenate(parts)[:count] for parts in zip(*kept))


def associative_recall(rng, count, split, queries=1, keys=5, values=5, pairs=10):
    """(context [n, 2 * pairs + 1], queries [n, Q], answers [n, Q]) token ids; Q = 1 asks one key, else Q = `keys`."""
    arrow = keys + values + 1

    def draw(rng, n):
        key = rng.integers(keys, size=(n, pairs))
        table = rng.integers(values, size=(n, keys))
        context = np.empty((n, 2 * pairs), np.int64)
        context[:, 0::2] = 1 + key
        context[:, 1::2] = 1 + keys + np.take_along_axis(table, key, 1)
        present = (key[:, :, None] == np.arange(keys)).any(1)
        order = np.argsort(rng.random((n, keys)) + 1.0 * ~present, axis=1)  # present keys first, in random order
        order = np.take_along_axis(order, np.arange(keys) % present.sum(1)[:, None], 1)
        if queries == 1:
            order = order[:, :1]
        else:
            order = rng.permuted(order, axis=1)
        return context, 1 + order, 1 + keys + np.take_along_axis(table, order, 1)

    context, asked, answers = of_split(draw, rng, count, split)
    return np.concatenate([context, np.full((count, 1), arrow)], 1), asked, answers


def induction_head(rng, count, split, queries=1, vocabulary=20, length=30):
    """(context [n, length], queries [n, Q], answers [n, Q]) token ids; the first query is the final `=>`."""
    arrow = vocabulary - 1

    def draw(rng, n):
        context = rng.integers(1, arrow, size=(n, length))
        at = rng.integers(length - 2, size=n)
        context[np.arange(n), at] = arrow
        once = (context[:, :, None] == context[:, None, :]).sum(2) == 1
        once[:, -1] = False  # nothing follows the last one
        once[np.arange(n), at] = False
        others = np.argsort(rng.random((n, length)) + 1.0 * ~once, axis=1)[:, : queries - 1]
        others = np.where(np.take_along_axis(once, others, 1), others, at[:, None])
        places = np.concatenate([at[:, None], others], 1)
        return context, np.take_along_axis(context, places, 1), np.take_along_axis(context, places + 1, 1)

    return of_split(draw, rng, count, split)


OPERATORS = ("[MIN", "[MAX", "[MED", "[SM")
LIST_OPS_TOKENS = (".",) + OPERATORS + ("]",) + tuple("0123456789")  # `.` fills up


def expression(rng, depth, limit):
    """(tokens, value) of a random tree; None when it has `limit` tokens or more."""
    if depth >= 10 or rng.random() > 0.25:
        digit = int(rng.integers(10))
        return [6 + digit], digit
    operator = int(rng.integers(4))
    tokens, arguments = [1 + operator], []
    for _ in range(int(rng.integers(2, 11))):
        part = expression(rng, depth + 1, limit - len(tokens))
        if part is None or len(tokens) + len(part[0]) + 1 >= limit:
            return None
        tokens += part[0]
        arguments.append(part[1])
    value = (min, max, lambda a: int(np.median(a)), lambda a: sum(a) % 10)[operator](arguments)
    return tokens + [5], value


def list_ops(rng, count, split, shortest=500, longest=2000):
    """(context [n, longest], lengths [n], answers [n]): token ids, filled up with 0 behind their length."""
    context, lengths, answers = np.zeros((count, longest), np.int64), np.zeros(count, np.int64), np.zeros(count, np.int64)
    have = 0
    while have < count:
        drawn = expression(rng, 1, longest)
        if drawn is None or len(drawn[0]) <= shortest or not belongs(np.array([drawn[0]]), split)[0]:
            continue
        lengths[have], answers[have] = len(drawn[0]), drawn[1]
        context[have, : lengths[have]] = drawn[0]
        have += 1
    return context, lengths, answers


def pixel_sequences(images, pool=2):
    """uint8 [n, 28, 28] to tokens [n, (28 / pool)**2]: rounded means of pool x pool pixels, row by row."""
    side = images.shape[1] // pool
    sums = images.astype(np.int64).reshape(len(images), side, pool, side, pool).sum((2, 4))
    return ((sums + pool * pool // 2) // (pool * pool)).reshape(len(images), side * side)


TASKS = {
    "recall": dict(dataset="associative_recall", draw=associative_recall, task=dict(keys=5, values=5, pairs=10), vocabulary=12,
                   context=21, queries=5, chance=1 / 5),
    "recall20": dict(dataset="associative_recall", draw=associative_recall, task=dict(keys=9, values=9, pairs=20),
                       vocabulary=20, context=41, queries=9, chance=1 / 9),
    "induction": dict(dataset="induction_head", draw=induction_head, task=dict(vocabulary=20, length=30), vocabulary=20,
                      context=30, queries=4, chance=1 / 18),
    "pixels": dict(dataset="fashion_mnist_sequence", task=dict(pool=2), vocabulary=256, context=196, queries=0, chance=1 / 10),
}  # fmt: skip
