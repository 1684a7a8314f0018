"""When each guideline was in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lawqueue.report.charts.shared import BLUE, ORANGE, UTC, WIDTH, Spec, beside, blank
from lawqueue.rules import Guideline


def in_force(guidelines: Sequence[Guideline], until: date) -> Spec:
    """Return when each guideline was in force: one row each, open spells drawn to `until`."""
    rows = [
        {
            "guideline": each.id,
            "from": spell.start.isoformat(),
            "to": min(spell.end or until, until).isoformat(),
            "scope": "in force" if spell.scope is None and spell.place is None else "in force in part",
            "words": f"{each.id}: {spell.span}",
        }
        for each in guidelines
        for spell in each.in_force
        if spell.start < until
    ]
    held_back = [
        {
            "guideline": each.id,
            "from": held.spell.start.isoformat(),
            "to": min(held.spell.end or until, until).isoformat(),
            "scope": "held back by a court",
            "words": f"{each.id}: held back by a court, {held.spell.span}",
        }
        for each in guidelines
        for held in each.suspended
    ]
    spec = blank("When each guideline was in force.", height=30 * len(guidelines))
    spec |= {"width": 2 * WIDTH, "padding": beside([each.id for each in guidelines])}
    y = {
        "field": "guideline",
        "type": "nominal",
        "sort": [each.id for each in guidelines],
        "axis": {"title": None, "domain": False, "ticks": False, "grid": True, "labelLimit": 210},
    }
    x = {
        "field": "from",
        "type": "temporal",
        "scale": UTC,
        "axis": {"title": None, "format": "%Y", "tickCount": "year"},
    }
    scopes = {"in force": BLUE, "in force in part": "#56B4E9", "held back by a court": ORANGE}
    colour = {
        "field": "scope",
        "type": "nominal",
        "scale": {"domain": list(scopes), "range": list(scopes.values())},
    }
    spec["layer"] = [
        {
            "data": {"values": rows},
            "mark": {"type": "bar", "height": 14, "aria": True},
            "encoding": {
                "description": {"field": "words"},
                "y": y,
                "x": x,
                "x2": {"field": "to"},
                "color": colour,
            },
        },
        {
            "data": {"values": held_back},
            "mark": {"type": "bar", "height": 4, "yOffset": 11, "aria": True},
            "encoding": {
                "y": y,
                "x": x,
                "x2": {"field": "to"},
                "color": colour,
                "description": {"field": "words"},
            },
        },
    ]
    return spec
