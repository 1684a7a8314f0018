"""
Make the ensemble of the Crown Court: parameter sets that retell 2016 to 2023 as published.

    python docs/make_crown_court_ensemble.py

Parameters are drawn evenly over their ranges. What a case takes and what a sitting day gives cannot both be told from
how many cases are disposed of; so hours a day follow from the other parameters of a draw: those with which it disposes
of as many cases from 2016 to 2023 as were published. A draw is kept if it is nowhere implausible (history matching).
"""  # noqa: INP001 -- a script beside the pages that tell of it

from __future__ import annotations

import io
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from os import cpu_count
from pathlib import Path
from typing import Any, Final

import numpy as np

from lawqueue.engine.varying import Floats
from lawqueue.errors import RunError
from lawqueue.models.crown_court import found, hearings, rolling
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.world import Court
from lawqueue.study.ensemble import FILE, LATER, Span, drawn, folder_of, over_ranges, spans, uncertain
from lawqueue.study.folder import seal
from lawqueue.study.record import LIBRARIES, inputs

DRAWS: Final = 400
"""Draws that are tried."""
LEAST: Final = 100
"""Draws that must be kept for an ensemble."""
SCALE: Final = 0.05
"""Share of the cases that is simulated: chance then moves open cases by some 1 %, little beside the discrepancy."""
SEED: Final = 3
CUT: Final = 3.0
"""Implausibility beyond which a draw is refused: by the three-sigma rule of Pukelsheim (1994), as is usual."""
DISCREPANCY: Final[Mapping[str, float]] = {
    "open": 0.05,
    "open.custody": 0.09,
    "open.bail": 0.07,
    "disposals": 0.03,
}
"""
How far off the model is by itself [log, standard deviation]: its mean absolute errors a year ahead with inputs given
(`calibration/rolling.json`: 3.8, 7.2, 5.8 and 2.0 %) times 1.25, as of a normal distribution, rounded up.
"""
ROOM: Final = 0.1
"""How far from the hours that cases need the hours a day of a draw are looked for [/1]."""
LATER_HOURS: Final = found.HOURS + LATER
KEPT: Final = (3.3 / 3.62, 3.85 / 3.62)
"""What hours a day may be from 2024 on, over what they are found to be in 2023; see `capacity.hours_per_day` [/1]."""
SCHEMA: Final = "lawqueue calibration 2"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Tried:
    """
    One draw.

    Parameters
    ----------
    values
        Every parameter by name; hours a day as found.
    outcomes
        Quarterly open cases, and yearly disposals, by name of the outcome.
    implausibility
        The largest distance of an outcome from what was published, over its discrepancy.
    """

    values: Mapping[str, float]
    outcomes: Mapping[str, Floats]
    implausibility: float


def told(path: rolling.Path) -> dict[str, Floats]:
    """Return what a draw must retell: open cases by quarter, and disposals by year."""
    return {
        name: path.values[name].reshape(-1, found.YEAR).sum(axis=1)
        if name == "disposals"
        else path.values[name]
        for name in DISCREPANCY
    }


def implausibility(outcomes: Mapping[str, Floats], published: Mapping[str, Floats]) -> float:
    """Return the largest distance of an outcome from what was published, over its discrepancy."""
    return max(
        float(np.abs(np.log(outcomes[name] / published[name])).max() / off)
        for name, off in DISCREPANCY.items()
    )


def history(values: Mapping[str, float]) -> rolling.Path:
    """Return 2016 to 2023 with some values in the place of the written ones."""
    truth = rolling.published()
    book = drawn(MODEL, MODEL.parameters(), values)
    quarters = truth.values["open"].size
    return rolling.forecast(truth.origin, book, quarters, replicates=1, scale=SCALE, seed=SEED)


def tried(values: Mapping[str, float]) -> Tried:
    """Return a draw with its hours a day found, and how far it is from what was published."""
    truth = rolling.published()
    published = float(truth.values["disposals"].sum())
    written = reference_hours().value
    rest = {name: value for name, value in values.items() if name != LATER_HOURS}
    guess = written * _hours_needed(rest) / _hours_needed({})

    def disposed(hours: float) -> float:
        return float(history({**rest, found.HOURS: hours}).values["disposals"].sum())

    hours = found.solved(disposed, published, guess * (1 - ROOM), guess * (1 + ROOM))
    made = {**values, found.HOURS: hours, LATER_HOURS: values[LATER_HOURS] * hours / written}
    outcomes = told(history(made))
    return Tried(made, outcomes, implausibility(outcomes, told(truth)))


def reference_hours() -> Span:
    """Return what hours a day may be: the span whose value moves the whole dated series."""
    return next(each for each in spans(MODEL, MODEL.parameters()) if each.name == found.HOURS)


def _hours_needed(values: Mapping[str, float]) -> float:
    """Return the hours that cases received in the years of history need, over those that there are [/1]."""
    court = MODEL.world(drawn(MODEL, MODEL.parameters(), values), (), {}, *MODEL.fitted())
    assert isinstance(court, Court)
    return float(hearings.needed(court).sum() / hearings.hours(court).sum())


def free() -> tuple[Span, ...]:
    """Return what is drawn: every uncertain parameter but hours a day in history; later ones as if these were as written."""
    return tuple(
        replace(each, low=each.value * KEPT[0], high=each.value * KEPT[1])
        if each.name == LATER_HOURS
        else each
        for each in uncertain(MODEL, MODEL.parameters())
        if each.name != found.HOURS
    )


@dataclass(frozen=True)
class Calibration:
    """The draws that were kept, and what made them."""

    kept: tuple[Tried, ...]
    record: Mapping[str, Any]


def calibrate(draws: int, threads: int, say: Say) -> Calibration:
    """
    Make the ensemble.

    Parameters
    ----------
    draws
        How many are tried.
    threads
        Processes that simulate; the numbers do not depend on it.
    say
        Called with what is being done.

    Raises
    ------
    RunError
        If too few draws agree with what was published.
    """
    from joblib import Parallel, delayed  # type: ignore[import-untyped]  # noqa: PLC0415  # only to calibrate

    names, values = over_ranges(free(), draws)
    made: list[Tried] = []
    rows = (delayed(tried)(dict(zip(names, row, strict=True))) for row in values.tolist())
    for each in Parallel(n_jobs=threads, return_as="generator")(rows):
        made.append(each)
        if len(made) % 20 == 0:
            say(f"{len(made)} of {draws} draws run, {len(_kept(made))} agree with what was published")
    kept = _kept(made)
    if len(kept) < LEAST:
        raise RunError(
            f"only {len(kept)} of {draws} draws agree with what was published from 2016 to 2023; {LEAST} are needed. "
            "Look at the model, or at the ranges in its parameter files."
        )
    return Calibration(kept, _record(made, kept))


def _kept(made: Sequence[Tried]) -> tuple[Tried, ...]:
    room = reference_hours()
    return tuple(
        each
        for each in made
        if each.implausibility < CUT and room.low <= each.values[found.HOURS] <= room.high
    )


def coverage(kept: Sequence[Tried], level: float = 0.9) -> dict[str, float]:
    """Return the share of the published figures that the middle part of the draws holds, by outcome [/1]."""
    published, tails = told(rolling.published()), ((1 - level) / 2, (1 + level) / 2)
    held = {}
    for name, figures in published.items():
        low, high = np.quantile([each.outcomes[name] for each in kept], tails, axis=0)
        held[name] = float(((low <= figures) & (figures <= high)).mean())
    return held


def _record(made: Sequence[Tried], kept: Sequence[Tried]) -> dict[str, Any]:
    published = told(rolling.published())
    middle = {name: np.median([each.outcomes[name] for each in kept], axis=0) for name in published}
    return {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "inputs": inputs(MODEL),
        "settings": {"draws": len(made), "seed": SEED, "scale": SCALE, "implausibility": CUT},
        "discrepancy": dict(DISCREPANCY),
        "draws": len(kept),
        "checked_with_the_simulator": len(made),
        "mean_absolute_error": {
            name: round(float(np.abs(middle[name] / figures - 1).mean()), 4)
            for name, figures in published.items()
        },
        "held_by_the_90_percent_interval": {name: round(each, 3) for name, each in coverage(kept).items()},
    }


def write(calibration: Calibration, folder: Path) -> None:
    """Write `ensemble.parquet` and `record.json`."""
    import polars as pl  # noqa: PLC0415  # loaded only to write

    made = io.BytesIO()
    pl.DataFrame([dict(each.values) for each in calibration.kept]).write_parquet(made, compression="zstd")
    (folder / FILE).write_bytes(made.getvalue())
    seal(folder, SCHEMA, calibration.record)


def table(calibration: Calibration) -> str:
    """Return what was found as plain text."""
    record = calibration.record
    rows = [
        f"{name:20} {record['discrepancy'][name]:12.0%} {record['mean_absolute_error'][name]:20.1%} {held:18.0%}"
        for name, held in record["held_by_the_90_percent_interval"].items()
    ]
    return "\n".join(
        [
            f"{record['draws']} of {record['checked_with_the_simulator']} parameter sets agree with what was published from 2016 to 2023.",
            "",
            f"{'series':20} {'discrepancy':>12} {'error of the median':>20} {'90 % interval holds':>18}",
            *rows,
        ]
    )


def _say(said: str) -> None:
    sys.stderr.write(said + "\n")


def main() -> None:
    """Write the ensemble beside the model; scores of the back-test that stand there stay."""
    found = calibrate(DRAWS, cpu_count() or 1, _say)
    write(found, folder_of(MODEL))
    sys.stdout.write(table(found) + "\n")


if __name__ == "__main__":
    main()
