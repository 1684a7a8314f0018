"""
M/M/20 at utilization 0.9 with three classes, non-preemptive: mean waits against Cobham's formula.

Classes come in shares .2, .3 and .5, the first the most urgent; a service that has begun is finished. The
engine counts in ticks of a fiftieth of a mean service. A case that comes within a tick is taken to come in
the middle of it; what else ticks do shortens waits by 2 to 3 %, allowed for in the rows. Reproduced: the
mean wait of each class.

Sources
-------
A. Cobham, 1954, "Priority assignment in waiting line problems".
O. Kella and U. Yechiali, 1985, "Waiting times in the non-preemptive priority M/M/c queue".
"""

from __future__ import annotations

import numpy as np

from lawqueue import theory
from lawqueue.engine.run import simulate
from lawqueue.models.reference import mm20
from lawqueue.models.reference.row import Row, simulated

MIX = np.array([0.2, 0.3, 0.5])
TICKS_PER_SERVICE = 50
LENGTH = 1_500
"""Mean services that are measured."""
TICKS_SHORTEN = 1.5 / TICKS_PER_SERVICE
"""Allowance for ticks, as a share of the wait [/1]."""


def rows(*, seed: int, replicates: int, scale: float) -> list[Row]:
    """Return the mean wait of each class, in mean services."""
    exact = theory.mean_waits_priority_mmc(mm20.LOAD * MIX, 1.0, mm20.SERVERS)
    length = max(1, round(LENGTH * scale))
    result = simulate(mm20.network(MIX, TICKS_PER_SERVICE, length), seed=seed, replicates_wanted=replicates)
    waited, _ = result.waits("servers")
    histogram, least = result.wait_histogram("servers")
    n_waited = histogram[..., least > 0].sum(axis=-1)
    found = []
    for place, wait in enumerate(exact):
        came = result.passages("arrivals", groups=np.arange(MIX.size) == place)[:, 1]
        ticks = waited[:, 1, place] - n_waited[:, 1, place] / 2
        found.append(
            simulated(
                f"mean wait of class {place + 1}, in mean services",
                "/1",
                float(wait),
                ticks / came / TICKS_PER_SERVICE,
                rounding=float(wait) * TICKS_SHORTEN,
                note=f"simulated; {MIX[place]:.0%} of the cases",
                source="Cobham's closed form, M/M/20, utilization 0.9",
            )
        )
    return found
