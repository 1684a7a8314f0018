"""What each step of a scenario adds."""

from __future__ import annotations

from collections.abc import Sequence

from lawqueue import numbers
from lawqueue.report.charts.shared import GREY, ORANGE, WHOLE, WIDTH, Spec, amounts, beside, blank, folded


def parts(found: Sequence[tuple[str, float]], unit: str, title: str) -> Spec:
    """
    Return what each step of a scenario adds to an outcome: bars that hang on each other, and their sum.

    Parameters
    ----------
    found
        Name of each step and the difference it makes once those above it are in force, in order.
    unit
        Of the differences.
    title
        What is counted, in words.
    """
    names = [*(folded(name) for name, _ in found), "Together"]
    rows: list[Spec] = []
    at = 0.0
    for name, (_, value) in zip(names, found, strict=False):
        rows.append(
            {"step": name, "from": at, "to": at + value, "kind": "step", "words": numbers.signed(value, unit)}
        )
        at += value
    rows.append(
        {"step": "Together", "from": 0.0, "to": at, "kind": "together", "words": numbers.signed(at, unit)}
    )
    lines = max(1 + name.count("\n") for name in names)
    spec = blank("What each step adds to the first outcome, in order.", height=(18 + 14 * lines) * len(rows))
    spec |= {"width": 1.4 * WIDTH, "padding": beside(names)}
    spec["data"] = {"values": rows}
    y = {
        "field": "step",
        "type": "nominal",
        "sort": names,
        "axis": {"title": None, "domain": False, "ticks": False, **WHOLE},
    }
    spec["layer"] = [
        {
            "mark": {"type": "bar", "height": 16, "aria": True},
            "encoding": {
                "y": y,
                "x": {
                    "field": "from",
                    **amounts([row[end] for row in rows for end in ("from", "to")], unit, title=title),
                },
                "description": {"field": "words"},
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
