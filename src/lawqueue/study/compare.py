"""A reform against its baseline, replicate by replicate: the same cases met both."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.errors import InputError
from lawqueue.models.cube import FEWEST, NO_INTERVAL, ONE_RUN, Results, Series, interval


@dataclass(frozen=True)
class Effect:
    """
    What a reform did to one series over one window.

    Parameters
    ----------
    series
        What was counted.
    start, end
        The window, without its end.
    baseline, reform
        Means over replicates: of a flow's sum, of a level's or a ratio's mean, in `unit`; NaN where there is no case.
    difference
        Mean over replicates of reform minus baseline.
    low, high
        Ends of the interval of that difference over replicates, which differ in their random numbers and, with
        the ensemble, in their parameters too; NaN for one run.
    interval
        What the interval holds, as `Interval` names it.
    is_resolved
        Whether the series is resolved at the scale of the run, in both worlds; the difference is NaN if not.
    against
        Name of the baseline: `history`, or another scenario.
    draws, same
        Replicates, and those of them in which nothing differs.
    relative_low, relative_high
        Ends of the interval of the difference as a share of the baseline of its own replicate [/1], so that what
        counts something never falls by more than all of it. NaN for one run, and where a replicate's baseline is 0.
    """

    series: Series
    start: date
    end: date
    baseline: float
    reform: float
    difference: float
    low: float
    high: float
    interval: str
    is_resolved: bool
    against: str
    draws: int
    same: int
    relative_low: float
    relative_high: float

    @property
    def interval_or_why(self) -> str:
        """What the interval holds, or that there is none at this scale: what a file says beside the numbers."""
        return self.interval if self.is_resolved else NOT_RESOLVED

    @property
    def last(self) -> date:
        """Last day of the window."""
        return self.end - timedelta(days=1)

    @property
    def unit(self) -> str:
        """Unit of its numbers: that of the series, but cases where a flow of cases by month is summed."""
        return self.series.unit_of_total

    @property
    def relative(self) -> float | None:
        """The difference as a share of the baseline [/1]; None where the baseline is 0."""
        return self.difference / self.baseline if self.baseline else None

    @property
    def verdict(self) -> str:
        """Whether the interval tells the difference from zero, or why there is none; empty if it does."""
        if not math.isfinite(self.difference):
            ended = "ended this wait" if self.series.unit == "day" else "was there to measure"
            if not self.is_resolved:
                return NOT_RESOLVED
            worlds = {"the baseline": self.baseline, "the scenario": self.reform}
            where = " and of ".join(world for world, value in worlds.items() if not math.isfinite(value))
            return f"no case {ended} in a run of {where}"
        if self.interval == NO_INTERVAL:
            return ONE_RUN if self.difference else "exactly zero"
        if self.low == self.high == self.difference == 0:
            return "exactly zero"
        # An interval that ends at zero has one sign; one that is nothing but zero leaves the mean outside itself.
        return "spans zero" if self.low < 0 < self.high or self.low == self.high == 0 else ""

    @property
    def has_size(self) -> bool:
        """Whether the difference may be called by its size: it is told from zero, by as many draws as that takes."""
        return not self.verdict and self.draws >= FEWEST


@dataclass(frozen=True)
class Comparison:
    """Two results with the same replicates, months and series."""

    baseline: Results
    reform: Results

    def __post_init__(self) -> None:
        if (
            self.baseline.values.shape != self.reform.values.shape
            or self.baseline.months != self.reform.months
        ):
            raise InputError(
                f"{self.reform.scenario!r} and {self.baseline.scenario!r} differ in months, series or replicates. "
                "Run both with the same dates and replicates."
            )

    def difference(self) -> Results:
        """Return reform minus baseline, paired by replicate."""
        return Results(
            f"{self.reform.scenario} − {self.baseline.scenario}",
            self.reform.months,
            self.reform.series,
            self.reform.values - self.baseline.values,
            {
                # Where either is withheld, so is their difference, however large.
                name: np.broadcast_to(np.where(self._resolved_months(name), 0.0, np.inf), before.shape)
                for name, before in self.baseline.chance.items()
            },
        )

    def _resolved_months(self, name: str) -> NDArray[np.bool_]:
        return self.baseline.resolved_months(name) & self.reform.resolved_months(name)

    def effect(self, name: str, start: date, end: date) -> Effect:
        """Return the effect on one series over the months in [start, end)."""
        before, after = self.baseline.total(name, start, end), self.reform.total(name, start, end)
        changes = after - before
        spread, shares = interval(changes), interval(shares_of(changes, before))
        resolved = all(each.is_resolved(name, start, end) for each in (self.baseline, self.reform))
        return Effect(
            self.reform.about(name).over(start, end),
            start,
            end,
            float(np.mean(before)),
            float(np.mean(after)),
            float(np.mean(changes)),
            float(spread.low),
            float(spread.high),
            spread.name,
            resolved,
            self.baseline.scenario,
            len(changes),
            int(np.sum(changes == 0)),
            float(shares.low),
            float(shares.high),
        )

    def first_month(self) -> date | None:
        """Return the first month in which anything differs in any replicate, or None if nothing ever does."""
        before, after = self.baseline.values, self.reform.values
        differs = (before != after) & ~(np.isnan(before) & np.isnan(after))
        months = np.flatnonzero(differs.any(axis=(0, 2)))
        return self.baseline.months[months[0]] if months.size else None

    def is_null(self) -> bool:
        """Tell whether every difference in every replicate is exactly 0."""
        return self.first_month() is None


def shares_of(changes: NDArray[np.float64], before: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return changes as shares of what was there before, replicate by replicate; NaN of nothing, 0 where that stays."""
    found = np.where(changes == 0, 0.0, np.nan)
    np.divide(changes, before, out=found, where=before != 0)
    return found
