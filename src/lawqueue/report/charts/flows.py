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
WIDE = 3.4
"""Where the last layer stands; the picture is as wide for every model."""
MANY = 5
"""From so many layers on the last of those between stands below, so that what passes it by does not cross it."""
COLOURS = (BLUE, "#E69F00", ORANGE, "#CC79A7", "#009E73")


def flows(
    found: Sequence[Flow], world: Literal["baseline", "reform"], called: str, layers: Mapping[str, float]
) -> Spec:
    """
    Return the picture of flows in the world called so: ribbons between stages, as wide as the cases that went that way.

    Vega-Lite has no such chart, so the ribbons are laid out here and drawn as areas.

    Parameters
    ----------
    found
        The flows.
    world, called
        Whose flows, and the name of that world.
    layers
        Where each stage stands, from left, 0, to right.
    """
    right_end = max(layers.values())
    at_x = {name: layer / right_end * WIDE for name, layer in layers.items()}
    inner = sorted(set(at_x.values()))
    below = inner[-2] if len(inner) >= MANY else None
    value = {
        (each.origin, each.target): (each.baseline if world == "baseline" else each.reform) for each in found
    }
    # Both worlds share one scale, that of the larger.
    whole = (
        max(
            sum(getattr(each, kind) for each in found if at_x[each.origin] == 0)
            for kind in ("baseline", "reform")
        )
        or 1.0
    )
    size = {
        name: max(
            sum(v for (a, _), v in value.items() if a == name),
            sum(v for (_, b), v in value.items() if b == name),
        )
        for name in at_x
    }
    top: dict[str, float] = {}
    for layer in sorted(set(at_x.values())):
        names = [name for name in at_x if at_x[name] == layer]
        gap = 0.06
        at = 1.35 if layer in (0, WIDE) else 0.95
        if layer == below:
            before = [name for name in at_x if at_x[name] == inner[-3]]
            at = min(0.75, *(top[name] - size[name] / whole - gap for name in before))
        last = 0.0
        for name in names:
            share = size[name] / whole
            # Two lines of words stand beside each box at the right, and over each at the left.
            room = {WIDE: LABEL - (last + share) / 2, 0: LABEL}.get(layer, 0.0)
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
        x0, x1 = at_x[origin] + 0.09, at_x[target]
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
    boxes = [{"x": at_x[n], "x2": at_x[n] + 0.09, "y": top[n], "y2": top[n] - size[n] / whole} for n in at_x]
    # Beside a box at the right there is room; the others are named above or under them.
    labels = [
        {
            "x": at_x[n] + 0.13,
            "y": top[n] - size[n] / whole / 2,
            "text": n,
            "cases": numbers.quantity(size[n], "case"),
        }
        for n in at_x
        if size[n] and at_x[n] == WIDE
    ]
    over = [
        {"x": at_x[n], "y": top[n], "text": n, "cases": numbers.quantity(size[n], "case")}
        for n in at_x
        if size[n] and at_x[n] == 0
    ]
    above = [
        {"x": at_x[n] + 0.09, "y": top[n], "text": n, "cases": numbers.quantity(size[n], "case")}
        for n in at_x
        if size[n] and at_x[n] not in (0, below, WIDE)
    ]
    under = [
        {
            "x": at_x[n] + 0.09,
            "y": top[n] - size[n] / whole,
            "text": n,
            "cases": numbers.quantity(size[n], "case"),
        }
        for n in at_x
        if size[n] and at_x[n] == below
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
        "scale": {"domain": list(at_x)[: len(COLOURS)], "range": list(COLOURS)},
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
