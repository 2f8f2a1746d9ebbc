# SPDX-License-Identifier: Apache-2.0
"""Trains one network of NETWORKS on a sequence task; resumable (kill it at any time), one thread.

    /usr/bin/python3 models/train/train_sequences.py mimoformer_recall_2x2 --out runs/train

Writes OUT/NAME.log (one line per 50 steps), OUT/NAME.ckpt (resumed when present) and, at the end, OUT/NAME.pt: the
module's state of the best development accuracy at the full grid, and its accuracies.

Recipe, the same for every network of a task: AdamW without decay, gradients clipped to norm 1, 128 sequences a step; 300
steps of warm-up, then the peak learning rate until the last stage, cosine to 0 in it. Stages: grid 1x1 until 98 % of
development queries are right (looked at every 250 steps; at the latest after --patience steps), twice the rows and
columns every time that is reached again, and --steps steps at the full grid; DataMUX likewise by 1 and 4 sequences, a
1x1 network on its one grid. Training asks several queries a sequence (see sequences.py); every figure of accuracy is of
one final query. Trials, on recall: one head (`_h1`; MIMOFormer 2x2 and DataMUX) and two (all networks).
"""

import argparse
import math
import os
import time

import torch
from torch import nn
from torch.nn import functional as F

import data
import mimoformer
import sequences

DEV, TEST = 4096, 10000  # sequences
LOOK = 250  # steps between looks at the development set
GRIDS = {
    "performer": dict(),
    "transformer": dict(kernel="softmax"),
    "mimoformer_2x2": dict(grid=(2, 2)),
    "mimoformer_2x2_mlp": dict(grid=(2, 2), variant="att_mlp"),
    "mimoformer_2x2_dpfp": dict(grid=(2, 2), kernel="dpfp"),
    "mimoformer_2x2_exp": dict(grid=(2, 2), kernel="exp"),
    "mimoformer_2x2_h1": dict(grid=(2, 2), heads=1),
    "mimoformer_4x4": dict(grid=(4, 4)),
    "datamux": dict(grid=(4, 1), variant="datamux", kernel="softmax", hidden=64),  # 64: as many parameters
    "datamux_h1": dict(grid=(4, 1), variant="datamux", kernel="softmax", hidden=64, heads=1),
}


def shape_of(name):
    """(shape, task, seed) of e.g. mimoformer_recall_2x2_dpfp_s2: model, task, rest of the model, seed (default 1)."""
    name, _, seed = name.partition("_s") if "_s" in name and name.rpartition("_s")[2].isdigit() else (name, "", "1")
    model, task, *rest = name.split("_")
    facts = sequences.TASKS[task]
    words = dict(vocabulary=facts["vocabulary"], context=facts["context"], classes=facts["vocabulary"])
    if task == "pixels":
        words.update(classes=10, head="mean")
    return mimoformer.Shape(**words, **GRIDS["_".join([model, *rest])]), task, int(seed)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", help="e.g. performer_recall, mimoformer_induction_2x2_mlp_s2, datamux_recall")
    parser.add_argument("--out", default="runs/train")
    parser.add_argument("--steps", type=int, default=2500, help="optimiser steps at the full grid")
    parser.add_argument("--patience", type=int, default=4000, help="most steps in each stage before")
    parser.add_argument("--solved", type=float, default=0.98, help="development accuracy that ends a stage")
    parser.add_argument("--batch", type=int, default=128, help="sequences per step, on every grid")
    parser.add_argument("--lr", type=float, default=3e-3, help="peak learning rate")
    parser.add_argument("--warmup", type=int, default=300, help="steps")
    return parser.parse_args()


class Pixels:
    """Fashion-MNIST as tokens, in memory; same interface as Drawn."""

    def __init__(self, pool=2):
        self.sets = {}
        for split in sequences.SPLITS:
            images, labels = data.load(split)
            images = (images[:, 0] * data.STD + data.MEAN).mul(255).round().numpy()
            self.sets[split] = torch.from_numpy(sequences.pixel_sequences(images, pool)), labels

    def batch(self, seed, step, count):
        tokens, labels = self.sets["train"]
        rows = torch.randint(len(labels), (count,), generator=torch.Generator().manual_seed(seed * 1000003 + step))
        return tokens[rows], None, labels[rows]

    def fixed(self, split, seed, count):
        tokens, labels = self.sets[split]
        return tokens[:count], None, labels[:count]


class Drawn:
    """Sequences of a generated task. Every step has its own stream, so that a resumed training goes on as before."""

    def __init__(self, task):
        self.task = sequences.TASKS[task]

    def draw(self, split, seed, part, count, queries):
        rng = sequences.stream(split, seed, part)
        arrays = self.task["draw"](rng, count, split, queries, **self.task["task"])
        return tuple(torch.from_numpy(a) for a in arrays)

    def batch(self, seed, step, count):
        return self.draw("train", seed, step, count, self.task["queries"])

    def fixed(self, split, seed, count):
        return self.draw(split, seed, 0, count, 1)


def stages(shape):
    """The grids of the curriculum; the last one is the full grid, with the learning rate's descent."""
    if shape.variant == "datamux":
        return [(1, 1), shape.grid]
    return [(1, 1)] + [(n, n) for n in (2, 4) if n <= shape.grid[0]] + [(1, 1)] * (shape.grid == (1, 1))


def learning_rate(options, progress, last):
    """At the step that `progress` tells; `last`: whether the last stage has begun."""
    if not last:
        return options.lr * min(1.0, (progress["step"] + 1) / options.warmup)
    return options.lr * 0.5 * (1 + math.cos(math.pi * (progress["step"] - progress["stage_step"]) / options.steps))


@torch.no_grad()
def logits_of(net, tokens, queries, passes=64):
    """fp32 logits [n, classes] of one query each; the last pass is filled up with the first sequences."""
    net.eval()
    size, out = passes * net.sequences, []
    fill = torch.arange(len(tokens) + -len(tokens) % net.sequences) % len(tokens)
    for rows in fill.split(size):
        logits = net(tokens[rows], None if queries is None else queries[rows])
        out.append(logits if queries is None else logits[:, 0])
    net.train()
    return torch.cat(out)[: len(tokens)]


def accuracy(net, split):
    tokens, queries, answers = split
    return (logits_of(net, tokens, queries).argmax(1) == answers.flatten()).float().mean().item()


class Training:
    """State that a checkpoint holds, and one optimiser step."""

    def __init__(self, options):
        self.options = options
        self.shape, task, self.seed = shape_of(options.network)
        torch.manual_seed(self.seed)
        self.net = mimoformer.Network(self.shape)
        self.opt = torch.optim.AdamW(self.net.parameters(), lr=options.lr, eps=1e-6, weight_decay=0.0)
        self.source = Pixels() if task == "pixels" else Drawn(task)
        self.dev = self.source.fixed("dev", self.seed, DEV)
        self.progress = dict(step=0, stage=0, stage_step=0, seconds=0.0, best=-1.0)
        self.best = None
        self.path = os.path.join(options.out, options.network)

    def resume(self):
        if os.path.exists(self.path + ".ckpt"):
            saved = torch.load(self.path + ".ckpt")
            self.net.load_state_dict(saved["net"])
            self.opt.load_state_dict(saved["opt"])
            self.progress, self.best = saved["progress"], saved["best"]
        self.net.set_grid(*stages(self.shape)[self.progress["stage"]])
        self.began = time.process_time() - self.progress["seconds"]

    def save(self):
        self.progress["seconds"] = time.process_time() - self.began
        state = dict(net=self.net.state_dict(), opt=self.opt.state_dict(), progress=self.progress, best=self.best)
        torch.save(state, self.path + ".part")
        os.replace(self.path + ".part", self.path + ".ckpt")

    def last(self):
        return self.progress["stage"] == len(stages(self.shape)) - 1

    def done(self):
        return self.last() and self.progress["step"] - self.progress["stage_step"] >= self.options.steps

    def rate(self):
        return learning_rate(self.options, self.progress, self.last())

    def step(self):
        """(loss, share of right answers) of one update."""
        tokens, queries, answers = self.source.batch(self.seed, self.progress["step"], self.options.batch)
        logits = self.net(tokens, queries).flatten(0, -2)
        loss = F.cross_entropy(logits, answers.flatten())
        for group in self.opt.param_groups:
            group["lr"] = self.rate()
        self.opt.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.opt.step()
        self.progress["step"] += 1
        return loss.item(), (logits.argmax(1) == answers.flatten()).float().mean().item()

    def look(self):
        """Development accuracy; keeps the best state at the full grid, or moves on to the next grid."""
        p, dev = self.progress, accuracy(self.net, self.dev)
        if self.last():
            if dev >= p["best"]:  # of equals, the later
                p["best"] = dev
                self.best = {k: v.clone() for k, v in self.net.state_dict().items()}
        elif dev >= self.options.solved or p["step"] - p["stage_step"] >= self.options.patience:
            p["stage"], p["stage_step"] = p["stage"] + 1, p["step"]
            self.net.set_grid(*stages(self.shape)[p["stage"]])
        return dev


def train(options):
    torch.set_num_threads(1)
    os.makedirs(options.out, exist_ok=True)
    run = Training(options)
    run.resume()
    log = open(run.path + ".log", "a", buffering=1)
    log.write(f"# {dict(vars(options), seed=run.seed)}, from step {run.progress['step']}\n")
    loss, right, since = 0.0, 0.0, 0
    while not run.done():
        grid = run.net.grid
        results = run.step()
        loss, right, since = loss + results[0], right + results[1], since + 1
        step = run.progress["step"]
        if step % 50 == 0:
            line = f"step {step} grid {grid[0]}x{grid[1]} lr {run.rate():.5f} loss {loss / since:.4f} train {right / since:.4f}"
            if step % LOOK == 0 or run.done():
                line += f" dev {run.look():.4f}"
            log.write(line + f" cpu_s {time.process_time() - run.began:.0f}\n")
            loss, right, since = 0.0, 0.0, 0
            run.save()
    finish(run, log)


def finish(run, log):
    """Test accuracy of the best development state, OUT/NAME.pt."""
    run.net.load_state_dict(run.best)
    run.net.set_grid(*run.shape.grid)
    result = dict(dev=accuracy(run.net, run.dev), test=accuracy(run.net, run.source.fixed("test", run.seed, TEST)))
    log.write(f"final dev {result['dev']:.4f} test {result['test']:.4f} of {TEST} (fp32 weights)\n")
    torch.save(dict(net=run.best, accuracy=result, options=vars(run.options)), run.path + ".pt")


if __name__ == "__main__":
    train(arguments())
