"""Where the line is drawn: who crosses it when one guideline takes the place of another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.us_immigration import interior, model
from lawqueue.models.us_immigration.world import World, first_of_next_month
from lawqueue.rules import Guideline


@dataclass(frozen=True)
class Crossing:
    """
    Cases that stand in one tier under one guideline and in another under the other.

    Parameters
    ----------
    tier_before, action_before, tier_after, action_after
        Names of the tiers, and what each lets officers do.
    cases
        Bookings and leads a year of such profiles, in the synthetic population [case/year].
    share
        Their share of all bookings and leads [/1].
    """

    tier_before: str
    action_before: str
    tier_after: str
    action_after: str
    cases: float
    share: float

    @property
    def crosses(self) -> bool:
        """Tell whether what officers may do changes."""
        return self.action_before != self.action_after


def population(day: date) -> NDArray[np.float64]:
    """Return bookings and leads a year by profile, as the parameters of a day have them [case/year]."""
    start = day.replace(day=1)
    end = first_of_next_month(start)
    calendar = tuple(model.guidelines().calendar("ice", start, end))
    world: World = model.world(model.parameters(), calendar, start, end)

    def flow(records: str, venue: str, rate: str, activity: str) -> NDArray[np.float64]:
        shares = np.asarray(interior.mix(world, records, venue).values[0])
        return np.asarray(shares / shares.sum() * world.value(rate) * world.value(activity) * 365.25)

    return (
        flow("record_jail", "jail_or_prison", "interior.jail_bookings", "interior.activity")
        + flow("record_prison", "jail_or_prison", "interior.prison_releases", "interior.prison_activity")
        + flow("record_leads", "at_large", "interior.leads", "interior.lead_activity")
    )


def crossings(before: Guideline, after: Guideline, day: date) -> list[Crossing]:
    """Return every pair of tiers in which cases stand, the largest first."""
    people = model.profiles()
    weights = population(day)
    old, new = before.tier_of(people.frame), after.tier_of(people.frame)
    found = [
        Crossing(
            before.tiers_all[a].name,
            before.tiers_all[a].action,
            after.tiers_all[b].name,
            after.tiers_all[b].action,
            float(cases),
            float(cases / weights.sum()),
        )
        for a, b, cases in _pairs(old, new, weights)
        if cases > 0
    ]
    return sorted(found, key=lambda each: -each.cases)


def _pairs(
    old: NDArray[np.int64], new: NDArray[np.int64], weights: NDArray[np.float64]
) -> Iterator[tuple[int, int, float]]:
    width = int(new.max()) + 1
    totals = np.bincount(old * width + new, weights)
    for pair, cases in enumerate(totals):
        yield pair // width, pair % width, float(cases)
