"""Marginal yield: what one more of a resource brings, and where the queue goes instead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue import numbers
from lawqueue.models.cube import NO_INTERVAL, ONE_RUN, Series, interval
from lawqueue.models.model import Model, Resource, Yields
from lawqueue.study.answer import loads
from lawqueue.study.simulate import Laboratory, Outcome

STEPS = (0.05, 0.1, 0.2, 0.5, 1.0)
"""More of the resource, as a share of what there is."""
SHOWN = 0.2  # the step whose displacement is shown


@dataclass(frozen=True)
class Yield:
    """
    What a number more of a resource did to one outcome over the window.

    Parameters
    ----------
    more
        How many more.
    series
        The outcome.
    value
        Mean over replicates: of a flow's sum, of a stock at the end, of a level's or a ratio's mean, in `unit`.
    each
        Its change for one more: mean over replicates, and the ends of its interval; NaN where there is none.
    """

    more: int
    series: Series
    value: float
    each: tuple[float, float, float]

    @property
    def unit(self) -> str:
        """Unit of its numbers: that of the series, but cases where a flow of cases by month is summed."""
        return self.series.unit_of_total


@dataclass(frozen=True)
class Curve:
    """
    The yield of one resource.

    Parameters
    ----------
    resource
        What there is more of.
    now
        How many there are on the day of the change.
    before
        The outcomes with no more of it.
    yields
        By step, then by outcome.
    interval
        What the intervals of the yields hold.
    displaced
        Stage, and its mean load over the window with no more, and with `SHOWN` more [/1].
    """

    resource: Resource
    now: float
    before: dict[str, float]
    yields: tuple[Yield, ...]
    interval: str
    displaced: tuple[tuple[str, float, float], ...]
    at: date
    until: date


def now(model: Model, resource: Resource, history: Outcome, on: date) -> float:
    """Return how many there are in the month of a day."""
    if resource.level is None:
        return model.parameters().value(resource.parameter, on)
    place = max(i for i, month in enumerate(history.results.months) if month <= on)
    return float(history.results.of(resource.level)[:, place].mean())


def curve(resource: Resource, laboratory: Laboratory) -> Curve:
    """Return the yield of a resource over the days that its model counts, on history."""
    model, asked = laboratory.model, laboratory.model.yielding()
    start, _ = model.known_days()
    history = laboratory.history(start, asked.until)
    have = now(model, resource, history, asked.at)
    found, shown = [], history
    for step in STEPS:
        more = round(step * have)
        outcome = laboratory.changed(
            f"{more:+} {resource.name}", resource.at_work(more, asked.at), start, asked.until
        )
        shown = outcome if step == SHOWN else shown
        for name in asked.outcomes:
            before, after = (each.results.total(name, asked.at, asked.until) for each in (history, outcome))
            one = (after - before) / more
            spread = interval(one)
            found.append(
                Yield(
                    more,
                    outcome.results.about(name).over(asked.at, asked.until),
                    float(after.mean()),
                    (float(one.mean()), float(spread.low), float(spread.high)),
                )
            )
    (names, load_before), (_, load_after) = _mean_loads(asked, history), _mean_loads(asked, shown)
    return Curve(
        resource,
        have,
        {name: float(history.results.total(name, asked.at, asked.until).mean()) for name in asked.outcomes},
        tuple(found),
        spread.name,
        tuple(zip(names, load_before.tolist(), load_after.tolist(), strict=True)),
        asked.at,
        asked.until,
    )


def _mean_loads(asked: Yields, outcome: Outcome) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    names, values = loads(outcome)
    chosen = [asked.at <= month < asked.until for month in outcome.results.months]
    return names, values[:, chosen].mean(axis=1)


def runs(resources: Sequence[Resource]) -> int:
    """Return how many scenarios it takes, for the progress shown."""
    return 1 + len(STEPS) * len(resources)


def as_json(found: Curve) -> dict[str, Any]:
    """Return a curve for JSON, each number of an outcome with its own unit and with its first and last day."""
    yields = [
        {
            "more": each.more,
            "series": each.series.name,
            "title": each.series.title,
            "stamp": each.series.stamp,
            "unit": each.unit,
            "value": each.value,
            **dict(zip(("each", "low", "high"), each.each, strict=True)),
        }
        for each in found.yields
    ]
    whole: dict[str, Any] = asdict(found)
    return whole | {"from": found.at, "to": found.until - timedelta(days=1), "yields": yields}


def plain(value: float, sign: str = "-") -> str:
    """
    Return a number for a table of plain text: whole from 100 on, three figures below, never an exponent.

    Examples
    --------
    >>> plain(1234567.8), plain(0.04567, "+"), plain(12.34)
    ('1,234,568', '+0.0457', '12.3')
    """
    if not math.isfinite(value):
        return numbers.EMPTY
    return f"{value:{sign},.0f}" if abs(value) >= 100 else f"{value:{sign}.3g}"


def _brackets(held: str) -> str:
    return ONE_RUN if held == NO_INTERVAL else f"{held} in brackets"


def _interval(ends: tuple[float, ...]) -> str:
    shown = ", ".join(plain(each, "+") for each in ends)
    return f"[{shown}] " if all(map(math.isfinite, ends)) else ""


def table(found: Curve) -> str:
    """Return a curve as plain text."""
    have = found.resource
    lines = [
        f"{have.name.capitalize()}: {found.now:,.0f} on {found.at}; more from then on, counted to {found.until - timedelta(days=1)}.",
        f"For one more {have.one}, over these days ({_brackets(found.interval)}):",
    ]
    steps = list(dict.fromkeys(each.more for each in found.yields))
    for name in found.before:
        rows = [each for each in found.yields if each.series.name == name]
        about = rows[0].series
        lines.append(f"  {about.title} ({rows[0].unit}), {plain(found.before[name])} as it is")
        lines += [
            f"    {row.more:+8,}  {plain(row.value):>14}   {plain(row.each[0], '+'):>10} "
            f"{_interval(row.each[1:])}each"
            for row in rows
        ]
    more = min(steps, key=lambda each: abs(each - SHOWN * found.now))
    lines.append(f"  Where the queue goes with {more:+,}: mean load of each stage")
    lines += [
        f"    {'→' if abs(after - before) >= 0.005 else ' '} {name:20} {before:7.2f} → {after:7.2f}"
        for name, before, after in found.displaced
    ]
    return "\n".join(lines)
