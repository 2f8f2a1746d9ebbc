# SPDX-License-Identifier: Apache-2.0
"""Fashion-MNIST for the training recipes: the same split, order and normalisation as `models/data`."""

import gzip
import hashlib
import os
import struct

import numpy as np
import torch

DIRECTORY = os.environ.get("MIMOSA_FASHION_MNIST", "/usr/share/datasets/fashion-mnist")
MEAN, STD = 0.2860, 0.3530  # of the 60,000 training images, pixels scaled to 0..1
HELD_OUT = 5000  # the last 5,000 training images: every choice and calibration, never gradient steps


def read_idx(name):
    """The array in DIRECTORY/name.gz: uint8, shape as the IDX header says."""
    with gzip.open(os.path.join(DIRECTORY, name + ".gz")) as file:
        raw = file.read()
    rank = raw[3]
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(split):
    """(images float32 [n,1,28,28] normalised, labels int64 [n]) of 'train' (55,000), 'dev' (5,000) or 'test' (10,000)."""
    prefix = "t10k" if split == "test" else "train"
    images = read_idx(f"{prefix}-images-idx3-ubyte").astype(np.float32) / 255.0
    labels = read_idx(f"{prefix}-labels-idx1-ubyte").astype(np.int64)
    if split != "test":
        part = slice(0, -HELD_OUT) if split == "train" else slice(-HELD_OUT, None)
        images, labels = images[part], labels[part]
    return torch.from_numpy((images[:, None] - MEAN) / STD), torch.from_numpy(labels)


def dataset_sha256():
    """Hash over the four decompressed-as-stored files, recorded with the weights."""
    digest = hashlib.sha256()
    for name in ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1"):
        with open(os.path.join(DIRECTORY, f"{name}-ubyte.gz"), "rb") as file:
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
    sample = torch.arange(count)[:, None, None]
    return padded[sample, 0, rows[:, :, None], columns[:, None, :]][:, None]
