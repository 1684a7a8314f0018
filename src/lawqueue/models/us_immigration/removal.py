"""Removal: those under an order that can be carried out, casework, and seats by land and by air."""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Node, Router, Sink, Station, route
from lawqueue.models.once import once
from lawqueue.models.us_immigration.custody import Standing
from lawqueue.models.us_immigration.profiles import MET_AGAIN
from lawqueue.models.us_immigration.world import World

WAYS_OUT = ("land", "air")


@once
def nodes(world: World) -> list[Node]:
    """Return the nodes of removal, upstream first."""
    return [*_transport(world), _after(world), *_orders(world)]


def _transport(world: World) -> list[Node]:
    """Return casework and transport: Mexicans go by land, others by air."""
    people = world.profiles
    near = people.where(nationality=("mexico", "northern_central_america"))
    stuck = world.by_profile(
        (near, world.daily("removal.recalcitrant_share.near")),
        (~near, world.daily("removal.recalcitrant_share.other")),
    )
    inside = people.where(entry="interior")
    counted = world.by_profile((inside, world.daily("removal.counted_share")), (~inside, 1.0))
    rank = np.where(Standing(world).urgent, 0.0, 1.0)
    by_land = people.where(nationality="mexico").astype(float)
    return [
        Router("executable", route(Edge("final_orders", stuck, label="not_removable"), "removal_casework")),
        Station(
            "removal_casework",
            route(Edge("removal.land", by_land), "removal.air"),
            units=world.dated("ero.hours.removal"),
            priority=rank,
            within="detention",
        ),
        *(
            Station(
                f"removal.{way}",
                route(Edge("removed", counted), Edge("removed", label="not_counted")),
                units_per_tick=world.daily(f"ero.seats.{way}"),
                priority=rank,
                within="detention",
            )
            for way in WAYS_OUT
        ),
    ]


def _after(world: World) -> Router:
    """Return what comes after a removal: some try again, fewer of those who were punished."""
    people = world.profiles
    again = people.relabel(np.ones(people.n, bool), entry="border", **MET_AGAIN, track="open")
    retry = world.daily("border.retry.removal")
    deterred = np.maximum(0.0, retry - world.daily("deterrence.criminal"))
    sentenced = people.where(track="prosecuted")
    return Router(
        "removed",
        route(
            Edge(
                "later",
                world.by_profile((~sentenced, retry), (sentenced, deterred)),
                label="tries_again",
                relabel=again,
            ),
            "removed_stayed_away",
        ),
    )


def _orders(world: World) -> list[Node]:
    """Return people at large with a final order, who leave in the course of years."""
    return [
        Delay("final_orders", route("departed"), world.memoryless("removal.final_order_departure_days")),
        Sink("departed"),
        Sink("removed_stayed_away"),
    ]
