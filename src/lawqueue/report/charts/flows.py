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
GAP = 0.06
"""Least room between two boxes of a layer, of the height of all cases."""
BOX = 0.09
"""Width of a box."""
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
    at_x = {name: layer / max(layers.values()) * WIDE for name, layer in layers.items()}
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
    height = {name: each / whole for name, each in size.items()}
    top = _tops(at_x, height)
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
    boxes = [{"x": at_x[n], "x2": at_x[n] + BOX, "y": top[n], "y2": top[n] - height[n]} for n in at_x]
    spec["layer"] = [
        ribbon_layer(_ribbons(value, whole, at_x, top), x, y, colour, 0.4),
        {
            "data": {"values": boxes},
            "mark": {"type": "rect", "color": GREY},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}},
        },
        *_words(at_x, top, size, height, x, y),
    ]
    return spec


def _below(at_x: Mapping[str, float]) -> float | None:
    """Return which layer stands below the one before it; None where there are few."""
    layers = sorted(set(at_x.values()))
    return layers[-2] if len(layers) >= MANY else None


def _tops(at_x: Mapping[str, float], height: Mapping[str, float]) -> dict[str, float]:
    """Return the upper edge of each stage's box: layer by layer, from above, with room for the words beside them."""
    layers, below = sorted(set(at_x.values())), _below(at_x)
    top: dict[str, float] = {}
    for layer in layers:
        at = 1.35 if layer in (0, WIDE) else 0.95
        if layer == below:
            before = [name for name in at_x if at_x[name] == layers[-3]]
            at = min(0.75, *(top[name] - height[name] - GAP for name in before))
        last = 0.0
        for name in (each for each in at_x if at_x[each] == layer):
            # Two lines of words stand beside each box at the right, and over each at the left.
            room = {WIDE: LABEL - (last + height[name]) / 2, 0: LABEL}.get(layer, 0.0)
            at -= max(GAP, room) if last else 0.0
            top[name], at, last = at, at - height[name], height[name]
    return top


def _ribbons(
    value: Mapping[tuple[str, str], float], whole: float, at_x: Mapping[str, float], top: Mapping[str, float]
) -> list[Spec]:
    """Return the bent bands between boxes: at each end those that leave or come stand under one another."""
    left, right = dict(top), dict(top)
    found: list[Spec] = []
    for (origin, target), cases in sorted(
        value.items(), key=lambda item: (-top[item[0][0]], -top[item[0][1]])
    ):
        height = cases / whole
        y0, y1 = right[origin], left[target]
        right[origin] -= height
        left[target] -= height
        x0, x1 = at_x[origin] + BOX, at_x[target]
        for step in np.linspace(0, 1, 17):
            bend = step * step * (3 - 2 * step)
            middle = y0 + (y1 - y0) * bend
            found.append(
                {
                    "x": x0 + (x1 - x0) * step,
                    "y": middle,
                    "y2": middle - height,
                    "ribbon": f"{origin} → {target}: {numbers.quantity(cases, 'case')}",
                    "from": origin,
                }
            )
    return found


def _words(
    at_x: Mapping[str, float],
    top: Mapping[str, float],
    size: Mapping[str, float],
    height: Mapping[str, float],
    x: Spec,
    y: Spec,
) -> list[Spec]:
    """Return the name and the cases of each stage: beside a box at the right there is room, else over or under it."""
    below = _below(at_x)
    over: list[Spec] = []
    beside: list[Spec] = []
    above: list[Spec] = []
    under: list[Spec] = []
    for name in (each for each in at_x if size[each]):
        here, y0 = at_x[name], top[name]
        named = {"text": name, "cases": numbers.quantity(size[name], "case")}
        if here == 0:
            over.append({"x": here, "y": y0, **named})
        elif here == WIDE:
            beside.append({"x": here + 0.13, "y": y0 - height[name] / 2, **named})
        elif here == below:
            under.append({"x": here + BOX, "y": y0 - height[name], **named})
        else:
            above.append({"x": here + BOX, "y": y0, **named})
    return [
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
            (beside, "left", "bottom", 1, "text"),
            (beside, "left", "top", 2, "cases"),
            (above, "right", "bottom", -13, "text"),
            (above, "right", "bottom", -2, "cases"),
            (under, "right", "top", 3, "text"),
            (under, "right", "top", 14, "cases"),
        )
    ]
