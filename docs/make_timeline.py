"""
Write docs/timeline.md and docs/images/timeline.svg from the timeline and the rules of the flagship model.

Run it after a change of either: `python docs/make_timeline.py`. With `--check` it writes nothing and exits 1
if either is out of date.
"""

# ruff: noqa: INP001 -- a script beside the pages it writes
from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import vl_convert as vlc

from lawqueue.models.us_immigration import model
from lawqueue.rules.schema import load_schema
from lawqueue.rules.source import Source
from lawqueue.rules.statute import load_statutes
from lawqueue.rules.timeline import TOPICS, Switch, Timeline, Topic, load_timeline

DOCS: Final = Path(__file__).parent
START, MIDDLE, END = date(1996, 1, 1), date(2017, 1, 1), date(2027, 1, 1)
BLUE, ORANGE, GREY = (
    "#0072B2",
    "#D55E00",
    "#7A7F87",
)  # mid-tones: the picture is read on light and on dark pages
LANE: Final = 46

Spec = dict[str, Any]


def page(timeline: Timeline) -> str:
    """Return the page: what the picture shows, and one row per switch."""
    rows = "\n".join(_row(each) for each in timeline)
    n_assumed = sum(each.basis == "assumed" for each in timeline)
    return f"""\
# Timeline

Every dated switch of law and policy that the flagship model knows of: {len(timeline)}, of which {n_assumed} are recalled or
come from a secondary tracker, and say so. Written by `docs/make_timeline.py` from
`src/lawqueue/models/us_immigration/timeline.yaml`; change that file, not this page.

![Switches by topic over time, with the spells of the guidelines and of some statutes](images/timeline.svg)

Dots are switches: filled where a source states them, hollow where they are assumed. Bars are spells: of the guidelines
(orange where ICE had its own), of expedited removal (orange where it reaches the whole country), of Title 42, of custody
while a decision is pending (orange with the addition of 2025), and of agreements with local agencies (orange with task
forces). The scale changes at the start of 2017.

| Date | Topic | What | Sets | Source |
|---|---|---|---|---|
{rows}
"""


def _row(switch: Switch) -> str:
    basis = f"{switch.note} " if switch.note else ""
    cells = (
        switch.shown_date,
        TOPICS[switch.topic],
        switch.what,
        switch.sets,
        f"{basis}{_link(switch.source)}",
    )
    return f"| {' | '.join(each.replace('|', chr(92) + '|') for each in cells)} |"


def _link(source: Source) -> str:
    return f"[{source.title}]({source.url})" if source.url else f"{source.title}."


def drawing(timeline: Timeline) -> Spec:
    """Return the picture: one lane per topic, earlier years in a narrow panel and later ones in a wide one."""
    bars = list(_bars())
    dots = [
        {
            "topic": TOPICS[each.topic],
            "day": each.date.isoformat(),
            "basis": each.basis,
            "what": f"{each.shown_date}: {each.what}",
        }
        for each in timeline
    ]
    text = {"labelColor": GREY, "titleColor": GREY, "labelFontSize": 11}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": "Switches of law and policy by topic over time.",
        "background": "transparent",
        "spacing": 14,
        "hconcat": [
            _panel(bars, dots, START, MIDDLE, 190, labelled=True),
            _panel(bars, dots, MIDDLE, END, 640, labelled=False),
        ],
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {**text, "domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.25},
        },
    }


def _bars() -> Iterator[Spec]:
    """Yield the spells that are drawn, with whether each reaches far."""
    for guideline in model.guidelines():
        for spell in guideline.in_force:
            far = guideline.id.startswith("2021-02")
            yield _bar("civil_priority", spell.start, spell.end, far=far)
    statutes = load_statutes(model.FOLDER / "statutes", load_schema(model.FOLDER / "profile.yaml"))
    lanes: dict[tuple[str, str], Topic] = {
        ("removal_track", "expedited_removal"): "expedited_removal",
        ("removal_track", "title42"): "border_rules",
        ("custody", "pending_decision"): "custody",
        ("local_handoff", "agreement"): "local_cooperation",
    }
    for statute in statutes:
        lane = lanes.get((statute.function, statute.topic))
        far = any(word in statute.id for word in ("nationwide", "from-2025", "task-force"))
        for spell in statute.in_force if lane else ():
            yield _bar(lane or "custody", spell.start, spell.end, far=far)


def _bar(topic: Topic, start: date, end: date | None, *, far: bool) -> Spec:
    until = min(end or END, END)
    return {
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
    axis = {"title": None, "format": "%Y", "tickCount": {"interval": "year", "step": 5 if labelled else 1}}
    lanes = {
        "field": "topic",
        "type": "nominal",
        "sort": list(TOPICS.values()),
        "scale": {"domain": list(TOPICS.values())},
        "axis": {"title": None, "labels": labelled, "ticks": False, "domain": False, "labelLimit": 200},
    }
    colour = {"field": "reach", "scale": {"domain": ["near", "far"], "range": [BLUE, ORANGE]}, "legend": None}
    filled = {"field": "basis", "scale": {"domain": ["stated", "assumed"], "range": [1, 0]}, "legend": None}
    return {
        "width": width,
        "height": LANE * len(TOPICS),
        "layer": [
            {
                "data": {"values": inside},
                "mark": {
                    "type": "bar",
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
                },
            },
            {
                "data": {"values": [each for each in dots if first <= each["day"] < last]},
                "mark": {"type": "point", "size": 52, "yOffset": -6, "stroke": GREY, "fill": GREY},
                "encoding": {
                    "x": {"field": "day", "type": "temporal", "scale": utc, "axis": axis},
                    "y": lanes,
                    "fillOpacity": filled,
                    "tooltip": {"field": "what"},
                },
            },
        ],
    }


def _day(day: date) -> Spec:
    return {"year": day.year, "month": day.month, "date": day.day, "utc": True}


def main() -> None:
    """Write the page and the picture, or check them."""
    timeline = load_timeline(model.FOLDER / "timeline.yaml")
    drawn: str = vlc.vegalite_to_svg(drawing(timeline))
    for path, text in (
        (DOCS / "timeline.md", page(timeline)),
        (DOCS / "images" / "timeline.svg", drawn + "\n"),
    ):
        if "--check" not in sys.argv:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            sys.exit(f"docs/{path.relative_to(DOCS)} is out of date. Run python docs/make_timeline.py.")


if __name__ == "__main__":
    main()
