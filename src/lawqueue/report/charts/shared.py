"""What the pictures share: colours, axes, words, bands, and how a specification becomes a drawing.

Baseline is blue and solid, the scenario orange and dashed, published figures black or grey: the colours
are Okabe and Ito's, and no meaning hangs on colour alone. Text and axes take the colour of the page, so that
a chart can be read on a light and on a dark one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import Any, Literal

import numpy as np
import vl_convert as vlc

from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.models.cube import Results, interval

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7A7F87"
WIDTH, HEIGHT = 430, 190
Spec = dict[str, Any]
CHARACTER = 6.6
"""Width of a letter of a label, in a wide face [px]: the browser's face is not the one that the drawing was measured with."""
UTC: Spec = {"type": "utc"}
"""Scale of every axis of days: without it a chart would depend on the time zone of the machine."""
WHOLE: Spec = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0}
"""A label that is shown whole, in as many lines as it was folded into."""


def svg(spec: Spec) -> str:
    """Return the drawing of a specification, scaled to the width of the page."""
    drawn: str = vlc.vegalite_to_svg(spec)
    # The drawing keeps its proportions but fits its column: the fixed size becomes the view box alone. To a screen
    # reader it is one picture with a name; the numbers stand in the table under it.
    head, rest = drawn.split(">", 1)
    parts = [part for part in head.split(" ") if not part.startswith(("width=", "height="))]
    parts[1:1] = ['role="img"', f'aria-label="{escape(spec["description"])}"']
    rest = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", rest)
    # Words and axes take the colour of the page around them, which has enough contrast on light and on dark.
    return (" ".join(parts) + ">" + rest).replace(f'"{GREY}"', '"currentColor"')


def poster(spec: Spec, title: str, note: str) -> Spec:
    """Return a chart to stand alone in a file: on white, with a heading and a line on how it was made."""
    return {
        **spec,
        "background": "white",
        "padding": 16,
        "title": {
            "text": title,
            "subtitle": note,
            "anchor": "start",
            "color": "#1d2127",
            "subtitleColor": "#5a616b",
            "fontSize": 14,
            "subtitleFontSize": 11,
            "offset": 12,
        },
    }


def file(spec: Spec, kind: Literal["svg", "png"]) -> bytes:
    """Return a chart as a file."""
    if kind == "png":
        return bytes(vlc.vegalite_to_png(spec, scale=2))
    drawn: str = vlc.vegalite_to_svg(spec)
    return drawn.encode()


def blank(description: str, height: int = HEIGHT) -> Spec:
    """Return a specification without marks: a description for those who do not see it, a size [px], a style."""
    text = {
        "labelColor": GREY,
        "titleColor": GREY,
        "titleFontWeight": "normal",
        "labelFontSize": 11,
        "titleFontSize": 11,
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": description,
        "width": WIDTH,
        "height": height,
        "background": "transparent",
        "config": {
            "font": "system-ui, sans-serif",
            "view": {"stroke": None},
            "axis": {**text, "domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.18},
            "legend": {
                **text,
                "orient": "top",
                "title": None,
                "symbolOpacity": 1,
                "padding": 0,
                "offset": 6,
                "columnPadding": 18,
            },
        },
    }


def by_month() -> Spec:
    """Return the axis of months."""
    return {
        "field": "month",
        "type": "temporal",
        "scale": UTC,
        "axis": {"title": None, "format": "%Y", "tickCount": "year", "grid": False},
    }


def bands(results: Results, name: str, kind: str) -> list[Spec]:
    """Return rows of a world: month, median, and the ends of the interval."""
    return [
        {
            "month": month.isoformat(),
            "world": kind,
            "a": rounded(low),
            "m": rounded(mid),
            "d": rounded(high),
        }
        for month, mid, low, high in spread_of(results, name)
    ]


def spread_of(results: Results, name: str) -> Iterator[tuple[date, float, float, float]]:
    """Yield month, median and the ends of the interval over replicates."""
    values = results.of(name)
    around = interval(values)
    yield from zip(results.months, np.median(values, axis=0), around.low, around.high, strict=True)


def withheld(*worlds: Results, name: str) -> list[Spec]:
    """Return words in a chart for the months of a series that are left out of it, if there are any."""
    gone = ~np.logical_and.reduce([each.resolved_months(name) for each in worlds])
    if not gone.any():
        return []
    words = f"{NOT_RESOLVED}: {gone.sum()} of {gone.size} months, left out"
    mark = {"type": "text", "align": "right", "baseline": "top", "color": GREY, "text": words}
    return [{"data": {"values": [{}]}, "mark": mark | {"x": {"expr": "width - 4"}, "y": 4}}]


def rounded(value: float) -> float | None:
    """Return five digits of a number; nothing if there is no number."""
    return float(f"{value:.5g}") if np.isfinite(value) else None


def folded(label: str) -> str:
    """Return a label in lines of at most 38 letters."""
    return "\n".join(textwrap.wrap(label, 38))


def beside(labels: Sequence[str]) -> Spec:
    """Return room for labels on the left, whose letters a browser may draw a quarter wider than they were measured."""
    longest = max(len(line) for label in labels for line in label.split("\n"))
    return {"left": longest * CHARACTER / 4, "right": 8, "top": 4, "bottom": 4}


def in_words(name: str) -> str:
    """Return the name of a tier as words."""
    return name.replace("_", " ")


def unit_in_words(unit: str) -> str:
    """Return a unit as words."""
    return {"/1": "share", "USD": "US dollars"}.get(unit, unit.replace("/", " per "))


def ribbon_layer(ribbons: list[Spec], x: Spec, y: Spec, colour: Spec, opacity: float) -> Spec:
    """Return the layer of ribbons that lead from box to box."""
    return {
        "data": {"values": ribbons},
        "mark": {"type": "area", "opacity": opacity},
        "encoding": {"x": x, "y": y, "y2": {"field": "y2"}, "detail": {"field": "ribbon"}, "color": colour},
    }
