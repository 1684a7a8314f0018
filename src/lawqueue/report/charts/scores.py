"""The error of a back-test beside that of the best naive forecast."""

from __future__ import annotations

from collections.abc import Sequence

from lawqueue.report.charts.shared import BLUE, GREY, WHOLE, Spec, beside, blank


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
    spec = blank(
        "Mean absolute error of the model and of the best naive forecast, by series.", 30 * len(rows)
    )
    spec |= {
        "padding": beside([title for title, _, _ in rows]),
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
