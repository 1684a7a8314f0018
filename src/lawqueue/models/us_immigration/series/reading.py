"""A run of the model with its inputs, ready to be read by the tables of series."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lawqueue.models import series
from lawqueue.models.series import Reader, total
from lawqueue.models.us_immigration.groups import INTERIM
from lawqueue.models.us_immigration.places import KINDS
from lawqueue.models.us_immigration.prosecution import FREED_AS_ICE
from lawqueue.models.us_immigration.removal import WAYS_OUT
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats


@dataclass(frozen=True)
class Reading(series.Reading):
    """A run of the flagship with its inputs, ready to be read."""

    world: World

    @cached_property
    def ice(self) -> NDArray[np.bool_]:
        """Which groups ICE arrests: those met in the interior, shape (n_groups,)."""
        return self.world.groups.interior()

    @cached_property
    def mexican(self) -> NDArray[np.bool_]:
        """Which groups are citizens of Mexico, shape (n_groups,)."""
        return self.world.groups.mexican

    @cached_property
    def interim(self) -> NDArray[np.bool_]:
        """Which of them the interim guidance of February 2021 presumes to be a priority."""
        return self.ice & self.world.groups.presumed(INTERIM)

    @cached_property
    def on_record(self) -> NDArray[np.bool_]:
        """Which of them have a conviction or a pending charge: the same line whatever guideline is in force."""
        return np.asarray(self.ice & (self.world.groups.conviction != "none"))

    def custody(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return people in custody: on their stay, or waiting in it for a screening, a hearing or a removal."""
        # Some at the door wait for a bed: of those counted there, the part in a place is the same in every group.
        return self._counted(groups) * self._in_places

    def _counted(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        return total(self.run.level(place, groups) for place in ("detention", *_WITHIN))

    @cached_property
    def _in_places(self) -> Floats:
        every = self._counted()
        taken = self.run.places_taken("detention")
        return np.divide(taken, every, out=np.ones_like(every), where=every > 0)

    def arrests(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return administrative arrests in the interior by ICE, those of people out of a prison for re-entry among them."""
        freed = (self.flow(prison, *FREED_AS_ICE, groups=groups) for prison in PRISONS)
        return self.flow("arrested", groups=groups) + total(freed)

    def removals(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return removals out of custody, by land and by air, as ICE counts them."""
        return total(self.flow(f"removal.{way}", "removed", groups=groups) for way in WAYS_OUT)

    def without_custody(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return removals at the border of people whom CBP turns over to ICE for it, some after days in criminal custody."""
        return total(self.flow(node, "handed_to_ice", groups=groups) for node in ("pathway", "entry_custody"))

    def transported(self, groups: NDArray[np.bool_] | None = None) -> Floats:
        """Return all who leave custody for the border or an airport, those not counted as removals among them."""
        return total(self.flow(f"removal.{way}", groups=groups) for way in WAYS_OUT)

    def releases(self, groups: NDArray[np.bool_]) -> Floats:
        """Return releases from custody: on bond or recognizance, on review, under supervision, after a screening."""
        return total(self.flow(node, *labels, groups=groups) for node, labels in _RELEASED)

    def decided(self) -> dict[str, Floats]:
        """Return cases decided by lane."""
        return {
            "first_hearing": self.flow("first_hearing", *_QUICK),
            "priority_docket": self.flow("priority_docket"),
            "docket": self.flow("docket", *_LATE),
            "detained_docket": self.flow("detained_docket"),
            "mpp_docket": self.flow("mpp_docket"),
        }

    def not_taken(self, groups: NDArray[np.bool_]) -> Floats:
        """Return bookings, releases from prison and leads that end without an arrest by ICE."""
        return total(self.flow(node, *labels, groups=groups) for node, labels in NOT_TAKEN)

    def cost(self, name: str, units: Floats) -> Floats:
        """Return units times a unit cost, by month."""
        return np.asarray(units) * self.mean_of(self.world.daily(f"cost.{name}"))


_WITHIN = (
    "long_custody",
    "fear_screening",
    "detained_docket",
    "removal_casework",
    "removal.land",
    "removal.air",
)
"""Where people in custody are beside their stay."""

_RELEASED = (
    ("custody_outcome", ("released_under_order", "bond_or_recognizance")),
    ("custody_review", ("released_under_order", "released_on_review")),
    ("executable", ("not_removable",)),
    ("fear_screening", ("positive_released",)),
)

_QUICK = ("absent_order", "terminated")

_LATE = ("order_appealed", "order_final", "relief", "terminated", "dismissed_on_motion")

PRISONS = ("prison.a", "prison.b1", "prison.b2")

NOT_TAKEN = (
    ("mandate", ("no_agency",)),
    ("civil_priority", ("not_pursued",)),
    ("approval", ("denied", "too_late")),
    ("action", ("not_pursued",)),
    ("screening", ("released_by_jail",)),
    *((f"handoff.{kind}", ("released_by_jail",)) for kind in KINDS),
    ("custodial_arrest", ("released_by_jail",)),
    ("at_large_arrest", ("lead_went_cold",)),
)
"""Where a case of the interior ends without an arrest: nodes, and the labels of the ways out."""
CUSTODY_AND_WHOM = "Custody and whom it falls on"
"""A topic that several tables have a part in."""


def of_agency(agency: str, read: Callable[[Reading, NDArray[np.bool_]], Floats]) -> Reader:
    """Return what a reading gives for the groups that ICE arrests, or for the others."""
    return lambda r: read(r, r.ice if agency == "ice" else ~r.ice)
