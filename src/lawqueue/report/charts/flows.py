"""Where cases went: ribbons between stages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from lawqueue import numbers
from lawqueue.report.charts.shared import BLUE, GREY, ORANGE, Spec, blank, ribbon_layer
from lawqueue.study.study import Flow

LABEL = 0.17
"""Height that two lines of words take, of that of all cases."""
RELEASED = "Released, in proceedings"
LAYERS = {
    "Border encounters": 0,
    "Jail bookings and leads": 0,
    "Prosecution": 1,
    "Custody": 1.7,
    RELEASED: 2.4,
    "Expelled or returned": 3.4,
    "Not acted on": 3.4,
    "Detainer refused": 3.4,
    "Removed": 3.4,
    "Ordered removed, at large": 3.4,
    "Relief or ended": 3.4,
}


def flows(found: Sequence[Flow], world: Literal["baseline", "reform"], called: str) -> Spec:
    """
    Return the picture of flows in the world called so: ribbons between stages, as wide as the cases that went that way.

    Vega-Lite has no such chart, so the ribbons are laid out here and drawn as areas.
    """
    value = {
        (each.origin, each.target): (each.baseline if world == "baseline" else each.reform) for each in found
    }
    # Both worlds share one scale, that of the larger.
    whole = (
        max(
            sum(getattr(each, kind) for each in found if LAYERS[each.origin] == 0)
            for kind in ("baseline", "reform")
        )
        or 1.0
    )
    size = {
        name: max(
            sum(v for (a, _), v in value.items() if a == name),
            sum(v for (_, b), v in value.items() if b == name),
        )
        for name in LAYERS
    }
    top: dict[str, float] = {}
    for layer in sorted(set(LAYERS.values())):
        names = [name for name in LAYERS if LAYERS[name] == layer]
        gap = 0.06
        at = 1.35 if layer in (0, 3.4) else 0.95
        if layer == LAYERS[RELEASED]:  # below custody, so that what passes it by does not cross it
            at = min(0.75, top["Custody"] - size["Custody"] / whole - gap)
        last = 0.0
        for name in names:
            share = size[name] / whole
            # Two lines of words stand beside each box at the right, and over each at the left.
            room = {3.4: LABEL - (last + share) / 2, 0: LABEL}.get(layer, 0.0)
            at -= max(gap, room) if last else 0.0
            top[name], at, last = at, at - share, share
    left, right = dict(top), dict(top)
    ribbons: list[Spec] = []
    for (origin, target), cases in sorted(
        value.items(), key=lambda item: (-top[item[0][0]], -top[item[0][1]])
    ):
        height = cases / whole
        y0, y1 = right[origin], left[target]
        right[origin] -= height
        left[target] -= height
        x0, x1 = LAYERS[origin] + 0.09, LAYERS[target]
        for step in np.linspace(0, 1, 17):
            bend = step * step * (3 - 2 * step)
            middle = y0 + (y1 - y0) * bend
            ribbons.append(
                {
                    "x": x0 + (x1 - x0) * step,
                    "y": middle,
                    "y2": middle - height,
                    "ribbon": f"{origin} → {target}: {numbers.quantity(cases, 'case')}",
                    "from": origin,
                }
            )
    boxes = [
        {"x": LAYERS[n], "x2": LAYERS[n] + 0.09, "y": top[n], "y2": top[n] - size[n] / whole} for n in LAYERS
    ]
    # Beside a box at the right there is room; the others are named above or under them.
    labels = [
        {
            "x": LAYERS[n] + 0.13,
            "y": top[n] - size[n] / whole / 2,
            "text": n,
            "cases": numbers.quantity(size[n], "case"),
        }
        for n in LAYERS
        if size[n] and LAYERS[n] == 3.4
    ]
    over = [
        {"x": LAYERS[n], "y": top[n], "text": n, "cases": numbers.quantity(size[n], "case")}
        for n in LAYERS
        if size[n] and LAYERS[n] == 0
    ]
    above = [
        {"x": LAYERS[n] + 0.09, "y": top[n], "text": n, "cases": numbers.quantity(size[n], "case")}
        for n in LAYERS
        if size[n] and LAYERS[n] not in (0, LAYERS[RELEASED], 3.4)
    ]
    under = [
        {
            "x": LAYERS[n] + 0.09,
            "y": top[n] - size[n] / whole,
            "text": n,
            "cases": numbers.quantity(size[n], "case"),
        }
        for n in (RELEASED,)
        if size[n]
    ]
    spec = blank(f"Where cases went: {called}.", height=330)
    hidden = {"axis": None, "scale": {"zero": False, "nice": False}}
    x, y = (
        {"field": "x", "type": "quantitative", **hidden, "scale": {"domain": [0, 5.1]}},
        {"field": "y", "type": "quantitative", **hidden},
    )
    colour = {
        "field": "from",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(LAYERS)[:5], "range": [BLUE, "#E69F00", ORANGE, "#CC79A7", "#009E73"]},
    }
    spec["layer"] = [
        ribbon_layer(ribbons, x, y, colour, 0.4),
        {
            "data": {"values": boxes},
            "mark": {"type": "rect", "color": GREY},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}},
        },
        *(
            {
                "data": {"values": rows},
                "mark": {
                    "type": "text",
                    "align": align,
                    "baseline": baseline,
                    "color": GREY,
                    "fontSize": 10,
                    "dy": dy,
                },
                "encoding": {"x": x, "y": y, "text": {"field": text}},
            }
            for rows, align, baseline, dy, text in (
                (over, "left", "bottom", -13, "text"),
                (over, "left", "bottom", -2, "cases"),
                (labels, "left", "bottom", 1, "text"),
                (labels, "left", "top", 2, "cases"),
                (above, "right", "bottom", -13, "text"),
                (above, "right", "bottom", -2, "cases"),
                (under, "right", "top", 3, "text"),
                (under, "right", "top", 14, "cases"),
            )
        ),
    ]
    return spec
