"""
Outside custody before the court has a notice: released, in alternatives to detention, charged at once, later or never.

Children are released by ORR, everybody else by the Border Patrol, a port or ICE. A notice that was given at release may
fail to be filed, and one that was not given may be given later.
"""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Hold, Node, Router, Sink, route
from lawqueue.engine.varying import by_tick
from lawqueue.models.once import once
from lawqueue.models.us_immigration.courts import CALENDAR
from lawqueue.models.us_immigration.returns import NOVEMBER_2020
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import memoryless

_HARDLY_EVER = 0.005
"""Rate that stands for none, so that a mean exists [/year]."""


@once
def nodes(world: World) -> list[Node]:
    """Return the nodes of people outside custody before a notice is filed, upstream first."""
    return [
        _release(world),
        _released(world),
        _children(world),
        _alternatives(world),
        Sink("atd_ended"),
        Sink("atd_full"),
        _uncharged(world),
        _notice(world),
    ]


def _release(world: World) -> Router:
    """Return releases: whoever came over the border lives in the country from then on, and may be met in a jail."""
    people = world.profiles
    came = people.where(entry=("border", "port"))
    grown = world.by_profile(
        (came & people.where(family="single_adult"), 1.0),
        (came & people.where(family="family_unit"), world.daily("border.family_adult_share")),
    )
    settles = by_tick((np.arange(world.days) >= world.day(NOVEMBER_2020)).astype(float))
    return Router(
        "release",
        route(
            Edge("released", grown * settles, label="settles_from_2020_11", copy_to="settled_from_2020_11"),
            Edge(
                "released",
                grown * (1.0 - settles),
                label="settles_before_2020_11",
                copy_to="settled_before_2020_11",
            ),
            "released",
        ),
    )


def _released(world: World) -> Router:
    """Return where released people go: before the court, to the filing of their notice, or without one; some with a copy in alternatives."""
    border = world.profiles.where(entry=("border", "port"))
    # Whoever is found to have a fear gets the notice from the officer who finds it (8 CFR 208.30(f)).
    afraid = border & world.profiles.where(track="fear")
    noticed = world.by_profile((border & ~afraid, world.daily("border.nta_filed_share")), (afraid, 1.0))
    enrolled = world.dated("atd.enrolment_share")
    return Router(
        "released",
        route(
            Edge(CALENDAR, ~border * (1.0 - enrolled), label="interior_released"),
            Edge(CALENDAR, ~border * enrolled, label="interior_released_atd", copy_to="atd"),
            Edge("nta_filing", noticed * (1.0 - enrolled)),
            Edge("nta_filing", noticed * enrolled, label="nta_filing_atd", copy_to="atd"),
            Edge("uncharged", (border - noticed) * (1.0 - enrolled)),
            Edge("uncharged", label="uncharged_atd", copy_to="atd"),
        ),
    )


def _children(world: World) -> Hold:
    """Return the places of the Office of Refugee Resettlement: children wait for one with the Border Patrol."""
    return Hold(
        "orr",
        route(Edge("nta_filing", label="released_to_sponsor")),
        world.memoryless("border.orr_stay"),
        places=world.daily("border.orr_places"),
        overflow="wait",
    )


def _alternatives(world: World) -> Hold:
    """Return the places of alternatives to detention, for copies of those released."""
    return Hold(
        "atd",
        route("atd_ended"),
        world.memoryless("atd.stay"),
        places=world.daily("atd.places"),
        overflow="divert",
        overflow_to=route("atd_full"),
    )


def _uncharged(world: World) -> Delay:
    """Return people without a notice, who may get it later, as was the practice at release."""
    return Delay(
        "uncharged",
        route(Edge("nta_filing", label="charged_later")),
        memoryless(365 / np.maximum(world.daily("border.later_filing_rate"), _HARDLY_EVER)),
    )


def _notice(world: World) -> Delay:
    """Return notices on their way to the court; of some that were given, none is filed when the case is called."""
    lost = world.dated("border.notice_lost_share")
    return Delay(
        "nta_filing",
        route(Edge("uncharged", lost, label="notice_not_filed"), CALENDAR),
        world.memoryless("border.nta_filing_delay"),
    )
