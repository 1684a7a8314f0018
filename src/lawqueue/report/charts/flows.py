"""Where cases went: ribbons between stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from lawqueue import numbers
from lawqueue.report.charts.shared import BLUE, GREY, ORANGE, Spec, blank, ribbon_layer
from lawqueue.study.study import Flow

LABEL = 0.17
"""Height that two lines of words take, of that of all cases."""


def flows(
    found: Sequence[Flow], world: Literal["baseline", "reform"], called: str, layers: Mapping[str, float]
) -> Spec:
    """
    Return the picture of flows in the world called so: ribbons between stages, as wide as the cases that went that way.

    Vega-Lite has no such chart, so the ribbons are laid out here and drawn as areas. Cases come in on the left and leave
    on the right; of the stages between, the last stands under the one before it, so that what passes that by does not
    cross it.

    Parameters
    ----------
    layers
        Where each stage stands from left, 0, to right.
    """
    end = max(layers.values())
    *_, held, below = ["", "", *(name for name, at in layers.items() if 0 < at < end)]
    value = {
        (each.origin, each.target): (each.baseline if world == "baseline" else each.reform) for each in found
    }
    # Both worlds share one scale, that of the larger.
    whole = (
        max(
            sum(getattr(each, kind) for each in found if layers[each.origin] == 0)
            for kind in ("baseline", "reform")
        )
        or 1.0
    )
    size = {
        name: max(
            sum(v for (a, _), v in value.items() if a == name),
            sum(v for (_, b), v in value.items() if b == name),
        )
        for name in layers
    }
    top: dict[str, float] = {}
    for layer in sorted(set(layers.values())):
        names = [name for name in layers if layers[name] == layer]
        gap = 0.06
        at = 1.35 if layer in (0, end) else 0.95
        if held and layer == layers[below]:
            at = min(0.75, top[held] - size[held] / whole - gap)
        last = 0.0
        for name in names:
            share = size[name] / whole
            # Two lines of words stand beside each box at the right, and over each at the left.
            room = {end: LABEL - (last + share) / 2, 0: LABEL}.get(layer, 0.0)
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
        x0, x1 = layers[origin] + 0.09, layers[target]
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
        {"x": layers[n], "x2": layers[n] + 0.09, "y": top[n], "y2": top[n] - size[n] / whole} for n in layers
    ]
    # Beside a box at the right there is room; the others are named above or under them.
    labels = [
        {
            "x": layers[n] + 0.13,
            "y": top[n] - size[n] / whole / 2,
            "text": n,
            "cases": numbers.quantity(size[n], "case"),
        }
        for n in layers
        if size[n] and layers[n] == end
    ]
    over = [
        {"x": layers[n], "y": top[n], "text": n, "cases": numbers.quantity(size[n], "case")}
        for n in layers
        if size[n] and layers[n] == 0
    ]
    above = [
        {"x": layers[n] + 0.09, "y": top[n], "text": n, "cases": numbers.quantity(size[n], "case")}
        for n in layers
        if size[n] and layers[n] not in (0, end) and n != below
    ]
    under = [
        {
            "x": layers[n] + 0.09,
            "y": top[n] - size[n] / whole,
            "text": n,
            "cases": numbers.quantity(size[n], "case"),
        }
        for n in layers
        if n == below and size[n]
    ]
    spec = blank(f"Where cases went: {called}.", height=330)
    hidden = {"axis": None, "scale": {"zero": False, "nice": False}}
    x, y = (
        {"field": "x", "type": "quantitative", **hidden, "scale": {"domain": [0, end + 1.7]}},
        {"field": "y", "type": "quantitative", **hidden},
    )
    colour = {
        "field": "from",
        "type": "nominal",
        "legend": None,
        "scale": {
            "domain": [n for n in layers if layers[n] < end],
            "range": [BLUE, "#E69F00", ORANGE, "#CC79A7", "#009E73"],
        },
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
