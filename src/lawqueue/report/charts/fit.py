"""A series as simulated, and as published."""

from __future__ import annotations

from lawqueue import numbers
from lawqueue.models.cube import NO_INTERVAL
from lawqueue.report.charts.shared import (
    BLUE,
    GREY,
    Sign,
    Spec,
    amounts,
    blank,
    by_month,
    legend,
    rounded,
    said_by_month,
)
from lawqueue.study.study import Fit


def fit(shown: Fit) -> Spec:
    """Return the chart of a fit: simulated with its band, and what was published."""
    months = [row.month for row in shown.rows]
    rows: list[Spec] = [
        {
            "month": row.month.isoformat(),
            "a": rounded(row.low),
            "d": rounded(row.high),
            "m": rounded(row.simulated),
            "p": row.published,
        }
        for row in shown.rows
    ]
    x, y = by_month(months), amounts([row[each] for row in rows for each in "admp"], shown.unit)
    words = [
        f"simulated {numbers.quantity(row.simulated, shown.unit)}, published {numbers.exact(row.published, shown.unit)}, "
        f"{numbers.relative(row.error)}"
        for row in shown.rows
    ]
    band: list[Sign] = [] if shown.interval == NO_INTERVAL else [("band", BLUE, shown.interval)]
    spec = blank(f"{shown.title}: simulated against published.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": BLUE},
            "encoding": {"x": x, "y": {"field": "a", **y}, "y2": {"field": "d"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 2, "color": BLUE},
            "encoding": {"x": x, "y": {"field": "m", **y}},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 34, "color": GREY},
            "encoding": {"x": x, "y": {"field": "p", **y}},
        },
        said_by_month(months, words),
        *legend([("line", BLUE, "simulated"), *band, ("dot", GREY, "published")]),
    ]
    return spec
