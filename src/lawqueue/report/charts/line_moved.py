"""Who crosses the line from one guideline to another."""

from __future__ import annotations

import numpy as np

from lawqueue import numbers
from lawqueue.report.charts.shared import (
    CHARACTER,
    GREY,
    ORANGE,
    WIDTH,
    Spec,
    blank,
    in_words,
    ribbon_layer,
)
from lawqueue.study.study import LineMoved

LABEL = 0.14
"""Height that two lines of words take, of that of all cases."""
ACTION_COLOURS = {"presumed": ORANGE, "enforceable": "#E69F00", "preapproval": "#56B4E9", "none": "#B8BEC6"}


def line_moved(moved: LineMoved) -> Spec:
    """Return the picture of who crosses the line: from the tiers of one guideline to those of another."""
    total = sum(each.cases for each in moved.crossings)
    sides: list[dict[str, float]] = []
    actions: list[dict[str, str]] = []
    for tier, action in (("tier_before", "action_before"), ("tier_after", "action_after")):
        cases: dict[str, float] = {}
        for each in moved.crossings:
            cases[getattr(each, tier)] = cases.get(getattr(each, tier), 0.0) + each.cases / total
        order = list(ACTION_COLOURS)
        named = {getattr(each, tier): getattr(each, action) for each in moved.crossings}
        sides.append(dict(sorted(cases.items(), key=lambda item: (order.index(named[item[0]]), -item[1]))))
        actions.append(named)
    tops: list[dict[str, float]] = []
    for side in sides:
        top: dict[str, float] = {}
        at, above = 1.0, 0.0
        for name, share in side.items():
            # Two lines of words stand beside each box, however few cases are in it.
            at -= max(0.05, LABEL - (above + share) / 2) if top else 0.0
            top[name], at, above = at, at - share, share
        tops.append(top)
    used = [dict(each) for each in tops]
    ribbons, boxes = [], []
    labels: list[Spec] = []
    for each in sorted(
        moved.crossings, key=lambda one: (-tops[0][one.tier_before], -tops[1][one.tier_after])
    ):
        height = each.cases / total
        y0, y1 = used[0][each.tier_before], used[1][each.tier_after]
        used[0][each.tier_before] -= height
        used[1][each.tier_after] -= height
        for step in np.linspace(0, 1, 21):
            middle = y0 + (y1 - y0) * step * step * (3 - 2 * step)
            ribbons.append(
                {
                    "x": 0.03 + 0.94 * step,
                    "y": middle,
                    "y2": middle - height,
                    "ribbon": f"{in_words(each.tier_before)} → {in_words(each.tier_after)}: {numbers.share(height)}",
                    "action": each.action_after,
                }
            )
    for edge, side, top, named, align in (
        (0.0, sides[0], tops[0], actions[0], "right"),
        (0.97, sides[1], tops[1], actions[1], "left"),
    ):
        for name, share in side.items():
            boxes.append(
                {"x": edge, "x2": edge + 0.03, "y": top[name], "y2": top[name] - share, "action": named[name]}
            )
            labels.append(
                {
                    "x": edge - 0.02 if align == "right" else edge + 0.05,
                    "y": top[name] - share / 2,
                    "text": [in_words(name), f"{named[name]} · {numbers.share(share)}"],
                    "align": align,
                }
            )
    lowest = min(
        top[name] - max(side[name], LABEL / 2) for side, top in zip(sides, tops, strict=True) for name in side
    )
    spec = blank(
        f"Who crosses the line from {moved.before} to {moved.after}.", height=round(210 * (1.0 - lowest) + 20)
    )
    spec["width"] = 2 * WIDTH
    # Words stand on both sides: as much of the width as the longest needs is theirs.
    aside = [
        CHARACTER * max(len(line) for each in labels if each["align"] == align for line in each["text"]) + 24
        for align in ("right", "left")
    ]
    unit = spec["width"] - sum(aside)
    x = {
        "field": "x",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-aside[0] / unit, 1 + aside[1] / unit], "nice": False},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [lowest - 0.03, 1.06], "nice": False},
    }
    present = [each for each in ACTION_COLOURS if any(each in named.values() for named in actions)]
    colour = {
        "field": "action",
        "type": "nominal",
        "scale": {"domain": present, "range": [ACTION_COLOURS[each] for each in present]},
    }
    spec["layer"] = [
        ribbon_layer(ribbons, x, y, colour, 0.45),
        {
            "data": {"values": boxes},
            "mark": {"type": "rect"},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "color": colour},
        },
        *(
            {
                "data": {"values": [each for each in labels if each["align"] == align]},
                "mark": {
                    "type": "text",
                    "align": align,
                    "baseline": "middle",
                    "color": GREY,
                    "fontSize": 11,
                    "lineHeight": 13,
                    "dy": -6,
                },
                "encoding": {"x": x, "y": y, "text": {"field": "text"}},
            }
            for align in ("right", "left")
        ),
    ]
    return spec
