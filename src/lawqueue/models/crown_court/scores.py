"""
The back-test: errors of the forecasts from every origin, beside naive ones, and what the intervals hold.

Overlapping origins are three or four independent events, so that a point more or less is nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from lawqueue.models.crown_court import found, intervals
from lawqueue.models.crown_court.intervals import Coverage
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.rolling import (
    FLAT_HOURS,
    HORIZONS,
    OUTCOMES,
    TEST,
    Path,
    at_origin,
    forecast,
    naive,
    origins,
    published,
)
from lawqueue.models.crown_court.world import LAST_OUTCOME, quarter_of
from lawqueue.rules import Change, ParameterBook


@dataclass(frozen=True)
class Score:
    """
    Errors of a forecast over origins, in per cent of what happened.

    Parameters
    ----------
    forecast, outcome, ahead
        Which.
    origins
        How many.
    absolute, average
        Mean absolute error, and mean error [/1].
    """

    forecast: str
    outcome: str
    ahead: int
    origins: int
    absolute: float
    average: float


NOTHING: Final = "model, given nothing"
VARIANTS: Final[Mapping[str, str]] = {
    "model": "given receipts, sitting days and two declared shocks; hours a day found at the origin",
    "model, no shocks": "the same without any shock, also when hours are found",
    "model, hours fixed": "the same with hours a day of 2016 to 2019",
    NOTHING: "receipts as in the last year, days as allocated, a shock under way for two quarters",
}
"""The forecasts of the model, and what each is given."""


def without_shocks(book: ParameterBook) -> ParameterBook:
    """Return the parameters with the declared shocks left out."""
    for name in found.SHOCKS:
        first = book.parameter(name).values[0].start
        book = book.changed(Change(name, first, "set", 1.0))
    return book


def book_of(variant: str, origin: int, book: ParameterBook) -> ParameterBook:
    """Return the parameters of a forecast of the model at the end of a quarter."""
    if variant == "model, no shocks":
        return at_origin(origin, without_shocks(book))
    return at_origin(
        origin,
        book,
        "nothing" if variant == NOTHING else "inputs",
        FLAT_HOURS if variant == "model, hours fixed" else None,
    )


def paths(variant: str, book: ParameterBook, wanted: Sequence[int]) -> list[Path]:
    """Return the forecasts of a variant from each origin."""
    return [forecast(origin, book_of(variant, origin, book)) for origin in wanted]


def scores(name: str, forecasts: Mapping[int, Mapping[str, Callable[[int], float]]]) -> list[Score]:
    """Return the errors of a forecast by outcome and horizon, over the origins from which the outcome is published."""
    truth = published()
    last = quarter_of(LAST_OUTCOME)
    held = []
    for outcome in OUTCOMES:
        for ahead in HORIZONS:
            off = np.array(
                [
                    each[outcome](ahead) / truth.at(outcome, origin + ahead - truth.origin) - 1
                    for origin, each in forecasts.items()
                    if outcome in each and origin + ahead <= last
                ]
            )
            if off.size:
                absolute, average = float(np.abs(off).mean()), float(off.mean())
                held.append(Score(name, outcome, ahead, off.size, absolute, average))
    return held


def readers(path: Path) -> dict[str, Callable[[int], float]]:
    """Return what reads each outcome of a path so many quarters ahead."""
    return {name: partial(path.at, name) for name in OUTCOMES}


def nearer(forecasts: Sequence[Path], ahead: int) -> list[int]:
    """Return the origins from which no change is nearer to the open cases than a forecast, so many quarters ahead."""
    truth, last = published(), quarter_of(LAST_OUTCOME)
    found_nearer = []
    for each in forecasts:
        if each.origin + ahead <= last:
            outcome = truth.at("open", each.origin + ahead - truth.origin)
            same = truth.at("open", each.origin - truth.origin)
            if abs(same - outcome) < abs(each.at("open", ahead) - outcome):
                found_nearer.append(each.origin)
    return found_nearer


@dataclass(frozen=True)
class Scores:
    """
    Everything that the back-test finds.

    Parameters
    ----------
    errors
        Of every forecast, the naive ones among them.
    no_change_is_nearer
        Origins from which it is nearer to open cases than the model that is given nothing, by quarters ahead.
    own, wander
        How far off the model is a year ahead, by outcome, and how far what is found wanders in a year [log].
    held
        What the intervals hold.
    """

    errors: tuple[Score, ...]
    no_change_is_nearer: Mapping[int, tuple[int, ...]]
    own: Mapping[str, float]
    wander: Mapping[str, float]
    held: tuple[Coverage, ...]


PARTS: Final = len(VARIANTS) + len(origins())
"""How often a step is told of."""


def scored(threads: int = 1, step: Callable[[], None] = lambda: None) -> Scores:
    """Return what the back-test finds; `step` is called after each forecast of the model, and after each origin's draws."""
    book, truth = MODEL.parameters(), published()
    errors: list[Score] = []
    made: dict[str, list[Path]] = {}
    for variant in VARIANTS:
        made[variant] = paths(variant, book, origins())
        errors += _scores(variant, {each.origin: readers(each) for each in made[variant]})
        step()
    beside = {origin: naive(origin, truth) for origin in origins()}
    for name in ("no change", "drift", "last net flow"):
        errors += _scores(name, {origin: each[name] for origin, each in beside.items()})
    own = intervals.discrepancy(made["model"])
    return Scores(
        tuple(errors),
        {ahead: tuple(nearer(made[NOTHING], ahead)) for ahead in HORIZONS},
        own,
        intervals.wander(),
        intervals.held({"model": "inputs", NOTHING: "nothing"}, own, threads, step),
    )


def _scores(name: str, forecasts: Mapping[int, Mapping[str, Callable[[int], float]]]) -> list[Score]:
    """Return the errors over all origins, and over those of the test."""
    test = {origin: each for origin, each in forecasts.items() if origin >= TEST}
    return [*scores(name, forecasts), *scores(f"{name}, origins from 2019 Q4", test)]


def as_json(made: Scores) -> str:
    """Return the scores as JSON, numbers to four digits."""

    def told(row: Any) -> dict[str, Any]:
        return {
            key: round(value, 4) if isinstance(value, float) else value for key, value in asdict(row).items()
        }

    def quarter(number: int) -> str:
        return f"{number // 4} Q{number % 4 + 1}"

    found_ones = {
        "given": VARIANTS,
        "scores": [told(each) for each in made.errors],
        "no_change_is_nearer": {
            str(ahead): [quarter(each) for each in those] for ahead, those in made.no_change_is_nearer.items()
        },
        "discrepancy": {name: round(each, 4) for name, each in made.own.items()},
        "wander": {name: round(each, 4) for name, each in made.wander.items()},
        "intervals_of_80_per_cent": [told(each) for each in made.held],
    }
    return json.dumps(found_ones, indent=1) + "\n"


def table(made: Scores) -> str:
    """Return mean absolute errors, and what intervals hold, as plain text: a column for each outcome."""
    columns = " ".join(f"{name:>17}" for name in OUTCOMES)

    def lines(rows: Mapping[tuple[str, int, str], float]) -> list[str]:
        told = [f"{'forecast':44} {'ahead':>5} {columns}"]
        for name in dict.fromkeys(name for name, _, _ in rows):
            for ahead in HORIZONS:
                row = (rows.get((name, ahead, outcome)) for outcome in OUTCOMES)
                cells = " ".join(f"{'' if each is None else format(each, '.1%'):>17}" for each in row)
                told.append(f"{name:44} {ahead:5} {cells}")
        return told

    errors = {(each.forecast, each.ahead, each.outcome): each.absolute for each in made.errors}
    held = {(each.forecast, each.ahead, each.outcome): each.held for each in made.held}
    return "\n".join(
        [
            "Mean absolute errors over origins from 2017 to 2022, by quarters ahead:",
            "",
            *lines(errors),
            "",
            f"Share of the outcomes that the {intervals.LEVEL:.0%} intervals hold:",
            "",
            *lines(held),
        ]
    )
