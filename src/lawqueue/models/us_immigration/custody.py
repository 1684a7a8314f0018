"""
Civil custody: a bed is asked for, a stay, its review, and the ways out.

Admission follows places: whoever finds no bed waits for one in the order of urgency, for as long as the law lets
him be held without, and is not admitted after that. Nobody is admitted to be put out again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lawqueue.engine.spec import (
    Edge,
    Geometric,
    Hold,
    Node,
    Renege,
    Router,
    Station,
    Stay,
    StayChoice,
    route,
)
from lawqueue.engine.varying import Varying, by_tick
from lawqueue.models.once import once
from lawqueue.models.us_immigration import places
from lawqueue.models.us_immigration.profiles import FAMILIES
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats, Mask

HALF = 0.5
Kinds = dict[str, tuple[Mask, Floats]]
"""Profiles of each kind, and a mean by day, shape (days,) [day]."""


def _among(people: Mask, parts: list[tuple[Mask, Floats]]) -> list[tuple[Mask, Floats]]:
    """Return the parts, as far as they are of some people."""
    return [(people & mask, in_force) for mask, in_force in parts]


@dataclass(frozen=True)
class Stays:
    """
    How long custody lasts by kind of case: many short stays, and a share that goes on for long.

    Parameters
    ----------
    mean
        Mean of both together by kind, shape (days,) [day].
    tail_share
        Share that goes on, by kind, shape (days,) [/1].
    tail_ratio
        Mean of what follows over the mean of the short stay, by kind, shape (days,) [/1].
    masks
        Profiles of each kind.
    """

    mean: dict[str, Floats]
    tail_share: dict[str, Floats]
    tail_ratio: dict[str, Floats]
    masks: dict[str, Mask]

    def short(self, kind: str) -> Floats:
        """Return the mean of the short stay, which all have, shape (days,) [day]."""
        return np.maximum(self.mean[kind] / (1 + self.tail_share[kind] * self.tail_ratio[kind]), 1.0)

    def long(self, kind: str) -> Floats:
        """Return the mean of what follows for those who stay on, shape (days,) [day]."""
        return self.short(kind) * self.tail_ratio[kind]


def stays(world: World) -> Stays:
    """Return how long custody lasts by kind of case. Children and their parents are not held for long."""
    people = world.profiles
    adult = people.where(family="single_adult")
    masks = {
        "border_fear": adult & people.where(track="fear"),
        "border_expedited": people.where(track=("expedited", "prosecuted")),
        "border_family": ~adult & people.where(track=("notice", "fear")),
        "border_notice": adult & people.where(track="notice"),
        "interior": people.where(entry="interior", track="open"),
    }
    never = np.zeros(world.days)

    def tail(of: str) -> dict[str, Floats]:
        return {
            kind: never
            if kind == "border_family"
            else world.daily(f"detention.{of}.{kind.split('_', maxsplit=1)[0]}")
            for kind in masks
        }

    mean = {kind: world.daily(f"detention.stay.{kind}") for kind in masks}
    return Stays(mean, tail("tail_share"), tail("tail_ratio"), masks)


def by_kind(world: World, kinds: Kinds) -> StayChoice:
    """Return a memoryless stay by kind of case; a mean that changes by date adds an option."""
    options: list[Stay] = []
    parts = []
    for mask, mean in kinds.values():
        levels, which = np.unique(np.round(mean, 2), return_inverse=True)
        parts.append((mask, len(options) + which.astype(np.float64)))
        options += [Geometric(max(1.0, float(each))) for each in levels]
    return StayChoice(tuple(options), world.by_profile(*parts))


def places_of_custody(world: World) -> Floats:
    """Return places by day, shape (days,) [place]."""
    return world.daily("detention.places") * places.places_factor(world)


@dataclass(frozen=True)
class Standing:
    """What the law makes of those in custody."""

    world: World

    @cached_property
    def interior(self) -> Mask:
        """Those arrested in the interior."""
        return self.world.profiles.where(entry="interior", track="open")

    @cached_property
    def fearful(self) -> Mask:
        """Those who wait for a fear screening."""
        return self.world.profiles.where(track="fear")

    @cached_property
    def ordered(self) -> Varying:
        """The share that the law lets be removed without a hearing before a judge."""
        world = self.world
        prior = world.profiles.where(prior_removal="one")
        return world.either(
            *_among(self.interior, world.taken("removal_track", "reinstatement")),
            *_among(self.interior, world.taken("removal_track", "expedited_removal")),
            *_among(self.interior & ~prior, world.taken("custody", "after_order")),
            (world.profiles.where(track=("expedited", "prosecuted")), 1.0),
        )

    @cached_property
    def in_proceedings(self) -> Varying:
        """The share that is in proceedings before a judge."""
        return (1.0 - self.ordered) * ~self.fearful

    @cached_property
    def bondable(self) -> Varying:
        """The share that the law lets be released on bond."""
        mandatory = self.world.taken("custody", "pending_decision", lambda tier: tier.mandatory)
        return 1.0 - self.world.either((~self.interior, 0.0), *_among(self.interior, mandatory))

    @cached_property
    def reviewed(self) -> list[tuple[Mask, Floats]]:
        """Those whom a review under the guideline in force finds outside its priorities, and the share released for it."""
        share = self.world.daily("guidance.release_share")
        outside = _among(self.interior, self.world.outside_priorities())
        return [(mask, in_force * share) for mask, in_force in outside]

    @cached_property
    def urgent(self) -> Mask:
        """Those who are placed and removed first: with a grave record, under an order, or out of a prison."""
        people = self.world.profiles
        grave = people.where(record=("felony", "aggravated_felony"))
        return self.interior & (self._by_order | grave) | people.where(track="prosecuted")

    @cached_property
    def rank(self) -> Floats:
        """Class of urgency, 0 the most urgent, shape (n,)."""
        second = self.interior | self._by_order | self.fearful
        return np.where(self.urgent, 0.0, np.where(second, 1.0, 2.0))

    @cached_property
    def _by_order(self) -> Mask:
        return np.asarray(self.ordered.at(0)) > HALF


@once
def nodes(world: World) -> list[Node]:
    """Return the nodes of custody, upstream first."""
    standing, held = Standing(world), stays(world)
    return [
        _detention(world, standing, held),
        _outcome(world, standing),
        _screening(world, standing),
        _kept(world, held),
        _long_custody(world),
        _review(world, standing, held),
        _ends(standing),
    ]


def _detention(world: World, standing: Standing, held: Stays) -> Hold:
    """Return the places of custody, those who wait for one, and where those go who get none."""
    inside = world.profiles.where(entry="interior")
    patience: Kinds = {
        "border": (~inside, world.daily("detention.wait_for_bed.border")),
        "interior": (inside, world.daily("detention.wait_for_bed.interior")),
    }
    return Hold(
        "detention",
        route("custody_outcome"),
        by_kind(world, {kind: (mask, held.short(kind)) for kind, mask in held.masks.items()}),
        places=places_of_custody(world),
        priority=standing.rank,
        overflow="wait",
        renege=Renege(
            by_kind(world, patience),
            route(
                Edge("final_orders", standing.ordered * inside, label="no_bed_under_order"),
                Edge("release", label="no_bed"),
            ),
        ),
    )


def _outcome(world: World, standing: Standing) -> Router:
    """Return where those go whose first stay ends: let go under an order, released, screened for fear, or kept."""
    family = world.profiles.where(family=FAMILIES[1:])
    interior, reviewed = standing.interior, world.by_profile(*standing.reviewed)
    freed = world.daily("detention.release_share.interior")
    released = world.by_profile(
        (interior, freed),
        *((mask, share * (1 - freed)) for mask, share in standing.reviewed),
        (~interior & ~family, world.daily("detention.release_share.border_notice")),
        (~interior & family, 1.0),
    )
    return Router(
        "custody_outcome",
        route(
            Edge("final_orders", standing.ordered * reviewed, label="released_under_order"),
            Edge(
                "release",
                standing.in_proceedings * standing.bondable * released,
                label="bond_or_recognizance",
            ),
            Edge("fear_screening", world.by_profile((standing.fearful, 1.0))),
            "kept",
        ),
    )


def _screening(world: World, standing: Standing) -> Station:
    """Return the screening of those who claim fear: many found to have it are released, families all of them."""
    people, fearful = world.profiles, standing.fearful
    family = people.where(family=FAMILIES[1:])
    found, freed = world.daily("fear.positive_share"), world.daily("detention.positive_fear_released")
    # A judge reviews what an officer does not find (8 CFR 1208.30(g)).
    positive = found + (1 - found) * world.daily("fear.vacated_share")
    return Station(
        "fear_screening",
        route(
            Edge(
                "release",
                world.by_profile((~family, positive * freed), (family, positive)),
                label="positive_released",
            ),
            Edge(
                "kept",
                by_tick(positive * (1 - freed)) * ~family,
                label="positive_detained",
                relabel=people.relabel(fearful, track="notice"),
            ),
            Edge("kept", label="negative", relabel=people.relabel(fearful, track="expedited")),
        ),
        units_per_tick=world.daily("fear.cases_per_day"),
        within="detention",
    )


def _kept(world: World, held: Stays) -> Router:
    """Return how those who are not released go on: some are held for long, the others' case is ready."""
    tail = world.by_profile(*((mask, held.tail_share[kind]) for kind, mask in held.masks.items()))
    return Router("kept", route(Edge("long_custody", tail), "custody_ends"))


def _long_custody(world: World) -> Station:
    """Return those who are held for long: nobody is served here, the place is kept until the next review of custody."""
    return Station(
        "long_custody",
        route("custody_review"),
        units_per_tick=0.0,
        renege=Renege(world.memoryless("detention.review_days"), route("custody_review")),
        within="detention",
    )


def _review(world: World, standing: Standing, held: Stays) -> Router:
    """Return the reviews of long custody, which release, end it, or change nothing."""
    reviewed = world.by_profile(*standing.reviewed)
    ending = {
        kind: np.clip(world.daily("detention.review_days") / np.maximum(held.long(kind), 1e-9), 0, 1)
        for kind in held.masks
    }
    ends = world.by_profile(
        *((mask, ending[kind]) for kind, mask in held.masks.items()),
        *((mask, -share * ending["interior"]) for mask, share in standing.reviewed),
    )
    return Router(
        "custody_review",
        route(
            Edge("final_orders", standing.ordered * reviewed, label="released_under_order"),
            Edge(
                "release",
                standing.in_proceedings * standing.bondable * reviewed,
                label="released_on_review",
            ),
            Edge("custody_ends", ends),
            "long_custody",
        ),
    )


def _ends(standing: Standing) -> Router:
    """Return where custody leads whom nothing has released: removal under an order, or a hearing before a judge."""
    return Router(
        "custody_ends", route(Edge("executable", standing.ordered, label="under_order"), "detained_docket")
    )
