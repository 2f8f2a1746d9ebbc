# SPDX-License-Identifier: Apache-2.0
"""A study's points as tables of Markdown, and the command that prints them."""

import argparse
import math
import os
import pathlib

from study.journal import collect, network_of, read_study


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def half_width(half, digits=2):
    """Of an interval of shares, "± 1.20"; "± –" where it is not known."""
    return f"± {100 * half:.{digits}f}" if half is not None and math.isfinite(half) else "± –"


def percent(interval, digits=2):
    return f"{100 * interval.mean:.{digits}f} {half_width(interval.half, digits)}"


def signed(interval):
    return f"{100 * interval.mean:+.2f} {half_width(interval.half)}"


def study(points, sections):
    """Every table of the experiments that the points are of; sections: experiment to (title, function of its points)."""
    text = ""
    for experiment, parts in sections.items():
        chosen = [p for p in points if p.experiment == experiment]
        for title, section in parts if chosen else []:
            text += f"## {title}\n\n{section(chosen)}\n"
    return text


def write_whole(path, text):
    temporary = pathlib.Path(f"{path}.tmp")
    temporary.write_text(text)
    os.replace(temporary, path)


def print_study(description, sections, network=network_of):
    """The command line of a study; `network` tells what the name of a network says."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collect", metavar="RUNS", help="folder of finished sweeps, one folder an experiment")
    parser.add_argument("file", help="committed points, one a line")
    arguments = parser.parse_args()
    if arguments.collect:
        write_whole(arguments.file, "".join(line + "\n" for line in collect(arguments.collect)))
    print(study(read_study(arguments.file, network), sections), end="")
