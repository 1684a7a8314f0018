"""
The table of a court: what was filed, disposed of and pending, by month or by quarter.

```
month,filings,dispositions,pending
2022-01,1200,1100,8400
2022-02,1150,1180,8370
```

The first thing to know about a table is whether what is pending follows from its flows. Where it does not, it is
refused with the months and by how much; a column `adjustments` may say what else came or went.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lawqueue.errors import InputError, Problem, did_you_mean, shown
from lawqueue.models.observed import Observed
from lawqueue.months import first_of_next_month
from lawqueue.tabular import Row, fields_of, lines_of, rows_of

Floats: TypeAlias = NDArray[np.float64]
Period: TypeAlias = Literal["month", "quarter"]

NEEDED: Final = ("filings", "dispositions", "pending")
WITH_IT: Final[Mapping[str, str]] = {
    "adjustments": "cases that came or went otherwise, as reopened, transferred or struck, with a sign",
    "judges": "judges who sat, the mean of the period",
    "over_a_year": "of those pending, cases filed more than a year ago",
    "custody_filings": "of those filed, cases whose defendant is in custody",
    "custody_pending": "of those pending, cases whose defendant is in custody",
}
"""Columns that a table may have beside those that it needs."""
PARTS: Final = (
    ("over_a_year", "pending"),
    ("custody_filings", "filings"),
    ("custody_pending", "pending"),
)
FEWEST: Final[Mapping[Period, int]] = {"month": 24, "quarter": 12}
"""Least periods of a table: two years to see a season, and one more to be held against."""
FOLLOWS: Final = 0.02
"""Part of the cases filed by which what is pending may miss its flows [/1]; above it a table is refused."""
_SPELLED: Final[Mapping[Period, tuple[str, str]]] = {
    "month": (r"((?:19|20)[0-9]{2})-(0[1-9]|1[0-2])", "2022-01"),
    "quarter": (r"((?:19|20)[0-9]{2})-?Q([1-4])", "2022-Q1"),
}
_NUMBER: Final = re.compile(r"[+-]?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]+)?")
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
MOST: Final = 10**8
"""Largest number of a table: more cases than any court has."""
_MONTHS: Final[Mapping[Period, int]] = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Table:
    """
    A court's table, checked.

    Parameters
    ----------
    period
        By what it counts.
    starts
        First day of each period.
    end
        Day after the last period.
    columns
        Filings, dispositions and adjustments are counts of the period; pending and its parts are counts on its last
        day; judges are a mean: (n_periods,) each.
    """

    period: Period
    starts: tuple[date, ...]
    end: date
    columns: Mapping[str, Floats]

    @property
    def a_year(self) -> int:
        """Periods of a year."""
        return 12 // _MONTHS[self.period]

    @property
    def months(self) -> int:
        """Months of a period."""
        return _MONTHS[self.period]

    @property
    def last_days(self) -> tuple[date, ...]:
        """Last day of each period."""
        return tuple(date.fromordinal(each.toordinal() - 1) for each in (*self.starts[1:], self.end))

    def has(self, column: str) -> bool:
        """Tell whether the table has a column."""
        return column in self.columns

    def before(self, day: date) -> int:
        """
        Return the place of the period that ends on the eve of a day.

        Raises
        ------
        InputError
            If none does: what is pending is known at the ends of periods alone.
        """
        try:
            return (*self.starts[1:], self.end).index(day)
        except ValueError:
            raise InputError(
                f"what is pending on {day} is not in the table. Begin on the first day of a {self.period} "
                f"from {self.starts[1]} to {self.end}."
            ) from None

    def gaps(self) -> Floats:
        """Return by how much what is pending misses its flows in each period after the first [case]."""
        return _gaps(self.columns)


def read_table(path: Path) -> Table:
    """
    Read a court's table from a CSV file.

    Raises
    ------
    InputError
        With every fault: a column that is missing or unknown, a month that is missing, twice or out of order, what is
        no number or below zero, a part that is more than its whole, and pending cases that do not follow from the flows.
    """
    lines = _without_empty_columns(lines_of(path))
    period, columns = _header(lines, path)
    problems: list[Problem] = []
    rows = list(rows_of(path, lines, columns, problems))
    if problems:  # a row that is left out would be a month that is missing
        raise InputError(problems)
    starts = _starts(rows, period, problems)
    values = {name: np.array([_number(row, name, problems) for row in rows]) for name in columns[1:]}
    if not problems:
        _check_parts(rows, values, problems)
    if not problems:
        _check_flows(rows, values, problems)
    if not problems:
        _check_use(rows, values, period, problems)
    if problems:
        raise InputError(problems)
    if len(rows) < FEWEST[period]:
        raise _refused(
            path,
            len(lines),
            f"{len(rows)} {period}s. Expected at least {FEWEST[period]}: with fewer nothing can be held back as a test.",
        )
    return Table(period, tuple(starts), _after(starts[-1], period), values)


def _number(row: Row, column: str, problems: list[Problem]) -> float:
    """Return a field as a number; NaN once its fault is noted."""
    text = row[column].strip()
    value = float(text.replace(",", "")) if _NUMBER.fullmatch(text) else math.nan
    if math.isnan(value):
        message = f"is {text!r}. Expected a number, as 1200 or 1,200.5: '.' is the decimal sign."
        problems.append(row.problem(column, message))
    elif value < 0 and column != "adjustments":
        problems.append(row.problem(column, f"is {text}, below zero. Expected a count."))
    elif abs(value) > MOST:
        problems.append(row.problem(column, f"is {text}. Expected a count of at most {MOST:,}."))
    return value


def _refused(path: Path, line: int, message: str, column: int = 1) -> InputError:
    return InputError([Problem(shown(path), line, column, message)])


def _without_empty_columns(lines: list[str]) -> list[str]:
    """Return lines without the columns at their end in which nothing stands, as spreadsheets write them, nor rows of commas."""
    kept = [len(line.rstrip(", \t")) for line in lines]
    empty = min((line[end:].count(",") for line, end in zip(lines, kept, strict=True) if end), default=0)
    return [
        (line.rsplit(",", empty)[0] if empty else line) if end else ""
        for line, end in zip(lines, kept, strict=True)
    ]


def _header(lines: list[str], path: Path) -> tuple[Period, list[str]]:
    """Return by what a table counts, and its columns."""
    try:
        fields = fields_of(lines[0]) if lines else []
    except csv.Error as error:
        raise _refused(path, 1, f"the header cannot be read as CSV: {error}. Mend its quotes.") from error
    written = [name.strip().lower() for _, name in fields]
    if len(written) == 1 and (other := next((each for each in ";\t|" if each in written[0]), None)):
        raise _refused(
            path,
            1,
            f"the columns are separated by {_SEPARATORS[other]}. Expected commas: save the table as CSV with ',' between "
            "columns and '.' as the decimal sign.",
            lines[0].index(other) + 1,
        )
    expected = f"month (or quarter), {', '.join(NEEDED)}; and, if known, {', '.join(WITH_IT)}"
    if not written or written[0] not in _SPELLED:
        found = repr(written[0]) if written else "nothing"
        raise _refused(path, 1, f"the first column is {found}. Expected {expected}.")
    period: Period = "month" if written[0] == "month" else "quarter"
    problems = list(_faults_of_columns(written, [place for place, _ in fields], path))
    missing = [name for name in NEEDED if name not in written]
    if missing:
        problems.append(
            Problem(shown(path), 1, 1, f"no column {', '.join(map(repr, missing))}. Expected {expected}.")
        )
    if problems:
        raise InputError(problems)
    return period, written


def _faults_of_columns(written: Sequence[str], places: Sequence[int], path: Path) -> Iterator[Problem]:
    """Yield the faults of the columns that are there, by the place of each in the header."""
    for name, place in zip(written[1:], places[1:], strict=True):
        if name not in NEEDED and name not in WITH_IT:
            known = f"unknown column {name!r}. {did_you_mean(name, (*NEEDED, *WITH_IT))}"
            unnamed = "a column without a name, in which something stands. Name it, or take it out."
            yield Problem(shown(path), 1, place, known if name else unnamed)
    for index, (name, place) in enumerate(zip(written, places, strict=True)):
        if name and name in written[:index]:
            yield Problem(
                shown(path), 1, place, f"the column {name!r} stands here a second time. Remove one."
            )
    if ("custody_filings" in written) != ("custody_pending" in written):
        yield Problem(
            shown(path), 1, 1, "custody_filings and custody_pending go together. Give both or none."
        )


def _starts(rows: list[Row], period: Period, problems: list[Problem]) -> list[date]:
    """Return the first day of each period, which follow one another."""
    pattern, example = _SPELLED[period]
    found: list[date] = []
    for row in rows:
        text = row[period].strip()
        match = re.fullmatch(pattern, text)
        if match is None:
            problems.append(row.problem(period, f"is {text!r}. Expected a {period}, as {example}."))
            return found
        start = date(int(match[1]), (int(match[2]) - 1) * _MONTHS[period] + 1, 1)
        due = _after(found[-1], period) if found else start
        if start != due:
            what = (
                "stands here again, or out of order"
                if start < due
                else f"follows {_named(found[-1], period)}: {_named(due, period)} is missing"
            )
            problems.append(
                row.problem(
                    period,
                    f"{text} {what}. Expected every {period} once, in order; add it, or begin the table after the gap.",
                )
            )
        found.append(start)
    return found


def _after(start: date, period: Period) -> date:
    for _ in range(_MONTHS[period]):
        start = first_of_next_month(start)
    return start


def _named(start: date, period: Period) -> str:
    return f"{start:%Y-%m}" if period == "month" else f"{start.year}-Q{(start.month + 2) // 3}"


def _check_parts(rows: list[Row], values: Mapping[str, Floats], problems: list[Problem]) -> None:
    """Note parts that are more than what they are part of."""
    for part, whole in PARTS:
        if part in values:
            problems.extend(
                row.problem(part, f"{values[part][i]:,.0f} of {values[whole][i]:,.0f} {whole}: a part is at most the whole.")
                for i, row in enumerate(rows)
                if values[part][i] > values[whole][i]
            )  # fmt: skip


def _gaps(values: Mapping[str, Floats]) -> Floats:
    others = values.get("adjustments", np.zeros_like(values["filings"]))
    moved = values["filings"] - values["dispositions"] + others
    return np.asarray(np.diff(values["pending"]) - moved[1:])


def _check_flows(rows: list[Row], values: Mapping[str, Floats], problems: list[Problem]) -> None:
    """Note each period whose pending cases do not follow from those before and the flows."""
    gaps = _gaps(values)
    for row, gap, pending, filed in zip(
        rows[1:], gaps, values["pending"][1:], values["filings"][1:], strict=True
    ):
        if abs(gap) > max(FOLLOWS * filed, 1.0):
            due = pending - gap
            problems.append(
                row.problem(
                    "pending",
                    f"is {pending:,.0f}; {due:,.0f} follow from the period before, filings and dispositions: "
                    f"{abs(gap):,.0f} too {'many' if gap > 0 else 'few'}. Mend the figure, or say in a column "
                    "'adjustments' what else came or went.",
                )
            )


def _check_use(
    rows: list[Row], values: Mapping[str, Floats], period: Period, problems: list[Problem]
) -> None:
    """Note periods of which no court with a queue can be made: nothing filed or disposed of in a year, nothing pending, no judge."""
    a_year = 12 // _MONTHS[period]
    for column, done in (("filings", "filed"), ("dispositions", "disposed of")):
        for last in range(a_year - 1, len(rows)):
            if not values[column][last + 1 - a_year : last + 1].any():
                message = f"nothing was {done} in the year to here. Give a table of a court at work."
                problems.append(rows[last].problem(column, message))
                break
    message = "is 0. Expected cases that wait: without any there is no queue to ask about."
    problems += [
        row.problem("pending", message)
        for row, each in zip(rows, values["pending"], strict=True)
        if each == 0
    ]
    if "judges" in values:
        message = "is 0, and yet cases were disposed of. Give the judges who sat, or leave the column out."
        problems += [
            row.problem("judges", message)
            for row, sat, done in zip(rows, values["judges"], values["dispositions"], strict=True)
            if sat == 0 < done
        ]


def from_observed(observed: Observed) -> Table:
    """
    Return the table of a court from its published figures, one series a column.

    Raises
    ------
    InputError
        If a column lacks a period that another has.
    """
    ends = {each.end: each.start for each in observed.figures("filings")}
    starts = tuple(ends[each] for each in sorted(ends))
    period: Period = "quarter" if (max(ends) - ends[max(ends)]).days > 31 else "month"
    columns = {}
    for name in (*NEEDED, *WITH_IT):
        if name in observed.names:
            known = {each.end: each.value for each in observed.figures(name)}
            if set(known) != set(ends):
                odd = min(set(known) ^ set(ends))
                raise InputError(f"{name}: no figure for the {period} that ends on {odd}, or one too many.")
            columns[name] = np.array([known[each] for each in sorted(ends)])
    return Table(period, starts, _after(starts[-1], period), columns)
