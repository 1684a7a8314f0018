"""
What a model reports: a table of series, each with its name, unit, stamp, definition, and published counterpart.

A series follows one official definition and never mixes two. Stamps: a series that is fed in from published
figures is `data`; one that the parameters fix is `assumed` or `fitted`; the rest is `emergent`. One that is so on
some days alone says which, and why: see `Fed`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.resolution import SimulatedWait
from lawqueue.models.cube import Fed, Kind, Results, Series, Stamp
from lawqueue.models.world import Floats, World
from lawqueue.months import named

if TYPE_CHECKING:
    from lawqueue.engine.results import Run

Reader = Callable[[Any], Floats | SimulatedWait]
"""What reads a series out of a model's reading of a run: shape (n_replicates, n_months), or one that broadcasts to it."""


@dataclass(frozen=True)
class Row:
    """A series of the table, and what reads it out of a run."""

    series: Series
    read: Reader


@dataclass(frozen=True)
class Total:
    """A series that is the sum of others."""

    series: Series
    parts: tuple[str, ...]


def series(
    name: str,
    title: str,
    unit: str,
    kind: Kind,
    topic: str,
    definition: str,
    read: Reader,
    observed: str | None = None,
    stamp: Stamp = "emergent",
    observed_part: str = "",
    fed: tuple[Fed, ...] = (),
) -> Row:
    """Return a row of the table; `observed` names its published counterpart. For the rest see `Series`."""
    told = " ".join((definition, *(_told(each) for each in fed)))
    return Row(Series(name, title, unit, stamp, kind, told, topic, observed, observed_part, fed), read)


def _told(fed: Fed) -> str:
    return f"From {named(fed.first)} to {named(fed.last)} it is {_STAMPED[fed.stamp]}: {fed.why}."


_STAMPED: dict[Stamp, str] = {
    "data": "fed in",
    "fitted": "fitted",
    "assumed": "assumed",
    "emergent": "simulated",
}


@dataclass(frozen=True)
class Catalogue:
    """All that a model reports, in the order in which it is shown."""

    rows: tuple[Row, ...]
    totals: tuple[Total, ...] = ()

    def all(self) -> tuple[Series, ...]:
        """Return every reported series; needs no run."""
        return (*(each.series for each in self.rows), *(each.series for each in self.totals))

    def names(self) -> frozenset[str]:
        """Return the name of every reported series; needs no run."""
        return frozenset(each.name for each in self.all())

    def read(self, reading: Reading, scenario: str) -> Results:
        """Return every reported series of a run, as one cube."""
        shape = (len(reading.run.replicates), reading.run.ticks.size)
        values: list[Floats] = []
        chance: dict[str, Floats] = {}
        for row in self.rows:
            counted = row.read(reading)
            if isinstance(counted, SimulatedWait):
                chance[row.series.name] = counted.chance
                counted = counted.mean
            values.append(np.broadcast_to(np.asarray(counted, dtype=np.float64), shape))
        place = {row.series.name: at for at, row in enumerate(self.rows)}
        values.extend(total(values[place[name]] for name in each.parts) for each in self.totals)
        return Results(scenario, reading.world.months, self.all(), np.stack(values, axis=-1), chance)


@dataclass(frozen=True)
class Reading:
    """
    A run with its inputs, ready to be read; a model adds what its own tables need.

    Every method returns an array of shape (n_replicates, n_months), or one that broadcasts to it.
    """

    run: Run
    world: World

    @property
    def days(self) -> Floats:
        """Days of each month."""
        return self.run.ticks.astype(float)

    def flow(self, node: str, *labels: str, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return passages out of a node along some of its edges, or along all."""
        if not labels:
            return self.run.passages(node, groups=groups)
        return total(self.run.passages(node, label, groups) for label in labels)

    def mean_of(self, daily: Floats) -> Floats:
        """Return the monthly means of a series by day, shape (n_months,)."""
        return np.asarray(np.bincount(self.world.month_of, daily) / self.days)

    def sum_of(self, daily: Floats) -> Floats:
        """Return the monthly sums of a series by day, shape (n_months,)."""
        return np.asarray(np.bincount(self.world.month_of, daily), np.float64)


# --- what reads a series ----------------------------------------------------------------------------------


def total(parts: Iterable[Floats]) -> Floats:
    """Return the sum of series of one shape."""
    return np.asarray(np.sum(list(parts), axis=0))


def weighted(*parts: tuple[Floats, Floats]) -> Floats:
    """Return the mean of some values, weighted by the cases of each; NaN where there are none."""
    weight = total(cases for cases, _ in parts)
    summed = total(np.where(cases > 0, cases * np.nan_to_num(value), 0.0) for cases, value in parts)
    return np.asarray(np.divide(summed, weight, out=np.full_like(weight, np.nan), where=weight > 0))


def passages(node: str, *labels: str) -> Reader:
    """Return the reader of the passages out of a node along some of its edges, or along all [case/month]."""
    return lambda reading: reading.flow(node, *labels)


def work_at(station: str) -> Reader:
    """Return the reader of the work done at a station [its unit of work/month]."""
    return lambda reading: reading.run.work(station)


def wait_at(*stations: str) -> Reader:
    """Return the reader of the mean wait at some stations, over all whose service began [day]."""

    def read(reading: Any) -> SimulatedWait:
        parts = [(reading.flow(each), reading.run.simulated_wait(each)) for each in stations]
        return SimulatedWait(
            weighted(*((cases, wait.mean) for cases, wait in parts)),
            weighted(*((cases, wait.chance) for cases, wait in parts)),
        )

    return read
