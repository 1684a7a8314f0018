"""How long completed cases took: from the quarter of their receipt and the month of their completion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.varying import Floats, frozen
from lawqueue.models.crown_court.world import first_day
from lawqueue.months import first_of_next_month

_GRID: Final = np.arange(0, 2556, 3)
"""Days at which distributions are taken [day]."""
_POINTS: Final = 12
"""Points by which the days of receipt, and of completion, of a group are represented."""


def bounds(quarters: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first day of each quarter, and the day after its last, as ordinals, shape (n_quarters,) each."""
    first = np.array([first_day(int(each)).toordinal() for each in quarters])
    after = np.array([first_day(int(each) + 1).toordinal() for each in quarters])
    return first, after


def median(completed: Floats, months: Sequence[date], quarters: NDArray[np.int64]) -> Floats:
    """
    Return the median days from receipt to completion of the cases completed in each month.

    Parameters
    ----------
    completed
        Cases by month of completion and quarter of receipt, shape (n_replicates, n_months, n_quarters).
    months
        First day of each month.
    quarters
        Number of each quarter.

    Returns
    -------
    (n_replicates, n_months) float64 [day]; NaN where no case was completed
    """
    first, after = bounds(quarters)
    found = np.full(completed.shape[:2], np.nan)
    for i, month in enumerate(months):
        start, end = month.toordinal(), first_of_next_month(month).toordinal()
        came = np.flatnonzero(completed[:, i].any(axis=0))
        if not came.size:
            continue
        shares = np.stack(
            [_passed(start - first[j], end - first[j], min(after[j], end) - first[j]) for j in came]
        )
        below = completed[:, i][:, came] @ shares
        for k, each in enumerate(below):
            if each[-1] > 0:
                found[k, i] = np.interp(0.5, each / each[-1], _GRID)
    return found


@lru_cache(maxsize=4096)
def _passed(start: int, end: int, received: int) -> Floats:
    """
    Return the share of a group that was completed within each number of days of the grid.

    Cases are received evenly over `received` days from day 0, and completed evenly from day `start` until `end`.
    """
    middle = (np.arange(_POINTS) + 0.5) / _POINTS
    took = np.subtract.outer(start + (end - start) * middle, received * middle).ravel()
    took = np.sort(took[took >= 0])
    return frozen(np.searchsorted(took, _GRID, side="right") / max(took.size, 1))
