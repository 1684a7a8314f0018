"""Scores of forecasts, and the naive forecasts that a model must beat: all from figures before the first scored day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HORIZONS = FIRST, SECOND, ALL = "first year", "second year", "all years"
"""Of the scored periods, those over which errors are taken."""
LEVELS = (0.5, 0.8, 0.95)
"""Central intervals whose coverage is counted."""


@dataclass(frozen=True)
class Errors:
    """
    Errors of a forecast in per cent of what happened, as the Congressional Budget Office reports its own.

    Parameters
    ----------
    average
        Mean of forecast over outcome minus 1: the bias [/1].
    absolute
        Mean of the absolute errors [/1].
    rmse
        Root of the mean squared error [/1].
    two_thirds
        Largest minus smallest error once the sixth at either end is left out [/1]; NaN of fewer than six errors.
    """

    average: float
    absolute: float
    rmse: float
    two_thirds: float


def errors(forecast: Floats, outcome: Floats) -> Errors:
    """Return the errors of a forecast, both of shape (n,)."""
    off = np.sort(forecast / outcome - 1.0)
    dropped = len(off) // 6
    kept = off[dropped : len(off) - dropped]
    return Errors(
        float(off.mean()),
        float(np.abs(off).mean()),
        float(np.sqrt(np.square(off).mean())),
        float(kept[-1] - kept[0]) if dropped else math.nan,
    )


def crps(samples: Floats, outcome: Floats) -> float:
    """
    Return the mean continuous ranked probability score over the mean outcome [/1].

    Of a forecast that is a single number it is the absolute error, so that the two can be compared.

    Parameters
    ----------
    samples
        Shape (n_samples, n).
    outcome
        Shape (n,).
    """
    import scoringrules  # noqa: PLC0415  # only a back-test needs it

    each = scoringrules.crps_ensemble(outcome, samples, m_axis=0)
    return float(np.mean(each) / np.mean(np.abs(outcome)))


def coverage(samples: Floats, outcome: Floats) -> dict[float, float]:
    """Return, for each level, the share of outcomes that lie in the central interval of the samples [/1]."""
    found = {}
    for level in LEVELS:
        low, high = np.quantile(samples, (0.5 - level / 2.0, 0.5 + level / 2.0), axis=0)
        found[level] = float(np.mean((low <= outcome) & (outcome <= high)))
    return found


CLUSTERS = "plus or minus one standard error, rows as clusters"
"""How a `Share` is to be read."""


@dataclass(frozen=True)
class Share:
    """
    A mean of shares, and its standard error.

    Parameters
    ----------
    value
        The mean [/1].
    error
        Its standard error [/1]; NaN of fewer than two.
    """

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.0%}" + (
            f" ± {100 * self.error:.0f} points" if math.isfinite(self.error) else ""
        )


def mean_of_clusters(shares: Sequence[float]) -> Share:
    """
    Return the mean of the shares of clusters, with its standard error from the spread between them.

    Outcomes of one series are not independent, so the series, and not the outcomes, are what is counted.
    """
    n = len(shares)
    return Share(float(np.mean(shares)), float(np.std(shares, ddof=1)) / math.sqrt(n) if n > 1 else math.nan)


def naive(known: Sequence[float], ahead: int, season: int) -> Mapping[str, Floats]:
    """
    Return the naive forecasts.

    Parameters
    ----------
    known
        Figures before the first scored day, one a period without a gap, the last first in reach.
    ahead
        Periods to forecast.
    season
        Periods in a year: 12 for months, 1 for years.

    Returns
    -------
    dict of (ahead,) float64
        `last value` holds the last figure; `last change` goes on as over the last year, and never below 0;
        `same month last year` repeats the last year, where there are months. What the figures do not
        reach back for is left out.
    """
    past = np.asarray(known, float)
    steps = np.arange(1, ahead + 1)
    found = {"last value": np.full(ahead, past[-1])}
    if len(past) > season:
        yearly = past[-1] - past[-1 - season]
        found["last change"] = np.maximum(past[-1] + yearly * steps / season, 0.0)
    if season > 1 and len(past) >= season:
        found["same month last year"] = past[-season:][(steps - 1) % season]
    return found
