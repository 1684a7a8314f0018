"""
Charts as Vega-Lite specifications, drawn to SVG by vl-convert without a browser.

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
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import vl_convert as vlc

from lawqueue import numbers
from lawqueue.engine.resolution import NOT_RESOLVED
from lawqueue.exports import csv_text
from lawqueue.models.cube import Results, interval
from lawqueue.months import first_of_next_month
from lawqueue.rules import Guideline
from lawqueue.study.study import Bottleneck, Fit, Flow, LineMoved, Observed

if TYPE_CHECKING:
    from lawqueue.trust.marginal import Curve
    from lawqueue.trust.sensitivity import Sensitivity

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7A7F87"
STAGES = (
    "none",
    "officers",
    "approval",
    "beds",
    "asylum officers",
    "judges",
    "prosecutors",
    "removal seats by air",
    "border processing",
    "removal seats by land",
    "places of ORR",
)
STAGE_COLOURS = (
    "#D9DCE1",
    "#E69F00",
    "#F0E442",
    "#0072B2",
    "#56B4E9",
    "#CC79A7",
    "#D55E00",
    "#009E73",
    "#8C6D46",
    "#44AA99",
    "#332288",
)
WIDTH, HEIGHT = 430, 190

Spec = dict[str, Any]


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


def _base(description: str, height: int = HEIGHT) -> Spec:
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


UTC: Spec = {"type": "utc"}
"""Scale of every axis of days: without it a chart would depend on the time zone of the machine."""


def _x() -> Spec:
    return {
        "field": "month",
        "type": "temporal",
        "scale": UTC,
        "axis": {"title": None, "format": "%Y", "tickCount": "year", "grid": False},
    }


def _bands(results: Results, name: str, kind: str) -> list[Spec]:
    return [
        {
            "month": month.isoformat(),
            "world": kind,
            "a": _rounded(low),
            "m": _rounded(mid),
            "d": _rounded(high),
        }
        for month, mid, low, high in _spread(results, name)
    ]


def _spread(results: Results, name: str) -> Iterator[tuple[date, float, float, float]]:
    """Yield month, median and the ends of the interval over replicates."""
    values = results.of(name)
    around = interval(values)
    yield from zip(results.months, np.median(values, axis=0), around.low, around.high, strict=True)


def _withheld(*worlds: Results, name: str) -> list[Spec]:
    """Return words in a chart for the months of a series that are left out of it, if there are any."""
    gone = ~np.logical_and.reduce([each.resolved_months(name) for each in worlds])
    if not gone.any():
        return []
    words = f"{NOT_RESOLVED}: {gone.sum()} of {gone.size} months, left out"
    mark = {"type": "text", "align": "right", "baseline": "top", "color": GREY, "text": words}
    return [{"data": {"values": [{}]}, "mark": mark | {"x": {"expr": "width - 4"}, "y": 4}}]


def _rounded(value: float) -> float | None:
    return float(f"{value:.5g}") if np.isfinite(value) else None


def levels(baseline: Results, reform: Results | None, name: str, observed: Observed | None) -> Spec:
    """Return the chart of a series by month: baseline, scenario with bands, and published figures."""
    about = baseline.about(name)
    worlds = ["baseline", "scenario"] if reform is not None else ["simulated"]
    rows = _bands(baseline, name, worlds[0]) + (
        _bands(reform, name, "scenario") if reform is not None else []
    )
    colour = {"field": "world", "type": "nominal", "scale": {"domain": worlds, "range": [BLUE, ORANGE]}}
    y = {"type": "quantitative", "axis": {"title": _unit(about.unit), "format": "~s"}}
    names = " and ".join(each.scenario for each in (baseline, reform) if each is not None)
    spec = _base(f"{about.title} by month, {names}: median and {interval(baseline.of(name)).name}.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25},
            "encoding": {"x": _x(), "y": {"field": "a", **y}, "y2": {"field": "d"}, "color": colour},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.8},
            "encoding": {
                "x": _x(),
                "y": {"field": "m", **y},
                "color": colour,
                "strokeDash": {
                    "field": "world",
                    "type": "nominal",
                    "scale": {"domain": worlds, "range": [[1, 0], [5, 3]]},
                },
            },
        },
    ]
    if observed is not None:
        spec["layer"] += _published(observed, about.kind)
    spec["layer"] += _withheld(*(each for each in (baseline, reform) if each is not None), name=name)
    return spec


def _published(observed: Observed, kind: str) -> list[Spec]:
    """Return marks for published figures: points for months, bars across the year for annual ones."""
    months, years = [], []
    for start, end, value in observed.points:
        days = (end - start).days + 1
        if 27 < days < 32:
            months.append({"month": start.isoformat(), "value": value})
        elif days > 360 and kind in ("flow", "level"):
            height = value / 12 if kind == "flow" else value
            years.append({"month": start.isoformat(), "until": end.isoformat(), "value": height})
        elif days > 360 or days == 1:
            # A stock at the end of the year, or on a day.
            months.append({"month": end.isoformat(), "value": value})
    mark = {"color": GREY, "opacity": 0.95}
    y = {"field": "value", "type": "quantitative"}
    found: list[Spec] = []
    if months:
        found.append(
            {
                "data": {"values": months},
                "mark": {"type": "point", "filled": True, "size": 22, **mark},
                "encoding": {"x": _x(), "y": y},
            }
        )
    elif years:
        found.append(
            {
                "data": {"values": years},
                "mark": {"type": "rule", "strokeWidth": 2.5, **mark},
                "encoding": {"x": _x(), "x2": {"field": "until"}, "y": y},
            }
        )
    return found


def drawn_by_year(observed: Observed | None, kind: str) -> bool:
    """Tell whether the published figures are annual sums, drawn as their monthly mean."""
    if observed is None or kind != "flow":
        return False
    days = [(end - start).days + 1 for start, end, _ in observed.points]
    return any(each > 360 for each in days) and not any(27 < each < 32 for each in days)


def differences(difference: Results, name: str) -> Spec:
    """Return the chart of scenario minus baseline by month, with a line at zero."""
    about = difference.about(name)
    y = {"type": "quantitative", "axis": {"title": _unit(about.unit), "format": "~s"}}
    spec = _base(
        f"{about.title}: {difference.scenario}, by month: median and {interval(difference.of(name)).name}."
    )
    spec["data"] = {"values": _bands(difference, name, "difference")}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": ORANGE},
            "encoding": {"x": _x(), "y": {"field": "a", **y}, "y2": {"field": "d"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.8, "color": ORANGE, "strokeDash": [5, 3]},
            "encoding": {"x": _x(), "y": {"field": "m", **y}},
        },
        {"mark": {"type": "rule", "color": GREY, "strokeWidth": 1}, "encoding": {"y": {"datum": 0}}},
        *_withheld(difference, name=name),
    ]
    return spec


def bottlenecks(baseline: Sequence[Bottleneck], reform: Sequence[Bottleneck]) -> Spec:
    """Return the strip of the most loaded stage by month, baseline above scenario."""
    rows = [
        {"month": each.month.isoformat(), "world": world, "stage": each.stage}
        for world, months in (("baseline", baseline), ("scenario", reform))
        for each in months
    ]
    present = [stage for stage in STAGES if any(row["stage"] == stage for row in rows)]
    spec = _base("The most loaded stage of each month.", height=44)
    spec["width"] = 2 * WIDTH
    spec["data"] = {"values": rows}
    spec["mark"] = {"type": "rect"}
    spec["encoding"] = {
        "x": {
            "field": "month",
            "type": "temporal",
            "timeUnit": "utcyearmonth",
            "scale": UTC,
            "axis": {"title": None, "format": "%Y", "tickCount": "year", "grid": False},
        },
        "y": {"field": "world", "type": "nominal", "axis": {"title": None, "domain": False, "ticks": False}},
        "color": {
            "field": "stage",
            "type": "nominal",
            "scale": {"domain": present, "range": [STAGE_COLOURS[STAGES.index(stage)] for stage in present]},
        },
    }
    return spec


YEAR_OF_MONTHS = 12


def scores(rows: Sequence[tuple[str, float, float]]) -> Spec:
    """
    Return the picture of a back-test: the error of the model beside that of the best naive forecast.

    Parameters
    ----------
    rows
        Title, mean absolute error of the model, and of the best naive forecast [/1].
    """
    values = [
        {"row": title, "who": who, "error": round(error, 4)}
        for title, model, naive in rows
        for who, error in (("model", model), ("best naive forecast", naive))
    ]
    spec = _base(
        "Mean absolute error of the model and of the best naive forecast, by series.", 30 * len(rows)
    )
    spec |= {
        "padding": _beside([title for title, _, _ in rows]),
        "data": {"values": values},
        "mark": {"type": "bar"},
        "encoding": {
            "y": {
                "field": "row",
                "type": "nominal",
                "sort": [title for title, _, _ in rows],
                "axis": {"title": None, "domain": False, "ticks": False, **WHOLE},
            },
            "yOffset": {"field": "who", "sort": ["model", "best naive forecast"]},
            "x": {
                "field": "error",
                "type": "quantitative",
                "axis": {"title": "mean absolute error", "format": ".0%"},
            },
            "color": {
                "field": "who",
                "type": "nominal",
                "scale": {"domain": ["model", "best naive forecast"], "range": [BLUE, GREY]},
            },
        },
    }
    return spec


def fit(shown: Fit) -> Spec:
    """Return the chart of the seed event: simulated with its band, and what was published."""
    rows = [
        {
            "month": row.month.isoformat(),
            "a": _rounded(row.low),
            "d": _rounded(row.high),
            "m": _rounded(row.simulated),
            "p": row.published,
        }
        for row in shown.rows
    ]
    axis = {
        "field": "month",
        "type": "temporal",
        "scale": UTC,
        "axis": {"title": None, "format": "%b", "tickCount": "month", "grid": False}
        if len(rows) <= YEAR_OF_MONTHS
        else {"title": None, "format": "%b %Y", "tickCount": 6, "grid": False},
    }
    y = {"type": "quantitative", "axis": {"title": _unit(shown.unit), "format": "~s"}}
    spec = _base(f"{shown.title}: simulated against published, by month.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": BLUE},
            "encoding": {"x": axis, "y": {"field": "a", **y}, "y2": {"field": "d"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 2, "color": BLUE},
            "encoding": {"x": axis, "y": {"field": "m", **y}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 34, "color": GREY},
            "encoding": {"x": axis, "y": {"field": "p", **y}},
        },
    ]
    return spec


RELEASED = "Released, in proceedings"
LAYERS = {
    "Border encounters": 0,
    "Jail bookings and leads": 0,
    "Prosecution": 1,
    "Custody": 1.7,
    RELEASED: 2.4,
    "Expelled or returned": 3.4,
    "Not acted on": 3.4,
    "Detainer refused": 3.4,
    "Removed": 3.4,
    "Ordered removed, at large": 3.4,
    "Relief or ended": 3.4,
}


def flows(found: Sequence[Flow], world: Literal["baseline", "reform"], called: str) -> Spec:
    """
    Return the picture of flows in the world called so: ribbons between stages, as wide as the cases that went that way.

    Vega-Lite has no such chart, so the ribbons are laid out here and drawn as areas.
    """
    value = {
        (each.origin, each.target): (each.baseline if world == "baseline" else each.reform) for each in found
    }
    # Both worlds share one scale, that of the larger.
    whole = (
        max(
            sum(getattr(each, kind) for each in found if LAYERS[each.origin] == 0)
            for kind in ("baseline", "reform")
        )
        or 1.0
    )
    size = {
        name: max(
            sum(v for (a, _), v in value.items() if a == name),
            sum(v for (_, b), v in value.items() if b == name),
        )
        for name in LAYERS
    }
    top: dict[str, float] = {}
    for layer in sorted(set(LAYERS.values())):
        names = [name for name in LAYERS if LAYERS[name] == layer]
        gap = 0.06
        at = 1.35 if layer in (0, 3.4) else 0.95
        if layer == LAYERS[RELEASED]:  # below custody, so that what passes it by does not cross it
            at = min(0.75, top["Custody"] - size["Custody"] / whole - gap)
        for name in names:
            top[name] = at
            at -= size[name] / whole + gap
    left, right = dict(top), dict(top)
    ribbons: list[Spec] = []
    for (origin, target), cases in sorted(
        value.items(), key=lambda item: (-top[item[0][0]], -top[item[0][1]])
    ):
        height = cases / whole
        y0, y1 = right[origin], left[target]
        right[origin] -= height
        left[target] -= height
        x0, x1 = LAYERS[origin] + 0.09, LAYERS[target]
        for step in np.linspace(0, 1, 17):
            bend = step * step * (3 - 2 * step)
            middle = y0 + (y1 - y0) * bend
            ribbons.append(
                {
                    "x": x0 + (x1 - x0) * step,
                    "y": middle,
                    "y2": middle - height,
                    "ribbon": f"{origin} → {target}",
                    "from": origin,
                }
            )
    boxes = [
        {"x": LAYERS[n], "x2": LAYERS[n] + 0.09, "y": top[n], "y2": top[n] - size[n] / whole} for n in LAYERS
    ]
    # Beside a box at the edge there is room; a box in the middle is named above or under it, where ribbons alone run.
    labels = [
        {"x": LAYERS[n] + 0.13, "y": top[n] - size[n] / whole / 2, "text": n, "cases": f"{size[n]:,.0f}"}
        for n in LAYERS
        if size[n] and LAYERS[n] in (0, 3.4)
    ]
    above = [
        {"x": LAYERS[n] + 0.09, "y": top[n], "text": n, "cases": f"{size[n]:,.0f}"}
        for n in LAYERS
        if size[n] and LAYERS[n] not in (0, LAYERS[RELEASED], 3.4)
    ]
    under = [
        {"x": LAYERS[n], "y": top[n] - size[n] / whole, "text": n, "cases": f"{size[n]:,.0f}"}
        for n in (RELEASED,)
        if size[n]
    ]
    spec = _base(f"Where cases went: {called}.", height=330)
    hidden = {"axis": None, "scale": {"zero": False, "nice": False}}
    x, y = (
        {"field": "x", "type": "quantitative", **hidden, "scale": {"domain": [0, 5.1]}},
        {"field": "y", "type": "quantitative", **hidden},
    )
    colour = {
        "field": "from",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(LAYERS)[:5], "range": [BLUE, "#E69F00", ORANGE, "#CC79A7", "#009E73"]},
    }
    spec["layer"] = [
        _ribbons(ribbons, x, y, colour, 0.4),
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
                (labels, "left", "bottom", 1, "text"),
                (labels, "left", "top", 2, "cases"),
                (above, "right", "bottom", -13, "text"),
                (above, "right", "bottom", -2, "cases"),
                (under, "left", "top", 3, "text"),
                (under, "left", "top", 14, "cases"),
            )
        ),
    ]
    return spec


LABEL = 0.14
"""Height that two lines of words take, of that of all cases."""
CHARACTER = 6.6
"""Width of a letter of a label, in a wide face [px]: the browser's face is not the one that the drawing was measured with."""
ACTION_COLOURS = {"presumed": ORANGE, "enforceable": "#E69F00", "preapproval": "#56B4E9", "none": "#B8BEC6"}


def line_moved(moved: LineMoved) -> Spec:
    """Return the picture of who crosses the line: from the tiers of one guideline to those of another."""
    total = sum(each.cases for each in moved.crossings)
    sides: list[dict[str, float]] = []
    actions: list[dict[str, str]] = []
    for tier, action in (("tier_before", "action_before"), ("tier_after", "action_after")):
        cases: dict[str, float] = {}
        for each in moved.crossings:
            cases[getattr(each, tier)] = cases.get(getattr(each, tier), 0.0) + each.cases / total
        order = list(ACTION_COLOURS)
        named = {getattr(each, tier): getattr(each, action) for each in moved.crossings}
        sides.append(dict(sorted(cases.items(), key=lambda item: (order.index(named[item[0]]), -item[1]))))
        actions.append(named)
    tops: list[dict[str, float]] = []
    for side in sides:
        top: dict[str, float] = {}
        at, above = 1.0, 0.0
        for name, share in side.items():
            # Two lines of words stand beside each box, however few cases are in it.
            at -= max(0.05, LABEL - (above + share) / 2) if top else 0.0
            top[name], at, above = at, at - share, share
        tops.append(top)
    used = [dict(each) for each in tops]
    ribbons, boxes = [], []
    labels: list[Spec] = []
    for each in sorted(
        moved.crossings, key=lambda one: (-tops[0][one.tier_before], -tops[1][one.tier_after])
    ):
        height = each.cases / total
        y0, y1 = used[0][each.tier_before], used[1][each.tier_after]
        used[0][each.tier_before] -= height
        used[1][each.tier_after] -= height
        for step in np.linspace(0, 1, 21):
            middle = y0 + (y1 - y0) * step * step * (3 - 2 * step)
            ribbons.append(
                {
                    "x": 0.03 + 0.94 * step,
                    "y": middle,
                    "y2": middle - height,
                    "ribbon": f"{each.tier_before} → {each.tier_after}",
                    "action": each.action_after,
                }
            )
    for edge, side, top, named, align in (
        (0.0, sides[0], tops[0], actions[0], "right"),
        (0.97, sides[1], tops[1], actions[1], "left"),
    ):
        for name, share in side.items():
            boxes.append(
                {"x": edge, "x2": edge + 0.03, "y": top[name], "y2": top[name] - share, "action": named[name]}
            )
            labels.append(
                {
                    "x": edge - 0.02 if align == "right" else edge + 0.05,
                    "y": top[name] - share / 2,
                    "text": [_words(name), f"{named[name]} · {numbers.share(share)}"],
                    "align": align,
                }
            )
    lowest = min(
        top[name] - max(side[name], LABEL / 2) for side, top in zip(sides, tops, strict=True) for name in side
    )
    spec = _base(
        f"Who crosses the line from {moved.before} to {moved.after}.", height=round(210 * (1.0 - lowest) + 20)
    )
    spec["width"] = 2 * WIDTH
    # Words stand on both sides: as much of the width as the longest needs is theirs.
    aside = [
        CHARACTER * max(len(line) for each in labels if each["align"] == align for line in each["text"]) + 24
        for align in ("right", "left")
    ]
    unit = spec["width"] - sum(aside)
    x = {
        "field": "x",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-aside[0] / unit, 1 + aside[1] / unit], "nice": False},
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [lowest - 0.03, 1.06], "nice": False},
    }
    present = [each for each in ACTION_COLOURS if any(each in named.values() for named in actions)]
    colour = {
        "field": "action",
        "type": "nominal",
        "scale": {"domain": present, "range": [ACTION_COLOURS[each] for each in present]},
    }
    spec["layer"] = [
        _ribbons(ribbons, x, y, colour, 0.45),
        {
            "data": {"values": boxes},
            "mark": {"type": "rect"},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "color": colour},
        },
        *(
            {
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
            for align in ("right", "left")
        ),
    ]
    return spec


def marginal(curve: Curve) -> Spec:
    """Return the yield of one more of a resource, one small chart for each outcome, with the middle 90 %."""
    rows = [
        {
            "outcome": each.series.title,
            "more": each.more,
            **dict(zip(("each", "low", "high"), map(_rounded, each.each), strict=True)),
        }
        for each in curve.yields
    ]
    spec = _base(f"What one more {curve.resource.one} brings, by outcome and by how many are added.")
    x = {
        "field": "more",
        "type": "quantitative",
        "axis": {"title": f"more {curve.resource.name}", "format": "~s", "tickCount": 4, "grid": False},
    }
    y = {"type": "quantitative", "axis": {"title": None, "format": ".3~g", "tickCount": 4}}
    del spec["width"], spec["height"]
    return spec | {
        "data": {"values": rows},
        "facet": {
            "field": "outcome",
            "type": "nominal",
            "title": None,
            "sort": list(dict.fromkeys(row["outcome"] for row in rows)),
            "header": {"labelColor": GREY, "labelFontSize": 10, "labelLimit": 250},
        },
        "columns": 3,
        "resolve": {"scale": {"y": "independent"}},
        "spec": {
            "width": 220,
            "height": 110,
            "layer": [
                {
                    "mark": {"type": "area", "opacity": 0.25, "color": BLUE},
                    "encoding": {"x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "line", "point": True, "color": BLUE},
                    "encoding": {"x": x, "y": {"field": "each", **y}},
                },
                {
                    "mark": {"type": "rule", "color": GREY, "strokeDash": [3, 3]},
                    "encoding": {"y": {"datum": 0}},
                },
            ],
        },
    }


def tornado(found: Sensitivity, shown: int = 15) -> Spec:
    """Return the tornado: how far an effect moves as one parameter goes through its range, the widest on top."""
    bars = [each for each in found.tornado[:shown] if each.width > 0]
    rows = [
        {"parameter": each.parameter, "end": end, "from": found.effect, "to": effect, "value": f"{value:.4g}"}
        for each in bars
        for end, value, effect in (
            ("low end", each.low, each.effect_low),
            ("high end", each.high, each.effect_high),
        )
    ]
    spec = _base(f"{found.title}: what the effect of {found.scenario} hangs on.", height=24 * len(bars) + 10)
    spec["data"] = {"values": rows}
    y = {
        "field": "parameter",
        "type": "nominal",
        "sort": [each.parameter for each in bars],
        # A reader's font may be wider than the one with which the drawing is measured.
        "axis": {"title": None, "labelLimit": 300, "minExtent": 300, "domain": False, "ticks": False},
    }
    x = {"field": "from", "type": "quantitative", "scale": {"zero": False}}
    axis = {"title": f"effect on {found.title} ({found.unit})", "format": "~s"}
    spec["layer"] = [
        {
            "mark": {"type": "bar", "height": 11},
            "encoding": {
                "y": y,
                "x": {**x, "axis": axis},
                "x2": {"field": "to"},
                "color": {
                    "field": "end",
                    "type": "nominal",
                    "scale": {
                        "domain": ["low end", "high end"],
                        "range": [BLUE, ORANGE],
                    },
                },
            },
        },
        {
            "mark": {"type": "rule", "color": GREY, "strokeWidth": 1},
            "encoding": {"x": {"datum": found.effect}},
        },
    ]
    return spec


def csv(results: Sequence[tuple[str, Results]], name: str) -> str:
    """Return the numbers behind a chart: month, world, unit, and median and interval over replicates."""
    return csv_text(
        ("month", "world", "unit", "median", "low", "high", "interval"),
        (
            (month, world, each.about(name).unit, *map(float, spread), held)
            for world, each in results
            for (month, *spread), held in zip(_spread(each, name), each.intervals(name), strict=True)
        ),
    )


LARGE = (
    "test(/[GM]/, datum.label) ? replace(replace(datum.label, 'G', ' bn'), 'M', ' m') "
    ": format(datum.value, ',~f')"
)
"""Large numbers as the tables have them."""
WHOLE: Spec = {"labelExpr": "split(datum.label, '\\n')", "labelLimit": 0}
"""A label that is shown whole, in as many lines as it was folded into."""


def _folded(label: str) -> str:
    return "\n".join(textwrap.wrap(label, 38))


def _beside(labels: Sequence[str]) -> Spec:
    """Return room for labels on the left, whose letters a browser may draw a quarter wider than they were measured."""
    longest = max(len(line) for label in labels for line in label.split("\n"))
    return {"left": longest * CHARACTER / 4, "right": 8, "top": 4, "bottom": 4}


def _words(name: str) -> str:
    return name.replace("_", " ")


def _unit(unit: str) -> str:
    return {"/1": "share", "USD": "US dollars"}.get(unit, unit.replace("/", " per "))


def fiscal_year(month: date) -> int:
    """Return the fiscal year of a month, named by the year in which it ends."""
    return month.year + (month.month >= 10)


def fiscal_years(months: Sequence[date]) -> list[tuple[int, date, date]]:
    """Return the fiscal years that some months fall in: name, and first day and day after the last of these months."""
    after = first_of_next_month(months[-1])
    return [
        (year, max(date(year - 1, 10, 1), months[0]), min(date(year, 10, 1), after))
        for year in sorted({fiscal_year(month) for month in months})
    ]


def months_in(months: Sequence[date], start: date, end: date) -> int:
    """Return how many of some months lie in [start, end)."""
    return sum(start <= month < end for month in months)


def mean_of(world: Results, name: str, start: date, end: date) -> tuple[float, float, float]:
    """Return the mean over replicates of a series over the months in [start, end), and the ends of its interval."""
    values = world.total(name, start, end)
    spread = interval(values)
    return float(values.mean()), float(spread.low), float(spread.high)


def by_year(baseline: Results, reform: Results, names: Sequence[str], what: str) -> Spec:
    """
    Return series by fiscal year, one small chart each: both worlds side by side, each with its interval.

    Parameters
    ----------
    baseline, reform
        The two worlds.
    names
        The series.
    what
        What they are about, in words.
    """
    rows = []
    for name in names:
        about = baseline.about(name)
        years = fiscal_years(baseline.months)
        known = all(w.is_resolved(name, *span) for w in (baseline, reform) for _, *span in years)
        left_out = "" if known else f"; left out: {NOT_RESOLVED}"
        for year, start, end in years:
            count = months_in(baseline.months, start, end)
            for world, results in (("baseline", baseline), ("scenario", reform)):
                mean, low, high = mean_of(results, name, start, end)
                rows.append(
                    {
                        "series": _folded(f"{about.title}, {_unit(about.unit_of_total)}{left_out}"),
                        "year": f"{year}" if count == YEAR_OF_MONTHS else f"{year}\n{count} mo.",
                        "world": world,
                        "mean": _rounded(mean),
                        "low": _rounded(low),
                        "high": _rounded(high),
                    }
                )
    worlds = ["baseline", "scenario"]
    held = interval(baseline.of(names[0])).name
    spec = _base(
        f"{what} by fiscal year: baseline {baseline.scenario} and scenario {reform.scenario}, mean and {held}."
    )
    del spec["width"], spec["height"]
    y = {
        "type": "quantitative",
        "axis": {"title": None, "format": "~s", "tickCount": 4, "labelExpr": LARGE},
        "scale": {"zero": True},
    }
    encoding = {
        "x": {
            "field": "year",
            "type": "ordinal",
            "axis": {"title": None, "labelAngle": 0, "ticks": False, **WHOLE},
        },
        "xOffset": {"field": "world"},
        "color": {"field": "world", "type": "nominal", "scale": {"domain": worlds, "range": [BLUE, ORANGE]}},
    }
    shape = {"field": "world", "type": "nominal", "scale": {"domain": worlds, "range": ["circle", "diamond"]}}
    return spec | {
        "padding": {"left": 14, "right": 14, "top": 4, "bottom": 4},
        "data": {"values": rows},
        "facet": {
            "field": "series",
            "type": "nominal",
            "title": None,
            "sort": list(dict.fromkeys(row["series"] for row in rows)),
            "header": {"labelColor": GREY, "labelFontSize": 10, **WHOLE},
        },
        "columns": 3,
        "resolve": {"scale": {"y": "independent"}, "axis": {"x": "independent"}},
        "spec": {
            "width": 230,
            "height": 120,
            "layer": [
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.8},
                    "encoding": encoding | {"y": {"field": "low", **y}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
                    "encoding": encoding | {"y": {"field": "mean", **y}, "shape": shape},
                },
            ],
        },
    }


def _ribbons(ribbons: list[Spec], x: Spec, y: Spec, colour: Spec, opacity: float) -> Spec:
    """Return the layer of ribbons that lead from box to box."""
    return {
        "data": {"values": ribbons},
        "mark": {"type": "area", "opacity": opacity},
        "encoding": {"x": x, "y": y, "y2": {"field": "y2"}, "detail": {"field": "ribbon"}, "color": colour},
    }


def parts(found: Sequence[tuple[str, float]], unit: str) -> Spec:
    """
    Return what each step of a scenario adds to an outcome: bars that hang on each other, and their sum.

    Parameters
    ----------
    found
        Name of each step and the difference it makes once those above it are in force, in order.
    unit
        What is counted, in words.
    """
    names = [*(_folded(name) for name, _ in found), "Together"]
    rows, at = [], 0.0
    for name, (_, value) in zip(names, found, strict=False):
        rows.append({"step": name, "from": at, "to": at + value, "kind": "step"})
        at += value
    rows.append({"step": "Together", "from": 0.0, "to": at, "kind": "together"})
    lines = max(1 + name.count("\n") for name in names)
    spec = _base("What each step adds to the first outcome, in order.", height=(18 + 14 * lines) * len(rows))
    spec |= {"width": 1.4 * WIDTH, "padding": _beside(names)}
    spec["data"] = {"values": rows}
    y = {
        "field": "step",
        "type": "nominal",
        "sort": names,
        "axis": {"title": None, "domain": False, "ticks": False, **WHOLE},
    }
    spec["layer"] = [
        {
            "mark": {"type": "bar", "height": 16},
            "encoding": {
                "y": y,
                "x": {
                    "field": "from",
                    "type": "quantitative",
                    "axis": {"title": unit, "format": "~s", "tickCount": 6},
                },
                "x2": {"field": "to"},
                "color": {
                    "field": "kind",
                    "type": "nominal",
                    "legend": None,
                    "scale": {"domain": ["step", "together"], "range": ["#E69F00", ORANGE]},
                },
            },
        },
        {"mark": {"type": "rule", "color": GREY, "strokeWidth": 1}, "encoding": {"x": {"datum": 0}}},
    ]
    return spec


def in_force(guidelines: Sequence[Guideline], until: date) -> Spec:
    """Return when each guideline was in force: one row each, open spells drawn to `until`."""
    rows = [
        {
            "guideline": each.id,
            "from": spell.start.isoformat(),
            "to": min(spell.end or until, until).isoformat(),
            "scope": "in force" if spell.scope is None and spell.place is None else "in force in part",
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
        }
        for each in guidelines
        for held in each.suspended
    ]
    spec = _base("When each guideline was in force.", height=30 * len(guidelines))
    spec |= {"width": 2 * WIDTH, "padding": _beside([each.id for each in guidelines])}
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
            "mark": {"type": "bar", "height": 14},
            "encoding": {
                "y": y,
                "x": x,
                "x2": {"field": "to"},
                "color": colour,
            },
        },
        {
            "data": {"values": held_back},
            "mark": {"type": "bar", "height": 4, "yOffset": 11},
            "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": colour},
        },
    ]
    return spec


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
