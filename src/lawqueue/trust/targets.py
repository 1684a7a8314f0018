"""
What the calibration aims at: published outcomes of fiscal years 2017 to 2020, and nothing after.

A target is the mean of a series over a span, on the log scale: over each fiscal year where figures are
annual, over each quarter where months were published.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.cube import Results, Series
from lawqueue.models.observed import Figure, Observed, is_month
from lawqueue.models.us_immigration.known import FIT
from lawqueue.months import whole

Floats = NDArray[np.float64]

FIRM = {"stated": 0.02, "derived": 0.05, "recalled": 0.15, "assumed": 0.15}
"""Standard error of a figure on the log scale, by its basis; assumed, for nobody publishes one."""
TOGETHER = 0.5
"""Correlation of the discrepancies of one series: where the model is off in one quarter it is off in the next."""
LEAST_DISCREPANCY = 0.05
"""Standard deviation on the log scale that no series goes below: no model of this kind is closer than that."""
NOTHING = 1e-3
"""Share of the published figure that stands for a simulated nothing, whose logarithm does not exist."""


@dataclass(frozen=True)
class Target:
    """
    One published number to come near to.

    Parameters
    ----------
    series
        The simulated series.
    months
        First days of the months whose mean is taken, the last month where the figure is a stock.
    value
        Mean by month of the published figure; the figure itself for a stock.
    error
        Standard error of the figure on the log scale.
    """

    series: str
    months: tuple[date, ...]
    value: float
    error: float

    @property
    def name(self) -> str:
        """Series and span in words."""
        return f"{self.series} {self.months[0]:%Y-%m}..{self.months[-1]:%Y-%m}"


def targets(catalogue: Sequence[Series], published: Observed) -> tuple[Target, ...]:
    """Return the targets: every emergent series with published figures in fiscal years 2017 to 2020."""
    return tuple(
        target
        for series in catalogue
        if series.stamp == "emergent" and series.observed is not None
        for target in _of_series(series, series.observed, published)
    )


def _of_series(series: Series, observed: str, published: Observed) -> Iterator[Target]:
    known = [each for each in published.figures(observed) if FIT[0] <= each.start and each.end < FIT[1]]
    monthly = {each.start: each for each in known if is_month(each)}
    for figure in published.annual(observed).values():
        months = whole(figure.start, figure.end)
        # A year of which every month is published is met quarter by quarter, any other as a whole; its single
        # months are parts of that whole, but of a ratio, which no sum binds to its year.
        if figure in known and not set(months) <= monthly.keys():
            if series.kind != "ratio":
                monthly = {month: each for month, each in monthly.items() if month not in months}
            yield Target(
                series.name,
                months[-1:] if series.kind == "stock" else months,
                figure.value / len(months) if series.kind == "flow" else figure.value,
                FIRM[figure.basis],
            )
    quarters: dict[tuple[int, int], list[Figure]] = {}
    for month, figure in sorted(monthly.items()):
        quarters.setdefault((month.year, (month.month - 1) // 3), []).append(figure)
    for found in quarters.values():
        yield Target(
            series.name,
            tuple(each.start for each in found),
            float(np.mean([each.value for each in found])),
            max(FIRM[each.basis] for each in found),
        )


def logs(results: Results, wanted: Sequence[Target]) -> Floats:
    """Return the simulated counterpart of each target, the mean over replicates, on the log scale, (n_targets,)."""
    place = {month: i for i, month in enumerate(results.months)}
    found = []
    for each in wanted:
        values = results.of(each.series)[:, [place[month] for month in each.months]]
        known = values[np.isfinite(values)]  # a ratio without a case has no value
        found.append(max(float(known.mean()) if known.size else 0.0, NOTHING * each.value))
    return np.asarray(np.log(found))


def truth(wanted: Sequence[Target]) -> Floats:
    """Return the published numbers on the log scale, (n_targets,)."""
    return np.log([each.value for each in wanted])


def discrepancy(wanted: Sequence[Target], residuals: Floats) -> dict[str, float]:
    """
    Return how far the model may be off by series [log]: as far as its best fit is, and never less than the least.

    Parameters
    ----------
    residuals
        Simulated minus published of the best fit, (n_targets,) [log].
    """
    found: dict[str, list[float]] = {}
    for each, residual in zip(wanted, residuals.tolist(), strict=True):
        found.setdefault(each.series, []).append(residual)
    return {
        name: max(LEAST_DISCREPANCY, float(np.sqrt(np.mean(np.square(every)))))
        for name, every in found.items()
    }


def covariance(wanted: Sequence[Target], off: dict[str, float]) -> Floats:
    """Return the covariance of published minus simulated for a true parameter set, (n_targets, n_targets)."""
    same = np.array([[a.series == b.series for b in wanted] for a in wanted])
    size = np.array([off[each.series] for each in wanted])
    shared = np.where(same, TOGETHER, 0.0)
    np.fill_diagonal(shared, 1.0)
    return np.asarray(shared * np.outer(size, size) + np.diag(np.square([each.error for each in wanted])))
