"""
Beds without a queue: one class (Erlang B), and two of which the first displaces the second.

Load 34,500 on 21,000, 34,500 and 35,000 beds, from the formula; and 18,000 that must be held with 16,500
that may be, on 21,000 beds, from the formula and simulated: cases come by a Poisson process, a stay is
memoryless with a mean of 40 days, and a mandatory case takes the bed of the longest-held discretionary one.
Reproduced: loss, beds carried, and the share of the second class that is served. Not reproduced: the hours
for which a bed stands empty between two cases of one day, 1.6 beds of 21,000.

Sources
-------
A. K. Erlang, 1917, as in `lawqueue.theory.erlang_b`; `lawqueue.theory.two_class_preemptive_loss`.
"""

from __future__ import annotations

import numpy as np

from lawqueue import theory
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import Geometric, Hold, Network, Sink, Source, Stock, route
from lawqueue.models.reference.row import Row, computed, simulated

MANDATORY, DISCRETIONARY = 18_000.0, 16_500.0
PLACES = 21_000
STAY = 40.0
WARM_UP = 200
"""Days before anything is measured, from full beds."""
LENGTH = 3_000
"""Days that are measured."""
EXACT = "closed form, worked out elsewhere"


def network(length: int) -> Network:
    """Return beds that a mandatory case may take from a discretionary one."""
    load = MANDATORY + DISCRETIONARY
    return Network(
        2,
        WARM_UP + length,
        (
            Source("arrivals", load / STAY, np.array([MANDATORY, DISCRETIONARY]) / load, route("beds")),
            Hold(
                "beds",
                route("done"),
                Geometric(STAY),
                places=float(PLACES),
                priority=np.array([0.0, 1.0]),
                overflow="preempt",
                overflow_to=route("turned away"),
            ),
            Sink("done"),
            Sink("turned away"),
        ),
        stocks=(Stock("beds", np.array([MANDATORY, PLACES - MANDATORY])),),
        periods=(0, WARM_UP),
        groups=np.array([0, 1]),
        group_names=("mandatory", "discretionary"),
    )


def rows(*, seed: int, replicates: int, scale: float) -> list[Row]:
    """Return loss and beds carried for one class, and for two."""
    load = MANDATORY + DISCRETIONARY
    found = [
        computed(
            f"cases turned away, load {load:,.0f}, {places:,} beds",
            "/1",
            published,
            theory.erlang_b(load, places),
            rounding=rounding,
            note="Erlang B",
            source=EXACT,
        )
        for places, published, rounding in (
            (21_000, 0.39135, 5e-6),
            (34_500, 0.0042834, 5e-8),
            (35_000, 5.8137e-5, 5e-10),
        )
    ]
    two = theory.two_class_preemptive_loss(MANDATORY, DISCRETIONARY, PLACES)
    result = simulate(network(round(LENGTH * scale)), seed=seed, replicates_wanted=replicates)
    first, second = (result.level("beds", np.array(each))[:, 1] for each in ([1, 0], [0, 1]))
    lost = result.passages("beds", "turned away", np.array([True, False]))[:, 1]
    came = result.passages("arrivals", groups=np.array([True, False]))[:, 1]
    return [
        *found,
        computed(
            "discretionary beds carried",
            "bed",
            2_998.4,
            two.carried_class_2,
            rounding=0.05,
            note="closed form",
            source=EXACT,
        ),
        computed(
            "share of discretionary bed-days served",
            "/1",
            0.1817,
            two.served_share_class_2,
            rounding=5e-5,
            note="closed form",
            source=EXACT,
        ),
        simulated(
            "beds carried, both classes",
            "bed",
            20_998.4,
            first + second,
            rounding=1.6,
            note="simulated by day: a bed freed in the day is taken in it",
            source=EXACT,
        ),
        simulated(
            "mandatory beds carried",
            "bed",
            two.carried_class_1,
            first,
            note="simulated",
            source="Erlang B",
        ),
        simulated(
            "mandatory cases turned away",
            "/1",
            two.loss_class_1,
            lost / came,
            rounding=1e-9,
            note="simulated",
            source="Erlang B",
        ),
        simulated(
            "discretionary beds carried",
            "bed",
            2_998.4,
            second,
            rounding=1.6,
            note="simulated by day",
            source=EXACT,
        ),
        simulated(
            "share of discretionary bed-days served",
            "/1",
            0.1817,
            second / DISCRETIONARY,
            rounding=1.6 / DISCRETIONARY + 5e-5,
            note="simulated by day",
            source=EXACT,
        ),
    ]
