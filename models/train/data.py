# SPDX-License-Identifier: Apache-2.0
"""Image sets for the training recipes: the same splits, order and normalisation as `models/data`."""

import gzip
import hashlib
import math
import os
import struct
from dataclasses import dataclass

import numpy as np
import torch

DIRECTORY = os.environ.get("MIMOSA_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")
MEAN, STD = 0.2860, 0.3530  # of the 60,000 training images, pixels scaled to 0..1
HELD_OUT = 5000  # the last 5,000 training images: every choice and calibration, never gradient steps


@dataclass(frozen=True)
class ImageSet:
    """What a network and its training must know of a set: `pad` is the largest shift of `augment`."""

    shape: tuple
    mean: float
    std: float
    pad: int


SETS = {
    "fashion-mnist": ImageSet((1, 28, 28), MEAN, STD, 2),
    "cifar-10": ImageSet((3, 32, 32), 0.4734, 0.2516, 4),  # one mean and deviation over all three channels
}


def read_idx(name):
    """The array in DIRECTORY/name.gz: uint8, shape as the IDX header says."""
    with gzip.open(os.path.join(DIRECTORY, name + ".gz")) as file:
        raw = file.read()
    rank = raw[3]
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def fashion_mnist(test):
    """(images uint8 [n,1,28,28], labels uint8 [n])."""
    prefix = "t10k" if test else "train"
    return read_idx(f"{prefix}-images-idx3-ubyte")[:, None], read_idx(f"{prefix}-labels-idx1-ubyte")


def cifar10_files(test):
    """Files of the binary version, each 10,000 records of a label and the red, green and blue planes."""
    directory = os.environ.get("MIMOSA_CIFAR10")
    if directory is None:
        raise SystemExit("MIMOSA_CIFAR10 is not set: it names the folder of CIFAR-10's *.bin files (see cifar10.py)")
    names = ["test_batch.bin"] if test else [f"data_batch_{i}.bin" for i in range(1, 6)]
    return [os.path.join(directory, name) for name in names]


def cifar10(test):
    """(images uint8 [n,3,32,32], labels uint8 [n])."""
    records = np.concatenate([np.fromfile(name, np.uint8).reshape(-1, 3073) for name in cifar10_files(test)])
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def load(split, dataset="fashion-mnist"):
    """(images float32 [n, *shape] normalised, labels int64 [n]) of 'train', 'dev' (5,000 held out) or 'test'."""
    images, labels = (fashion_mnist if dataset == "fashion-mnist" else cifar10)(split == "test")
    images, labels = images.astype(np.float32) / 255.0, labels.astype(np.int64)
    if split != "test":
        part = slice(0, -HELD_OUT) if split == "train" else slice(-HELD_OUT, None)
        images, labels = images[part], labels[part]
    about = SETS[dataset]
    return torch.from_numpy((images - about.mean) / about.std), torch.from_numpy(labels)


def reference_images(count, dataset):
    """float32 [count, *shape] normalised, that the reference logits are of: the first test images. Of CIFAR-10, which the
    tests cannot count on, noise: byte i is the upper one of x(i + 1) = 1664525 x(i) + 1013904223 mod 2^32, x(0) = 1."""
    about = SETS[dataset]
    if dataset != "cifar-10":
        return load("test", dataset)[0][:count]
    x, drawn = 1, np.empty(count * math.prod(about.shape), np.uint8)
    for i in range(drawn.size):
        x = (1664525 * x + 1013904223) & 0xFFFFFFFF
        drawn[i] = x >> 24
    images = drawn.reshape(count, *about.shape).astype(np.float32) / 255.0
    return torch.from_numpy((images - about.mean) / about.std)


def dataset_sha256(dataset="fashion-mnist"):
    """Hash over the files as stored, recorded with the weights."""
    parts = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    files = [os.path.join(DIRECTORY, f"{part}-ubyte.gz") for part in parts]
    if dataset == "cifar-10":
        files = cifar10_files(False) + cifar10_files(True)
    digest = hashlib.sha256()
    for name in files:
        with open(name, "rb") as file:
            digest.update(file.read())
    return digest.hexdigest()


def augment(images, generator, pad=2):
    """Horizontal flip (p = 1/2) and a shift of up to `pad` pixels with reflected borders, drawn per image."""
    count, _, height, width = images.shape
    padded = torch.nn.functional.pad(images, (pad, pad, pad, pad), mode="reflect")
    dy = torch.randint(0, 2 * pad + 1, (count, 1), generator=generator)
    dx = torch.randint(0, 2 * pad + 1, (count, 1), generator=generator)
    flip = torch.rand(count, 1, generator=generator) < 0.5
    rows = dy + torch.arange(height)
    columns = dx + torch.where(flip, torch.arange(width - 1, -1, -1), torch.arange(width))
    rows, columns, sample = (t.to(images.device, non_blocking=True) for t in (rows, columns, torch.arange(count)))
    # Channels stand behind the indexed dimensions here: [image, row, column, channel].
    return padded.permute(0, 2, 3, 1)[sample[:, None, None], rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
