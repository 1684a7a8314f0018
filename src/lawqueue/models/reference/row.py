"""A line of a reference model's answer: a figure of others, ours, and how far the two may lie apart."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from lawqueue.errors import InputError

ERRORS_ALLOWED = 4.0
"""Standard errors on either side of a simulated mean within which the published figure has to lie."""


@dataclass(frozen=True)
class Row:
    """
    One quantity, as published and as computed here.

    Parameters
    ----------
    quantity
        What is measured.
    unit
        Its unit, from the register of units.
    published
        The figure of the source: a headline, a closed form, or a mean over other engines.
    ours
        The figure computed or simulated here.
    low, high
        Where `published` has to lie: `ours` give or take 4 standard errors if it is simulated, and the
        rounding of the published figure.
    note
        How `ours` came about, and what is not reproduced.
    source
        Where `published` stands.
    """

    quantity: str
    unit: str
    published: float
    ours: float
    low: float
    high: float
    note: str
    source: str

    @property
    def difference(self) -> float:
        """Ours less published."""
        return self.ours - self.published

    @property
    def agrees(self) -> bool:
        """Whether the published figure lies between `low` and `high`."""
        return self.low <= self.published <= self.high


def computed(
    quantity: str, unit: str, published: float, ours: float, *, rounding: float, note: str, source: str
) -> Row:
    """Return a row for a figure that has no sampling error; `rounding` is allowed on either side."""
    return Row(quantity, unit, published, ours, ours - rounding, ours + rounding, note, source)


def simulated(
    quantity: str,
    unit: str,
    published: float,
    sample: ArrayLike,
    *,
    rounding: float = 0.0,
    published_runs: int | None = None,
    note: str = "",
    source: str,
) -> Row:
    """
    Return a row for the mean of a sample of replicates.

    Parameters
    ----------
    sample
        One number for each replicate; two or more.
    rounding
        Allowed on either side beyond 4 standard errors.
    published_runs
        Number of runs behind `published`, if that is a mean over runs itself: its error is added.
    """
    values = np.asarray(sample, dtype=np.float64)
    if values.size < 2:
        raise InputError(
            f"{values.size} replicate has no standard error. Expected at least 2. Raise the replicates."
        )
    ours = float(values.mean())
    share = 1.0 / values.size + (1.0 / published_runs if published_runs else 0.0)
    reach = ERRORS_ALLOWED * float(values.std(ddof=1)) * math.sqrt(share) + rounding
    return Row(quantity, unit, published, ours, ours - reach, ours + reach, note, source)
