"""What one more of a resource brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lawqueue.report.charts.shared import BLUE, GREY, Spec, blank, rounded

if TYPE_CHECKING:
    from lawqueue.trust.marginal import Curve


def marginal(curve: Curve) -> Spec:
    """Return the yield of one more of a resource, one small chart for each outcome, with the middle 90 %."""
    rows = [
        {
            "outcome": each.series.title,
            "more": each.more,
            **dict(zip(("each", "low", "high"), map(rounded, each.each), strict=True)),
        }
        for each in curve.yields
    ]
    spec = blank(f"What one more {curve.resource.one} brings, by outcome and by how many are added.")
    x = {
        "field": "more",
        "type": "quantitative",
        "axis": {"title": f"more {curve.resource.name}", "format": ",~f", "tickCount": 4, "grid": False},
    }
    y = {"type": "quantitative", "axis": {"title": None, "format": ".3~g", "tickCount": 4}}
    del spec["width"], spec["height"]
    return spec | {
        "data": {"values": rows},
        "facet": {
            "field": "outcome",
            "type": "nominal",
            "title": None,
            "sort": list(dict.fromkeys(row["outcome"] for row in rows)),
            "header": {"labelColor": GREY, "labelFontSize": 10, "labelLimit": 250},
        },
        "columns": 3,
        "resolve": {"scale": {"y": "independent"}},
        "spec": {
            "width": 220,
            "height": 110,
            "layer": [
                {
                    "mark": {"type": "area", "opacity": 0.25, "color": BLUE},
                    "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "line", "point": True, "color": BLUE},
                    "encoding": {"x": x, "y": {"field": "each", **y}},
                },
                {
                    "mark": {"type": "rule", "color": GREY, "strokeDash": [3, 3]},
                    "encoding": {"y": {"datum": 0}},
                },
            ],
        },
    }
