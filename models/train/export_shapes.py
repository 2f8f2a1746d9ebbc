# SPDX-License-Identifier: Apache-2.0
"""Writes the shape-only networks of the MIMONets paper: WRN-28-10 and MIMOConv of the same size on 32x32 images.

    /usr/bin/python3 models/train/export_shapes.py --out configs/network
"""

import argparse

import export
import networks

SIZE = dict(width=10, initial_width=4, blocks=(4, 4, 4), stem_stride=1, channels=3, classes=10)
SOURCE = "Menet et al., NeurIPS 2023; shapes only, 32x32 images, 10 classes"


def write(slots, name, text, out):
    baseline = "mimoconv_wrn28_10_n1" if slots > 1 else None
    export.export(networks.MimoConv(slots, **SIZE), (3, 32, 32), name, out, slots=max(slots, 1), weights=False,
                  baseline=baseline, description=f"{text} ({SOURCE})")  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", default="configs/network")
    out = parser.parse_args().out
    write(0, "wrn28_10", "Wide residual network WRN-28-10", out)
    for slots in (1, 2, 4):
        write(slots, f"mimoconv_wrn28_10_n{slots}", f"MIMOConv of WRN-28-10 for N = {slots}", out)


if __name__ == "__main__":
    main()
