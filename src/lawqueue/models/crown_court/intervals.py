"""
Intervals of forecasts: draws of the parameters, of how what is found wanders on, and of how far off the model is.

What wanders, and by how much, is measured on the years to 2019: few of them, so that steps have the tails of Student's
t. Hours a day are found from quarters without a shock; within one they are as old as the last quarter before it, and
have wandered since. How far off the model is by itself is what its errors of 2017 and 2018 have beyond all that: a part
of them is the wandering, which is not counted twice.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Final

import numpy as np

from lawqueue.engine.varying import Floats
from lawqueue.models.crown_court import found
from lawqueue.models.crown_court.model import MODEL
from lawqueue.models.crown_court.rolling import (
    FIRST,
    HORIZONS,
    OUTCOMES,
    Given,
    Path,
    forecast,
    found_at,
    known_at,
    origins,
    published,
)
from lawqueue.models.crown_court.world import LAST_OUTCOME, first_day, quarter_of, quarterly
from lawqueue.rules import Change, ParameterBook
from lawqueue.rules.parameter import Parameter

LEVEL: Final = 0.8
"""Part of the draws that an interval holds."""
CALM: Final = tuple(quarter_of(date(year, 12, 31)) for year in range(2016, 2020))
"""Ends of the years over whose changes it is measured how far what is found wanders."""
DAYS_DRIFT: Final = 0.10
"""Root mean square of the yearly changes of sitting days, 2015/16 to 2019/20; see observed/capacity.csv [log]."""
OWN: Final = range(FIRST, FIRST + 8)
"""Origins from whose errors a year ahead it is measured how far off the model is: their outcomes end with 2019."""
COUNT: Final = 60
"""Draws from an origin."""
YEARS_OF_WANDER: Final = len(CALM) - 1
"""Changes from year to year whose root mean square a step has: the degrees of freedom of its Student's t."""
YEARS_OF_OWN: Final = len(OWN) // found.YEAR
"""Years ahead that do not overlap among those from which it is measured how far off the model is."""
TAIL: Final = 3.0
"""Where steps end [standard deviation]: far outside an interval of 80 %, and before shares of receipts sum to more than 1."""


def drawn(book: ParameterBook, rng: np.random.Generator) -> ParameterBook:
    """Return the parameters with one draw of everything that has a range: all entries of one at one place in theirs."""
    new = dict(book.parameters)
    for name, parameter in book.parameters.items():
        place = rng.triangular(0, 0.5, 1)
        if any(not each.is_certain for each in parameter.values):
            new[name] = _at_place(parameter, place)
    return replace(book, parameters=new)


def _at_place(parameter: Parameter, place: float) -> Parameter:
    """Return a parameter with every uncertain entry at one place in its range: 0 low, 0.5 as written, 1 high."""
    return replace(
        parameter,
        values=tuple(
            each
            if each.is_certain or each.low is None or each.high is None
            else each.model_copy(
                update={"value": float(np.interp(place, (0, 0.5, 1), (each.low, each.value, each.high)))}
            )
            for each in parameter.values
        ),
    )


@cache
def wander() -> Mapping[str, float]:
    """Return the root mean square of the yearly changes of what is found, and of receipts, 2016 to 2019 [log]."""
    book, receipts = MODEL.parameters(), quarterly(MODEL.observed(), "receipts")
    years = [
        {**found_at(each, book), RECEIPTS: sum(receipts[each - i] for i in range(found.YEAR))}
        for each in CALM
    ]
    changes = {name: np.diff(np.log([each[name] for each in years])) for name in years[0]}
    return {name: float(np.sqrt(np.mean(np.square(each)))) for name, each in changes.items()}


RECEIPTS: Final = "receipts.factor"
DAYS: Final = "capacity.sitting_days"


def wandering(origin: int, book: ParameterBook, given: Given, rng: np.random.Generator) -> ParameterBook:
    """Return the parameters with what is found, and what is not given, going on to change from year to year."""
    for name, spread in {**wander(), DAYS: DAYS_DRIFT}.items():
        steps = spread * _steps(max(HORIZONS) // found.YEAR, YEARS_OF_WANDER, rng)
        if name == found.HOURS:
            steps[0] *= np.sqrt(1 + _quarters_since(origin, book) / found.YEAR)
        if given == "nothing" or name not in {RECEIPTS, DAYS}:
            for year, step in enumerate(steps):
                day = first_day(origin + 1 + found.YEAR * year)
                book = book.changed(Change(name, day, "multiply", float(np.exp(step))))
    return book


def _quarters_since(origin: int, book: ParameterBook) -> int:
    """Return how many quarters ago the last one ended from which hours a day are found."""
    return origin - found.window(origin, book)[1]


def _steps(count: int, years: int, rng: np.random.Generator) -> Floats:
    """Return steps in units of a root mean square that was measured over so many years."""
    return np.asarray(np.clip(rng.standard_t(years, count), -TAIL, TAIL))


def draws(origin: int, wanted: Sequence[Given], seed: int = 0) -> dict[Given, list[Path]]:
    """Return forecasts from draws of the parameters, each with its own hours found, that then wander."""
    rng = np.random.default_rng((seed, origin))
    made: dict[Given, list[Path]] = {given: [] for given in wanted}
    for each in range(COUNT):
        book = drawn(MODEL.parameters(), rng)
        values = found_at(origin, book)
        for given, paths in made.items():
            gone_on = wandering(origin, known_at(origin, book, values, given), given, rng)
            paths.append(forecast(origin, gone_on, replicates=1, scale=0.1, seed=each))
    return made


def held(
    wanted: Mapping[str, Given], own: Mapping[str, float], threads: int, step: Callable[[], None]
) -> tuple[Coverage, ...]:
    """
    Return what the intervals of forecasts hold.

    Parameters
    ----------
    wanted
        What each forecast is given, by its name; the inputs are given to one of them, whose errors `own` are.
    own
        See `discrepancy`.
    threads
        Processes that simulate; the numbers do not depend on it.
    step
        Called after each origin.
    """
    from joblib import Parallel, delayed  # type: ignore[import-untyped]  # noqa: PLC0415  # only to score

    made: dict[int, dict[Given, list[Path]]] = {}
    work = (delayed(draws)(origin, tuple(wanted.values())) for origin in origins())
    for origin, paths in zip(origins(), Parallel(n_jobs=threads, return_as="generator")(work), strict=True):
        made[origin] = paths
        step()
    by_given = {given: {origin: paths[given] for origin, paths in made.items()} for given in wanted.values()}
    by_itself = beyond(own, by_given["inputs"])
    return tuple(
        each for name, given in wanted.items() for each in coverage(name, by_given[given], by_itself)
    )


def beyond(own: Mapping[str, float], made: Mapping[int, Sequence[Path]]) -> Mapping[str, float]:
    """Return how far off the model is by itself, by outcome: its own errors beyond the spread of the draws from there [log]."""

    def spread(name: str) -> float:
        return float(
            np.mean([np.var([np.log(path.at(name, found.YEAR)) for path in made[origin]]) for origin in OWN])
        )

    return {name: float(np.sqrt(max(0.0, off**2 - spread(name)))) for name, off in own.items()}


@dataclass(frozen=True)
class Coverage:
    """How many of the outcomes lay in the middle part of the draws [/1], by forecast, outcome and quarters ahead."""

    forecast: str
    outcome: str
    ahead: int
    origins: int
    held: float


def discrepancy(forecasts: Sequence[Path]) -> Mapping[str, float]:
    """Return how far off the model is a year ahead by outcome: the root mean square from the origins of 2017 and 2018 [log]."""
    truth, year = published(), found.YEAR
    own = [each for each in forecasts if each.origin in OWN]
    return {
        name: float(
            np.sqrt(
                np.mean(
                    [
                        np.log(each.at(name, year) / truth.at(name, each.origin + year - truth.origin)) ** 2
                        for each in own
                    ]
                )
            )
        )
        for name in OUTCOMES
    }


def coverage(
    name: str, made: Mapping[int, Sequence[Path]], off: Mapping[str, float], seed: int = 0
) -> list[Coverage]:
    """
    Return how many outcomes the intervals hold.

    Parameters
    ----------
    name
        Of the forecast.
    made
        Draws by origin.
    off
        See `beyond`; it is added to each draw, and grows with the root of the time ahead.
    """
    truth, last = published(), quarter_of(LAST_OUTCOME)
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    rng = np.random.default_rng(seed)
    kept = []
    for outcome in OUTCOMES:
        for ahead in HORIZONS:
            inside = []
            for origin, each in made.items():
                if origin + ahead <= last:
                    noise = _steps(len(each), YEARS_OF_OWN, rng) * off[outcome] * np.sqrt(ahead / found.YEAR)
                    values = np.array([path.at(outcome, ahead) for path in each]) * np.exp(noise)
                    low, high = np.quantile(values, tails)
                    inside.append(low <= truth.at(outcome, origin + ahead - truth.origin) <= high)
            kept.append(Coverage(name, outcome, ahead, len(inside), float(np.mean(inside))))
    return kept
