# SPDX-License-Identifier: Apache-2.0
"""Images as the training recipes read them: CIFAR-10's files, shifts and flips."""

import itertools
import json
import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

import data

try:
    from PIL import Image

    import cifar10
except ImportError:
    cifar10 = None

COUNT = 20  # images of a file here, instead of 10,000


class Cifar10(unittest.TestCase):
    @unittest.skipIf(cifar10 is None, "python3-pil is not installed")
    def test_the_package_becomes_the_binary_version(self):
        rng = np.random.default_rng(1)
        images = rng.integers(0, 256, (6, COUNT, 32, 32, 3), dtype=np.uint8)  # [file, image, row, column, colour]
        labels = rng.integers(0, 10, (6, COUNT))
        with tempfile.TemporaryDirectory() as package, tempfile.TemporaryDirectory() as out:
            for name, own in zip([f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"], images):
                Image.fromarray(own.reshape(COUNT, 1024, 3)).save(os.path.join(package, name + ".png"))
            for part, own in (("train", labels[:5]), ("test", labels[5])):
                with open(os.path.join(package, f"{part}_lables.json"), "w", encoding="utf-8") as file:
                    json.dump(own.flatten().tolist(), file)
            with mock.patch.object(cifar10, "IMAGES", COUNT):
                cifar10.convert(package, out)
            with open(os.path.join(out, "data_batch_2.bin"), "rb") as file:
                record = np.frombuffer(file.read(), np.uint8).reshape(COUNT, 3073)[3]
            self.assertEqual(record[0], labels[1, 3])
            self.assertEqual(record[1 + 1024 * 2 + 32 * 5 + 7], images[1, 3, 5, 7, 2])  # blue, row 5, column 7
            with mock.patch.dict(os.environ, MIMOSA_CIFAR10=out), mock.patch.object(data, "HELD_OUT", COUNT):
                parts = {split: data.load(split, "cifar-10") for split in ("train", "dev", "test")}
        for split, files in (("train", range(4)), ("dev", [4]), ("test", [5])):
            expected = np.concatenate([images[i] for i in files]).transpose(0, 3, 1, 2) / 255.0
            read, classes = parts[split]
            np.testing.assert_allclose(read.numpy() * 0.2516 + 0.4734, expected, atol=1e-6)
            np.testing.assert_array_equal(classes.numpy(), np.concatenate([labels[i] for i in files]))


class Augment(unittest.TestCase):
    def test_an_image_is_shifted_and_flipped_as_a_whole(self):
        images = torch.arange(2 * 3 * 8 * 8, dtype=torch.float32).reshape(2, 3, 8, 8)
        seen = set()
        for seed in range(200):
            for image, own in zip(images, data.augment(images, torch.Generator().manual_seed(seed), pad=1)):
                rows = torch.nn.functional.pad(image[None], (1, 1, 1, 1), mode="reflect")[0]
                found = []
                for dy, dx, flip in itertools.product(range(3), range(3), (False, True)):
                    part = rows[:, dy : dy + 8, dx : dx + 8]
                    if torch.equal(own, part.flip(2) if flip else part):
                        found.append((dy, dx, flip))
                self.assertEqual(len(found), 1)
                seen.add(found[0])
        self.assertEqual(len(seen), 18)  # each is missed with probability 18 (17/18)^400 = 2e-9


if __name__ == "__main__":
    unittest.main()
