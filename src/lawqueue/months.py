"""
Days and months: results are counted by whole months, and this is the one place where days become months.

Files and pages name the last day of a span; functions take the day after it, as `range` does.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lawqueue.errors import InputError

_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
"""Not of the machine's language: a report has the same bytes everywhere."""


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def last_of_month(day: date) -> date:
    """
    Return the last day of the month of `day`.

    Examples
    --------
    >>> str(last_of_month(date(2020, 2, 3)))
    '2020-02-29'
    """
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def last_of_month_before(day: date) -> date:
    """Return the last day of the month before that of `day`."""
    return day.replace(day=1) - timedelta(days=1)


def are_whole(first: date, last: date) -> bool:
    """Tell whether the days from `first` to `last`, both of them included, are whole months."""
    return first.day == 1 and last == last_of_month(last) and first < last


def whole(first: date, last: date) -> tuple[date, ...]:
    """
    Return the first day of each month that some days are.

    Parameters
    ----------
    first, last
        The first and the last of the days.

    Raises
    ------
    InputError
        If they are no whole months: what a part of a month is cannot be told from results by month.

    Examples
    --------
    >>> [str(each) for each in whole(date(2021, 1, 1), date(2021, 2, 28))]
    ['2021-01-01', '2021-02-01']
    """
    if not are_whole(first, last):
        raise InputError(not_whole(first, last, date.min, date.max))
    found = [first]
    while (following := first_of_next_month(found[-1])) <= last:
        found.append(following)
    return tuple(found)


def not_whole(first: date, last: date, earliest: date, latest: date) -> str:
    """
    Say that some days are no whole months, and which months around and inside of them are.

    Parameters
    ----------
    first, last
        The first and the last of the days.
    earliest, latest
        Nothing outside of these days is proposed.

    Examples
    --------
    >>> not_whole(date(2021, 4, 15), date(2021, 6, 14), date(2020, 10, 1), date(2021, 9, 30))
    '2021-04-15 to 2021-06-14 are no whole months, by which results are counted. Give 2021-04-01 to 2021-06-30, or 2021-05-01 to 2021-05-31.'
    """
    within = first if first.day == 1 else first_of_next_month(first)
    end = last if last == last_of_month(last) else last_of_month_before(last)
    proposed = [
        f"{start} to {stop}"
        for start, stop in ((first.replace(day=1), last_of_month(last)), (within, end))
        if earliest <= start < stop <= latest
    ]
    return (
        f"{first} to {last} are no whole months, by which results are counted. Give {', or '.join(proposed)}."
    )


def named(month: date, *, short: bool = False) -> str:
    """
    Return a month in words.

    Examples
    --------
    >>> named(date(2021, 4, 1)), named(date(2021, 4, 1), short=True)
    ('April 2021', 'Apr 2021')
    """
    name = _NAMES[month.month - 1]
    return f"{name[:3] if short else name} {month.year}"


@dataclass(frozen=True)
class Year:
    """
    What is summed as one year, named by the calendar year in which it ends.

    Parameters
    ----------
    begins
        Month of its first day, 1 to 12.
    words
        What it is, in words.
    mark
        What stands before its number where there is little room.

    Examples
    --------
    >>> federal = Year(10, "fiscal year", "FY")
    >>> federal.of(date(2020, 9, 1)), federal.of(date(2020, 10, 1)), federal.first_day(2021)
    (2020, 2021, datetime.date(2020, 10, 1))
    >>> federal.called(2021), Year().called(2021)
    ('FY2021', '2021')
    """

    begins: int = 1
    words: str = "year"
    mark: str = ""

    def of(self, month: date) -> int:
        """Return the year of a month."""
        return month.year + (self.begins > 1 and month.month >= self.begins)

    def first_day(self, year: int) -> date:
        """Return the first day of a year."""
        return date(year - (self.begins > 1), self.begins, 1)

    def called(self, year: int) -> str:
        """Return a year in few letters."""
        return f"{self.mark}{year}"

    @property
    def told(self) -> str:
        """What it is, in words, with its months where it is not the calendar's."""
        last = _NAMES[self.begins - 2]
        return self.words if self.begins == 1 else f"{self.words} ({_NAMES[self.begins - 1]} to {last})"

    def spans(self, months: Sequence[date]) -> list[tuple[int, date, date]]:
        """Return the years that some months fall in: name, and first day and day after the last of these months."""
        after = first_of_next_month(months[-1])
        return [
            (year, max(self.first_day(year), months[0]), min(self.first_day(year + 1), after))
            for year in sorted({self.of(month) for month in months})
        ]


CALENDAR = Year()
