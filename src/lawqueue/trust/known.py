"""What was published: the periods that are scored, and what had happened before the first of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from lawqueue.models.cube import Series
from lawqueue.models.observed import RECALLED, Observed
from lawqueue.months import first_of_next_month

By = Literal["month", "year"]
REACH = 6
"""Years that naive forecasts look back."""


class Period(NamedTuple):
    """
    A published whole month or year.

    Parameters
    ----------
    first, after
        Its first day, and the day after its last.
    value
        What was published, in the unit of the series.
    """

    first: date
    after: date
    value: float

    @property
    def by(self) -> By:
        """Tell whether it is a month or a year."""
        return "month" if self.after == first_of_next_month(self.first) else "year"


def scored(published: Observed, series: Series, start: date, end: date) -> tuple[Period, ...]:
    """
    Return the periods of a simulated series in [start, end) that were published and not fed in.

    They are the months, if most of them were published, else years, and without a year the months that were.
    """
    if series.observed is None:
        return ()
    months = by_month(published, series.observed, start, end)
    asked = 12 * (end.year - start.year) + end.month - start.month
    years = () if 2 * len(months) > asked else by_year(published, series.observed, start, end)
    found = years or months
    return tuple(each for each in found if series.emerges(each.first, each.after))


def by_month(published: Observed, name: str, start: date, end: date) -> tuple[Period, ...]:
    """Return the published whole months in [start, end)."""
    first, found = start, []
    for value in published.monthly(name, start, end).tolist():
        after = first_of_next_month(first)
        if math.isfinite(value):
            found.append(Period(first, after, value))
        first = after
    return tuple(found)


def by_year(published: Observed, name: str, start: date, end: date) -> tuple[Period, ...]:
    """Return the published years in [start, end)."""
    years = (
        Period(published.year.first_day(year), published.year.first_day(year + 1), figure.value)
        for year, figure in sorted(published.annual(name).items())
    )
    return tuple(each for each in years if start <= each.first and each.after <= end)


def total_of_year(published: Observed, name: str, first: date) -> float:
    """Return the total of a flow over the year from `first` on, as published or from its months; NaN if unknown."""
    after = first.replace(year=first.year + 1)
    found = by_year(published, name, first, after)
    return found[0].value if found else float(sum(published.monthly(name, first, after)))


def before(published: Observed, name: str, start: date, by: By) -> list[float]:
    """
    Return the figures of the `REACH` years that end right before `start`, one a period, NaN where there is none.

    It is what had happened before that day: some of it was published later, and none of it as it was first printed.
    """
    early = start.replace(year=start.year - REACH)
    if by == "month":
        return list(published.monthly(name, early, start).tolist())
    annual = {each.after.year: each.value for each in by_year(published, name, early, start)}
    return [annual.get(year, math.nan) for year in range(early.year + 1, start.year + 1)]


def ahead(periods: Sequence[Period], start: date) -> list[int]:
    """Return how many periods after `start` each begins; there may be gaps between them."""
    months = [12 * (each.first.year - start.year) + each.first.month - start.month for each in periods]
    return months if periods[0].by == "month" else [each // 12 for each in months]


def recalled(published: Observed, name: str, periods: Sequence[Period]) -> tuple[date, ...]:
    """Return the first days of the periods whose figure has no source that was read."""
    unread = {
        (each.start, each.end + timedelta(days=1))
        for each in published.figures(name)
        if each.basis == RECALLED
    }
    return tuple(each.first for each in periods if (each.first, each.after) in unread)
