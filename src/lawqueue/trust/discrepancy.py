"""
How far a calibrated model may be off in the years that are scored: its discrepancy, which grows with lead time.

Kennedy and O'Hagan (2001, J. R. Statist. Soc. B 63:425) give a model a discrepancy. The calibration finds its level,
by series; here it makes a random walk besides, since what a model leaves out drifts. Both sizes are those of the
fitted years alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from lawqueue.trust.targets import LEAST_DISCREPANCY, TOGETHER, residuals

Floats = NDArray[np.float64]

PREDICTIVE = (
    "Intervals hold three things: what the parameters leave open (each draw of the ensemble is one run), the Monte Carlo spread "
    "(each with its own random numbers), and how far off the calibrated model may be: its discrepancy of the fitted years, drawn "
    "normal on the log scale, half of it common to a series, and a random walk after them, since what is left out "
    "drifts. The walk of a series is what its yearly changes in them were beyond that discrepancy, drawn towards what "
    "they were in all series as far as chance may explain the difference. Both sizes are of a model that was fitted to these "
    "years, so they are a floor."
)


@dataclass(frozen=True)
class Discrepancy:
    """
    How far the model may be off, by simulated series.

    Parameters
    ----------
    level
        Standard deviation as found in the fit [log]; a series that was no target has `LEAST_DISCREPANCY`.
    growth
        Variance that a year of lead time adds, as a share of that of the level [1/year].
    others
        The same of a series of which too few years were fitted.
    fitted_to
        First day after the fitted ones, from which on it walks.
    """

    level: Mapping[str, float]
    growth: Mapping[str, float]
    others: float
    fitted_to: date

    def walk(self, series: str) -> float:
        """Return the standard deviation of the random walk of a series after a year [log]."""
        level = self.level.get(series, LEAST_DISCREPANCY)
        return level * math.sqrt(self.growth.get(series, self.others))

    def drawn(self, series: str, ends: Sequence[date], draws: int) -> Floats:
        """
        Return draws of published over simulated, (draws, n_periods) [log]; those of two series are independent.

        Parameters
        ----------
        series
            The simulated series.
        ends
            The day after each period, in order: the walk is as far from the last fitted figure as the period is.
        """
        rng = np.random.default_rng(crc32(series.encode()))
        years = [
            (each.year - self.fitted_to.year) + (each.month - self.fitted_to.month) / 12 for each in ends
        ]
        level = self.level.get(series, LEAST_DISCREPANCY)
        return level * _noise(rng, draws, len(ends)) + self.walk(series) * _walks(rng, draws, years)


def found(record: Mapping[str, Any]) -> Discrepancy:
    """
    Return the discrepancy that a calibration leaves, from its `record.json`: it knows the fitted years and no other.

    The level of a series holds a part of its own for each figure, so two figures a year apart differ though nothing
    drifts; only what their squared difference has beyond that is growth.
    """
    level = record["discrepancy_by_series"]
    squares, years = {}, {}
    for series, by_day in residuals(record).items():
        changes = _yearly_changes(by_day)
        if changes:
            squares[series] = float(np.mean(np.square(list(changes.values())))) / level[series] ** 2
            # Four quarters of one year overlap with the same two years: they are one change, not four.
            years[series] = len(changes) / len({day.month for day in changes})
    shrunk, pooled = credible(np.array(list(squares.values())), np.array(list(years.values())))
    standing = 2.0 * (1.0 - TOGETHER)
    return Discrepancy(
        level,
        {name: max(each - standing, 0.0) for name, each in zip(squares, shrunk.tolist(), strict=True)},
        max(pooled - standing, 0.0),
        date.fromisoformat(record["settings"]["window"][1]),
    )


def _yearly_changes(by_day: Mapping[date, float]) -> dict[date, float]:
    """Return how much a residual differs from that of the same span a year before, by the first day of the span."""
    before = {day: day.replace(year=day.year - 1) for day in by_day}
    return {day: by_day[day] - by_day[before[day]] for day in by_day if before[day] in by_day}


def credible(squares: Floats, n: Floats) -> tuple[Floats, float]:
    """
    Return mean squares of several series, each drawn towards that of all, and that of all.

    Empirical Bayes, in the form of Buhlmann's credibility (1967, ASTIN Bulletin 4:199): the weight of a series is
    `n / (n + k)`, where k is the variance that chance gives to one square over the variance between series. Where
    the series differ by no more than chance, each gets the mean of all.

    Parameters
    ----------
    squares
        Mean squares of normal draws, (n_series,).
    n
        Of how many independent ones each is the mean, (n_series,).
    """
    pooled = float(np.average(squares, weights=n))
    chance = 2.0 * pooled**2  # variance of the square of one normal draw
    between = float(np.mean(np.square(squares - pooled) - chance / n))
    if between <= 0.0:
        return np.full_like(squares, pooled), pooled
    weight = n / (n + chance / between)
    return np.asarray(weight * squares + (1.0 - weight) * pooled), pooled


def _noise(rng: np.random.Generator, draws: int, periods: int) -> Floats:
    """Return standard normal draws, correlated within a draw as the discrepancies of one series are."""
    common = rng.standard_normal((draws, 1))
    own = rng.standard_normal((draws, periods))
    return np.asarray(math.sqrt(TOGETHER) * common + math.sqrt(1.0 - TOGETHER) * own)


def _walks(rng: np.random.Generator, draws: int, years: Sequence[float]) -> Floats:
    """Return random walks of variance 1 a year at these years after their start, (draws, n_years)."""
    steps = np.sqrt(np.diff([0.0, *years]))
    return np.asarray(np.cumsum(steps * rng.standard_normal((draws, len(years))), axis=1))
