"""Who crosses the line from one guideline to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

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
    left, right = _side(moved, "tier_before", "action_before"), _side(moved, "tier_after", "action_after")
    boxes = [*_boxes(left, 0.0), *_boxes(right, 0.97)]
    labels = [*_labels(left, -0.02, "right"), *_labels(right, 1.02, "left")]
    lowest = min(side.lowest for side in (left, right))
    words = f"Who crosses the line from {moved.before} to {moved.after}."
    spec = blank(words, height=round(210 * (1.0 - lowest) + 20))
    spec["width"] = 2 * WIDTH
    x, y = _axis("x", _room_for(labels, spec["width"])), _axis("y", [lowest - 0.03, 1.06])
    named = {*left.actions.values(), *right.actions.values()}
    present = [each for each in ACTION_COLOURS if each in named]
    colours = {"domain": present, "range": [ACTION_COLOURS[each] for each in present]}
    colour = {"field": "action", "type": "nominal", "scale": colours}
    spec["layer"] = [
        ribbon_layer(_ribbons(moved, left, right), x, y, colour, 0.45),
        {
            "data": {"values": boxes},
            "mark": {"type": "rect"},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "color": colour},
        },
        *(_words(labels, align, x, y) for align in ("right", "left")),
    ]
    return spec


@dataclass(frozen=True)
class _Side:
    """
    The tiers of one guideline, from top to bottom.

    Parameters
    ----------
    shares
        Of all cases, by tier [/1].
    actions
        What each tier lets officers do.
    tops
        Where its box begins; boxes are as high as shares.
    """

    shares: Mapping[str, float]
    actions: Mapping[str, str]
    tops: Mapping[str, float]

    @property
    def lowest(self) -> float:
        """Where the last box, or the words beside it, ends."""
        return min(top - max(self.shares[name], LABEL / 2) for name, top in self.tops.items())


def _side(moved: LineMoved, tier: str, action: str) -> _Side:
    total = sum(each.cases for each in moved.crossings)
    cases: dict[str, float] = {}
    for each in moved.crossings:
        cases[getattr(each, tier)] = cases.get(getattr(each, tier), 0.0) + each.cases / total
    order = list(ACTION_COLOURS)
    actions = {getattr(each, tier): getattr(each, action) for each in moved.crossings}
    shares = dict(sorted(cases.items(), key=lambda item: (order.index(actions[item[0]]), -item[1])))
    return _Side(shares, actions, _tops(shares))


def _tops(shares: Mapping[str, float]) -> dict[str, float]:
    """Return where each box begins: two lines of words stand beside it, however few cases are in it."""
    tops: dict[str, float] = {}
    at, above = 1.0, 0.0
    for name, share in shares.items():
        at -= max(0.05, LABEL - (above + share) / 2) if tops else 0.0
        tops[name], at, above = at, at - share, share
    return tops


def _ribbons(moved: LineMoved, left: _Side, right: _Side) -> list[Spec]:
    """Return the points of a ribbon for each pair of tiers, laid under each other on either side."""
    total = sum(each.cases for each in moved.crossings)
    used_left, used_right = dict(left.tops), dict(right.tops)
    ribbons: list[Spec] = []
    for each in sorted(
        moved.crossings, key=lambda one: (-left.tops[one.tier_before], -right.tops[one.tier_after])
    ):
        height = each.cases / total
        y0, y1 = used_left[each.tier_before], used_right[each.tier_after]
        used_left[each.tier_before] -= height
        used_right[each.tier_after] -= height
        words = f"{in_words(each.tier_before)} → {in_words(each.tier_after)}: {numbers.share(height)}"
        for step in np.linspace(0, 1, 21):
            middle = y0 + (y1 - y0) * step * step * (3 - 2 * step)
            place = {"x": 0.03 + 0.94 * step, "y": middle, "y2": middle - height}
            ribbons.append({**place, "ribbon": words, "action": each.action_after})
    return ribbons


def _boxes(side: _Side, edge: float) -> Iterator[Spec]:
    for name, share in side.shares.items():
        top = side.tops[name]
        yield {"x": edge, "x2": edge + 0.03, "y": top, "y2": top - share, "action": side.actions[name]}


def _labels(side: _Side, x: float, align: str) -> Iterator[Spec]:
    for name, share in side.shares.items():
        text = [in_words(name), f"{side.actions[name]} · {numbers.share(share)}"]
        yield {"x": x, "y": side.tops[name] - share / 2, "text": text, "align": align}


def _room_for(labels: Iterable[Spec], width: float) -> list[float]:
    """Return the ends of the width: words stand on both sides, and as much of it as the longest needs is theirs."""
    longest = {"right": 0, "left": 0}
    for each in labels:
        longest[each["align"]] = max(longest[each["align"]], *map(len, each["text"]))
    aside = {align: CHARACTER * length + 24 for align, length in longest.items()}
    unit = width - sum(aside.values())
    return [-aside["right"] / unit, 1 + aside["left"] / unit]


def _axis(field: str, domain: list[float]) -> Spec:
    return {"field": field, "type": "quantitative", "axis": None, "scale": {"domain": domain, "nice": False}}


def _words(labels: Iterable[Spec], align: str, x: Spec, y: Spec) -> Spec:
    return {
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
