"""What the court is simulated from: dated parameters, published figures, and the quarters in which cases were received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.varying import Floats
from lawqueue.models.observed import Observed
from lawqueue.models.world import World

Mask = NDArray[np.bool_]

LAST_OUTCOME: Final = date(2023, 12, 31)
"""The last day of published outcomes: later ones are kept out of the project, for the test of the model."""
FIRST_STOCK: Final = date(2015, 12, 31)
"""The first day whose open cases follow from the figures."""
KINDS: Final = ("custody", "bail", "other")
"""A trial case with a defendant in custody; one without; a sentence or an appeal."""
LANES: Final = (
    ("custody", "early"),
    ("custody", "trial"),
    ("custody", "slow"),
    ("custody", "relisted"),
    ("bail", "early"),
    ("bail", "trial"),
    ("bail", "slow"),
    ("bail", "relisted"),
    ("other", "hearing"),
)
"""Kind of a case and its way through the court; `relisted` is one whose listing has failed."""
QUARTERS_BEFORE: Final = 16
"""Quarters before the first day over which open cases are told apart by the quarter of their receipt."""


def quarter_of(day: date) -> int:
    """Return the number of the quarter of a day: quarters since year 0."""
    return 4 * day.year + (day.month - 1) // 3


def first_day(quarter: int) -> date:
    """Return the first day of a quarter by its number."""
    return date(quarter // 4, 3 * (quarter % 4) + 1, 1)


def last_day(quarter: int) -> date:
    """Return the last day of a quarter by its number."""
    return date.fromordinal(first_day(quarter + 1).toordinal() - 1)


class Cases:
    """
    The table of profiles: a lane and the quarter in which the case was received.

    So a case remembers when it came, wherever it waits: open cases by age, and days to completion, count from receipt.

    Parameters
    ----------
    first, last
        Number of the quarter in which a run begins, and in which it ends.
    """

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.quarters = np.arange(first - QUARTERS_BEFORE, last + 1)
        rows = list(product(range(len(LANES)), range(self.quarters.size)))
        self.n = len(rows)
        self.lane = np.array([lane for lane, _ in rows])
        self.quarter = np.array([self.quarters[place] for _, place in rows])
        self.kind = np.array([KINDS.index(LANES[lane][0]) for lane, _ in rows])
        self.groups = (self.kind * self.quarters.size + np.array([place for _, place in rows])).astype(
            np.int64
        )

    @cached_property
    def group_names(self) -> tuple[str, ...]:
        """A name for each kind and quarter of receipt."""
        return tuple(
            f"{kind} {each // 4} Q{each % 4 + 1}" for kind, each in product(KINDS, self.quarters.tolist())
        )

    def where(self, *ways: str, kind: str | None = None) -> Mask:
        """Return which profiles are on one of the given ways, of one kind or of any, shape (n,)."""
        lanes = [i for i, each in enumerate(LANES) if each[1] in ways and (kind is None or each[0] == kind)]
        return np.isin(self.lane, lanes)

    def place(self, kind: str, way: str, quarter: int) -> int:
        """Return the number of a profile."""
        return LANES.index((kind, way)) * self.quarters.size + int(quarter - self.quarters[0])

    def relisted(self) -> NDArray[np.int32]:
        """Return the profile that each becomes when its listing fails, shape (n,)."""
        new = np.arange(self.n, dtype=np.int32)
        for kind in ("custody", "bail"):
            for i in np.flatnonzero(self.where("trial", "slow", kind=kind)):
                new[i] = self.place(kind, "relisted", int(self.quarter[i]))
        return new


@dataclass(frozen=True)
class Court(World):
    """The inputs of one scenario of the Crown Court."""

    @cached_property
    def cases(self) -> Cases:
        """The table of profiles."""
        return Cases(quarter_of(self.start), quarter_of(date.fromordinal(self.end.toordinal() - 1)))

    @cached_property
    def quarter_of_day(self) -> NDArray[np.int64]:
        """Number of the quarter of each day, shape (days,)."""
        return np.array([quarter_of(each) for each in self.months])[self.month_of]

    def varying(self, *series: Floats) -> tuple[tuple[int, ...], list[tuple[float, ...]]]:
        """Return the days on which any of some series, or the quarter, changes, and what they are from then on."""
        table = np.column_stack([*series, self.quarter_of_day])
        starts = np.flatnonzero(np.r_[True, (np.diff(table, axis=0) != 0).any(axis=1)])
        return tuple(starts.tolist()), [tuple(row) for row in table[starts].tolist()]


def quarterly(observed: Observed, series: str) -> dict[int, float]:
    """Return the figures of a series by quarter: of the quarter as a whole, or on its last day."""
    found = {}
    for each in observed.figures(series):
        quarter = quarter_of(each.end)
        if each.end == last_day(quarter) and each.start in {first_day(quarter), each.end}:
            found[quarter] = each.value
    return found


def start_fault(start: date) -> str | None:
    """Return why a run may not begin on a day, or None if it may: open cases must be published on the day before."""
    first, latest = first_day(quarter_of(FIRST_STOCK) + 1), first_day(quarter_of(LAST_OUTCOME) + 1)
    if start == first_day(quarter_of(start)) and first <= start <= latest:
        return None
    return (
        "a run of the Crown Court begins on the first day of a quarter, since open cases are published at the end of "
        f"each, from {first} to {latest}; got {start}."
    )
