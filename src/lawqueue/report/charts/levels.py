"""A series by month in both worlds, with published figures, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Sequence

from lawqueue.exports import csv_text
from lawqueue.models.cube import Results, interval
from lawqueue.report.charts.shared import (
    BLUE,
    GREY,
    ORANGE,
    Spec,
    bands,
    blank,
    by_month,
    spread_of,
    unit_in_words,
    withheld,
)
from lawqueue.study.study import Observed


def levels(baseline: Results, reform: Results | None, name: str, observed: Observed | None) -> Spec:
    """Return the chart of a series by month: baseline, scenario with bands, and published figures."""
    about = baseline.about(name)
    worlds = ["baseline", "scenario"] if reform is not None else ["simulated"]
    rows = bands(baseline, name, worlds[0]) + (bands(reform, name, "scenario") if reform is not None else [])
    colour = {"field": "world", "type": "nominal", "scale": {"domain": worlds, "range": [BLUE, ORANGE]}}
    y = {"type": "quantitative", "axis": {"title": unit_in_words(about.unit), "format": "~s"}}
    names = " and ".join(each.scenario for each in (baseline, reform) if each is not None)
    spec = blank(f"{about.title} by month, {names}: median and {interval(baseline.of(name)).name}.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25},
            "encoding": {"x": by_month(), "y": {"field": "a", **y}, "y2": {"field": "d"}, "color": colour},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.8},
            "encoding": {
                "x": by_month(),
                "y": {"field": "m", **y},
                "color": colour,
                "strokeDash": {
                    "field": "world",
                    "type": "nominal",
                    "scale": {"domain": worlds, "range": [[1, 0], [5, 3]]},
                },
            },
        },
    ]
    if observed is not None:
        spec["layer"] += published(observed, about.kind)
    spec["layer"] += withheld(*(each for each in (baseline, reform) if each is not None), name=name)
    return spec


def published(observed: Observed, kind: str) -> list[Spec]:
    """Return marks for published figures: points for months, bars across the year for annual ones."""
    months, years = [], []
    for start, end, value in observed.points:
        days = (end - start).days + 1
        if 27 < days < 32:
            months.append({"month": start.isoformat(), "value": value})
        elif days > 360 and kind in ("flow", "level"):
            height = value / 12 if kind == "flow" else value
            years.append({"month": start.isoformat(), "until": end.isoformat(), "value": height})
        elif days > 360 or days == 1:
            # A stock at the end of the year, or on a day.
            months.append({"month": end.isoformat(), "value": value})
    mark = {"color": GREY, "opacity": 0.95}
    y = {"field": "value", "type": "quantitative"}
    found: list[Spec] = []
    if months:
        found.append(
            {
                "data": {"values": months},
                "mark": {"type": "point", "filled": True, "size": 22, **mark},
                "encoding": {"x": by_month(), "y": y},
            }
        )
    elif years:
        found.append(
            {
                "data": {"values": years},
                "mark": {"type": "rule", "strokeWidth": 2.5, **mark},
                "encoding": {"x": by_month(), "x2": {"field": "until"}, "y": y},
            }
        )
    return found


def drawn_by_year(observed: Observed | None, kind: str) -> bool:
    """Tell whether the published figures are annual sums, drawn as their monthly mean."""
    if observed is None or kind != "flow":
        return False
    days = [(end - start).days + 1 for start, end, _ in observed.points]
    return any(each > 360 for each in days) and not any(27 < each < 32 for each in days)


def csv(results: Sequence[tuple[str, Results]], name: str) -> str:
    """Return the numbers behind a chart: month, world, unit, and median and interval over replicates."""
    return csv_text(
        ("month", "world", "unit", "median", "low", "high", "interval"),
        (
            (month, world, each.about(name).unit, *map(float, spread), held)
            for world, each in results
            for (month, *spread), held in zip(spread_of(each, name), each.intervals(name), strict=True)
        ),
    )
