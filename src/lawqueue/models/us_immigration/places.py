"""
Local cooperation: a population of places of three kinds, each with policies that are switches of their own.

A place honours detainers or not, tells of a release or not, and so on; none of these stands in for another. Of
the policies that were in force, the fitted parameters hold the effect already, so those that scale a resource
act through their change against history.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lawqueue.engine.varying import Varying
from lawqueue.models.us_immigration.profiles import CONVICTED
from lawqueue.models.us_immigration.world import World
from lawqueue.models.world import Floats

KINDS = {"none": "none", "limited": "limited", "full": "full_cooperation"}
"""Kinds of places, with the level of the attribute `place`: that refuse, cooperate in some cases, cooperate."""


@dataclass(frozen=True)
class HandOff:
    """
    What becomes of a detainer in places of one kind, by profile and day [/1].

    Parameters
    ----------
    held
        Held for ICE, and taken over.
    met
        Not held, but taken over at the release.
    """

    held: Varying
    met: Varying


def shares(world: World, *, then: bool = False) -> dict[str, Floats]:
    """Return the share of bookings in each kind of places by day, (days,) [/1]; as it was, with `then`."""
    daily = world.daily_in_history if then else world.daily
    none, limited = daily("cooperation.share.none"), daily("cooperation.share.limited")
    full = 1 - none - limited
    joining, leaving = daily("cooperation.mandate.cooperate"), daily("cooperation.mandate.refuse")
    some = limited * (1 - joining) * (1 - leaving)
    refusing = none * (1 - joining) + (limited * (1 - joining) + full) * leaving
    return {"none": refusing, "limited": some, "full": 1 - refusing - some}


def handoff(world: World, kind: str) -> HandOff:
    """Return what becomes of a detainer in places of a kind."""
    convicted = world.profiles.where(record=CONVICTED)

    def policy(name: str) -> Floats:
        return world.daily(f"cooperation.{kind}.{name}")

    notice, access = policy("release_notice"), policy("jail_access")
    transferred = world.daily("cooperation.transfer_share")
    met = notice * (access + (1 - access) * world.daily("cooperation.caught_at_door"))
    for_all = policy("detainer_all")
    after_conviction = np.minimum(1, for_all + policy("detainer_convictions"))
    return HandOff(
        world.by_profile((~convicted, for_all * transferred), (convicted, after_conviction * transferred)),
        world.by_profile(
            (~convicted, (1 - for_all) * met * transferred),
            (convicted, (1 - after_conviction) * met * transferred),
        ),
    )


def _covered(world: World, *policies: str, then: bool = False) -> Floats:
    """Return the share of bookings in places that have all of some policies, taken as independent, (days,)."""
    kinds = shares(world, then=then)
    parts = [share * _policy(world, kind, *policies, then=then) for kind, share in kinds.items()]
    return np.asarray(np.sum(parts, axis=0))


def _policy(world: World, kind: str, *policies: str, then: bool) -> Floats:
    daily = world.daily_in_history if then else world.daily
    return np.asarray(np.prod([daily(f"cooperation.{kind}.{each}") for each in policies], axis=0))


def lost_investigations(world: World) -> Floats:
    """Return the share of joint criminal investigations that is lost to non-cooperation, (days,) [/1]."""
    return (1 - _covered(world, "joint_operations")) * world.daily("cooperation.spillover")


def leads_factor(world: World) -> Floats:
    """Return by how much leads change as local police ask and tell more or less than in history, (days,) [/1]."""
    told, then = (
        _covered(world, "status_inquiry", "information_sharing", then=each) for each in (False, True)
    )
    return 1 + world.daily("cooperation.local_lead_share") * (told / then - 1)


def screening_factor(world: World) -> Floats:
    """Return by how much hours of screening change with agreements for jails against history, (days,) [/1]."""
    saved = world.daily("cooperation.agreement_saved_share")

    def left(*, then: bool) -> Floats:
        law = world.law_in_history if then else world.law
        covered = np.zeros(world.days)
        for kind, share in shares(world, then=then).items():
            allowed = world.allowed(
                "local_handoff", "agreement", law=law, venue="jail_or_prison", place=KINDS[kind]
            )
            covered += share * allowed * _policy(world, kind, "jail_agreement", then=then)
        return 1 - saved * covered

    return left(then=False) / left(then=True)


def places_factor(world: World) -> Floats:
    """Return by how much places of custody change with contracts of local jails against history, (days,) [/1]."""
    now, then = (_covered(world, "detention_contract", then=each) for each in (False, True))
    return 1 + world.daily("cooperation.local_places_share") * (now / then - 1)
