"""Who comes again: cases that wait between one attempt and the next, in expectation, from day to day."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.jit import entry

Floats = NDArray[np.float64]


def waiting(joined: Floats, stay: Floats) -> Floats:
    """
    Return how many wait before each day; a share of 1 / `stay` leaves on it, and then those who join are added.

    Parameters
    ----------
    joined
        Who joins on each day, in parts that are added in this order, shape (n_parts, days, n_cells) [case/day].
    stay
        Mean wait on each day, shape (days,) [day].

    Returns
    -------
    (days, n_cells) float64 [case]
    """
    found = np.empty(joined.shape[1:])
    # A copy may be written to, so that every caller has the same compiled function.
    _wait(joined.copy(), stay.copy(), found)
    return found


@entry
def _wait(joined: Any, stay: Any, found: Any) -> None:
    parts, days, cells = joined.shape
    for cell in range(cells):
        here = 0.0
        for day in range(days):
            found[day, cell] = here
            here -= here / stay[day]
            for part in range(parts):
                here += joined[part, day, cell]
