"""
When a number is resolved at the scale of a run, and when it is withheld.

A run at scale s simulates the share s of the cases, with the share s of staff and places. Flows and backlogs so
come out at their size. What chance makes does not: a queue of two cases that chance makes is a queue of two
*simulated* cases at every scale, and of 2/s at full size. `Run.simulated_wait` bounds that part from what was
measured; where it may be more than `SHARE` of a number, the number says what the scale was, and is not shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHARE: Final = 0.05
"""Most of a number that the scale may have made while it is still shown [/1]; half a digit of the first two."""
NOT_RESOLVED: Final = "not resolved at this scale"
"""What stands in the place of a number that is withheld."""


def is_resolved(values: NDArray[np.float64], chance: NDArray[np.float64]) -> NDArray[np.bool_]:
    """
    Tell whether means over the first axis, that of the replicates, are resolved.

    Parameters
    ----------
    values
        Numbers as simulated; NaN where there is none.
    chance
        What of each the scale may have made, at most; of the same shape.

    Returns
    -------
    ndarray of bool, without the first axis; a number that is 0 is resolved, since chance only adds to waits
    """
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    # Of a difference, which may be below zero, its size counts.
    return np.asarray(np.where(known, chance, 0.0).sum(axis=0) <= SHARE * np.abs(total))


@dataclass(frozen=True)
class SimulatedWait:
    """
    A mean wait as simulated.

    Parameters
    ----------
    mean
        Shape (n_replicates, n_periods) [tick]; NaN where no service began.
    chance
        What of it the scale may have made, at most; of the same shape [tick].
    """

    mean: NDArray[np.float64]
    chance: NDArray[np.float64]

    @property
    def is_resolved(self) -> NDArray[np.bool_]:
        """Tell whether the mean over the replicates is more than what the scale makes, shape (n_periods,)."""
        return is_resolved(self.mean, self.chance)
