"""What the pictures share: colours, axes, words, bands, and how a specification becomes a drawing.

Baseline is blue and solid, the scenario orange and dashed, published figures black or grey: the colours
are Okabe and Ito's, and no meaning hangs on colour alone. Text and axes take the colour of the page, so that
a chart can be read on a light and on a dark one.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
import vl_convert as vlc

from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.models.cube import Results, interval
from lawqueue.months import first_of_next_month, named
from lawqueue.report.svg import compact
from lawqueue.units import in_words as unit_words

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7A7F87"
WIDTH, HEIGHT = 430, 190
FEWEST_TICKS = 2
LEAST = 1e-9
"""Below this nothing is drawn, and so little beside a number is no span."""
Spec = dict[str, Any]
CHARACTER = 6.6
"""Width of a letter of a label, in a wide face [px]: the browser's face is not the one that the drawing was measured with."""
UTC: Spec = {"type": "utc"}
"""Scale of every axis of days: without it a chart would depend on the time zone of the machine."""
WHOLE: Spec = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0}
"""A label that is shown whole, in as many lines as it was folded into."""


def svg(spec: Spec) -> str:
    """Return the drawing of a specification, to stand in a page; its numbers stand in the table under it."""
    return compact(vlc.vegalite_to_svg(spec), spec["description"], GREY)


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
            "mark": {"aria": False},  # what a mark says under the pointer is given to it
            "axis": {**text, "domainColor": GREY, "tickColor": GREY, "gridColor": GREY, "gridOpacity": 0.18},
            "axisQuantitative": {"labelOverlap": False},
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


def by_month(months: Sequence[date]) -> Spec:
    """Return the axis of some months: from the first day of the first to the last of the last, with two ticks or more."""
    return {
        "field": "month",
        "type": "temporal",
        "scale": {**UTC, "domain": [months[0].isoformat(), first_of_next_month(months[-1]).isoformat()]},
        "axis": {"title": None, "grid": False, "labelOverlap": True, **_ticks_of(months)},
    }


def _ticks_of(months: Sequence[date]) -> Spec:
    """Return ticks at each January, or oftener where that would be few."""
    found: list[str] = []
    for each in (12, 6, 3, 1):
        found = [month.isoformat() for month in months if (month.month - 1) % each == 0]
        if len(found) >= FEWEST_TICKS:
            return {"values": found, "format": "%Y" if each == 12 else "%b %Y"}
    return {"values": found, "format": "%b %Y"}


def amounts(values: Iterable[float | None], unit: str, *, title: str | None = "", zero: bool = True) -> Spec:
    """
    Return scale and axis of amounts: round ticks, three or more, that are written as the tables write them.

    Parameters
    ----------
    values
        Everything that is drawn; what is no number is passed over.
    unit
        Theirs.
    title
        Of the axis; the unit if it is empty, nothing if it is None.
    zero
        Whether the axis holds zero.
    """
    known = [each for each in values if each is not None and np.isfinite(each)] + ([0.0] if zero else [])
    ticks = round_ticks(min(known, default=0.0), max(known, default=1.0))
    return {
        "type": "quantitative",
        "scale": {"domain": [ticks[0], ticks[-1]], "nice": False, "zero": False},
        "axis": {
            "title": unit_in_words(unit) if title == "" else title,
            "values": ticks,
            "labelExpr": _WRITTEN.get(unit, _PLAIN),
        },
    }


def round_ticks(low: float, high: float) -> list[float]:
    """
    Return three to seven round numbers around a span.

    Examples
    --------
    >>> round_ticks(0.0, 0.0), round_ticks(-1730.0, 250.0)
    ([0.0, 0.25, 0.5, 0.75, 1.0], [-2000.0, -1500.0, -1000.0, -500.0, 0.0, 500.0])
    """
    most = max(abs(low), abs(high))
    if most < LEAST:
        low, high = 0.0, 1.0
    elif high - low < LEAST * most:  # one value
        low, high = low - most / 2, high + most / 2
    size = 10.0 ** math.floor(math.log10((high - low) / 4))
    step = next(size * each for each in (1, 2, 2.5, 5, 10) if size * each * 4 >= high - low)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [float(f"{place * step:.12g}") for place in range(first, last + 1)]


_PLAIN = "abs(datum.value) >= 1e6 ? format(datum.value / 1e6, '~g') + ' m' : format(datum.value, ',~f')"
_WRITTEN = {
    "/1": "format(100 * datum.value, ',~f') + ' %'",
    "%": "format(100 * datum.value, ',~f') + ' %'",
    "USD": "(datum.value < 0 ? '−$' : '$') + (abs(datum.value) >= 1e9 ? format(abs(datum.value) / 1e9, '~g') + ' bn'"
    " : abs(datum.value) >= 1e6 ? format(abs(datum.value) / 1e6, '~g') + ' m' : format(abs(datum.value), ',~f'))",
}
"""How a tick is written, by the unit."""


def bands(results: Results, name: str, kind: str) -> list[Spec]:
    """Return rows of a world: month, mean, and the ends of the interval."""
    return [
        {
            "month": month.isoformat(),
            "world": kind,
            "a": rounded(low),
            "m": rounded(mean),
            "d": rounded(high),
        }
        for month, mean, low, high in spread(results, name)
    ]


def spread(results: Results, name: str) -> Iterator[tuple[date, float, float, float]]:
    """Yield month, mean and the ends of the interval over replicates."""
    values = results.of(name)
    around = interval(values)
    yield from zip(results.months, np.mean(values, axis=0), around.low, around.high, strict=True)


def said_by_month(months: Sequence[date], words: Sequence[str]) -> Spec:
    """Return the layer that says under the pointer, anywhere above a month, what its numbers are."""
    rows = [
        {
            "month": month.isoformat(),
            "until": first_of_next_month(month).isoformat(),
            "words": f"{named(month)}: {each}",
        }
        for month, each in zip(months, words, strict=True)
    ]
    return {
        "data": {"values": rows},
        "mark": {"type": "rect", "fill": "transparent", "stroke": None, "aria": True},
        "encoding": {
            "x": by_month(months),
            "x2": {"field": "until"},
            "y": {"value": 0},
            "y2": {"value": {"expr": "height"}},
            "description": {"field": "words"},
        },
    }


def day_of_change(day: date | None, months: Sequence[date]) -> list[Spec]:
    """Return the mark of the day from which on anything is changed, if some months hold it."""
    if day is None or not months[0] < day < first_of_next_month(months[-1]):
        return []
    x = by_month(months)
    data = {"values": [{"month": day.isoformat()}]}
    right = (day - months[0]).days > (first_of_next_month(months[-1]) - months[0]).days / 2
    words = {
        "type": "text",
        "text": f"change, {day.day} {named(day, short=True)}",
        "align": "right" if right else "left",
        "baseline": "top",
        "dx": -4 if right else 4,
        "y": 2,
        "color": GREY,
        "fontSize": 10,
    }
    rule = {"type": "rule", "color": GREY, "strokeDash": [2, 2], "strokeWidth": 1}
    return [{"data": data, "mark": mark, "encoding": {"x": x}} for mark in (rule, words)]


Sign = tuple[Literal["line", "dashed", "band", "dot", "ring", "bar"], str, str]
"""What a sign of the legend looks like, its colour, and what it means."""


def legend(signs: Sequence[Sign], above: int = 14) -> list[Spec]:
    """Return the layers of a legend over a chart: every line, band and dot that is drawn in it."""
    layers: list[Spec] = []
    at = 0.0
    for kind, colour, words in signs:
        text: Spec = {
            "type": "text",
            "text": words,
            "align": "left",
            "baseline": "middle",
            "fontSize": 11,
            "color": GREY,
        }
        for mark, across in ((_sign(kind, colour), (at, at + 18)), (text, (at + 24, None))):
            layers.append(
                {"data": {"values": [{}]}, "mark": mark, "encoding": _placed(mark["type"], across, -above)}
            )
        at += 24 + 0.92 * CHARACTER * len(words) + 14
    return layers


def _placed(mark: str, across: tuple[float, float | None], y: float) -> Spec:
    """Return where a sign stands [px]: between two ends, in their middle, or from the first one on."""
    first, last = across
    if mark == "point" and last is not None:
        return {"x": {"value": (first + last) / 2}, "y": {"value": y}}
    found = {"x": {"value": first}, "y": {"value": y}}
    if last is not None:
        found["x2"] = {"value": last}
    if mark == "rect":
        found |= {"y": {"value": y - 5}, "y2": {"value": y + 5}}
    return found


def _sign(kind: str, colour: str) -> Spec:
    if kind == "band":
        return {"type": "rect", "color": colour, "opacity": 0.25}
    if kind in {"dot", "ring"}:
        return {"type": "point", "filled": kind == "dot", "size": 30, "color": colour, "opacity": 1}
    dash = {"strokeDash": [5, 3]} if kind == "dashed" else {}
    return {"type": "rule", "color": colour, "strokeWidth": 3 if kind == "bar" else 2, **dash}


def withheld(*worlds: Results, name: str) -> list[Spec]:
    """Return words in a chart for the months of a series that are left out of it, if there are any."""
    gone = ~np.logical_and.reduce([each.resolved_months(name) for each in worlds])
    if not gone.any():
        return []
    words = f"{NOT_RESOLVED}: {gone.sum()} of {gone.size} months, left out"
    mark = {"type": "text", "align": "right", "baseline": "top", "color": GREY, "text": words}
    below = 16  # under the words on the day of the change
    return [
        {"data": {"values": [{}]}, "mark": mark | {"x": {"expr": "width - 4"}, "y": below}, "encoding": {}}
    ]


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
    return {"/1": "share", "USD": "US dollars", "%": "of the baseline"}.get(unit) or unit_words(unit)


def ribbon_layer(ribbons: list[Spec], x: Spec, y: Spec, colour: Spec, opacity: float) -> Spec:
    """Return the layer of ribbons that lead from box to box; the name of each is said under the pointer."""
    return {
        "data": {"values": ribbons},
        "mark": {"type": "area", "opacity": opacity, "aria": True},
        "encoding": {
            "x": x,
            "y": y,
            "y2": {"field": "y2"},
            "detail": {"field": "ribbon"},
            "color": colour,
            "description": {"field": "ribbon"},
        },
    }
