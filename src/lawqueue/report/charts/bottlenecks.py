"""The most loaded stage of each month."""

from __future__ import annotations

from collections.abc import Sequence

from lawqueue.report.charts.shared import UTC, WIDTH, Spec, blank
from lawqueue.study.study import Bottleneck

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


def bottlenecks(baseline: Sequence[Bottleneck], reform: Sequence[Bottleneck]) -> Spec:
    """Return the strip of the most loaded stage by month, baseline above scenario."""
    rows = [
        {"month": each.month.isoformat(), "world": world, "stage": each.stage}
        for world, months in (("baseline", baseline), ("scenario", reform))
        for each in months
    ]
    present = [stage for stage in STAGES if any(row["stage"] == stage for row in rows)]
    spec = blank("The most loaded stage of each month.", height=44)
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
