"""The naive forecasts that a model must beat: all from figures of the time before the first scored day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LAST_VALUE, LAST_CHANGE, SAME_SEASON = "last value", "last change", "same month last year"
IN_WORDS = {
    LAST_VALUE: "the last value",
    LAST_CHANGE: "the last change, carried on",
    SAME_SEASON: "the same month of the year before",
}


def naive(known: Sequence[float], ahead: int, season: int) -> Mapping[str, Floats]:
    """
    Return the naive forecasts.

    Parameters
    ----------
    known
        Figures before the first scored period, one a period, the last one right before it; NaN where none was
        published.
    ahead
        Periods to forecast.
    season
        Periods in a year: 12 for months, 1 for years.

    Returns
    -------
    dict of (ahead,) float64
        `LAST_VALUE` holds the last figure; `LAST_CHANGE` goes on from it as over the year before it, and never below
        0; `SAME_SEASON` has the last figure of the same month, where there are months. What the figures do not reach
        back for is left out.
    """
    past = np.asarray(known, float)
    (places,) = np.nonzero(np.isfinite(past))
    if not places.size:
        return {}
    last = int(places[-1])
    # The last figure may lie a period or more before the first scored one.
    steps = np.arange(len(past) - last, len(past) - last + ahead)
    found = {LAST_VALUE: np.full(ahead, past[last])}
    if last >= season and math.isfinite(past[last - season]):
        found[LAST_CHANGE] = np.maximum(past[last] + (past[last] - past[last - season]) * steps / season, 0.0)
    if season > 1:
        seasonal = np.array([_last_of(past, (len(past) + step) % season, season) for step in range(ahead)])
        if np.isfinite(seasonal).all():
            found[SAME_SEASON] = seasonal
    return found


def _last_of(past: Floats, place: int, season: int) -> float:
    """Return the last figure of one season of the year; NaN if there is none."""
    same = past[place::season]
    return float(next((each for each in same[::-1] if math.isfinite(each)), math.nan))
