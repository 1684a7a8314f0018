"""Scenario minus baseline by month."""

from __future__ import annotations

from lawqueue.models.cube import Results, interval
from lawqueue.report.charts.shared import GREY, ORANGE, Spec, bands, blank, by_month, unit_in_words, withheld


def differences(difference: Results, name: str) -> Spec:
    """Return the chart of scenario minus baseline by month, with a line at zero."""
    about = difference.about(name)
    y = {"type": "quantitative", "axis": {"title": unit_in_words(about.unit), "format": "~s"}}
    spec = blank(
        f"{about.title}: {difference.scenario}, by month: median and {interval(difference.of(name)).name}."
    )
    spec["data"] = {"values": bands(difference, name, "difference")}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": ORANGE},
            "encoding": {"x": by_month(), "y": {"field": "a", **y}, "y2": {"field": "d"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.8, "color": ORANGE, "strokeDash": [5, 3]},
            "encoding": {"x": by_month(), "y": {"field": "m", **y}},
        },
        {"mark": {"type": "rule", "color": GREY, "strokeWidth": 1}, "encoding": {"y": {"datum": 0}}},
        *withheld(difference, name=name),
    ]
    return spec
