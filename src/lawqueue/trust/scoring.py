"""
Scoring: forecasts of published series from one origin, how far off they were, and what their intervals held.

A stock is scored with the flows that make it, and is not won by wrong ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.cube import Results
from lawqueue.models.model import Model
from lawqueue.trust import known
from lawqueue.trust.discrepancy import Discrepancy
from lawqueue.trust.known import By, Period
from lawqueue.trust.naive import naive
from lawqueue.trust.scores import (
    ALL,
    FIRST,
    HORIZONS,
    LEVELS,
    SECOND,
    Errors,
    Share,
    crps,
    errors,
    independent,
    inside,
    share,
)

Floats = NDArray[np.float64]

FOR_EACH = 50
"""Draws of the discrepancy for each run: it costs nothing, and the ends of intervals hang less on chance."""
EVERY_ROW = "All rows"


FLOWS_WITHIN = 0.12
"""How far off the totals of a year of each flow of a stock may be, in the mean [/1]."""


@dataclass(frozen=True)
class Forecast:
    """
    What was forecast of one published series.

    Parameters
    ----------
    series, observed
        Names of the simulated and the published series.
    start
        The origin.
    periods
        What was published, in order.
    median
        Point forecasts: medians of the runs, (n_periods,).
    samples
        Of the predictive distribution, (n_samples, n_periods).
    walk
        Standard deviation of what its discrepancy gains in a year [log].
    """

    series: str
    observed: str
    start: date
    periods: tuple[Period, ...]
    median: Floats
    samples: Floats
    walk: float

    @property
    def by(self) -> By:
        """Tell whether its periods are months or years."""
        return self.periods[0].by

    @cached_property
    def outcome(self) -> Floats:
        """What was published, (n_periods,)."""
        return np.array([each.value for each in self.periods])

    def within(self, horizon: str) -> NDArray[np.bool_]:
        """Tell which periods lie in a horizon, (n_periods,)."""
        year = np.array([(each.first - self.start).days // 365 for each in self.periods])
        return np.asarray({FIRST: year == 0, SECOND: year == 1, ALL: year >= 0}[horizon])

    def inside(self, level: float) -> NDArray[np.bool_]:
        """Tell which outcomes lie in the central interval of a level, (n_periods,)."""
        return inside(self.samples, self.outcome, level)


@dataclass(frozen=True)
class Horizon:
    """
    Mean absolute errors over some of the scored periods.

    Parameters
    ----------
    error
        Of the median of the model [/1].
    naive
        Name of each naive forecast to its own [/1].
    flows
        Of a stock, the errors of the flows that it is scored with, by title [/1]; NaN if they cannot be scored.
    """

    error: float
    naive: dict[str, float]
    flows: dict[str, float] = field(default_factory=dict)

    @property
    def best_naive(self) -> tuple[str, float]:
        """The naive forecast with the least mean absolute error, and that error."""
        return min(self.naive.items(), key=lambda each: each[1])

    @property
    def is_nearer(self) -> bool:
        """Tell whether the model is nearer than the best naive forecast."""
        return self.error < self.best_naive[1]

    @property
    def wrong_flows(self) -> dict[str, float]:
        """The flows that are further off than `FLOWS_WITHIN`, or not known to be nearer."""
        return {title: error for title, error in self.flows.items() if not error <= FLOWS_WITHIN}

    @property
    def wins(self) -> bool:
        """Tell whether the model is nearer than the best naive forecast, and a stock not by wrong flows."""
        return self.is_nearer and not self.wrong_flows


@dataclass(frozen=True)
class Score:
    """
    One published series, scored.

    Parameters
    ----------
    series, observed
        Names of the simulated and the published series.
    by
        `month` or `year`.
    points
        (first day, published, median, low and high end of the 80 % interval) of each period.
    horizons
        Errors over `ALL` periods and, where two years are scored, over the `FIRST` and the `SECOND`, as far as published.
    model
        Errors of the median over all periods.
    crps
        Of the predictive distribution, over the mean outcome [/1].
    covered
        Level to share of outcomes in the central interval.
    walk
        Standard deviation of what its discrepancy gains in a year [log].
    naive_crps
        Name of each naive forecast to its score: its mean absolute error over the mean outcome [/1].
    recalled
        First days of the periods whose outcome is recalled, not read in a source.
    """

    series: str
    observed: str
    by: By
    points: tuple[tuple[date, float, float, float, float], ...]
    horizons: dict[str, Horizon]
    model: Errors
    crps: float
    covered: dict[float, float]
    walk: float
    naive_crps: dict[str, float]
    recalled: tuple[date, ...]


@dataclass(frozen=True)
class Line:
    """One row of the table: its scores, or why it has none."""

    title: str
    scores: tuple[Score, ...]
    why_not: str = ""

    @property
    def recalled(self) -> dict[str, bool]:
        """Whether an outcome is recalled, at each horizon."""
        days = {day for each in self.scores for day in each.recalled}
        start = min((point[0] for each in self.scores for point in each.points), default=date.max)
        after = {FIRST: {day for day in days if (day - start).days < 365}, ALL: days}
        after[SECOND] = days - after[FIRST]
        return {name: bool(found) for name, found in after.items()}

    @property
    def horizons(self) -> dict[str, Horizon]:
        """Errors of the row: means over its series, at each horizon that all of them have."""
        return {
            name: _mean([each.horizons[name] for each in self.scores])
            for name in HORIZONS
            if self.scores and all(name in each.horizons for each in self.scores)
        }


def _mean(every: Sequence[Horizon]) -> Horizon:
    kinds = sorted(set.intersection(*(set(each.naive) for each in every)))
    return Horizon(
        float(np.mean([each.error for each in every])),
        {kind: float(np.mean([each.naive[kind] for each in every])) for kind in kinds},
        every[0].flows,
    )


@dataclass(frozen=True)
class Coverage:
    """
    How many outcomes the intervals of a row held, at one horizon.

    Parameters
    ----------
    title
        Of the row, or `EVERY_ROW`, where each row weighs alike.
    horizon
        One of `HORIZONS`.
    outcomes, independent
        How many there are, and how many independent ones they are worth.
    held
        Level to the share that lies in the central interval.
    """

    title: str
    horizon: str
    outcomes: int
    independent: float
    held: dict[float, Share]


class CannotBeScored(Exception):
    """A row has no outcome, or no simulated series; its text says which."""


def forecasts(
    model: Model, names: Sequence[str], results: Results, off: Discrepancy, start: date, end: date
) -> tuple[Forecast, ...]:
    """
    Return the forecasts of the published series of a row for [start, end).

    Raises
    ------
    CannotBeScored
        If one of them was not published for a period of that time, is fed in there, or is not simulated.
    """
    published, simulated = model.observed(), _simulated(results)
    found = []
    for name in names:
        if name not in simulated:
            raise CannotBeScored(f"no simulated series follows the definition of {name}")
        about = results.about(simulated[name])
        periods = known.scored(published, about, start, end)
        if not periods:
            fed = next((each.why for each in about.fed if each.meets(start, end)), "")
            raise CannotBeScored(
                f"it is no outcome there: {fed}"
                if fed
                else f"the data of this project have no figure of {name} for a period after {start}"
            )
        found.append(_forecast(about.name, name, periods, results, off, start))
    return tuple(found)


def _simulated(results: Results) -> dict[str, str]:
    """Return the name of each published series to that of its simulated counterpart."""
    return {each.observed: each.name for each in results.series if each.observed}


def _forecast(
    series: str, name: str, periods: tuple[Period, ...], results: Results, off: Discrepancy, start: date
) -> Forecast:
    runs = np.stack([results.total(series, each.first, each.after) for each in periods], axis=1)
    samples = np.repeat(runs, FOR_EACH, axis=0)
    samples *= np.exp(off.drawn(series, [each.after for each in periods], len(samples)))
    # The discrepancy has median 0: drawn into the point forecast it would add chance and nothing else.
    return Forecast(series, name, start, periods, np.median(runs, axis=0), samples, off.walk(series))


def line(
    model: Model, title: str, made: Sequence[Forecast], horizons: Sequence[str], results: Results
) -> Line:
    """Return a row with its scores at some horizons, and a stock with its flows."""
    return Line(title, tuple(_scored(model, each, title, horizons, results) for each in made))


def _scored(model: Model, forecast: Forecast, title: str, horizons: Sequence[str], results: Results) -> Score:
    rivals = _naive(model, forecast)
    low, high = np.quantile(forecast.samples, (0.1, 0.9), axis=0)
    return Score(
        forecast.series,
        forecast.observed,
        forecast.by,
        tuple(
            (period.first, period.value, float(m), float(lo), float(hi))
            for period, m, lo, hi in zip(forecast.periods, forecast.median, low, high, strict=True)
        ),
        {
            name: _horizon(model, forecast, rivals, which, title, results)
            for name in horizons
            if (which := forecast.within(name)).any()
        },
        errors(forecast.median, forecast.outcome),
        crps(forecast.samples, forecast.outcome),
        {level: float(np.mean(forecast.inside(level))) for level in LEVELS},
        forecast.walk,
        {
            kind: float(np.mean(np.abs(values - forecast.outcome)) / np.mean(forecast.outcome))
            for kind, values in rivals.items()
        },
        known.recalled(model.observed(), forecast.observed, forecast.periods),
    )


def _naive(model: Model, forecast: Forecast) -> dict[str, Floats]:
    """Return the naive forecasts of the periods of a forecast."""
    steps = known.ahead(forecast.periods, forecast.start)
    past = known.before(model.observed(), forecast.observed, forecast.start, forecast.by)
    season = 12 if forecast.by == "month" else 1
    return {kind: values[steps] for kind, values in naive(past, max(steps) + 1, season).items()}


def _horizon(
    model: Model,
    forecast: Forecast,
    rivals: Mapping[str, Floats],
    which: NDArray[np.bool_],
    title: str,
    results: Results,
) -> Horizon:
    outcome = forecast.outcome[which]
    firsts = {model.year.of(each.first) for each, is_in in zip(forecast.periods, which, strict=True) if is_in}
    years = [model.year.first_day(each) for each in sorted(firsts)]
    return Horizon(
        errors(forecast.median[which], outcome).absolute,
        {kind: errors(each[which], outcome).absolute for kind, each in rivals.items()},
        flow_errors(model, title, results, years),
    )


def flow_errors(model: Model, title: str, results: Results, years: Sequence[date]) -> dict[str, float]:
    """
    Return how far off the flows of a stock are, by title: the mean over years, and over the sums of each [/1].

    Parameters
    ----------
    model
        Whose flows they are.
    title
        Of the row; one without flows has no error.
    years
        First days of years.
    """
    simulated = _simulated(results)

    def off(names: Sequence[str], first: date) -> float:
        after = first.replace(year=first.year + 1)
        forecast = np.median(np.sum([results.total(simulated[each], first, after) for each in names], axis=0))
        return abs(
            float(forecast) / sum(known.total_of_year(model.observed(), each, first) for each in names) - 1.0
        )

    return {
        flow: float(np.mean([off(names, first) for names in sums for first in years]))
        for flow, sums in model.scoring().flows.get(title, {}).items()
    }


def coverage(rows: Mapping[str, Sequence[Forecast]], horizons: Sequence[str]) -> tuple[Coverage, ...]:
    """Return what the intervals of each row held at each horizon, and those of `EVERY_ROW`, where each row weighs alike."""
    each_alone = [(title, [made]) for title, made in rows.items()]
    return tuple(
        found
        for title, several in (*each_alone, (EVERY_ROW, list(rows.values())))
        for horizon in horizons
        if (found := _coverage(title, horizon, several)) is not None
    )


def _coverage(title: str, horizon: str, rows: Sequence[Sequence[Forecast]]) -> Coverage | None:
    """Return the coverage of some rows that weigh alike, as the series of a row and the periods of a series do."""
    parts = [[(each, which) for each in row if (which := each.within(horizon)).any()] for row in rows]
    weighed = [
        (each, which, np.full(which.sum(), 1.0 / (len(row) * which.sum())))
        for row in parts
        for each, which in row
    ]
    if not weighed:
        return None
    weights = np.concatenate([weight for _, _, weight in weighed])
    logs = np.concatenate([np.log(each.samples[:, which]) for each, which, _ in weighed], axis=1)
    n = independent(logs, weights)
    held = {
        level: float(
            np.average(
                np.concatenate([each.inside(level)[which] for each, which, _ in weighed]), weights=weights
            )
        )
        for level in LEVELS
    }
    return Coverage(
        title, horizon, len(weights), n, {level: share(value, level, n) for level, value in held.items()}
    )


def of_every_row(found: Sequence[Coverage]) -> dict[float, Share]:
    """Return the share of the outcomes that the intervals of each level held, the mean over the rows, over all years."""
    return next(each.held for each in found if (each.title, each.horizon) == (EVERY_ROW, ALL))
