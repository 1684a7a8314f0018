"""Where the line is drawn: who crosses it when one guideline takes the place of another."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.us_immigration import interior, model
from lawqueue.months import first_of_next_month
from lawqueue.rules import Guideline, Tier


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
    clauses_before, clauses_after
        The clauses that put them in either tier, with the cases that each decides [case/year], the most first;
        empty where they are left to the last tier.
    """

    tier_before: str
    action_before: str
    tier_after: str
    action_after: str
    cases: float
    share: float
    clauses_before: tuple[tuple[str, float], ...]
    clauses_after: tuple[tuple[str, float], ...]

    @property
    def moved_by(self) -> tuple[str, ...]:
        """The clauses that decide: those of the new tier, or, where none takes them, those that no longer do."""
        if self.clauses_after:
            return tuple(text for text, _ in self.clauses_after)
        return tuple(f"no longer: {text}" for text, _ in self.clauses_before)

    @property
    def crosses(self) -> bool:
        """Tell whether what officers may do changes."""
        return self.action_before != self.action_after


def population(day: date) -> NDArray[np.float64]:
    """Return bookings and leads a year by profile, as the parameters of a day have them [case/year]."""
    start = day.replace(day=1)
    end = first_of_next_month(start)
    world = model.world_in_history(start, end)

    def flow(records: str, venue: str, rate: str, activity: str) -> NDArray[np.float64]:
        shares = np.asarray(interior.mix(world, records, venue).at(0))
        bookings = world.daily(rate)[0] * world.daily(activity)[0]
        return np.asarray(shares / shares.sum() * bookings * 365.25)

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
    levels = people.frame.to_dicts()
    found = []
    for a, b in sorted({(int(a), int(b)) for a, b in zip(old[weights > 0], new[weights > 0], strict=True)}):
        among = np.where((old == a) & (new == b), weights, 0.0)
        found.append(
            Crossing(
                before.tiers_all[a].name,
                before.tiers_all[a].action,
                after.tiers_all[b].name,
                after.tiers_all[b].action,
                float(among.sum()),
                float(among.sum() / weights.sum()),
                _clauses(before.tiers_all[a], levels, among),
                _clauses(after.tiers_all[b], levels, among),
            )
        )
    return sorted(found, key=lambda each: -each.cases)


def _clauses(
    tier: Tier, levels: list[dict[str, str]], among: NDArray[np.float64]
) -> tuple[tuple[str, float], ...]:
    """Return the clauses by which a tier takes profiles, with the cases that each decides, the most first."""
    if tier.test is None:
        return ()
    cases: defaultdict[str, float] = defaultdict(float)
    for i in np.flatnonzero(among):
        clause = tier.explain(levels[i]).when
        cases[" and ".join(clause.held()) if clause else ""] += float(among[i])
    return tuple(sorted(cases.items(), key=lambda pair: -pair[1]))
