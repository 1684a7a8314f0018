"""
What the calibration aims at: published outcomes of the fitted years, and nothing after.

A target is the mean of a series over a span, on the log scale: over each year where figures are
annual, over each quarter where months were published. Where months were published by another count alone, its course
is a target: a half-year over the one before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.cube import Results, Series
from lawqueue.models.model import Model
from lawqueue.models.observed import Figure, Observed, is_month
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
        Mean by month of the published figure; the figure itself for a stock; of a course the ratio of two means.
    error
        Standard error of the figure on the log scale.
    base
        First days of the months over whose mean a course is taken; none of a level.
    """

    series: str
    months: tuple[date, ...]
    value: float
    error: float
    base: tuple[date, ...] = ()

    @property
    def name(self) -> str:
        """Series and span in words."""
        return f"{self.series} {_span(self.months)}" + (f"{_OVER}{_span(self.base)}" if self.base else "")

    @property
    def about(self) -> str:
        """What has a discrepancy of its own: the level of a series, or its course."""
        return f"{self.series}, course" if self.base else self.series


_OVER = " over "


def _span(months: Sequence[date]) -> str:
    return f"{months[0]:%Y-%m}..{months[-1]:%Y-%m}"


def targets(
    model: Model, catalogue: Sequence[Series] | None = None, published: Observed | None = None
) -> tuple[Target, ...]:
    """
    Return the targets of a model: every emergent series with published figures in the fitted years.

    Parameters
    ----------
    catalogue, published
        Other series and figures than its own.
    """
    catalogue = model.catalogue.all() if catalogue is None else catalogue
    published = model.observed() if published is None else published
    return tuple(
        target
        for series in catalogue
        if series.emerges(*model.fitted()) and series.observed is not None
        for target in (
            *_levels(model, series, series.observed, published),
            *_courses(model, series.name, published),
        )
    )


def _courses(model: Model, series: str, published: Observed) -> Iterator[Target]:
    """Yield the mean of the known months of each half of a year over that of the half before it."""
    courses = model.aims.courses
    halves: dict[int, list[Figure]] = {}
    for each in _fitted(model, courses[series], published) if series in courses else ():
        if is_month(each):
            halves.setdefault((12 * each.start.year + each.start.month - model.year.begins) // 6, []).append(
                each
            )
    for half, found in halves.items():
        if half - 1 in halves:
            before = halves[half - 1]
            yield Target(
                series,
                tuple(each.start for each in found),
                float(np.mean([each.value for each in found]) / np.mean([each.value for each in before])),
                math.hypot(*(max(FIRM[each.basis] for each in part) for part in (found, before))),
                tuple(each.start for each in before),
            )


def _fitted(model: Model, observed: str, published: Observed) -> list[Figure]:
    """Return the figures of the fitted years."""
    first, after = model.fitted()
    return [each for each in published.figures(observed) if first <= each.start and each.end < after]


def _levels(model: Model, series: Series, observed: str, published: Observed) -> Iterator[Target]:
    known = _fitted(model, observed, published)
    monthly = (
        {} if series.name in model.aims.by_year else {each.start: each for each in known if is_month(each)}
    )
    for figure in (each for each in published.annual(observed).values() if each in known):
        months = whole(figure.start, figure.end)
        # A year of which every month is published is met quarter by quarter, any other as a whole; its single
        # months are parts of that whole, but of a ratio, which no sum binds to its year.
        if not set(months) <= monthly.keys():
            if series.kind != "ratio":
                monthly = {month: each for month, each in monthly.items() if month not in months}
            yield _of_year(series, figure, months)
    yield from _of_quarters(series, monthly)


def _of_year(series: Series, figure: Figure, months: tuple[date, ...]) -> Target:
    return Target(
        series.name,
        months[-1:] if series.kind == "stock" else months,
        figure.value / len(months) if series.kind == "flow" else figure.value,
        FIRM[figure.basis],
    )


def _of_quarters(series: Series, monthly: Mapping[date, Figure]) -> Iterator[Target]:
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

    def mean(series: str, months: Sequence[date]) -> float:
        values = results.of(series)[:, [place[month] for month in months]]
        known = values[np.isfinite(values)]  # a ratio without a case has no value
        return float(known.mean()) if known.size else 0.0

    def counterpart(each: Target) -> float:
        over = max(mean(each.series, each.base), NOTHING) if each.base else 1.0
        return max(mean(each.series, each.months) / over, NOTHING * each.value)

    return np.log([counterpart(each) for each in wanted])


def truth(wanted: Sequence[Target]) -> Floats:
    """Return the published numbers on the log scale, (n_targets,)."""
    return np.log([each.value for each in wanted])


def discrepancy(wanted: Sequence[Target], residuals: Floats) -> dict[str, float]:
    """
    Return how far the model may be off [log], by what a target is about: as far as its best fit is, and at least the least.

    Parameters
    ----------
    residuals
        Simulated minus published of the best fit, (n_targets,) [log].
    """
    found: dict[str, list[float]] = {}
    for each, residual in zip(wanted, residuals.tolist(), strict=True):
        found.setdefault(each.about, []).append(residual)
    return {
        name: max(LEAST_DISCREPANCY, float(np.sqrt(np.mean(np.square(every)))))
        for name, every in found.items()
    }


def covariance(wanted: Sequence[Target], off: dict[str, float]) -> Floats:
    """Return the covariance of published minus simulated for a true parameter set, (n_targets, n_targets)."""
    # Of a course what is common to its two spans drops out.
    same = np.array([[a.series == b.series and not (a.base or b.base) for b in wanted] for a in wanted])
    size = np.array([off[each.about] for each in wanted])
    shared = np.where(same, TOGETHER, 0.0)
    np.fill_diagonal(shared, 1.0)
    return np.asarray(shared * np.outer(size, size) + np.diag(np.square([each.error for each in wanted])))
