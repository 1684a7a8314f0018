"""
How far a calibrated model may be off in the years that are scored: its discrepancy, which grows with lead time.

Kennedy and O'Hagan (2001, J. R. Statist. Soc. B 63:425) give a model a discrepancy. Here it is what the error of the
ensemble in the fitted years has beyond the ensemble's own spread there, and a random walk besides, since what a model
leaves out drifts. All sizes are those of the fitted years alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.cube import Results, Series
from lawqueue.models.model import Model
from lawqueue.trust import known
from lawqueue.trust.targets import LEAST_DISCREPANCY, NOTHING, TOGETHER

Floats = NDArray[np.float64]

PREDICTIVE = (
    "Intervals hold three things: what the parameters leave open (each draw of the ensemble is one run), the Monte Carlo spread "
    "(each with its own random numbers), and how far off the calibrated model may be: what its errors of the fitted years have "
    "beyond the spread of the ensemble in these years, drawn normal on the log scale, half of it common to a series, and a "
    "random walk after them, since what is left out drifts. The walk is how fast squared changes of these errors grow "
    "with the years between them, in all series together, each in units of its own error. All sizes are of a model that was "
    "fitted to these years, so they are a floor."
)


@dataclass(frozen=True)
class Discrepancy:
    """
    How far the model may be off, by simulated series.

    Parameters
    ----------
    error
        Root mean square error of the ensemble's median in the fitted years [log]; a series without figures there has
        `LEAST_DISCREPANCY`.
    level
        Standard deviation of what of that error the spread of the ensemble does not hold [log].
    growth
        Variance that a year of lead time adds, as a share of the squared error [1/year].
    fitted_to
        First day after the fitted ones, from which on it walks.
    """

    error: Mapping[str, float]
    level: Mapping[str, float]
    growth: float
    fitted_to: date

    def walk(self, series: str) -> float:
        """Return the standard deviation of the random walk of a series after a year [log]."""
        return self.error.get(series, LEAST_DISCREPANCY) * math.sqrt(self.growth)

    def drawn(self, series: str, ends: Sequence[date], draws: int) -> Floats:
        """
        Return draws of published over simulated, (draws, n_periods) [log]; those of two series are independent.

        Parameters
        ----------
        series
            The simulated series.
        ends
            The day after each period, in order: the walk is as far from the last fitted figure as the period is, and in
            the fitted years has not begun.
        """
        rng = np.random.default_rng(crc32(series.encode()))
        years = [
            max(each.year - self.fitted_to.year + (each.month - self.fitted_to.month) / 12, 0.0)
            for each in ends
        ]
        level = self.level.get(series, LEAST_DISCREPANCY)
        return level * _noise(rng, draws, len(ends)) + self.walk(series) * _walks(rng, draws, years)


@dataclass(frozen=True)
class Residuals:
    """
    How far an ensemble is off one series in the fitted years.

    Parameters
    ----------
    by_day
        Published over the median of the runs, by the first day of the period [log].
    spread
        Variance of the runs, the mean over the periods [log squared].
    """

    by_day: Mapping[date, float]
    spread: float

    @property
    def error(self) -> float:
        """Root mean square of them, and at least the least discrepancy [log]."""
        return max(LEAST_DISCREPANCY, math.sqrt(np.mean(np.square(list(self.by_day.values())))))

    @property
    def beyond(self) -> float:
        """The error without what of it the spread of the runs holds [log]."""
        return math.sqrt(max(self.error**2 - self.spread, 0.0))

    def changes(self, years: int) -> list[float]:
        """Return how much each differs from that of the same span some years before [log]."""
        return [
            each - self.by_day[before]
            for day, each in self.by_day.items()
            if (before := day.replace(year=day.year - years)) in self.by_day
        ]


def found(model: Model, results: Results) -> Discrepancy:
    """
    Return the discrepancy that an ensemble leaves, from its own runs of the fitted years: it knows no other.

    A draw is in the ensemble because it is no further off than a discrepancy allows, so the spread of the ensemble in
    the fitted years is a part of its error there: a discrepancy of the size of the error on top of it would count that
    part twice.
    """
    start, after = model.fitted()
    every = {
        each.name: left
        for each in results.series
        if (left := residuals(model, each, results, start, after)) is not None
    }
    return Discrepancy(
        {name: each.error for name, each in every.items()},
        {name: each.beyond for name, each in every.items()},
        growth(list(every.values()), after.year - start.year),
        after,
    )


def residuals(model: Model, series: Series, results: Results, start: date, end: date) -> Residuals | None:
    """Return how far the runs are off a series in [start, end), by the periods that are scored; None without a figure."""
    periods = known.scored(model.observed(), series, start, end)
    if not periods:
        return None
    published = np.array([each.value for each in periods])
    runs = np.stack([results.total(series.name, each.first, each.after) for each in periods], axis=1)
    if not np.isfinite(runs).all():
        return None
    logs = np.log(np.maximum(runs, NOTHING * published))
    left = np.log(published) - np.median(logs, axis=0)
    return Residuals(
        dict(zip((each.first for each in periods), left.tolist(), strict=True)),
        float(logs.var(axis=0).mean()),
    )


def growth(every: Sequence[Residuals], years: int) -> float:
    """
    Return the variance that a year adds to residuals, over that of their level [1/year]; at least 0.

    The mean squared change over some years is what two residuals differ by though nothing drifts, and the variance of
    the walk in these years: the slope of a straight line through it, by the years (a linear variogram), fitted by
    least squares to all series together. A change weighs as one however many months it is known of.

    Parameters
    ----------
    every
        Residuals, those of each series on their own scale.
    years
        How many were fitted.
    """
    found = [
        (
            apart,
            np.mean(np.square(changes)) / each.error**2,
            len(changes) / len({day.month for day in each.by_day}),
        )
        for each in every
        for apart in range(1, years)
        if (changes := each.changes(apart))
    ]
    if len({apart for apart, _, _ in found}) < 2:  # a line needs two points
        return 0.0
    apart, squares, weights = np.array(found).T
    slope, _ = np.polyfit(apart, squares, 1, w=np.sqrt(weights))
    return max(float(slope), 0.0)


def _noise(rng: np.random.Generator, draws: int, periods: int) -> Floats:
    """Return standard normal draws, correlated within a draw as the discrepancies of one series are."""
    common = rng.standard_normal((draws, 1))
    own = rng.standard_normal((draws, periods))
    return np.asarray(math.sqrt(TOGETHER) * common + math.sqrt(1.0 - TOGETHER) * own)


def _walks(rng: np.random.Generator, draws: int, years: Sequence[float]) -> Floats:
    """Return random walks of variance 1 a year at these years after their start, (draws, n_years)."""
    steps = np.sqrt(np.diff([0.0, *years]))
    return np.asarray(np.cumsum(steps * rng.standard_normal((draws, len(years))), axis=1))
