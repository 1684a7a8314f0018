"""Years: sums by year, one small chart for each series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lawqueue import numbers
from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.models.cube import NO_INTERVAL, Results, interval
from lawqueue.months import Year
from lawqueue.report.charts.shared import (
    BLUE,
    GREY,
    ORANGE,
    WHOLE,
    Sign,
    Spec,
    amounts,
    blank,
    folded,
    legend,
    rounded,
    unit_in_words,
)

YEAR_OF_MONTHS = 12
COLUMNS = 3
MOST_IN_FULL = 6
"""Most years under a chart that have room for four digits."""
WORLDS = ("baseline", "scenario")


def months_in(months: Sequence[date], start: date, end: date) -> int:
    """Return how many of some months lie in [start, end)."""
    return sum(start <= month < end for month in months)


def mean_of(world: Results, name: str, start: date, end: date) -> tuple[float, float, float]:
    """Return the mean over replicates of a series over the months in [start, end), and the ends of its interval."""
    values = world.total(name, start, end)
    spread = interval(values)
    return float(values.mean()), float(spread.low), float(spread.high)


def by_year(baseline: Results, reform: Results, names: Sequence[str], what: str, year: Year) -> Spec | None:
    """
    Return series by year, one small chart each: both worlds side by side, each with its interval.

    A series of which nothing can be told at the scale of the run is left out; None if that is all of them.

    Parameters
    ----------
    baseline, reform
        The two worlds.
    names
        The series.
    what
        What they are about, in words.
    year
        What is one.
    """
    held = interval(baseline.of(names[0])).name
    spec = blank(
        f"{what} by {year.words}: baseline {baseline.scenario} and scenario {reform.scenario}, mean and {held}."
    )
    del spec["width"], spec["height"]
    charts = list(filter(None, (_small(baseline, reform, name, year) for name in names)))
    if not charts:
        return None
    bars: list[Sign] = [] if held == NO_INTERVAL else [("line", GREY, held)]
    for each in charts if len(charts) < COLUMNS else ():
        each["width"] = COLUMNS * each["width"] // len(charts)  # so that words have one size in all pictures
    charts[0]["layer"] += legend([("dot", BLUE, "baseline"), ("dot", ORANGE, "scenario"), *bars], above=12)
    return spec | {
        "padding": {"left": 14, "right": 14, "top": 4, "bottom": 4},
        "concat": charts,
        "columns": COLUMNS,
        "spacing": {"row": 24, "column": 28},
    }


def _means(baseline: Results, reform: Results, name: str, year: Year) -> list[Spec]:
    """Return what is drawn of one series: its mean and interval in each year and world, and the same in words."""
    about, years = baseline.about(name), year.spans(baseline.months)
    rows: list[Spec] = []
    for number, start, end in years:
        count = months_in(baseline.months, start, end)
        label = f"{number}" if len(years) <= MOST_IN_FULL else f"’{number % 100:02}"
        for world, results in zip(WORLDS, (baseline, reform), strict=True):
            mean, low, high = mean_of(results, name, start, end)
            amount, ends = numbers.quantity(mean, about.unit), numbers.between(low, high, about.unit)
            rows.append(
                {
                    "year": label if count == YEAR_OF_MONTHS else f"{label}\n{count} mo.",
                    "world": world,
                    "mean": rounded(mean),
                    "low": rounded(low),
                    "high": rounded(high),
                    "words": f"{year.called(number)}, {world}: {amount}"
                    + ("" if ends == numbers.EMPTY else f" ({ends})"),
                }
            )
    return rows


def _small(baseline: Results, reform: Results, name: str, year: Year) -> Spec | None:
    """Return the small chart of one series, if there is anything to draw."""
    about, years = baseline.about(name), year.spans(baseline.months)
    rows = _means(baseline, reform, name, year)
    if all(row["mean"] is None for row in rows):
        return None
    known = all(w.is_resolved(name, *span) for w in (baseline, reform) for _, *span in years)
    left_out = "" if known else f"; left out: {NOT_RESOLVED}"
    title = folded(f"{about.title}, {unit_in_words(about.unit_of_total)}{left_out}").split("\n")
    y = amounts([row[each] for row in rows for each in ("low", "mean", "high")], about.unit, title=None)
    encoding = {
        "x": {
            "field": "year",
            "type": "ordinal",
            "scale": {"domain": [row["year"] for row in rows[::2]]},
            "axis": {"title": None, "labelAngle": 0, "ticks": False, **WHOLE},
        },
        "xOffset": {"field": "world", "scale": {"domain": WORLDS}},
        "color": {
            "field": "world",
            "type": "nominal",
            "legend": None,
            "scale": {"domain": WORLDS, "range": [BLUE, ORANGE]},
        },
        "description": {"field": "words"},
    }
    shape = {
        "field": "world",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": WORLDS, "range": ["circle", "diamond"]},
    }
    return {
        "width": 230,
        "height": 120,
        "title": {
            "text": title,
            "color": GREY,
            "fontSize": 10,
            "fontWeight": "normal",
            "anchor": "start",
            "offset": 24,
        },
        "data": {"values": rows},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.8},
                "encoding": encoding | {"y": {"field": "low", **y}, "y2": {"field": "high"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1, "aria": True},
                "encoding": encoding | {"y": {"field": "mean", **y}, "shape": shape},
            },
        ],
    }
