"""
Numbers as files hold them, for programs: in full, so that what is read back is what was written.

What is missing is `null` in JSON, an empty cell in CSV and a null in Parquet; a table for readers has `numbers.EMPTY`.
"""

from __future__ import annotations

import csv
import io
import json
import math
import shlex
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any


def cell(value: object) -> object:
    """
    Return a value as a cell of a CSV file holds it.

    Examples
    --------
    >>> cell(0.1 + 0.2), cell(1e-10), cell(float("nan")), cell(None), cell(7)
    ('0.30000000000000004', '1e-10', '', '', 7)
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    return repr(float(value)) if isinstance(value, float) else value


def csv_text(head: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    """Return a table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([cell(each) for each in row] for row in rows)
    return out.getvalue()


def comment(*words: str) -> str:
    r"""
    Return the first line of a CSV file, which says what it holds and how it was made; readers skip it by its sign.

    Examples
    --------
    >>> comment("history by month", "seed 0")
    '# Lawqueue: history by month; seed 0\n'
    """
    return f"# Lawqueue: {'; '.join(words)}\n"


def json_text(value: object, indent: int = 2) -> str:
    """
    Return a value as JSON.

    Examples
    --------
    >>> json_text({"at": date(2021, 4, 1), "each": (0.5, float("nan"))}, indent=0).replace(chr(10), "")
    '{"at": "2021-04-01","each": [0.5,null]}'
    """
    return json.dumps(plain(value), indent=indent, allow_nan=False)


def plain(value: object) -> Any:
    """Return a value as JSON has it: dates as text, what is not a number as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def command_line(*words: object) -> str:
    """
    Return words as a command that a shell reads as these words; numbers in full.

    Examples
    --------
    >>> print(command_line("lawqueue", "run", "what if $5.yaml", "--scale", 0.1 + 0.2))
    lawqueue run 'what if $5.yaml' --scale 0.30000000000000004
    """
    return shlex.join(map(str, words))
