"""Scenario minus baseline by month."""

from __future__ import annotations

from datetime import date

from lawqueue import numbers
from lawqueue.models.cube import NO_INTERVAL, Results, interval
from lawqueue.report.charts.shared import (
    GREY,
    ORANGE,
    Sign,
    Spec,
    amounts,
    bands,
    blank,
    by_month,
    day_of_change,
    legend,
    said_by_month,
    withheld,
)


def differences(difference: Results, name: str, changed_on: date | None = None, unit: str = "") -> Spec:
    """
    Return the chart of scenario minus baseline by month, with a line at zero and the day of the change.

    Parameters
    ----------
    difference
        Scenario minus baseline, replicate by replicate.
    name
        The series.
    changed_on
        Day of the first change.
    unit
        Unit of the differences, if it is not that of the series: `%` for shares of the baseline.
    """
    about, months = difference.about(name), difference.months
    unit = unit or about.unit
    rows = bands(difference, name, "difference")
    x, y = by_month(months), amounts([row[end] for row in rows for end in "amd"], unit)
    held = interval(difference.of(name)).name
    words = [_in_words(row, unit) for row in rows]
    band: list[Sign] = [] if held == NO_INTERVAL else [("band", ORANGE, held)]
    spec = blank(f"{about.title}: {difference.scenario}, by month: mean and {held}.")
    spec["data"] = {"values": rows}
    spec["layer"] = [
        {
            "mark": {"type": "area", "opacity": 0.25, "color": ORANGE},
            "encoding": {"x": x, "y": {"field": "a", **y}, "y2": {"field": "d"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 1.8, "color": ORANGE, "strokeDash": [5, 3]},
            "encoding": {"x": x, "y": {"field": "m", **y}},
        },
        {"mark": {"type": "rule", "color": GREY, "strokeWidth": 1}, "encoding": {"y": {"datum": 0}}},
        *day_of_change(changed_on, months),
        *withheld(difference, name=name),
        said_by_month(months, words),
        *legend([("dashed", ORANGE, "scenario minus baseline"), *band]),
    ]
    return spec


def _in_words(row: Spec, unit: str) -> str:
    mean, low, high = (
        numbers.relative(row[end]) if unit == "%" else numbers.signed(row[end], unit)
        for end in ("m", "a", "d")
    )
    return mean if numbers.EMPTY in {low, high} else f"{mean} ({low} to {high})"
