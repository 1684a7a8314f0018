"""The picture of the timeline: switches of law and policy by topic, and the spells of the rules they moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from lawqueue.models.model import Model
from lawqueue.report.charts import BLUE, GREY, ORANGE, Spec
from lawqueue.rules.instrument import Instrument
from lawqueue.rules.spell import Spell
from lawqueue.rules.timeline import Switch
from lawqueue.study.sentences import listed

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
    titles = model.timeline().titles
    dots = [
        {
            "topic": titles[each.topic],
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
            _panel(list(titles.values()), bars, dots, start, end, width, labelled=place == 0)
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
    for topic in model.timeline().topics:
        for rule in _rules(model, topic.bars.of) if topic.bars else ():
            far = topic.bars is not None and rule.id in topic.bars.orange
            for spell in rule.in_force:
                if spell.place is None:
                    yield _bar(topic.title, rule.id, spell, last, far=far)


def _rules(model: Model, of: str) -> list[Instrument[Any]]:
    """Return the guidelines, or the statutes that answer a question."""
    if of == "guidelines":
        return list(model.guidelines())
    return [each for each in model.statutes() if f"{each.function} {each.topic}" == of]


def _bar(topic: str, rule: str, spell: Spell, last: date, *, far: bool) -> Spec:
    until = min(spell.end or last, last)
    return {
        "words": f"{rule}: from {spell.start}" + (f" until {spell.end}" if spell.end else ""),
        "topic": topic,
        "from": spell.start.isoformat(),
        "to": until.isoformat(),
        "reach": "far" if far else "near",
    }


def _panel(
    topics: list[str],
    bars: list[Spec],
    dots: list[Spec],
    start: date,
    end: date,
    width: int,
    *,
    labelled: bool,
) -> Spec:
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
        "sort": topics,
        "scale": {"domain": topics},
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
        "height": LANE * len(topics),
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


def legend(model: Model) -> str:
    """Return what the dots and bars of the picture are, in words."""
    bars = [f"of {each.bars.words}" for each in model.timeline().topics if each.bars]
    dots = "Dots are dated switches of history, filled where a source states them and hollow where they are recalled or assumed."
    return f"{dots} Bars are spells: {listed(bars)}." if bars else dots
