"""The most loaded stage of each month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from lawqueue import numbers
from lawqueue.months import first_of_next_month, named
from lawqueue.report.charts.shared import WIDTH, Spec, blank, by_month, day_of_change
from lawqueue.study.study import Bottleneck

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


def bottlenecks(
    baseline: Sequence[Bottleneck],
    reform: Sequence[Bottleneck],
    stages: Sequence[str],
    changed_on: date | None = None,
) -> Spec:
    """
    Return the strip of the most loaded stage by month, baseline above scenario.

    Parameters
    ----------
    stages
        In the order in which they take their colours; `none` has the first.
    """
    stages = ("none", *stages)
    months = [each.month for each in baseline]
    rows = [
        row
        for world, found in (("baseline", baseline), ("scenario", reform))
        for row in _spells(world, found)
    ]
    present = [stage for stage in stages if any(row["stage"] == stage for row in rows)]
    spec = blank("The most loaded stage of each month.", height=44)
    spec["width"] = 2 * WIDTH
    spec["layer"] = [
        {
            "data": {"values": rows},
            "mark": {"type": "rect", "aria": True},
            "encoding": {
                "x": by_month(months),
                "x2": {"field": "until"},
                "y": {
                    "field": "world",
                    "type": "nominal",
                    "axis": {"title": None, "domain": False, "ticks": False, "labelPadding": 12},
                },
                "color": {
                    "field": "stage",
                    "type": "nominal",
                    "scale": {
                        "domain": present,
                        "range": [STAGE_COLOURS[stages.index(each) % len(STAGE_COLOURS)] for each in present],
                    },
                    "legend": {"columns": 6},
                },
                "description": {"field": "words"},
            },
        },
        *day_of_change(changed_on, months)[:1],  # its words stand in the charts beside
    ]
    return spec


def _spells(world: str, months: Sequence[Bottleneck]) -> Iterator[dict[str, str]]:
    """Yield the runs of months with one most loaded stage."""
    for stage, run in groupby(months, key=lambda each: each.stage):
        spell = list(run)
        first, last = spell[0].month, spell[-1].month
        load = max(each.load for each in spell)
        yield {
            "world": world,
            "stage": stage,
            "month": first.isoformat(),
            "until": first_of_next_month(last).isoformat(),
            "words": f"{world}, {named(first)} to {named(last)}: {stage}, load up to {numbers.share(load)}",
        }
