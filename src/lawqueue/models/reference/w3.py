"""
The network on which engines are compared: officers, beds or release, court, removal, re-entry, 3 years.

Every day N cases of four classes come; officers take the most urgent first, five days a week. Some are
detained if one of 7 N beds is free, for a geometric stay of mean 40 days. Judges hear detained cases first.
Three quarters of the detained and half of the others are ordered removed; 15 % of the removed come back after
a geometric delay of mean 90 days. Capacities fall short, so that the court's docket grows without end. Within
a day: releases from beds and re-entries, new cases, removal, judges, officers.

The check row is a mean of twelve runs by four other engines, at N = 912. Reproduced: every quantity of it in
law, within 4 standard errors of the two means. Not reproduced: the draws of other engines. `scale` is the share
of the cases that is simulated; below 1 chance weighs more in short queues, and the rows allow for it.

Sources
-------
The workload and its check row were measured for this project with a plain loop, SimPy, Mesa and Cimba;
`benchmarks/w3.py` repeats the comparison.
"""

from __future__ import annotations

import math

import numpy as np

from lawqueue.engine.results import Run
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import (
    Delay,
    Edge,
    Geometric,
    Hold,
    Network,
    Sink,
    Source,
    Station,
    route,
)
from lawqueue.engine.varying import Floats
from lawqueue.models.reference.row import Row, simulated

CASES_PER_DAY = 912
DAYS = 1_096
RUNS_OF_OTHERS = 12
CHECK: dict[str, float] = {
    "officer services": 1_047_181,
    "officer services, class 0": 108_141,
    "officer services, class 1": 215_322,
    "officer services, class 2": 320_485,
    "officer services, class 3": 403_233,
    "detained": 175_501,
    "overflow": 47_326,
    "court services, released": 727_799,
    "court services, detained": 169_117,
    "removals": 490_137,
    "re-entries": 67_497,
    "days waited for officers, class 0": 46_280,
    "days waited for officers, class 1": 92_244,
    "days waited for officers, class 2": 202_413,
    "days waited for officers, class 3": 8_980_718,
    "days waited for court, released": 61_890_317,
    "days waited for court, detained": 72_530,
    "days waited for removal": 212_569,
    "waiting for officers at the end": 19_869,
    "waiting for court at the end, released": 143_880,
    "waiting for court at the end, detained": 0,
    "waiting for removal at the end": 626,
    "beds taken at the end": 6_384,
    "events": 3_845_903,
}
"""Mean of twelve runs by four other engines at N = 912."""


def network(cases_per_day: float = CASES_PER_DAY, capacity: float = 1.0, days: int = DAYS) -> Network:
    """
    Return the network.

    Parameters
    ----------
    cases_per_day
        N [case/day].
    capacity
        Factor on the daily units of officers, judges and removal, and on beds [/1].
    days
        Days to simulate.
    """
    n = cases_per_day
    weekday = (np.arange(days) % 7 < 5).astype(np.float64)
    released, detained = np.arange(4), np.arange(4, 8)
    into_bed = np.concatenate([detained, detained]).astype(np.int32)
    into_release = np.concatenate([released, released]).astype(np.int32)
    urgency = np.tile(np.arange(4.0), 2)
    in_custody = np.arange(8) >= 4
    return Network(
        8,
        days,
        (
            Source(
                "arrivals",
                float(n),
                np.array([0.1, 0.2, 0.3, 0.4, 0.0, 0.0, 0.0, 0.0]),
                route("officers"),
                process="even",
            ),
            Station(
                "officers",
                route(Edge("beds", np.array([0.5, 0.3, 0.2, 0.1] * 2), relabel=into_bed), "court"),
                units_per_tick=np.rint(1.4 * 1.05 * n * capacity) * weekday,
                priority=urgency,
            ),
            Hold(
                "beds",
                route("court"),
                Geometric(40.0),
                places=np.rint(7.0 * n * capacity),
                overflow="divert",
                overflow_to=route(Edge("court", relabel=into_release, label="overflow")),
            ),
            Station(
                "court",
                route(Edge("removal", np.where(in_custody, 0.75, 0.5)), Edge("closed")),
                units_per_tick=np.rint(1.4 * 0.9 * n * capacity) * weekday,
                priority=np.where(in_custody, 0.0, 1.0),
            ),
            Station(
                "removal",
                route(Edge("away", 0.15, relabel=into_release), Edge("removed")),
                units_per_tick=np.rint(1.4 * 0.5 * n * capacity) * weekday,
            ),
            Delay("away", route("officers"), Geometric(90.0)),
            Sink("closed"),
            Sink("removed"),
        ),
        groups=in_custody.astype(np.int64),
        group_names=("released", "detained"),
    )


def measures(result: Run) -> dict[str, Floats]:
    """Return the quantities of the check row, each with one number for each replicate [case], [day]."""
    services, waits = _services(result), _waits(result)
    return {**services, **waits, **_at_the_end(result), "events": _events(result, services)}


def _passed(result: Run, node: str, label: str | None = None) -> Floats:
    return np.asarray(result.passages(node, label).sum(axis=1))


def _services(result: Run) -> dict[str, Floats]:
    """Return how many were served, by station and class, and how many beds were taken or missed."""
    officers, court = (result.waits(each)[1].sum(axis=1) for each in ("officers", "court"))
    overflow = _passed(result, "beds", "overflow")
    return {
        "officer services": officers.sum(axis=1),
        **{f"officer services, class {each}": officers[:, each] for each in range(4)},
        "detained": _passed(result, "officers", "beds") - overflow,
        "overflow": overflow,
        "court services, released": court[:, 1],
        "court services, detained": court[:, 0],
        "removals": result.waits("removal")[1].sum(axis=(1, 2)),
        "re-entries": _passed(result, "away"),
    }


def _waits(result: Run) -> dict[str, Floats]:
    """Return the days that those who were served had waited, by station and class."""
    officers, court = (result.waits(each)[0].sum(axis=1) for each in ("officers", "court"))
    return {
        **{f"days waited for officers, class {each}": officers[:, each] for each in range(4)},
        "days waited for court, released": court[:, 1],
        "days waited for court, detained": court[:, 0],
        "days waited for removal": result.waits("removal")[0].sum(axis=(1, 2)),
    }


def _at_the_end(result: Run) -> dict[str, Floats]:
    """Return how many are where on the last day."""
    detained = np.array([False, True])
    return {
        "waiting for officers at the end": result.level_end("officers")[:, -1],
        "waiting for court at the end, released": result.level_end("court", ~detained)[:, -1],
        "waiting for court at the end, detained": result.level_end("court", detained)[:, -1],
        "waiting for removal at the end": result.level_end("removal")[:, -1],
        "beds taken at the end": result.level_end("beds")[:, -1],
    }


def _events(result: Run, services: dict[str, Floats]) -> Floats:
    """Return all that happened to a case: arrivals, services, stays begun and ended."""
    stays = services["detained"] + _passed(result, "beds", "court")
    court = services["court services, released"] + services["court services, detained"]
    served = services["officer services"] + court + services["removals"]
    return np.asarray(_passed(result, "arrivals") + services["re-entries"] + served + stays)


def rows(*, seed: int, replicates: int, scale: float) -> list[Row]:
    """Return every quantity of the check row beside ours."""
    result = simulate(network(), seed=seed, replicates_wanted=replicates, scale=scale)
    ours = measures(result)
    # The check row is rounded to units. With fewer cases chance fills queues that balance on average.
    chance = 0.0 if scale == 1.0 else 3.0 / math.sqrt(CASES_PER_DAY * scale)
    # Removal is all but balanced, so its wait is nearly all chance.
    slack = dict.fromkeys(CHECK, chance) | {"days waited for removal": 8.0 * chance}
    return [
        simulated(
            quantity,
            "day" if quantity.startswith("days") else "case",
            published,
            ours[quantity],
            rounding=0.5 + slack[quantity] * published,
            published_runs=RUNS_OF_OTHERS,
            note=f"simulated, {scale:.4g} of the cases",
            source="mean of twelve runs by four other engines",
        )
        for quantity, published in CHECK.items()
    ]
