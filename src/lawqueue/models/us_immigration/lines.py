"""Whose line is drawn: those whom a guideline meets in the interior."""

from __future__ import annotations

import numpy as np

from lawqueue.models.us_immigration import interior
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats


def population(world: World) -> Floats:
    """Return bookings and leads a year by profile, as the parameters of the first day have them [case/year]."""

    def flow(records: str, venue: str, rate: str, activity: str) -> Floats:
        shares = np.asarray(interior.mix(world, records, venue).at(0))
        bookings = world.daily(rate)[0] * world.daily(activity)[0]
        return np.asarray(shares / shares.sum() * bookings * 365.25)

    return (
        flow("record_jail", "jail_or_prison", "interior.jail_bookings", "interior.activity")
        + flow("record_prison", "jail_or_prison", "interior.prison_releases", "interior.prison_activity")
        + flow("record_leads", "at_large", "interior.leads", "interior.lead_activity")
    )
