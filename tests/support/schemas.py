#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""usage: schemas.py MIMOSA CONFIGS

Holds every config file against the JSON Schema the program prints for its kind, with another's validator: all
must pass, and each with one key changed must fail. Exit status 77 where the validator is missing.
"""
import copy
import json
import pathlib
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(missing)
    sys.exit(77)


class Core(yaml.SafeLoader):
    """Plain words as YAML 1.2 reads them, and so the program and editors: `off` is text, `1e-3` a number."""

    yaml_implicit_resolvers = {}


Core.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|True|TRUE|false|False|FALSE)$"), list("tTfF"))
Core.add_implicit_resolver("tag:yaml.org,2002:int", re.compile("^[-+]?[0-9]+$"), list("-+0123456789"))
Core.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def spoilt(value, at=()):
    """Every way to spoil one place of a config: a key misspelt, a value of another type."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if at[-1:] != ("variants",):  # whose names are free
                yield at + (key,), lambda d, k=key: d.update({k + "x": d.pop(k)})
            if isinstance(inner, (bool, int, float)):
                yield at + (key,), lambda d, k=key: d.update({k: {"no": 1}})
                yield at + (key,), lambda d, k=key: d.update({k: 1e308})
            yield from spoilt(inner, at + (key,))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from spoilt(inner, at + (number,))


def nested(path, value):
    for part in reversed(path.split(".")):
        value = {part: value}
    return value


def check_keys(program):
    """Every key of `explain` is in the schema of experiments, where its default stands, and nothing odd."""
    schema = json.loads(subprocess.run([program, "schema", "experiment"], check=True, capture_output=True).stdout)
    listing = subprocess.run([program, "explain"], check=True, capture_output=True, text=True).stdout
    validator = jsonschema.Draft7Validator(schema)
    held = [line.split()[0] for line in listing.splitlines() if ": " in line and not line.startswith(("mvm.", "sweep."))]
    keys = [key for key in held if key in schema["definitions"]]
    missing = set(held) - set(keys) - {"extends", "name", "description", "overrides", "noise_layers", "axes", "sweep"}
    if missing or len(keys) < 150:
        sys.exit(f"{len(keys)} keys; not in the schema: {missing}")
    for key in keys:
        for value, right in ((schema["definitions"][key]["default"], True), ({"no": 1}, False)):
            config = {"extends": "x", **nested(key, value)}
            if validator.is_valid(config) != right:
                sys.exit(f"{config} is {'refused' if right else 'valid'}")
    for text, right in ((SWEEP, True), (SWEEP.replace("steps: 5", "steps: 0"), False), (SWEEP.replace("latin", "lattin"), False),
                        (SWEEP.replace("max", "most"), False), (SWEEP.replace("shards", "shard"), False)):
        if validator.is_valid(yaml.load(text, Core)) != right:
            sys.exit(f"{'refused' if right else 'valid'}: {text}")
    return len(keys)


SWEEP = """
network: x
axes:
  chip.adc.bits: [4, 8]
  device.time_s: {range: [1, 1e7], steps: 5, scale: log}
  device.read_noise: 0,1,2
  zip: {chip.array.rows: [64, 128], chip.array.cols: [64, 128]}
  variants: {hot: {device.drift: 2, chip: hermes}}
sweep:
  method: latin
  points: 20
  where: chip.adc.bits > 2
  objectives: {accuracy: max, energy_j: min}
  slurm: {shards: 4, partition: long}
"""



def main(program, configs):
    print(f"{check_keys(program)} keys")
    checked = changed = 0
    for kind in ("experiment", "chip", "device", "network"):
        schema = json.loads(subprocess.run([program, "schema", kind], check=True, capture_output=True).stdout)
        jsonschema.Draft7Validator.check_schema(schema)
        validator = jsonschema.Draft7Validator(schema)
        for path in sorted(pathlib.Path(configs, kind).glob("*.yaml")):
            config = yaml.load(path.read_text(), Core)
            for error in validator.iter_errors(config):
                sys.exit(f"{path}: {error.message[:300]}")
            checked += 1
            for at, change in list(spoilt(config))[:40]:
                other = copy.deepcopy(config)
                inner = other
                for step in at[:-1]:
                    inner = inner[step]
                change(inner)
                if validator.is_valid(other):
                    sys.exit(f"{path}: still valid with {'.'.join(map(str, at))} spoilt: {inner}")
                changed += 1
    print(f"{checked} files, {changed} spoilt copies")
    if checked < 50 or changed < 500:
        sys.exit("too few")


main(*sys.argv[1:])
