"""CSV files, read row by row: one row on one line, and where each of its fields stands."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lawqueue.errors import InputError, Problem, shown
from lawqueue.files import decoded

_UNSEEN = {"Cc", "Zl", "Zp"}
"""Unicode categories of controls and separators, which some programs take for the end of a line and others do not."""


@dataclass(frozen=True)
class Row:
    """
    One line of a file.

    Parameters
    ----------
    file, line
        Where it stands.
    fields
        By the name of its column: at which column of the line it starts, and its text.
    """

    file: str
    line: int
    fields: Mapping[str, tuple[int, str]]

    def __getitem__(self, column: str) -> str:
        return self.fields[column][1]

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"

    def problem(self, column: str, message: str) -> Problem:
        """Return a fault of one field."""
        return Problem(self.file, self.line, self.fields[column][0], f"{column}: {message}")


def lines_of(path: Path) -> list[str]:
    """
    Return the lines of a CSV file, which end as on Linux or on Windows.

    Raises
    ------
    InputError
        If the file cannot be read as text, or with each place of a control character or of another line separator.
    """
    lines = decoded(path).replace("\r\n", "\n").split("\n")
    problems = [
        Problem(shown(path), number, column, f"{_called(each)} stands here. {_ADVICE}")
        for number, line in enumerate(lines, start=1)
        for column, each in enumerate(line, start=1)
        if each != "\t" and unicodedata.category(each) in _UNSEEN
    ]
    if problems:
        raise InputError(problems)
    return lines if lines[-1] else lines[:-1]


_ADVICE = "Expected one row on one line, and no control character in it; save the table with the line ends of Linux or Windows."


def _called(character: str) -> str:
    name = {"\r": "carriage return", "\x0b": "vertical tab"}.get(character)
    name = name or unicodedata.name(character, "control character").lower()
    return f"a {name} (U+{ord(character):04X})"


def fields_of(line: str) -> list[tuple[int, str]]:
    """
    Return the fields of a line, each with the column, from 1, at which it starts.

    Raises
    ------
    csv.Error
        If its quotes are broken.

    Examples
    --------
    >>> fields_of('1,"2,5",3'), fields_of('6" pipe,1')
    ([(1, '1'), (3, '2,5'), (9, '3')], [(1, '6" pipe'), (9, '1')])
    """
    starts, quoted = [1], False
    for index, character in enumerate(line):
        # A quote means something only in a field that begins with one.
        if character == '"' and line[starts[-1] - 1] == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            starts.append(index + 2)
    return list(zip(starts, next(csv.reader([line], strict=True), []), strict=True))


def rows_of(
    path: Path, lines: Sequence[str], columns: Sequence[str], problems: list[Problem]
) -> Iterator[Row]:
    """
    Yield the rows behind the header that have a field for every column; the faults of the others are noted.

    Parameters
    ----------
    path, lines
        The file, and its lines with the header.
    columns
        Names of the columns.
    problems
        Where faults are noted.
    """
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        try:
            fields = fields_of(line)
        except csv.Error as error:
            message = (
                f"the row cannot be read as CSV: {error}. Expected one row on one line; put a field that holds a comma "
                "or a quote into double quotes, and double its quotes."
            )
            problems.append(Problem(shown(path), number, 1, message))
            continue
        if len(fields) != len(columns):
            message = (
                f"the row has {len(fields)} fields. Expected {len(columns)}: {','.join(columns)}; add what is missing, "
                "and quote a field that holds a comma."
            )
            problems.append(Problem(shown(path), number, 1, message))
            continue
        yield Row(shown(path), number, dict(zip(columns, fields, strict=True)))
