# SPDX-License-Identifier: Apache-2.0
"""A network of your own, from training to a file the simulator runs: one epoch on 10,000 Fashion-MNIST images.

    /usr/bin/python3 models/train/examples/tiny_cnn.py --out my_networks
"""

import argparse
import os
import sys

import torch
from torch import nn
from torch.nn import functional as F

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import data  # noqa: E402
import export  # noqa: E402


class TinyCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, stride=2, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.pool = nn.MaxPool2d(2)
        self.fc = nn.Linear(32 * 3 * 3, 10)

    def forward(self, x):
        x = F.relu(self.norm1(self.conv1(x)))
        x = self.pool(F.relu(self.norm2(self.conv2(x))))
        return self.fc(torch.flatten(x, 1))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="my_networks")
    out = parser.parse_args().out
    torch.manual_seed(1)
    net = TinyCnn()
    images, labels = (part[:10000] for part in data.load("train"))
    optimiser = torch.optim.Adam(net.parameters(), lr=3e-3)
    for chunk in torch.randperm(len(images)).split(64):
        optimiser.zero_grad()
        F.cross_entropy(net(images[chunk]), labels[chunk]).backward()
        optimiser.step()
    export.round_weights(net.eval())  # from here on the module computes with the stored numbers
    images, labels = data.load("test")
    with torch.no_grad():
        accuracy = (net(images).argmax(1) == labels).float().mean().item()
    export.export(net, (1, 28, 28), "tiny_cnn", out, metadata=dict(accuracy_test=f"{accuracy:.4f}"),
                  description="Two convolutions and a classifier", dataset="fashion-mnist",
                  mean=data.MEAN, std=data.STD)  # fmt: skip
    print(f"test accuracy {accuracy:.4f}; wrote {out}/tiny_cnn.yaml and tiny_cnn.safetensors")


if __name__ == "__main__":
    main()
