"""Prosecution under 8 U.S.C. 1325 and 1326: referral, acceptance or declination, filing, sentence, and back to ICE."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lawqueue.engine.spec import (
    Delay,
    Edge,
    Hold,
    Node,
    Pool,
    Renege,
    Route,
    Router,
    Station,
    route,
)
from lawqueue.engine.varying import Varying, by_tick, varying
from lawqueue.models.once import once
from lawqueue.models.us_immigration.pathway import expelled_without_referral, removed_after_entry
from lawqueue.models.us_immigration.profiles import MET_AGAIN, NATIONALITIES
from lawqueue.models.us_immigration.returns import NOVEMBER_2020
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Mask

FREED_AS_ICE = ("freed_as_ice", "freed_as_ice_recent")
"""Ways out of prison as an arrest of ICE, by whether the last entry is from November 2020 on."""


@once
def nodes(world: World) -> tuple[list[Node], Pool]:
    """Return the nodes of prosecution, upstream first, and the pool of attorneys."""
    hours = world.daily("prosecution.attorneys") * world.daily("prosecution.hours_per_attorney")
    return [*_charges(world), *_custody(world), *_sentences(world)], Pool(
        "attorneys", hours, ("entry_case", "reentry_case")
    )


def _met(world: World) -> tuple[Mask, Mask]:
    """Return who may be prosecuted of those met at the border, and of those arrested in the interior."""
    people = world.profiles
    return people.where(entry="border", track="open"), people.where(entry="interior", track="open")


def _charges(world: World) -> list[Node]:
    """Return referrals, and the cases that prosecutors take up; whom they decline goes on as without a referral."""
    civil = world.profiles.relabel(_met(world)[0], track="expedited")
    declined = Edge("detention", label="declined", relabel=civil)
    # Under 42 USC 265 nobody is kept for a removal whom it would have expelled.
    expelled = {"entry": varying(0.0), "reentry": expelled_without_referral(world)}
    accepted = world.dated("prosecution.acceptance_share")
    found: list[Node] = [
        Router(
            f"{kind}_referred",
            route(
                Edge(f"{kind}_case", accepted, label="accepted"),
                Edge("expelled", (1.0 - accepted) * instead, label="declined_expelled"),
                declined,
            ),
        )
        for kind, instead in expelled.items()
    ]
    return [
        *found,
        *(
            Station(
                f"{kind}_case",
                route(onward),
                units=world.dated(f"prosecution.hours.{kind}"),
                renege=Renege(
                    world.memoryless("prosecution.patience"),
                    route(Edge("expelled", expelled[kind], label="declined_expelled"), declined),
                ),
            )
            for kind, onward in (("entry", "entry_custody"), ("reentry", "marshals"))
        ),
    ]


def _sentenced(world: World, **levels: str) -> NDArray[np.int32]:
    """Return the profiles of those prosecuted once they have served: of them is kept that they were removed before."""
    people = world.profiles
    met = ("border", "interior") if "entry" in levels else "border"
    served = people.where(entry=met, track=("open", "prosecuted"))
    return people.relabel(served, **{**MET_AGAIN, "track": "prosecuted", **levels})


def _custody(world: World) -> list[Node]:
    """Return custody before a sentence: days for an entry, months with the Marshals for a re-entry."""
    people = world.profiles
    # A conviction for entry does not bar a claim of fear: afterwards the law takes its course as for others.
    claims = world.by_profile(
        *(
            (people.where(nationality=name), world.daily(f"border.pathway.fear_claim_share.{name}"))
            for name in NATIONALITIES
        )
    )
    fearful = people.relabel(_met(world)[0], track="fear")
    removed = removed_after_entry(world)
    to_ice = 1.0 - sum((share for _, share in removed[1:]), start=removed[0][1])
    return [
        Delay(
            "entry_custody",
            route(
                *(Edge("removed", share, label, relabel=_sentenced(world)) for label, share in removed),
                Edge("detention", claims * to_ice, label="fear_claimed", relabel=fearful),
                Edge("detention", label="to_ice_custody", relabel=_sentenced(world)),
            ),
            world.memoryless("prosecution.stay.entry"),
        ),
        Hold(
            "marshals",
            route("sentence"),
            world.memoryless("prosecution.days_to_sentence"),
            places=world.daily("prosecution.marshals_places"),
            overflow="wait",
        ),
    ]


def _sentences(world: World) -> list[Node]:
    """Return sentences by paragraph, and prison."""
    return [
        Router(
            "sentence",
            route(
                Edge("prison.b1", _sentenced_under(world, "b1", 10)),
                Edge("prison.b2", _sentenced_under(world, "b2", 20)),
                "prison.a",
            ),
        ),
        *(
            Delay(f"prison.{name}", _freed(world, name), world.memoryless(f"prosecution.sentence.{name}"))
            for name in ("a", "b1", "b2")
        ),
    ]


def _freed(world: World, name: str) -> Route:
    """
    Return the way out of prison into custody: some are arrests of ICE, the others of the agency that met them first.

    Whom ICE had arrested before is back with it. When the others came, which the guidelines of 2021 ask for, follows from
    how long they have been held.
    """
    inside = world.profiles.where(entry="interior")
    as_ice = world.daily("prosecution.freed_as_ice")
    held = world.daily("prosecution.days_to_sentence") + world.daily(f"prosecution.sentence.{name}")
    since = np.maximum(np.arange(world.days) - world.day(NOVEMBER_2020), 0)
    recent = 1 - np.exp(-since / held)

    def out(cohort: str) -> NDArray[np.int32]:
        return _sentenced(world, entry="interior", record="felony", entry_cohort=cohort)

    return route(
        Edge("detention", world.by_profile((inside, 1.0)), label="back_with_ice", relabel=out("from_2014")),
        Edge(
            "detention",
            by_tick(as_ice * recent) * ~inside,
            label=FREED_AS_ICE[1],
            relabel=out("from_2020_11"),
        ),
        Edge(
            "detention",
            by_tick(as_ice * (1 - recent)) * ~inside,
            label=FREED_AS_ICE[0],
            relabel=out("from_2014"),
        ),
        Edge("detention", label="freed_as_first_arrested", relabel=_sentenced(world)),
    )


def _sentenced_under(world: World, name: str, years: float) -> Varying:
    """Return who is sentenced under a paragraph: by record if it is known, else by the published shares."""
    interior = _met(world)[1]
    by_record = world.taken("criminal_referral", "reentry", lambda tier: tier.maximum_years == years)
    return world.by_profile(
        (~interior, world.daily(f"prosecution.share.{name}")),
        *((mask & interior, in_force) for mask, in_force in by_record),
    )
