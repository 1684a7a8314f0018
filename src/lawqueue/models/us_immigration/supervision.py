"""Outside custody: released people, children with ORR, alternatives to detention, and notices filed late or not at all."""

from __future__ import annotations

import numpy as np

from lawqueue.engine.spec import Delay, Edge, Hold, Node, Router, Sink, route
from lawqueue.models.us_immigration.courts import CALENDAR
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import memoryless

_HARDLY_EVER = 0.005
"""Rate that stands for none, so that a mean exists [/year]."""


def nodes(world: World) -> list[Node]:
    """Return the nodes of people outside custody before a notice is filed, upstream first."""
    return [_released(world), *_children(world), *_alternatives(world), *_notices(world)]


def _released(world: World) -> Router:
    """Return where released people go: to the court, with or without an alternative to detention, or uncharged."""
    border = world.profiles.where(entry=("border", "port"))
    filed, enrolled = world.daily("border.nta_filed_share"), world.daily("atd.enrolment_share")
    return Router(
        "release",
        route(
            Edge(CALENDAR, world.by_profile((~border, 1 - enrolled)), label="interior_released"),
            Edge(
                CALENDAR, world.by_profile((~border, enrolled)), label="interior_released_atd", copy_to="atd"
            ),
            Edge("nta_filing", world.by_profile((border, filed * (1 - enrolled)))),
            Edge(
                "nta_filing",
                world.by_profile((border, filed * enrolled)),
                label="nta_filing_atd",
                copy_to="atd",
            ),
            Edge("uncharged", world.by_profile((border, (1 - filed) * (1 - enrolled)))),
            Edge("uncharged", label="uncharged_atd", copy_to="atd"),
        ),
    )


def _children(world: World) -> list[Node]:
    """Return the places of the Office of Refugee Resettlement: children wait for one with the Border Patrol."""
    return [
        Hold(
            "orr",
            route(Edge("nta_filing", label="released_to_sponsor")),
            world.memoryless("border.orr_stay"),
            places=world.daily("border.orr_places"),
            overflow="wait",
        )
    ]


def _alternatives(world: World) -> list[Node]:
    """Return the places of alternatives to detention, for copies of those released."""
    return [
        Hold(
            "atd",
            route("atd_ended"),
            world.memoryless("atd.stay"),
            places=world.daily("atd.places"),
            overflow="divert",
            overflow_to=route("atd_full"),
        ),
        Sink("atd_ended"),
        Sink("atd_full"),
    ]


def _notices(world: World) -> list[Node]:
    """Return notices on their way to the court, and people without one, who may get it later, as was the practice at release."""
    return [
        Delay(
            "uncharged",
            route(Edge("nta_filing", label="charged_later")),
            memoryless(365 / np.maximum(world.daily("border.later_filing_rate"), _HARDLY_EVER)),
        ),
        Delay("nta_filing", route(CALENDAR), world.memoryless("border.nta_filing_delay")),
    ]
