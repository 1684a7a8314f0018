"""A series by month: baseline, scenario with bands, and figures from outside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

import numpy as np

from lawqueue import numbers
from lawqueue.exports import csv_text
from lawqueue.models.cube import NO_INTERVAL, Results, interval
from lawqueue.months import first_of_next_month
from lawqueue.report.charts.shared import (
    BLUE,
    GREY,
    ORANGE,
    Sign,
    Spec,
    amounts,
    bands,
    blank,
    by_month,
    day_of_change,
    legend,
    said_by_month,
    spread,
    withheld,
)
from lawqueue.study.beside import Observed, Point


def levels(
    baseline: Results, reform: Results, name: str, observed: Observed | None, changed_on: date | None = None
) -> Spec:
    """Return the chart of a series by month: both worlds with bands, figures from outside, and the day of the change."""
    about, months = baseline.about(name), baseline.months
    worlds = ("baseline", "scenario")
    rows = [*bands(baseline, name, worlds[0]), *bands(reform, name, worlds[1])]
    points = within(observed, months)
    colour = {
        "field": "world",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": worlds, "range": [BLUE, ORANGE]},
    }
    dash = {
        "field": "world",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": worlds, "range": [[1, 0], [5, 3]]},
    }
    drawn = [*(row[end] for row in rows for end in "amd"), *(height(each, about.kind) for each in points)]
    x, y = by_month(months), amounts(drawn, about.unit)
    held = interval(baseline.of(name)).name
    spec = blank(f"{about.title} by month, {baseline.scenario} and {reform.scenario}: mean and {held}.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25},
            "encoding": {"x": x, "y": {"field": "a", **y}, "y2": {"field": "d"}, "color": colour},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.8},
            "encoding": {"x": x, "y": {"field": "m", **y}, "color": colour, "strokeDash": dash},
        },
        *_published(points, about.kind, months, y),
        *day_of_change(changed_on, months),
        *withheld(baseline, reform, name=name),
        said_by_month(months, [*_words(baseline, reform, name, points, about.kind)]),
        *legend(
            [
                ("line", BLUE, "baseline"),
                ("dashed", ORANGE, "scenario"),
                *_band(held),
                *_signs(points, about.kind),
            ]
        ),
    ]
    return spec


def within(observed: Observed | None, months: Sequence[date]) -> tuple[Point, ...]:
    """Return the figures that are drawn over some months."""
    return () if observed is None else observed.within(months[0], first_of_next_month(months[-1]))


def height(point: Point, kind: str) -> float:
    """Return how high a figure is drawn: the sum of several months as its mean by month."""
    return point.value / point.months if kind == "flow" else point.value


def _published(points: Sequence[Point], kind: str, months: Sequence[date], y: Spec) -> list[Spec]:
    """Return marks for figures: dots for months and days, bars across several months; hollow if recalled."""
    found: list[Spec] = []
    for recalled in (False, True):
        ours = [each for each in points if each.is_recalled == recalled]
        across = [each for each in ours if each.months > 1 and kind != "stock"]
        dots = [each for each in ours if each not in across]
        if across:
            rows = [
                {"month": each.first.isoformat(), "until": each.last.isoformat(), "value": height(each, kind)}
                for each in across
            ]
            found.append(
                {
                    "data": {"values": rows},
                    "mark": {
                        "type": "rule",
                        "strokeWidth": 2.5,
                        "color": GREY,
                        "strokeDash": [2, 2] if recalled else [1, 0],
                    },
                    "encoding": {
                        "x": by_month(months),
                        "x2": {"field": "until"},
                        "y": {"field": "value", **y},
                    },
                }
            )
        if dots:
            # A stock stands at the end of its days, the figure of a month at its beginning, as the lines do.
            rows = [
                {
                    "month": (each.first if each.is_month and kind != "stock" else each.last).isoformat(),
                    "value": each.value,
                }
                for each in dots
            ]
            found.append(
                {
                    "data": {"values": rows},
                    "mark": {
                        "type": "point",
                        "filled": not recalled,
                        "size": 22,
                        "color": GREY,
                        "opacity": 0.95,
                    },
                    "encoding": {"x": by_month(months), "y": {"field": "value", **y}},
                }
            )
    return found


def _band(held: str) -> list[Sign]:
    return [] if held == NO_INTERVAL else [("band", GREY, held)]


def _signs(points: Sequence[Point], kind: str) -> list[Sign]:
    """Return what of the figures stands in the legend."""
    found: dict[str, Sign] = {}
    for each in points:
        words = "recalled" if each.is_recalled else "published"
        is_across = each.months > 1 and kind != "stock"
        found.setdefault(words, ("bar" if is_across else "ring" if each.is_recalled else "dot", GREY, words))
    return [*found.values()]


def _words(
    baseline: Results, reform: Results, name: str, points: Sequence[Point], kind: str
) -> Iterator[str]:
    """Yield what is said under the pointer, month by month."""
    unit = baseline.about(name).unit
    worlds = [np.mean(world.of(name), axis=0) for world in (baseline, reform)]
    for month, *values in zip(baseline.months, *worlds, strict=True):
        told = [
            f"{world} {numbers.quantity(float(value), unit)}"
            for world, value in zip(("baseline", "scenario"), values, strict=True)
        ]
        known = next((each for each in points if each.first <= month <= each.last), None)
        if known is not None:
            mean = f" a month, from the {period(known)}" if known.months > 1 and kind == "flow" else ""
            told.append(
                f"{'recalled' if known.is_recalled else 'published'} {numbers.quantity(height(known, kind), unit)}{mean}"
            )
        yield ", ".join(told)


def period(point: Point) -> str:
    """Return what the months of a figure are called."""
    return {1: "month", 3: "quarter", 6: "half year", 12: "year"}.get(point.months, f"{point.months} months")


def drawn_as_mean(observed: Observed | None, months: Sequence[date]) -> str:
    """Return the periods whose totals are drawn as their mean by month; empty if none is."""
    if observed is None or observed.kind != "flow":
        return ""
    return next((period(each) for each in within(observed, months) if each.months > 1), "")


def csv(results: Sequence[tuple[str, Results]], name: str) -> str:
    """Return the numbers behind a chart: month, world, scenario, unit, and mean and interval over replicates."""
    return csv_text(
        ("month", "world", "scenario", "unit", "mean", "low", "high", "interval"),
        chain.from_iterable(
            (
                (month, world, each.scenario, each.about(name).unit, *map(float, values), held)
                for (month, *values), held in zip(spread(each, name), each.intervals(name), strict=True)
            )
            for world, each in results
        ),
    )
