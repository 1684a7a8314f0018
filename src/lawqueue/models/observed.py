"""
Published figures: what agencies reported, by month, by fiscal year or on a day.

They feed the model's inputs and are what a back-test is held against; they are never written by a run.
The files lie in the folder `observed` of a model; its README says what each holds and its traps.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias, TypeVar, get_args

import numpy as np
import numpy.typing as npt

from lawqueue.errors import InputError, Problem, did_you_mean, shown
from lawqueue.months import CALENDAR, Year, are_whole, first_of_next_month
from lawqueue.rules.citing import address_fault
from lawqueue.tabular import Row, lines_of, rows_of

ValueT = TypeVar("ValueT")
Basis: TypeAlias = Literal["stated", "derived", "recalled", "assumed"]
"""Printed in the source, worked out from printed numbers, remembered and not retrieved, or none of these."""

RECALLED: Final = "recalled"
"""The source, and the basis, of figures that nobody retrieved: they are never shown as published."""

_SOURCES: Final = "sources.csv"
_FIGURE_COLUMNS: Final = ("series", "from", "to", "value", "unit", "basis", "source", "note")
_SOURCE_COLUMNS: Final = ("id", "title", "publisher", "date", "carried_by", "url")
_SERIES_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_ISO_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FISCAL_YEAR_STARTS: Final = 10

_Key: TypeAlias = tuple[str, date, date]


@dataclass(frozen=True)
class Source:
    """
    A publication from which figures were taken.

    Parameters
    ----------
    id
        How a figure names it.
    title, publisher
        What it is called, and by whom it was given out.
    date
        When, as exactly as it is known; empty where it is not.
    carried_by
        Who carries the copy that was read; empty if it was read at its publisher.
    url
        What was read; empty where it has no address of its own.
    """

    id: str
    title: str
    publisher: str
    date: str
    carried_by: str
    url: str

    @property
    def cited(self) -> str:
        """Publisher and title, and who carries the copy that was read; that nothing was read, if so."""
        if self.id == RECALLED:
            return "recalled, not read in a source"
        copy = f", as carried by {self.carried_by}" if self.carried_by else ""
        return f"{self.publisher}, {self.title}{copy}"


@dataclass(frozen=True)
class Figure:
    """
    One published number.

    Parameters
    ----------
    series
        What was counted or measured.
    start, end
        First and last day of the period, both part of it; the same day for a level on a day.
    value, unit
        The number and what it counts.
    basis
        How firm it is.
    source
        Id of its source, see `Observed.source`.
    note
        What a reader must know of it; often empty.
    """

    series: str
    start: date
    end: date
    value: float
    unit: str
    basis: Basis
    source: str
    note: str


class Observed:
    """
    Published figures by series and period.

    Parameters
    ----------
    figures
        At most one for a series and a period.
    sources
        Every one that a figure names.
    year
        What is a year of theirs.
    """

    def __init__(self, figures: Iterable[Figure], sources: Iterable[Source], year: Year = CALENDAR) -> None:
        self.year = year
        by_series: dict[str, list[Figure]] = {}
        for figure in figures:
            by_series.setdefault(figure.series, []).append(figure)
        self._figures = {
            name: tuple(sorted(each, key=lambda figure: (figure.start, figure.end)))
            for name, each in sorted(by_series.items())
        }
        self._sources = {source.id: source for source in sources}

    @property
    def names(self) -> tuple[str, ...]:
        """Every series, in alphabetical order."""
        return tuple(self._figures)

    def figures(self, series: str) -> tuple[Figure, ...]:
        """
        Return every figure of a series, whatever its period, the earliest first.

        Raises
        ------
        InputError
            No series has this name.
        """
        try:
            return self._figures[series]
        except KeyError:
            raise InputError(
                f"No published series is called {series!r}. {did_you_mean(series, self._figures)}"
            ) from None

    def value(self, series: str, start: date, end: date) -> float:
        """
        Return the figure of a series for exactly one period.

        Parameters
        ----------
        series
            Its name.
        start, end
            First and last day, both part of the period.

        Raises
        ------
        InputError
            No series has this name, or it has no figure for this period.
        """
        found = [each for each in self.figures(series) if (each.start, each.end) == (start, end)]
        if not found:
            periods = ", ".join(f"{each.start} to {each.end}" for each in self.figures(series)[-3:])
            raise InputError(
                f"{series!r} has no figure from {start} to {end}. Expected a period as published; the last are {periods}."
            )
        return found[0].value

    def monthly(self, series: str, start: date, end: date) -> npt.NDArray[np.float64]:
        """
        Return one value per calendar month.

        Parameters
        ----------
        series
            Its name.
        start, end
            The first day of the first month, and of the month after the last one.

        Returns
        -------
        numpy.ndarray
            NaN where no figure for exactly that month was published: nothing is spread or filled in.

        Raises
        ------
        InputError
            No series has this name, or the bounds are not the first days of two months in order.
        """
        if start.day != 1 or end.day != 1 or start > end:
            raise InputError(
                f"Months of {series!r} were asked for from {start} to {end}. Expected the first day of a "
                "month twice, the second not before the first; the second month itself is not returned."
            )
        known = {each.start: each.value for each in self.figures(series) if is_month(each)}
        return np.array([known.get(month, math.nan) for month in _months(start, end)], dtype=np.float64)

    def held(self, series: str, start: date, end: date) -> npt.NDArray[np.float64]:
        """
        Return one value per calendar month, as `monthly` does; a month without a figure has the last one before it.

        NaN stands before the first figure alone.
        """
        found = self.monthly(series, start, end)
        known = [each for each in self.figures(series) if is_month(each)]
        for place, month in enumerate(_months(start, end)):
            if math.isnan(found[place]):
                found[place] = next((each.value for each in reversed(known) if each.start < month), math.nan)
        return found

    def annual(self, series: str) -> dict[int, Figure]:
        """
        Return the figures that cover exactly one year, by its number.

        A level at the end of a year is carried with the whole year as its period, and its note says so. Months are
        not added up.

        Raises
        ------
        InputError
            No series has this name.
        """
        return {
            number: each
            for each in self.figures(series)
            for number in [self.year.of(each.end)]
            if (each.start, each.end)
            == (self.year.first_day(number), self.year.first_day(number + 1) - timedelta(days=1))
        }

    def source(self, source_id: str) -> Source:
        """
        Return the publication that a figure names.

        Raises
        ------
        InputError
            No source has this id.
        """
        try:
            return self._sources[source_id]
        except KeyError:
            raise InputError(
                f"No source has the id {source_id!r}. {did_you_mean(source_id, self._sources)}"
            ) from None


def load_observed(folder: Path, year: Year = CALENDAR) -> Observed:
    """
    Read every CSV file of a folder.

    Parameters
    ----------
    folder
        It holds `sources.csv` and files of figures.
    year
        What is a year of theirs.

    Raises
    ------
    InputError
        Files are missing, or rows cannot be used: every fault at once, as `file:line:col`.
    """
    paths = _files_of_figures(folder)
    problems: list[Problem] = []
    sources: dict[str, Source] = {}
    for row in _rows(folder / _SOURCES, _SOURCE_COLUMNS, problems):
        _take_source(row, sources)
    found = _Figures()
    for path in paths:
        for row in _rows(path, _FIGURE_COLUMNS, problems):
            figure = _figure(row, sources)
            if figure is not None:
                found.take(row, figure)
    if problems:
        raise InputError(problems)
    return Observed(found.figures.values(), sources.values(), year)


def _files_of_figures(folder: Path) -> list[Path]:
    """Return the files of figures of a folder; refuse one without figures, or without their sources."""
    if not (folder / _SOURCES).is_file():
        raise InputError(
            f"{shown(folder)}: there is no file {_SOURCES!r} in this folder. Expected the list of sources "
            "that the figures name; add it, or give another folder."
        )
    paths = sorted(path for path in folder.glob("*.csv") if path.name != _SOURCES)
    if not paths:
        raise InputError(
            f"{shown(folder)}: there is no file of figures in this folder. Expected at least one *.csv "
            f"beside {_SOURCES!r}; add one, or give another folder."
        )
    return paths


class _Figures:
    """Figures as they are read: one for a period, and one unit for a series."""

    def __init__(self) -> None:
        self.figures: dict[_Key, Figure] = {}
        self._places: dict[_Key, str] = {}
        self._units: dict[str, tuple[str, str]] = {}

    def take(self, row: _Row, figure: Figure) -> None:
        """Add the figure of a row, or note why it does not fit those before it."""
        key = (figure.series, figure.start, figure.end)
        unit, where = self._units.setdefault(figure.series, (figure.unit, row.place))
        if key in self._places:
            row.fault(
                "series",
                f"{figure.series!r} from {figure.start} to {figure.end} is given twice; the first "
                f"is at {self._places[key]}. Expected one figure for a period; choose one and tell of the "
                "other in its note.",
            )
        elif unit != figure.unit:
            row.fault(
                "unit",
                f"{figure.series!r} is counted in {figure.unit!r} here and in {unit!r} at {where}. "
                "Expected one unit for a series; convert the value, or give the series another name.",
            )
        else:
            self.figures[key], self._places[key] = figure, row.place


class _Row:
    """A row whose faults are noted; the first makes it unusable."""

    def __init__(self, row: Row, problems: list[Problem]) -> None:
        self.sound = True
        self.place = row.place
        self._row = row
        self._problems = problems

    def __getitem__(self, column: str) -> str:
        return self._row[column]

    def fault(self, column: str, message: str) -> None:
        """Note a fault in one field, which makes the row unusable."""
        self.sound = False
        self._problems.append(self._row.problem(column, message))


def _rows(path: Path, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[_Row]:
    """Yield the rows that have a field for every column; the faults of the others are added to `problems`."""
    header = ",".join(columns)
    try:
        lines = lines_of(path)
    except InputError as error:
        problems.extend(error.problems)
        return
    if not lines or lines[0] != header:
        found = repr(lines[0]) if lines else "nothing"
        problems.append(
            Problem(
                shown(path), 1, 1, f"the first line is {found}. Expected {header!r}; write the columns so."
            )
        )
        return
    for row in rows_of(path, lines, columns, problems):
        yield _Row(row, problems)


def _take_source(row: _Row, sources: dict[str, Source]) -> None:
    """Add the source that a row describes, or note why it cannot be used."""
    for column in ("id", "title", "publisher"):
        if not row[column].strip():
            row.fault(
                column, "is empty. Expected a text; write '(none)' for a publisher that does not exist."
            )
    if row["id"] in sources:
        row.fault(
            "id", f"{row['id']!r} is given a second time. Expected each id once; remove one of the rows."
        )
    if row["url"] and not re.fullmatch(r"https?://\S+", row["url"]):
        row.fault(
            "url", f"is {row['url']!r}. Expected a link that begins with http:// or https://, or nothing."
        )
    elif row["url"] and (fault := address_fault(row["url"], row["title"])):
        row.fault("url", f"{row['url']} {fault}")
    # A source with a fault still counts as known, so that its figures are not reported as well.
    if row["id"]:
        sources.setdefault(
            row["id"],
            Source(row["id"], row["title"], row["publisher"], row["date"], row["carried_by"], row["url"]),
        )


def _figure(row: _Row, sources: dict[str, Source]) -> Figure | None:
    """Return the figure of a row, or None after its faults have been noted."""
    if not _SERIES_NAME.fullmatch(row["series"]):
        row.fault(
            "series",
            f"is {row['series']!r}. Expected lower-case words joined by '_', with '.' before a part of "
            "the whole, as in 'usbp_encounters.single_adult'; rename it.",
        )
    start = _parsed(row, "from", _day, "a day of the calendar as YYYY-MM-DD, the first one of the period")
    end = _parsed(row, "to", _day, "a day of the calendar as YYYY-MM-DD, the last one of the period")
    value = _parsed(row, "value", _number, "a finite number with '.' as decimal sign and without spaces")
    if start is not None and end is not None and end < start:
        row.fault(
            "to", f"is {end}, before {start} in 'from'. Expected the last day of the period; exchange them?"
        )
    if not row["unit"].strip():
        row.fault("unit", "is empty. Expected what the value counts, as in 'case' or 'USD/day'; write it.")
    bases: dict[str, Basis] = {each: each for each in get_args(Basis)}
    basis = bases.get(row["basis"])
    if basis is None:
        row.fault(
            "basis",
            f"is {row['basis']!r}. Expected one of {', '.join(map(repr, bases))}. "
            f"{did_you_mean(row['basis'], bases)}",
        )
    if row["source"] not in sources:
        row.fault(
            "source",
            f"{row['source']!r} is not in {_SOURCES!r}. Expected the id of one of its rows; add the source "
            f"there. {did_you_mean(row['source'], sources)}",
        )
    elif basis is not None and (row["source"] == RECALLED) != (basis == RECALLED):
        row.fault(
            "basis",
            f"is {basis!r}, but the source is {row['source']!r}. Expected {RECALLED!r} for both or for "
            "neither; change it, or name the source in which it was read.",
        )
    if not row.sound or start is None or end is None or value is None or basis is None:
        return None
    return Figure(row["series"], start, end, value, row["unit"], basis, row["source"], row["note"])


def _parsed(row: _Row, column: str, parse: Callable[[str], ValueT], expected: str) -> ValueT | None:
    """Return a field read by `parse`, or None after its fault has been noted."""
    try:
        return parse(row[column])
    except ValueError:
        row.fault(column, f"is {row[column]!r}. Expected {expected}; correct it.")
        return None


def _day(text: str) -> date:
    if not _ISO_DAY.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value) or text != text.strip() or "_" in text:
        raise ValueError(text)
    return value


def _months(start: date, end: date) -> Iterator[date]:
    while start < end:
        yield start
        start = first_of_next_month(start)


def is_month(figure: Figure) -> bool:
    """Tell whether a figure is of one whole month."""
    return are_whole(figure.start, figure.end) and (figure.end - figure.start).days < 31
