"""Where the line is drawn: who crosses it when one guideline takes the place of another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.profiles import Profiles
from lawqueue.rules import Guideline, Tier
from lawqueue.same import Same


@dataclass(frozen=True)
class Population:
    """
    Those for whom a guideline draws its line.

    Parameters
    ----------
    cases
        Cases a year by profile on the first day of a world, shape (n_profiles,) [case/year].
    on
        The day as on which they are counted.
    words
        What they are, in the plural.
    left_out
        Who is not among them, as a sentence; empty if nobody is left out.
    """

    cases: Callable[[Any], NDArray[np.float64]]
    on: date
    words: str
    left_out: str = ""


@dataclass(frozen=True)
class Crossing:
    """
    Cases that stand in one tier under one guideline and in another under the other.

    Parameters
    ----------
    tier_before, action_before, tier_after, action_after
        Names of the tiers, and what each lets officers do.
    cases
        Cases a year of such profiles, in the synthetic population [case/year].
    share
        Their share of all such cases [/1].
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


def crossings(
    before: Guideline, after: Guideline, people: Profiles, weights: NDArray[np.float64]
) -> list[Crossing]:
    """
    Return every pair of tiers in which cases stand, the largest first.

    Parameters
    ----------
    people
        The table of profiles.
    weights
        Cases a year of each profile, shape (n,) [case/year].
    """
    old, new = before.tier_of(people.frame), after.tier_of(people.frame)
    names, rows = tuple(people.frame.columns), people.frame.rows()
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
                _clauses(before.tiers_all[a], names, rows, among),
                _clauses(after.tiers_all[b], names, rows, among),
            )
        )
    return sorted(found, key=lambda each: -each.cases)


def _clauses(
    tier: Tier, names: tuple[str, ...], rows: Sequence[tuple[str, ...]], among: NDArray[np.float64]
) -> tuple[tuple[str, float], ...]:
    """Return the clauses by which a tier takes profiles, with the cases that each decides, the most first."""
    if tier.test is None:
        return ()
    cases: defaultdict[str, float] = defaultdict(float)
    for i in np.flatnonzero(among).tolist():
        cases[_clause(Same(tier), names, rows[i])] += float(among[i])
    return tuple(sorted(cases.items(), key=lambda pair: -pair[1]))


# The rules of a model draw their lines through the same profiles in every answer.
@lru_cache(maxsize=1 << 14)
def _clause(tier: Same[Tier], names: tuple[str, ...], levels: tuple[str, ...]) -> str:
    """Return the clause by which a tier takes a profile; empty if it is none."""
    clause = tier.it.explain(dict(zip(names, levels, strict=True))).when
    return " and ".join(clause.held()) if clause else ""
