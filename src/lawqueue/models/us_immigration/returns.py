"""Between one attempt and the next: who tries again, when and where, and who has settled and may be met in a jail."""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import Delay, Edge, Node, Router, Sink, route
from lawqueue.engine.varying import by_tick
from lawqueue.models.once import once
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, memoryless

NOVEMBER_2020 = date(2020, 11, 1)
"""From this day on an entry counts as recent under the guidelines of 2021."""

_RECORDS = ("misdemeanor", "felony", "pending_charge")
_COHORTS = (("before_2020_11", "from_2014"), ("from_2020_11", "from_2020_11"))


@once
def nodes(world: World, sectors: tuple[str, ...], sector_share: Floats) -> list[Node]:
    """
    Return the nodes between one attempt and the next.

    Parameters
    ----------
    sectors
        Names of the sectors.
    sector_share
        Where attempts are made, shape (days, n_sectors) [/1].
    """
    return [*_who_returns(world), *_where(world, sectors, sector_share), *_settled(world)]


def _who_returns(world: World) -> list[Node]:
    """Return who tries again after an expulsion, a return or a turn-back."""
    people = world.profiles
    after_expulsion = world.by_profile(
        (people.where(family="single_adult"), world.daily("border.retry.expulsion")),
        (people.where(family="family_unit"), world.daily("border.retry.expulsion_family")),
    )
    after_return = world.dated("border.retry.return")
    shares = {"expelled": after_expulsion, "returned": after_return, "turned_back": after_return}
    found: list[Node] = []
    for node, share in shares.items():
        found += [
            Router(node, route(Edge("soon", share), f"{node}_stayed_away")),
            Sink(f"{node}_stayed_away"),
        ]
    return found


def _where(world: World, sectors: tuple[str, ...], sector_share: Floats) -> list[Node]:
    """Return when and where the next attempt is made."""
    share = sector_share / sector_share.sum(axis=1, keepdims=True)
    return [
        Delay("soon", route("sector"), world.memoryless("border.retry_days.soon")),
        Delay("later", route("sector"), world.memoryless("border.retry_days.later")),
        Router(
            "sector",
            route(
                *(
                    Edge(f"detection.{name}", None if name == sectors[-1] else by_tick(share[:, place]))
                    for place, name in enumerate(sectors)
                )
            ),
        ),
    ]


def _settled(world: World) -> list[Node]:
    """
    Return those who evaded arrest, or were released: some are booked into a jail later, with a record not known yet.

    Of those released it is a copy that waits here: their own case goes on before the court.
    """
    booked = world.daily("interior.booking_rate_recent") * world.daily("interior.activity")
    until_booked = memoryless(365 / booked)
    from_november = (np.arange(world.days) >= world.day(NOVEMBER_2020)).astype(float)
    return [
        Router(
            "evaded", route(Edge("settled_from_2020_11", by_tick(from_november)), "settled_before_2020_11")
        ),
        *(
            Delay(
                f"settled_{name}",
                route(
                    *(
                        Edge(
                            "mandate",
                            None
                            if record == _RECORDS[-1]
                            else world.dated(f"interior.record_settled.{record}"),
                            label=f"booked_{record}",
                            relabel=_as_booked(world, record, entered),
                        )
                        for record in _RECORDS
                    )
                ),
                until_booked,
            )
            for name, entered in _COHORTS
        ),
    ]


def _as_booked(world: World, record: str, entered: str) -> NDArray[np.int32]:
    people = world.profiles
    return people.relabel(
        people.where(entry=("border", "port"), track=("open", "notice", "expedited", "fear")),
        entry="interior",
        family="single_adult",
        entry_cohort=entered,
        record=record,
        venue="jail_or_prison",
        track="open",
        final_order="none",
    )
