"""
What a court's table says about the court: how many cases end without a judge's time, what a judge hears, how both change.

Two numbers carry the court. Of the cases filed some end early, without a hearing of their own; the others wait for a
judge. A table does not say how many, but what is disposed of moves with what is filed as far as cases end early, and
holds still as far as judges decide: the slope between the two is the estimate, and it has a range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from lawqueue.models.court.table import Floats, Table

Z80: Final = 1.2816
"""Half an interval of 80 per cent, in standard errors."""
UNKNOWN_EARLY: Final = (0.2, 0.5, 0.8)
"""Share of the cases disposed of that ended early where a table does not tell: assumed, from a fifth to four fifths [/1]."""
MOST_EARLY: Final = 0.95
"""Largest share of the cases disposed of that ended early [/1]; above it nobody would wait for a judge."""
TOLD_APART: Final = 0.25
"""Largest standard error of a slope that is taken as an estimate [/1]."""


@dataclass(frozen=True)
class Estimate:
    """
    A number with its range.

    Parameters
    ----------
    low, value, high
        The ends of an interval of 80 per cent, and the number.
    basis
        Whether the table tells it, or nobody.
    how
        What it was read from, in words.
    """

    low: float
    value: float
    high: float
    basis: Literal["estimated", "assumed"]
    how: str


def early_share(table: Table) -> Estimate:
    """Return the share of the cases filed that end without a judge's time [/1]."""
    around, done = _around(table)[1:], table.columns["dispositions"][1:]
    disposed = _least_disposed_of(table)
    slope, error = _slope(around, done)
    if error > TOLD_APART or not 0 < slope < MOST_EARLY * disposed:
        low, value, high = (share * disposed for share in UNKNOWN_EARLY)
        slope_told = f"the slope, {slope:.2f} with a standard error of {error:.2f},"
        told = slope_told if np.isfinite(error) else "filings that do not change"
        how = f"dispositions against filings: {told} cannot tell; {UNKNOWN_EARLY[0]:g} to {UNKNOWN_EARLY[-1]:g} of what is disposed of"
        return Estimate(low, value, high, "assumed", how)
    return Estimate(
        max(slope - Z80 * error, 0.0),
        slope,
        min(slope + Z80 * error, MOST_EARLY * disposed),
        "estimated",
        f"slope of dispositions against filings over {len(around)} {table.period}s, standard error {error:.2f}",
    )


def _around(table: Table) -> Floats:
    """Return, by period, the cases filed of which some end early in it: a case does so in its period or in the next."""
    filed = table.columns["filings"]
    return np.asarray((filed + np.concatenate([filed[:1], filed[:-1]])) / 2)


def _least_disposed_of(table: Table) -> float:
    """Return the smallest share of the cases filed that was disposed of in a year, at most 1: no more can have ended early."""
    year = np.ones(table.a_year)
    filed, done = (
        np.convolve(each, year, "valid") for each in (_around(table), table.columns["dispositions"])
    )
    return float(min((done / filed).min(), 1.0))


def heard(table: Table, early: float) -> Floats:
    """
    Return what judges disposed of in each period [case/period]: the rest after those that ended early.

    It is of one judge where the table counts judges, otherwise of the whole court.
    """
    cases, sat = np.maximum(table.columns["dispositions"] - early * _around(table), 0.0), judges(table)
    return np.divide(cases, sat, out=np.zeros_like(cases), where=sat > 0)


def judges(table: Table) -> Floats:
    """Return judges by period; 1, for the whole court, where a table does not count them."""
    return table.columns.get("judges", np.ones_like(table.columns["filings"]))


def yearly_change(series: Floats, a_year: int) -> Estimate:
    """
    Return the change of a series from year to year, as a rate, with the range of its mean [/year].

    Parameters
    ----------
    series
        By period, (n_periods,); years are counted back from its end.
    a_year
        Periods of a year.
    """
    years = len(series) // a_year
    totals = series[len(series) - years * a_year :].reshape(years, a_year).sum(axis=1)
    changes = np.diff(np.log(np.maximum(totals, 1e-9)))
    mean = float(changes.mean())
    # With two changes or fewer nothing tells how far they scatter: as far as the change itself.
    error = float(changes.std(ddof=1) / np.sqrt(len(changes))) if len(changes) > 2 else max(abs(mean), 0.05)
    low, value, high = (float(np.expm1(each)) for each in (mean - Z80 * error, mean, mean + Z80 * error))
    return Estimate(low, value, high, "estimated", f"mean of {len(changes)} changes from year to year")


def _slope(x: Floats, y: Floats) -> tuple[float, float]:
    """Return the slope of a least-squares line, and its standard error."""
    centred = x - x.mean()
    spread = float((centred**2).sum())
    if spread == 0.0:
        return 0.0, float("inf")
    slope = float((centred * y).sum() / spread)
    rest = y - y.mean() - slope * centred
    return slope, float(np.sqrt((rest**2).sum() / (len(x) - 2) / spread))
