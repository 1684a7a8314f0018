"""Results of one scenario: one cube of numbers by replicate, month and series, every series stamped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.resolution import NOT_RESOLVED, is_resolved
from lawqueue.errors import InputError, did_you_mean
from lawqueue.months import first_of_next_month, whole

if TYPE_CHECKING:
    import polars as pl

Stamp = Literal["data", "assumed", "fitted", "emergent"]
Kind = Literal["flow", "level", "stock", "ratio"]
FEWEST = 20
"""Replicates from which on an interval leaves out the outermost 10 %: of fewer, 5 % is not even one replicate."""
NO_INTERVAL = "no interval of one run"
ONE_RUN = "one run cannot tell an effect from chance"


@dataclass(frozen=True)
class Fed:
    """
    Days on which a series is an input, though it is none on others.

    Parameters
    ----------
    first, last
        The days, both inside.
    why
        Which stage before it is set from which figures, in a sentence without its end.
    stamp
        Where the number comes from then.
    """

    first: date
    last: date
    why: str
    stamp: Stamp = "data"

    def meets(self, start: date, end: date) -> bool:
        """Tell whether one of the days lies in [start, end)."""
        return start <= self.last and self.first < end


@dataclass(frozen=True)
class Series:
    """
    One reported quantity.

    Parameters
    ----------
    name
        Dotted name, as `book_ins.ice`.
    title
        Plain words for a chart.
    unit
        A unit of the register in `lawqueue.units`.
    stamp
        Where the number comes from: published `data` fed in; `assumed`; `fitted` to data; or `emergent`
        from the simulation.
    kind
        Over months a `flow` is summed, a `level` or a `ratio` is averaged, and a `stock` is taken at the end.
    definition
        Whose definition it follows, in one sentence.
    topic
        Heading under which it is shown.
    observed
        Name of the published series that it is drawn beside, or None.
    observed_part
        What that series counts, if it is a part of this one; empty if it is all of it.
    fed
        When it comes from elsewhere than `stamp` says.
    """

    name: str
    title: str
    unit: str
    stamp: Stamp
    kind: Kind
    definition: str
    topic: str
    observed: str | None = None
    observed_part: str = ""
    fed: tuple[Fed, ...] = ()

    def over(self, start: date, end: date) -> Series:
        """Return it with the stamp of [start, end): one day on which it is fed in, and no total is an outcome any more."""
        return replace(
            self, stamp=next((each.stamp for each in self.fed if each.meets(start, end)), self.stamp)
        )

    def emerges(self, start: date, end: date) -> bool:
        """Tell whether it comes out of the simulation in all of [start, end)."""
        return self.over(start, end).stamp == "emergent"

    @property
    def unit_of_total(self) -> str:
        """Unit of its total over several months: cases, where a flow has cases by month."""
        return self.unit.removesuffix("/month") if self.kind == "flow" else self.unit


@dataclass(frozen=True)
class Interval:
    """
    Where replicates lie: the middle 90 % of them, or, of fewer than `FEWEST`, all; one alone has none.

    Parameters
    ----------
    name
        What it holds, as `range of 8 runs` or `90 % interval`, or `NO_INTERVAL`.
    low, high
        Its ends, in the unit of the values, shape of one replicate; NaN where there is none.
    """

    name: str
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def interval(values: NDArray[np.float64]) -> Interval:
    """Return the interval over the first axis, that of the replicates."""
    n = len(values)
    if n == 1:
        none = np.full_like(values[0], np.nan)
        return Interval(NO_INTERVAL, none, none)
    if n < FEWEST:
        return Interval(f"range of {n} runs", np.asarray(values.min(axis=0)), np.asarray(values.max(axis=0)))
    return Interval("90 % interval", *np.quantile(values, (0.05, 0.95), axis=0))


@dataclass(frozen=True)
class Results:
    """
    What a scenario gave.

    Parameters
    ----------
    scenario
        Its name.
    months
        First day of each month.
    series
        What was counted.
    values
        Shape (n_replicates, n_months, n_series), as simulated; NaN where a ratio has no cases.
    chance
        What of a series the scale of the run may have made, at most, by name: shape (n_replicates, n_months).
        A series that is not named has nothing of it. What is not resolved is withheld from every table.
    """

    scenario: str
    months: tuple[date, ...]
    series: tuple[Series, ...]
    values: NDArray[np.float64]
    chance: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)

    def since(self, day: date) -> Results:
        """Return the months from `day` on; all of them if none would be left."""
        kept = np.array([month >= day for month in self.months])
        if not kept.any():
            return self
        return replace(
            self,
            months=tuple(month for month in self.months if month >= day),
            values=self.values[:, kept],
            chance={name: each[:, kept] for name, each in self.chance.items()},
        )

    def about(self, name: str) -> Series:
        """Return the series called `name`."""
        return self.series[self._place(name)]

    def shown(self, name: str) -> Series:
        """Return the series called `name` with the stamp of these months."""
        return self.about(name).over(self.months[0], first_of_next_month(self.months[-1]))

    def of(self, name: str) -> NDArray[np.float64]:
        """Return one series, shape (n_replicates, n_months); NaN in months that are withheld."""
        return np.where(self.resolved_months(name), self._simulated(name), np.nan)

    def resolved_months(self, name: str) -> NDArray[np.bool_]:
        """Tell for each month whether a series is resolved at the scale of the run."""
        if name not in self.chance:
            return np.ones(len(self.months), np.bool_)
        return is_resolved(self._simulated(name), self.chance[name])

    def is_resolved(self, name: str, start: date, end: date) -> bool:
        """Tell whether the total of a series over the months in [start, end) is resolved at the scale of the run."""
        if name not in self.chance:
            return True
        totals = (
            self._over(name, self._simulated(name), start, end),
            self._over(name, self.chance[name], start, end),
        )
        return bool(is_resolved(*totals))

    def intervals(self, name: str) -> list[str]:
        """Return what the interval of each month holds, or why the month has none."""
        held = interval(self._simulated(name)).name
        return [held if each else NOT_RESOLVED for each in self.resolved_months(name)]

    def total(self, name: str, start: date, end: date) -> NDArray[np.float64]:
        """
        Return a series over the months in [start, end): summed, averaged, or taken at the end, by its kind.

        Returns
        -------
        (n_replicates,) float64; NaN if the total is not resolved at the scale of the run

        Raises
        ------
        InputError
            If these are no whole months, or not all of them were simulated.
        """
        totals = self._over(name, self._simulated(name), start, end)
        return totals if self.is_resolved(name, start, end) else np.full_like(totals, np.nan)

    def _over(self, name: str, values: NDArray[np.float64], start: date, end: date) -> NDArray[np.float64]:
        months = whole(start, end - timedelta(days=1))
        if not self.months[0] <= months[0] <= months[-1] <= self.months[-1]:
            raise InputError(
                f"{start} to {end - timedelta(days=1)} is not all simulated: {self.scenario!r} has the months "
                f"{self.months[0]:%Y-%m} to {self.months[-1]:%Y-%m}."
            )
        part = values[:, [month in months for month in self.months]]
        if self.about(name).kind == "flow":
            return np.asarray(part.sum(axis=1))
        if self.about(name).kind == "stock":
            return np.asarray(part[:, -1])
        filled = ~np.isnan(part).all(axis=1)
        means = np.full(part.shape[0], np.nan)
        means[filled] = np.nanmean(part[filled], axis=1)
        return means

    def tidy(self) -> pl.DataFrame:
        """Return one row for each series, replicate and month, in the order of the series; null where there is no value."""
        import polars as pl  # noqa: PLC0415  # loaded only where a table is wanted

        return pl.concat([self.rows(each.name) for each in self.series])

    def rows(self, name: str) -> pl.DataFrame:
        """Return one row of a series for each replicate and month, as `tidy` does."""
        import polars as pl  # noqa: PLC0415  # loaded only where a table is wanted

        about, values = self.about(name), self.of(name)
        n_replicates, n_months = values.shape

        def same(text: str) -> pl.Series:
            return pl.Series([text]).new_from_index(0, values.size)

        return pl.DataFrame(
            {
                "scenario": same(self.scenario),
                "series": same(name),
                "replicate": np.repeat(np.arange(n_replicates), n_months),
                "month": pl.Series(list(self.months)).gather(np.tile(np.arange(n_months), n_replicates)),
                "value": pl.Series(values.ravel()).fill_nan(None),
                "unit": same(about.unit),
                "stamp": pl.Series(self._stamps(about)).gather(np.tile(np.arange(n_months), n_replicates)),
            }
        )

    def summary(self) -> pl.DataFrame:
        """Return mean and interval over replicates, one row for each month and series, sorted as the series."""
        import polars as pl  # noqa: PLC0415  # loaded only where a table is wanted

        n_months, n_series = len(self.months), len(self.series)
        values = self._shown()
        spread = interval(values)

        def column(each: NDArray[np.float64]) -> pl.Series:
            return pl.Series(each.T.ravel()).fill_nan(None)

        def repeated(name: str) -> list[Any]:
            return [getattr(each, name) for each in self.series for _ in range(n_months)]

        return pl.DataFrame(
            {
                "series": repeated("name"),
                "month": list(self.months) * n_series,
                "unit": repeated("unit"),
                "stamp": [each for about in self.series for each in self._stamps(about)],
                "mean": column(values.mean(axis=0)),
                "low": column(spread.low),
                "high": column(spread.high),
            }
        )

    def _stamps(self, about: Series) -> list[Stamp]:
        """Return where the number of each month comes from."""
        return [about.over(month, first_of_next_month(month)).stamp for month in self.months]

    def _simulated(self, name: str) -> NDArray[np.float64]:
        return self.values[:, :, self._place(name)]

    def _shown(self) -> NDArray[np.float64]:
        """Return the values, NaN where they are withheld."""
        return np.stack([self.of(each.name) for each in self.series], axis=-1)

    def _place(self, name: str) -> int:
        for place, each in enumerate(self.series):
            if each.name == name:
                return place
        raise InputError(f"no series {name!r}. {did_you_mean(name, (each.name for each in self.series))}")


def joined(parts: Sequence[Results]) -> Results:
    """Return results of the same scenario, months and series as one, with the replicates of all."""
    return replace(
        parts[0],
        values=np.concatenate([each.values for each in parts]),
        chance={name: np.concatenate([each.chance[name] for each in parts]) for name in parts[0].chance},
    )
