"""The picture of the timeline: switches of law and policy by topic, and the spells of the rules they moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from lawqueue.models.model import Model
from lawqueue.report.charts import BLUE, GREY, ORANGE, Spec
from lawqueue.rules.timeline import TOPICS, Switch, Topic

LANE: Final = 46
DECADE, NARROW = 3652, 400


def drawing(model: Model, switches: Iterable[Switch], *panels: tuple[date, date, int]) -> Spec:
    """
    Return the picture: one lane per topic, panels side by side, each with a scale of its own.

    Parameters
    ----------
    switches
        Drawn as dots, filled where a source states them.
    panels
        First day, the day after the last, and width [px]; the first one has the names of the lanes.
    """
    dots = [
        {
            "topic": TOPICS[each.topic],
            "day": each.date.isoformat(),
            "basis": each.basis,
            "what": f"{each.shown_date}: {each.what}",
        }
        for each in switches
    ]
    bars = list(_bars(model, panels[-1][1]))
    text = {"labelColor": GREY, "titleColor": GREY, "labelFontSize": 11}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": "Switches of law and policy by topic over time.",
        "background": "transparent",
        "spacing": 14,
        "hconcat": [
            _panel(bars, dots, start, end, width, labelled=place == 0)
            for place, (start, end, width) in enumerate(panels)
        ],
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "mark": {"aria": False},
            "axis": {**text, "domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.25},
        },
    }


def _bars(model: Model, last: date) -> Iterator[Spec]:
    """Yield the spells that are drawn, with whether each reaches far."""
    for guideline in model.guidelines():
        # Until 2015 ICE had the only guideline; later one of its own stood beside that of the department.
        far = guideline.component == "ice" and guideline.id != "2011-morton"
        for spell in guideline.in_force:
            if spell.place is None:
                yield _bar("civil_priority", guideline.id, spell.start, spell.end, last, far=far)
    lanes: dict[tuple[str, str], Topic] = {
        ("removal_track", "expedited_removal"): "expedited_removal",
        ("removal_track", "title42"): "border_rules",
        ("custody", "pending_decision"): "custody",
        ("local_handoff", "agreement"): "local_cooperation",
    }
    for statute in model.statutes():
        lane = lanes.get((statute.function, statute.topic))
        far = any(word in statute.id for word in ("nationwide", "no-bond", "task-force"))
        for spell in statute.in_force if lane else ():
            if spell.place is None:
                yield _bar(lane or "custody", statute.id, spell.start, spell.end, last, far=far)


def _bar(topic: Topic, rule: str, start: date, end: date | None, last: date, *, far: bool) -> Spec:
    until = min(end or last, last)
    return {
        "words": f"{rule}: from {start}" + (f" until {end}" if end else ""),
        "topic": TOPICS[topic],
        "from": start.isoformat(),
        "to": until.isoformat(),
        "reach": "far" if far else "near",
    }


def _panel(bars: list[Spec], dots: list[Spec], start: date, end: date, width: int, *, labelled: bool) -> Spec:
    first, last = start.isoformat(), end.isoformat()
    inside = [
        {**each, "from": max(each["from"], first), "to": min(each["to"], last)}
        for each in bars
        if each["from"] < last and each["to"] > first
    ]
    utc = {"type": "utc", "domain": [_day(start), _day(end)]}
    axis = {
        "title": None,
        "format": "%Y",
        "tickCount": {"interval": "year", "step": 5 if (end - start).days > DECADE and width < NARROW else 1},
    }
    lanes = {
        "field": "topic",
        "type": "nominal",
        "sort": list(TOPICS.values()),
        "scale": {"domain": list(TOPICS.values())},
        "axis": {"title": None, "labels": labelled, "ticks": False, "domain": False, "labelLimit": 200},
    }
    colour = {"field": "reach", "scale": {"domain": ["near", "far"], "range": [BLUE, ORANGE]}, "legend": None}
    filled = {
        "field": "basis",
        "scale": {"domain": ["stated", "recalled", "assumed"], "range": [1, 0, 0]},
        "legend": None,
    }
    return {
        "width": width,
        "height": LANE * len(TOPICS),
        "layer": [
            {
                "data": {"values": inside},
                "mark": {
                    "type": "bar",
                    "aria": True,
                    "height": 9,
                    "yOffset": 12,
                    "opacity": 0.75,
                    "stroke": GREY,
                    "strokeWidth": 0.8,
                },
                "encoding": {
                    "x": {"field": "from", "type": "temporal", "scale": utc, "axis": axis},
                    "x2": {"field": "to"},
                    "y": lanes,
                    "color": colour,
                    "description": {"field": "words"},
                },
            },
            {
                "data": {"values": [each for each in dots if first <= each["day"] < last]},
                "mark": {
                    "type": "point",
                    "aria": True,
                    "size": 52,
                    "yOffset": -6,
                    "stroke": GREY,
                    "fill": GREY,
                },
                "encoding": {
                    "x": {"field": "day", "type": "temporal", "scale": utc, "axis": axis},
                    "y": lanes,
                    "fillOpacity": filled,
                    "description": {"field": "what"},
                },
            },
        ],
    }


def _day(day: date) -> Spec:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}
