# SPDX-License-Identifier: Apache-2.0
"""Finished points of sweeps: lines of journals, or of a study's committed file."""

import dataclasses
import json
import pathlib
import re
import zlib


@dataclasses.dataclass(frozen=True)
class Network:
    """What the name of a network of the ladder of MIMOConv says."""

    name: str
    slots: int
    width: int
    noise_trained: bool
    plain: bool  # no binding at all
    images: str = "fmnist"  # or "cifar10"
    keys: str = "trained"  # or "frozen" as they were drawn, or "none": a plain sum

    @property
    def family(self):
        """Networks that differ in the number of slots alone."""
        return self.images, self.width, self.noise_trained


KEYS = {"frozen": "frozen", "unbound": "none"}


def network_of(name):
    match = re.fullmatch(
        r"(?:mimoconv|(wideresnet))_(fmnist|cifar10)(?:_n(\d+))?(?:_16k)?(?:_w(\d+))?(?:_(noise|frozen|unbound))?", name
    )
    if not match or (match[1] is None) != (match[3] is not None):
        raise ValueError(f"{name}: no network of the ladder, mimoconv_fmnist_nN[_wW][_noise] or wideresnet_fmnist…")
    plain, images, slots, width, variant = match.groups()
    keys = KEYS.get(variant, "trained")
    return Network(name, int(slots or 1), int(width or 4), variant == "noise", plain is not None, images, keys)


@dataclasses.dataclass(frozen=True)
class Point:
    """One network at one point of one sweep. `figures` by the names of `sweep.record`."""

    experiment: str
    network: Network  # or what another study's names say
    axes: dict
    figures: dict

    def __getitem__(self, figure):
        return self.figures[figure]

    @property
    def samples(self):
        """Accuracy of every chip sample, a share."""
        return self.figures["accuracy.analog.values"]


def points_of(line, experiment, network=network_of):
    """A point for every network of a journal's line, what its name says by `network`; none of a failed one."""
    if line.get("status", "ok") != "ok":
        return []
    axes = {key: value for key, value in line["axes"].items() if key != "network"}
    return [Point(experiment, network(figures["network"]), axes, figures) for figures in line["figures"]]


def read_study(path, network=network_of):
    """Points of a committed file, whose lines name their experiment."""
    lines = [json.loads(text) for text in pathlib.Path(path).read_text().splitlines()]
    points = [(point, line["seed"]) for line in lines for point in points_of(line, line["experiment"], network)]
    seen = set()
    for point, seed in points:
        # But for its name: two networks of one kind would share a column.
        kind = dataclasses.replace(point.network, name="")
        place = point.experiment, kind, seed, tuple(sorted(point.axes.items()))
        if place in seen:
            raise ValueError(f"{path}: {point.experiment}, {point.network.name}, {point.axes} stands twice, run with "
                             "other settings or by another network of its kind; name another folder for them")  # fmt: skip
        seen.add(place)
    return [point for point, _ in points]


def is_whole(line):
    """Whether a journal's line, bytes, is as it was written: its last member is the CRC-32 of all before it."""
    sealed, mark, crc = line.rpartition(b',"crc":"')
    return bool(mark) and crc == b'%08x"}' % zlib.crc32(sealed)


def collect(folder):
    """Lines for a committed file from the journals below `folder`/EXPERIMENT: what figures need, sorted, each point
    once (of a point run twice the line of the journal begun last counts), of the latest results_version alone."""
    found = {}
    for journal in sorted(pathlib.Path(folder).glob("*/journals/*.jsonl")):
        experiment = journal.parent.parent.name
        for text in journal.read_bytes().split(b"\n"):
            if not is_whole(text):
                continue  # torn by a crash; the program sets it aside, too
            line = json.loads(text)
            if line.get("status") == "ok":
                keys = ("axes", "results_version", "seed", "config_sha256", "figures")
                found[experiment, line["address"]] = {"experiment": experiment} | {k: line[k] for k in keys}
    latest = max((line["results_version"] for line in found.values()), default=0)
    kept = [line for line in found.values() if line["results_version"] == latest]
    return sorted(json.dumps(line, separators=(",", ":")) for line in kept)
