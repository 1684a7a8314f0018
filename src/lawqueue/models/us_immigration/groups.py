"""The groups by which the engine counts: profiles that no report tells apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lawqueue.models.profiles import ACTIONS
from lawqueue.models.us_immigration.profiles import Profiles
from lawqueue.rules import Guideline
from lawqueue.same import Same

INTERIM = "2021-02-18-ice"
"""The guideline by whose presumed priorities arrests are divided in every report, whatever is in force."""


@dataclass(frozen=True)
class Groups:
    """
    Profiles in groups.

    Profiles share a group if no report tells them apart: same place of encounter, Mexican or not, same criminal
    matter, and the same action under every guideline.

    Parameters
    ----------
    of_profile
        Shape (n_profiles,) integers.
    names
        A name for each group.
    entry, conviction
        Of each group, shape (n_groups,).
    mexican
        Whether its citizenship is Mexico, shape (n_groups,).
    actions
        Index into `ACTIONS` of each group under each guideline, by its id, shape (n_groups,).
    """

    of_profile: NDArray[np.int64]
    names: tuple[str, ...]
    entry: NDArray[np.str_]
    conviction: NDArray[np.str_]
    mexican: NDArray[np.bool_]
    actions: dict[str, NDArray[np.int64]]

    def interior(self) -> NDArray[np.bool_]:
        """Return which groups were met in the interior."""
        return np.asarray(self.entry == "interior")

    def presumed(self, guideline: str) -> NDArray[np.bool_]:
        """Return which groups a guideline presumes to be a priority."""
        return np.asarray(self.actions[guideline] == ACTIONS.index("presumed"))


@lru_cache(maxsize=64)
def groups_of(people: Profiles, rules: tuple[Same[Guideline], ...]) -> Groups:
    """Return the groups of the profiles, told apart by what each guideline lets officers do."""
    actions = {each.it.id: people.actions(each.it) for each in rules}
    mexican = people.where(nationality="mexico")
    keys = [
        people.columns["entry"],
        mexican.astype(str),
        people.conviction,
        *(each.astype(str) for each in actions.values()),
    ]
    rows = np.array(["|".join(row) for row in zip(*keys, strict=True)])
    names, first, of_profile = np.unique(rows, return_index=True, return_inverse=True)
    return Groups(
        of_profile.astype(np.int64),
        tuple(str(each) for each in names),
        people.columns["entry"][first],
        people.conviction[first],
        mexican[first],
        {name: each[first] for name, each in actions.items()},
    )
