"""Fiscal years: sums by year, one small chart for each series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.models.cube import Results, interval
from lawqueue.months import first_of_next_month
from lawqueue.report.charts.shared import (
    BLUE,
    GREY,
    ORANGE,
    WHOLE,
    Spec,
    blank,
    folded,
    rounded,
    unit_in_words,
)

YEAR_OF_MONTHS = 12
LARGE = (
    "test(/[GM]/, datum.label) ? replace(replace(datum.label, 'G', ' bn'), 'M', ' m') "
    ": format(datum.value, ',~f')"
)
"""Large numbers as the tables have them."""


def fiscal_year(month: date) -> int:
    """Return the fiscal year of a month, named by the year in which it ends."""
    return month.year + (month.month >= 10)


def fiscal_years(months: Sequence[date]) -> list[tuple[int, date, date]]:
    """Return the fiscal years that some months fall in: name, and first day and day after the last of these months."""
    after = first_of_next_month(months[-1])
    return [
        (year, max(date(year - 1, 10, 1), months[0]), min(date(year, 10, 1), after))
        for year in sorted({fiscal_year(month) for month in months})
    ]


def months_in(months: Sequence[date], start: date, end: date) -> int:
    """Return how many of some months lie in [start, end)."""
    return sum(start <= month < end for month in months)


def mean_of(world: Results, name: str, start: date, end: date) -> tuple[float, float, float]:
    """Return the mean over replicates of a series over the months in [start, end), and the ends of its interval."""
    values = world.total(name, start, end)
    spread = interval(values)
    return float(values.mean()), float(spread.low), float(spread.high)


def by_year(baseline: Results, reform: Results, names: Sequence[str], what: str) -> Spec:
    """
    Return series by fiscal year, one small chart each: both worlds side by side, each with its interval.

    Parameters
    ----------
    baseline, reform
        The two worlds.
    names
        The series.
    what
        What they are about, in words.
    """
    rows = []
    for name in names:
        about = baseline.about(name)
        years = fiscal_years(baseline.months)
        known = all(w.is_resolved(name, *span) for w in (baseline, reform) for _, *span in years)
        left_out = "" if known else f"; left out: {NOT_RESOLVED}"
        for year, start, end in years:
            count = months_in(baseline.months, start, end)
            for world, results in (("baseline", baseline), ("scenario", reform)):
                mean, low, high = mean_of(results, name, start, end)
                rows.append(
                    {
                        "series": folded(f"{about.title}, {unit_in_words(about.unit_of_total)}{left_out}"),
                        "year": f"{year}" if count == YEAR_OF_MONTHS else f"{year}\n{count} mo.",
                        "world": world,
                        "mean": rounded(mean),
                        "low": rounded(low),
                        "high": rounded(high),
                    }
                )
    worlds = ["baseline", "scenario"]
    held = interval(baseline.of(names[0])).name
    spec = blank(
        f"{what} by fiscal year: baseline {baseline.scenario} and scenario {reform.scenario}, mean and {held}."
    )
    del spec["width"], spec["height"]
    y = {
        "type": "quantitative",
        "axis": {"title": None, "format": "~s", "tickCount": 4, "labelExpr": LARGE},
        "scale": {"zero": True},
    }
    encoding = {
        "x": {
            "field": "year",
            "type": "ordinal",
            "axis": {"title": None, "labelAngle": 0, "ticks": False, **WHOLE},
        },
        "xOffset": {"field": "world"},
        "color": {"field": "world", "type": "nominal", "scale": {"domain": worlds, "range": [BLUE, ORANGE]}},
    }
    shape = {"field": "world", "type": "nominal", "scale": {"domain": worlds, "range": ["circle", "diamond"]}}
    return spec | {
        "padding": {"left": 14, "right": 14, "top": 4, "bottom": 4},
        "data": {"values": rows},
        "facet": {
            "field": "series",
            "type": "nominal",
            "title": None,
            "sort": list(dict.fromkeys(row["series"] for row in rows)),
            "header": {"labelColor": GREY, "labelFontSize": 10, **WHOLE},
        },
        "columns": 3,
        "resolve": {"scale": {"y": "independent"}, "axis": {"x": "independent"}},
        "spec": {
            "width": 230,
            "height": 120,
            "layer": [
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.8},
                    "encoding": encoding | {"y": {"field": "low", **y}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                    "encoding": encoding | {"y": {"field": "mean", **y}, "shape": shape},
                },
            ],
        },
    }
