"""
Detention beds needed at the border, the headline of Liu and Wein (2008), in *reduced form*.

The study is a model of a border with deterrence and a market for smugglers, in which detention and removal
is one part. Here stands that part alone: a load of 34,071 (the study's own result, fed in), a mean stay of 51
days, 21,000 beds, release of whoever finds none.

Reproduced: about 93,700 releases a year at 21,000 beds; about 34,500 beds for 1 %; 50,000 beds for the load
times 1.45. The 34,500 come from m + z·√m with z = 2.326, that is the beds exceeded 1 % of the *time* by a
population without a limit. They do not come from Erlang B: by that formula 33,814 beds lose 1 % of *arrivals*, and
34,500 lose 0.015 %. Not reproduced: how many are deterred, the load itself, or costs.

Sources
-------
Y. Liu and L. M. Wein, 2008, "A queueing analysis to determine how many additional beds are needed for the
detention and removal of illegal aliens".
"""

from __future__ import annotations

import numpy as np

from lawqueue import theory
from lawqueue.engine.run import simulate
from lawqueue.engine.spec import Geometric, Hold, Network, Sink, Source, Stock, route
from lawqueue.models.reference.row import Row, computed, simulated

LOAD = 34_071.0
STAY = 51.0
PLACES = 21_000
Z_OF_ONE_PERCENT = 2.326
LOAD_FACTOR = 1.45
YEAR = 365
SOURCE = "Liu and Wein 2008, headline"
WARM_UP = 255
"""Days before anything is measured: five mean stays."""
LENGTH = 3_650
"""Days that are measured."""


def network(places: float | None, length: int) -> Network:
    """Return beds for a stay of 51 days, full at the start; `places` None is without a limit."""
    held = LOAD if places is None else places
    days = WARM_UP + length
    # Without a limit the population of every day is asked for; with one, only the sum.
    periods = (0, *range(WARM_UP, days)) if places is None else (0, WARM_UP)
    return Network(
        1,
        days,
        (
            Source("arrivals", LOAD / STAY, np.ones(1), route("beds")),
            Hold(
                "beds",
                route("removed"),
                Geometric(STAY),
                places=places,
                overflow="divert",
                overflow_to=route("released"),
            ),
            Sink("removed"),
            Sink("released"),
        ),
        stocks=(Stock("beds", np.array([held])),),
        periods=periods,
    )


def rows(*, seed: int, replicates: int, scale: float) -> list[Row]:
    """Return the three headlines, computed and simulated."""
    length = max(YEAR, round(LENGTH * scale))
    full = simulate(network(float(PLACES), length), seed=seed, replicates_wanted=replicates)
    free = simulate(network(None, length), seed=seed, replicates_wanted=replicates)
    population = free.level_end("beds")[:, 1:]
    lost = theory.erlang_b(LOAD, PLACES)
    return [
        computed(
            "beds for 1 % overflow",
            "bed",
            34_500.0,
            theory.required_places_square_root(LOAD, Z_OF_ONE_PERCENT),
            rounding=50.0,
            note="reduced form, m + z·√m: beds exceeded 1 % of the time, not 1 % of arrivals lost",
            source=SOURCE,
        ),
        simulated(
            "beds for 1 % overflow",
            "bed",
            34_500.0,
            np.quantile(population, 0.99, axis=1),
            rounding=50.0,
            note="simulated: the 99 % quantile of a daily population without a limit",
            source=SOURCE,
        ),
        computed(
            "releases a year at 21,000 beds",
            "case/year",
            93_700.0,
            LOAD / STAY * YEAR * lost,
            rounding=200.0,
            note="reduced form, Erlang B; 0.15 % below print",
            source=SOURCE,
        ),
        simulated(
            "releases a year at 21,000 beds",
            "case/year",
            93_700.0,
            full.passages("beds", "released")[:, 1] / length * YEAR,
            rounding=200.0,
            note="simulated",
            source=SOURCE,
        ),
        computed(
            "beds for the load times 1.45",
            "bed",
            50_000.0,
            theory.required_places_square_root(LOAD_FACTOR * LOAD, Z_OF_ONE_PERCENT),
            rounding=250.0,
            note="reduced form, m + z·√m; 50,000 exactly would be the load times 1.4523",
            source=SOURCE,
        ),
        computed(
            "arrivals lost at 34,500 beds",
            "/1",
            0.00015,
            theory.erlang_b(LOAD, 34_500),
            rounding=5e-6,
            note="what the headline is not: Erlang B at the published beds",
            source="theory.erlang_b",
        ),
    ]
