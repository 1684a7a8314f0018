"""What passes before a hearing: a least time and a memoryless rest, by kind and way."""

from __future__ import annotations

from typing import Final

import numpy as np

from lawqueue.engine.spec import Fixed, Stay, StayChoice
from lawqueue.engine.varying import Floats, Quantity, Varying, by_profile, by_tick, weighted
from lawqueue.models.crown_court.world import Court, Mask

USUAL_LIMIT: Final = 182.0
"""The custody time limit at which the preparation of cases in custody was fitted [day]."""
LEAST: Final = {
    "early": "plea.least_days",
    "trial": "preparation.least_days",
    "slow": "preparation.slow_least_days",
}
"""The parameter of the least time by way; sentences and appeals have none."""


def least(court: Court, way: str) -> Floats:
    """Return the least time from receipt on a way, shape (days,) [day]."""
    return np.round(court.daily(LEAST[way]))


def rest(court: Court, kind: str, way: str) -> Floats:
    """Return the mean of the memoryless rest of a kind on a way, shape (days,) [day]."""
    if way == "hearing":
        return court.daily("sentence.days")
    if way == "slow":
        return court.daily("preparation.slow_days")
    if way == "early":
        return court.daily(f"plea.days.{kind}")
    days = court.daily(f"preparation.days.{kind}")
    return days + followed(court) if kind == "custody" else days


def followed(court: Court) -> Floats:
    """Return how much later cases in custody are listed because the limit is not the usual one, (days,) [day]."""
    return court.daily("custody.limit_followed") * (court.daily("custody.time_limit") - USUAL_LIMIT)


def chosen(*parts: tuple[Mask, StayChoice]) -> StayChoice:
    """Return one choice of stays made of choices for profiles apart; a profile in none has the first option."""
    options: list[Stay] = []
    which: list[tuple[Mask, Quantity]] = []
    for mask, choice in parts:
        which += [(mask, choice.which), (mask, float(len(options)))]
        options += choice.options
    return StayChoice(tuple(options), weighted(*((by_profile(mask), index) for mask, index in which)))


def fixed(days: Floats) -> StayChoice:
    """Return a stay of exactly so many days, by the day on which it begins, shape (days,) [day]."""
    found = by_tick(days)
    levels, which = np.unique(found.numbers, return_inverse=True)
    stays = tuple(Fixed(max(1, round(float(each)))) for each in levels)
    return StayChoice(
        stays, Varying(found.starts, found.cells, which.reshape(found.numbers.shape).astype(float))
    )
