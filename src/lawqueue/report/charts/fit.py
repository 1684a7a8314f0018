"""A series as simulated, and as published."""

from __future__ import annotations

from lawqueue.report.charts.shared import BLUE, GREY, UTC, Spec, blank, rounded, unit_in_words
from lawqueue.report.charts.years import YEAR_OF_MONTHS
from lawqueue.study.study import Fit


def fit(shown: Fit) -> Spec:
    """Return the chart of the seed event: simulated with its band, and what was published."""
    rows = [
        {
            "month": row.month.isoformat(),
            "a": rounded(row.low),
            "d": rounded(row.high),
            "m": rounded(row.simulated),
            "p": row.published,
        }
        for row in shown.rows
    ]
    axis = {
        "field": "month",
        "type": "temporal",
        "scale": UTC,
        "axis": {"title": None, "format": "%b", "tickCount": "month", "grid": False}
        if len(rows) <= YEAR_OF_MONTHS
        else {"title": None, "format": "%b %Y", "tickCount": 6, "grid": False},
    }
    y = {"type": "quantitative", "axis": {"title": unit_in_words(shown.unit), "format": "~s"}}
    spec = blank(f"{shown.title}: simulated against published, by month.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": BLUE},
            "encoding": {"x": axis, "y": {"field": "a", **y}, "y2": {"field": "d"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 2, "color": BLUE},
            "encoding": {"x": axis, "y": {"field": "m", **y}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 34, "color": GREY},
            "encoding": {"x": axis, "y": {"field": "p", **y}},
        },
    ]
    return spec
