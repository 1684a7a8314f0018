"""Options that several commands share."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from lawqueue.errors import InputError

CORES = os.cpu_count() or 1

Out = Annotated[
    Path | None, typer.Option("--out", help="Results folder. Default: out/NAME.", show_default=False)
]
Replicates = Annotated[int, typer.Option(min=1, max=1000, help="Independent runs of each scenario.")]
Scale = Annotated[
    float, typer.Option(min=0.001, max=1.0, help="Share of the cases that is simulated; 1 is every case.")
]
ScaleOfModel = Annotated[
    float | None,
    typer.Option(
        min=0.001,
        max=1.0,
        help="Share of the cases that is simulated; 1 is every case. Default: what the model says, 0.05 for most.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Any whole number; the same seed gives the same numbers.")]
Threads = Annotated[
    int,
    typer.Option(
        min=1,
        help="Replicates at the same time, at most one for each core; the numbers do not depend on it.",
        callback=lambda wanted: min(wanted, CORES),
    ),
]
Given = Annotated[
    Literal["ensemble", "central"],
    typer.Option(
        "--parameters",
        help="ensemble: each replicate has a parameter set of its own; central: all have the written values.",
    ),
]
Dial = Annotated[
    Literal["off", "low", "high"],
    typer.Option(
        "--deterrence",
        help="Of models that have this dial, as us-immigration: whether arrivals answer to policy, in baseline and "
        "scenario alike; low and high are published estimates.",
    ),
]
ModelName = Annotated[
    str,
    typer.Option(
        "--model", help="The model that is asked: its name, see lawqueue list, or the path of its folder."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the answers as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]


def read_day(text: str, option: str) -> date:
    """Return the day that an option gives."""
    fault = InputError(f"{option}: {text!r} is not a date. Write it as 2021-03-01.")
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise fault
    try:
        given = date.fromisoformat(text)
    except ValueError:
        raise fault from None
    if not 1900 <= given.year < 2100:
        raise InputError(f"{option}: {text} is too far away. Give a day from 1900 to 2099.")
    return given
