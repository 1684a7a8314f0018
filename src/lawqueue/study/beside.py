"""Figures from outside beside simulated levels: what was published for the same months, and how far off a level is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from lawqueue.models.cube import Kind
from lawqueue.months import are_whole, last_of_month

BOUND = 0.2
"""Relative error of a level from which on a reader is told to read the difference instead [/1]."""

Standing = Literal["published", "recalled", "partial"]
"""Whether a figure was read in a source and counts the same thing, was remembered, or counts a part of it."""

_YEAR, _MONTH = 360, 32
"""More days than this are a year, fewer than this a month or a day."""
_MEAN_MONTH = 365.25 / 12
"""Days of a month in the mean."""


@dataclass(frozen=True)
class Point:
    """
    One figure.

    Parameters
    ----------
    first, last
        Its days, both inside; for a stock the last one counts.
    value
        In the unit of the series that it stands beside, a flow in cases.
    is_recalled
        Whether it is remembered and was not read.
    """

    first: date
    last: date
    value: float
    is_recalled: bool = False

    @property
    def days(self) -> int:
        """How many days it is of."""
        return (self.last - self.first).days + 1

    @property
    def is_year(self) -> bool:
        """Whether it is of a year."""
        return self.days > _YEAR

    @property
    def is_month(self) -> bool:
        """Whether it is of a month."""
        return 1 < self.days < _MONTH

    @property
    def months(self) -> int:
        """How many months it is of; a day counts as one."""
        return max(1, round(self.days / _MEAN_MONTH))


@dataclass(frozen=True)
class Beside:
    """
    What stands beside a simulated level.

    Parameters
    ----------
    value
        In the unit of the level.
    standing
        What it is worth.
    why
        What a partial figure counts; empty for another.
    error
        How far off the model is in its own history [/1]; None where nothing was published to hold it against.
    part, simulated
        Where only a part of the days is known: its first day and the day after its last, and the level there.
    """

    value: float
    standing: Standing
    why: str = ""
    error: float | None = None
    part: tuple[date, date] | None = None
    simulated: float = math.nan

    @property
    def is_far(self) -> bool:
        """Whether the level is too far off to be quoted."""
        return self.error is not None and abs(self.error) > BOUND


@dataclass(frozen=True)
class Observed:
    """
    Figures that a series is drawn beside.

    Parameters
    ----------
    name
        The series of figures.
    kind
        Of the simulated series: over months a flow is summed, a level averaged, a stock taken at the end.
    points
        The figures in order of their days; some may lie outside of the run.
    sources
        Titles with links of those that were read.
    partial
        What of the simulated series the figures count, if it is a part of it; empty if it is all.
    """

    name: str
    kind: Kind
    points: tuple[Point, ...]
    sources: tuple[str, ...] = ()
    partial: str = ""

    def over(self, start: date, end: date, simulated: float = math.nan) -> Beside | None:
        """
        Return what is known of the days in [start, end), and of no other; None where that is nothing.

        Parameters
        ----------
        start, end
            First day, and the day after the last one.
        simulated
            The same in the model's history; NaN if it is not known.
        """
        chain = self._at(end) if self.kind == "stock" else self._chain(start, end)
        if not chain or (self.kind == "ratio" and len(chain) > 1):  # a mean of ratios is no ratio
            return None
        value = sum(each.value for each in chain)
        if self.kind == "level":
            value = sum(each.value * each.days for each in chain) / sum(each.days for each in chain)
        if any(each.is_recalled for each in chain):
            return Beside(value, "recalled")
        if self.partial:
            return Beside(value, "partial", self.partial)
        known = value != 0 and math.isfinite(simulated)
        return Beside(value, "published", error=simulated / value - 1.0 if known else None)

    def part(self, start: date, end: date) -> tuple[date, date] | None:
        """
        Return the whole months in [start, end) of which most is known, the first of several; of a stock the last one.

        Returns
        -------
        tuple of date or None
            First day, and the day after the last one; None where no month of them is known.
        """
        inside = [each for each in self.points if start <= each.first and each.last < end]
        if self.kind == "stock":
            found = [
                (each.last.replace(day=1), each.last + timedelta(days=1))
                for each in self.points
                if start <= each.last < end and each.last == last_of_month(each.last)
            ]
            return max(found, default=None)
        if self.kind == "ratio":
            found = [(each.first, each.last + timedelta(days=1)) for each in inside]
        else:
            found = [
                (first, after)
                for first in sorted({each.first for each in inside})
                for after in self._chains(first)
                if first < after <= end
            ]
        months = [(first, after) for first, after in found if are_whole(first, after - timedelta(days=1))]
        return max(months, key=lambda each: each[1] - each[0], default=None)

    def _at(self, end: date) -> tuple[Point, ...]:
        """Return the figure of the day before `end`, one that was read before one that was not."""
        found = [each for each in self.points if each.last == end - timedelta(days=1)]
        return tuple(sorted(found, key=lambda each: each.is_recalled)[:1])

    def _chain(self, start: date, end: date) -> tuple[Point, ...]:
        """Return figures that follow each other from `start` to `end`: the fewest recalled ones, then the fewest."""
        best = self._chains(start)
        return best[end][2] if end in best else ()

    def _chains(self, start: date) -> dict[date, tuple[int, int, tuple[Point, ...]]]:
        """Return, for each day before which figures from `start` on end: how many are recalled, how many there are, and they."""
        best: dict[date, tuple[int, int, tuple[Point, ...]]] = {start: (0, 0, ())}
        for each in sorted(self.points, key=lambda point: point.first):
            if each.first not in best:
                continue
            recalled, many, before = best[each.first]
            candidate = (recalled + each.is_recalled, many + 1, (*before, each))
            after = each.last + timedelta(days=1)
            if after not in best or candidate[:2] < best[after][:2]:
                best[after] = candidate
        return best

    def within(self, first: date, after: date) -> tuple[Point, ...]:
        """
        Return the figures that end in [first, after), of the shortest periods of which there are any.

        One that begins before them is there for a stock alone, which counts at its end.
        """
        found = [
            each
            for each in self.points
            if first <= each.last < after and (each.first >= first or self.kind == "stock")
        ]
        shortest = min((each.months for each in found), default=0)
        return tuple(each for each in found if each.months == shortest)

    @cached_property
    def most(self) -> Point | None:
        """The largest figure of a year that was read, or of a month where none is of a year."""
        read = [each for each in self.points if not each.is_recalled]
        years = [each for each in read if each.is_year] or [each for each in read if each.is_month]
        return max(years, key=lambda each: each.value, default=None)
