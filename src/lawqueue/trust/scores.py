"""Scores of forecasts: how far off, how well rated as a whole, and how many outcomes their intervals held."""

from __future__ import annotations

import math
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


def inside(samples: Floats, outcome: Floats, level: float) -> NDArray[np.bool_]:
    """Tell which outcomes lie in the central interval of the samples that holds `level` of them, (n,)."""
    low, high = np.quantile(samples, (0.5 - level / 2.0, 0.5 + level / 2.0), axis=0)
    return np.asarray((low <= outcome) & (outcome <= high))


def independent(samples: Floats, weights: Floats) -> float:
    """
    Return how many independent outcomes a weighted share of outcomes is worth.

    Errors of months that follow each other, and of rows of one simulation, go together. Whether two normal errors of
    correlation r lie in central intervals has a correlation of at most r squared, the first term of its expansion in
    Hermite polynomials: with it the number is rather too small.

    Parameters
    ----------
    samples
        Of the predictive distribution, on a scale on which it is near normal, (n_samples, n).
    weights
        Of the outcomes, (n,).
    """
    together = np.square(np.atleast_2d(np.corrcoef(samples, rowvar=False)))
    return float(weights.sum() ** 2 / (weights @ together @ weights))


HOW_SURE = (
    "plus or minus the standard error that such a share has if the intervals are right; months and rows that go together "
    "count as fewer outcomes"
)
"""How a `Share` is to be read."""


@dataclass(frozen=True)
class Share:
    """
    A share of outcomes that intervals held, and its standard error.

    Parameters
    ----------
    value
        The share [/1].
    error
        The standard error that it has if the intervals hold what they promise [/1]: one from the spread of what was
        found would be smallest where all or none is held.
    """

    value: float
    error: float

    def __str__(self) -> str:
        return f"{self.value:.0%} ± {100 * self.error:.0f} points"


def share(value: float, level: float, n: float) -> Share:
    """Return a share beside the level that the intervals promise, of n independent outcomes."""
    return Share(value, math.sqrt(level * (1.0 - level) / n))
