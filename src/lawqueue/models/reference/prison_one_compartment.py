"""
A prison population from admissions and mean stay, with one compartment: n(t) = n(t−1)·(1 − 1/l) + a.

The published forecaster has two levers, admissions and length of stay, for each offence and state, and this
recursion for each cell. One cell stands here: 200 admissions a month and a mean stay of 30 months, 6,000
persons in balance. Levers: half the admissions; a fifth off the stay; both. They multiply: 0.5, 0.8, 0.4.

Simulated as a delay with a memoryless stay, from the stock of the balance, with the new stay for everybody
from the first month, as the recursion has it. Reproduced: the recursion month by month, and its steady state.
Not reproduced: the forecaster's data, offences and states, or its costs.

Sources
-------
Urban Institute, 2015, "The Prison Population Forecaster".
"""

from __future__ import annotations

import numpy as np

from lawqueue import theory
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import Delay, Geometric, Network, Sink, Source, Stock, route
from lawqueue.models.reference.row import Row, simulated

ADMISSIONS = 200.0
STAY = 30.0
MONTHS_SHOWN = 24
BALANCE_FROM = 240
"""Months after which the population stands at its new balance, to one in 3,000 of the change."""
LENGTH = 2_400
"""Months simulated."""
LEVERS = (
    ("no lever", 1.0, 1.0),
    ("half the admissions", 0.5, 1.0),
    ("a fifth off the stay", 1.0, 0.8),
    ("both", 0.5, 0.8),
)


def network(admissions: float, stay: float, length: int) -> Network:
    """Return a prison of the old balance to which new admissions and a new stay apply."""
    # Month 0 is the balance before the levers: nobody comes, nobody has left.
    monthly = np.full(length + 1, admissions)
    monthly[0] = 0.0
    return Network(
        1,
        length + 1,
        (
            Source("admissions", monthly, np.ones(1), route("prison")),
            Delay("prison", route("free"), Geometric(stay)),
            Sink("free"),
        ),
        stocks=(Stock("prison", np.array([theory.steady_prison_population(ADMISSIONS, STAY)])),),
        periods=(0, MONTHS_SHOWN, MONTHS_SHOWN + 1, BALANCE_FROM),
    )


def rows(*, seed: int, replicates: int, scale: float) -> list[Row]:
    """Return the population after two years and in the long run, for each lever and for both."""
    length = max(2 * BALANCE_FROM, round(LENGTH * scale))
    start = theory.steady_prison_population(ADMISSIONS, STAY)
    found = []
    for name, on_admissions, on_stay in LEVERS:
        admissions, stay = ADMISSIONS * on_admissions, STAY * on_stay
        path = theory.prison_population(start, np.full(MONTHS_SHOWN, admissions), stay)
        result = simulate(network(admissions, stay, length), seed=seed, replicates_wanted=replicates)
        found += [
            simulated(
                f"population after {MONTHS_SHOWN} months, {name}",
                "person",
                float(path[-1]),
                result.level_end("prison")[:, 1],
                note="simulated",
                source="n(t) = n(t−1)·(1 − 1/l) + a",
            ),
            simulated(
                f"population in balance, {name}",
                "person",
                theory.steady_prison_population(admissions, stay),
                result.level("prison")[:, -1],
                rounding=start / 3_000,
                note="simulated",
                source="steady state a·l",
            ),
        ]
    return found
