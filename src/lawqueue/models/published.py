"""Published figures over the days of a run, which no parameter changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.varying import Floats, frozen
from lawqueue.models.observed import Observed
from lawqueue.months import first_of_next_month, whole


@dataclass(frozen=True)
class Published:
    """
    Published figures by month or day; made by `published`, so that what follows from them is worked out once.

    Parameters
    ----------
    observed
        The figures.
    start, end
        First day, and the day after the last.
    """

    observed: Observed
    start: date
    end: date

    @cached_property
    def days(self) -> int:
        """Length of the horizon [day]."""
        return (self.end - self.start).days

    @cached_property
    def months(self) -> tuple[date, ...]:
        """First day of each month."""
        return whole(self.start, self.end - timedelta(days=1))

    @cached_property
    def month_of(self) -> NDArray[np.int64]:
        """Index of the month of each day, shape (days,)."""
        starts = [(month - self.start).days for month in self.months]
        return np.searchsorted(starts, np.arange(self.days), side="right") - 1

    @cached_property
    def first_days(self) -> NDArray[np.int64]:
        """First day of each month that is simulated, shape (n_months,)."""
        return np.searchsorted(self.month_of, np.arange(len(self.months)))

    @cached_property
    def days_in_month(self) -> NDArray[np.int64]:
        """Days of each month that are simulated, shape (n_months,)."""
        return np.bincount(self.month_of, minlength=len(self.months))

    @cached_property
    def years(self) -> NDArray[np.int64]:
        """Year of each day, shape (days,)."""
        return np.array([self.observed.year.of(self.start + timedelta(days=i)) for i in range(self.days)])

    def monthly(self, series: str) -> Floats:
        """Return a published monthly series, shape (n_months,); NaN where nothing was published."""
        return _monthly(self, series)

    def held(self, series: str) -> Floats:
        """Return a published monthly series; a month without a figure has the last one before it, (n_months,)."""
        return _held(self, series)

    def by_day(self, monthly: Floats) -> Floats:
        """Spread monthly values over the days: each day has the value of its month."""
        return np.asarray(monthly[self.month_of])

    def annual(self, series: str) -> Floats:
        """Return a published annual series by day: each day has the value of its year; the last is held."""
        return _annual(self, series)


@lru_cache(maxsize=64)
def published(observed: Observed, start: date, end: date) -> Published:
    """Return the published figures over the days from `start` until the day before `end`."""
    return Published(observed, start, end)


@lru_cache(maxsize=1024)
def _monthly(over: Published, series: str) -> Floats:
    return frozen(over.observed.monthly(series, over.months[0], first_of_next_month(over.months[-1])))


@lru_cache(maxsize=1024)
def _held(over: Published, series: str) -> Floats:
    return frozen(over.observed.held(series, over.months[0], first_of_next_month(over.months[-1])))


@lru_cache(maxsize=1024)
def _annual(over: Published, series: str) -> Floats:
    figures = over.observed.annual(series)
    known = sorted(figures)
    nearest = np.clip(np.searchsorted(known, over.years, side="right") - 1, 0, None)
    return frozen(np.array([figures[year].value for year in known])[nearest])
