"""What an effect hangs on, parameter by parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lawqueue import numbers
from lawqueue.report.charts.shared import BLUE, GREY, ORANGE, Spec, amounts, blank

if TYPE_CHECKING:
    from lawqueue.trust.sensitivity import Sensitivity


def tornado(found: Sensitivity, shown: int = 15) -> Spec:
    """Return the tornado: how far an effect moves as one parameter goes through its range, the widest on top."""
    bars = [each for each in found.tornado[:shown] if each.width > 0]
    rows: list[Spec] = [
        {
            "parameter": each.parameter,
            "end": end,
            "from": found.effect,
            "to": effect,
            "words": f"{each.parameter} at {numbers.number(value)}: {numbers.signed(effect, found.unit)}",
        }
        for each in bars
        for end, value, effect in (
            ("low end", each.low, each.effect_low),
            ("high end", each.high, each.effect_high),
        )
    ]
    spec = blank(f"{found.title}: what the effect of {found.scenario} hangs on.", height=24 * len(bars) + 10)
    spec["data"] = {"values": rows}
    y = {
        "field": "parameter",
        "type": "nominal",
        "sort": [each.parameter for each in bars],
        # A reader's font may be wider than the one with which the drawing is measured.
        "axis": {"title": None, "labelLimit": 300, "minExtent": 300, "domain": False, "ticks": False},
    }
    ends = [row[end] for row in rows for end in ("from", "to")]
    x = {
        "field": "from",
        **amounts(ends, found.unit, title=f"effect on {found.title} ({found.unit})", zero=False),
    }
    spec["layer"] = [
        {
            "mark": {"type": "bar", "height": 11, "aria": True},
            "encoding": {
                "description": {"field": "words"},
                "y": y,
                "x": x,
                "x2": {"field": "to"},
                "color": {
                    "field": "end",
                    "type": "nominal",
                    "scale": {
                        "domain": ["low end", "high end"],
                        "range": [BLUE, ORANGE],
                    },
                },
            },
        },
        {
            "mark": {"type": "rule", "color": GREY, "strokeWidth": 1},
            "encoding": {"x": {"datum": found.effect}},
        },
    ]
    return spec
